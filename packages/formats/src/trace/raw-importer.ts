/** Import of what `per_cpu/cpuN/trace_pipe_raw` gave, one stream of pages for each CPU. */

import type { Problem } from "../problem.ts";
import { EventColumns, MAX_INPUT } from "./event-columns.ts";
import { parseEventFormats } from "./event-format.ts";
import type { EventNames, EventSink, ImportTotals } from "./events.ts";
import { parsePageFormat } from "./page-format.ts";
import { RecordDecoder } from "./record-decoder.ts";
import { RingMerge } from "./ring-merge.ts";
import { Symbols } from "./symbols.ts";

/** Texts of the kernel that recorded, and the CPUs. */
export interface RawImportOptions {
  /** events/header_page and events/header_event. */
  readonly headerPage: string;
  readonly headerEvent: string;
  /** The `format` files of the events, one after the other. */
  readonly formats: string;
  /** /proc/kallsyms; without it, callers are addresses. */
  readonly kallsyms?: Uint8Array | string;
  /** saved_cmdlines; without it, tasks have no names. */
  readonly savedCmdlines?: string;
  /** In the order in which events of equal times are taken; `file` is the input's name in messages. */
  readonly cpus: readonly { readonly cpu: number; readonly file: string }[];
}

/** The pages of several CPUs, given as they are asked for. */
export interface RawPages {
  /** Place, in the options' `cpus`, of the CPU whose bytes are needed next; undefined when all have ended. */
  readonly wanted: number | undefined;
  /** Bytes of the CPU wanted, cut anywhere. They may be read later: they must stay as they are. */
  push(bytes: Uint8Array): void;
  /** The CPU wanted has no more bytes. */
  endWanted(): void;
}

export interface RawImporter extends RawPages {
  readonly names: EventNames;
  readonly totals: ImportTotals;
  /** Hands over the events that are ready, though they fill no batch: for who wants them as they come. */
  flush(): void;
  /** All have ended. */
  end(): void;
}

/** The importer, or what is wrong with the texts. */
export function createRawImporter(options: RawImportOptions, sink: EventSink): RawImporter | Problem {
  const columns = new EventColumns(options.cpus[0]?.file ?? "", sink);
  const merge = mergeOfPages(options, columns);
  if (!(merge instanceof RingMerge)) return merge;
  return {
    names: columns,
    totals: columns.totals,
    get wanted() {
      return merge.wanted;
    },
    push: (bytes) => merge.push(bytes),
    endWanted: () => merge.endWanted(),
    flush: () => columns.flush(),
    end: () => columns.end(),
  };
}

/** The CPUs' pages as one trace, into the columns; the first CPU is the columns' input. Or what is wrong. */
export function mergeOfPages(options: RawImportOptions, columns: EventColumns): RingMerge | Problem {
  const { file, input } = columns;
  const format = parsePageFormat(options.headerPage, options.headerEvent);
  const formats = parseEventFormats(options.formats);
  if (format === undefined) {
    return wrongTexts(file, "header_page and header_event do not say what a page is", options.headerPage);
  }
  if (formats.length === 0) return wrongTexts(file, "no format of any event", options.formats);
  const decoder = new RecordDecoder(columns, formats, new Symbols(options.kallsyms ?? ""));
  decoder.nameTasks(options.savedCmdlines ?? "");
  const places = options.cpus.map((one, i) => ({ ...one, input: Math.min(input + i, MAX_INPUT), format }));
  return new RingMerge(columns, decoder, places);
}

function wrongTexts(file: string, message: string, found: string): Problem {
  return {
    severity: "error",
    file,
    line: 0,
    message,
    expected: "the files of /sys/kernel/tracing/events of the kernel that recorded",
    found: found.slice(0, 200).replace(/[^ -~]/g, " "),
    toDo: "copy events/header_page, events/header_event and events/percpu/*/format while recording",
  };
}
