/**
 * The importer of recorded traces. What an input is, its first bytes tell and not its name. Text is read as it comes. Of
 * the binary files, whose parts stand in another order than they are needed, all bytes must be there first: a caller
 * with a file gives it as a source, from which only what is needed is read; pushed bytes are collected.
 */

import { EBB_MAGIC } from "../ebb-file/layout.ts";
import type { Problem } from "../problem.ts";
import { type ByteSource, sourceOfBytes, textOf } from "./byte-source.ts";
import { EventColumns } from "./event-columns.ts";
import type { EventNames, EventSink, Importer, ImportTotals } from "./events.ts";
import { readPerfData } from "./perf-data.ts";
import { PERF_DATA_MAGIC } from "./perf-header.ts";
import { mergeOfPages, type RawImportOptions, type RawPages } from "./raw-importer.ts";
import { RingMerge } from "./ring-merge.ts";
import { TextImporter } from "./text-importer.ts";
import { type DatOptions, readTraceDat, TRACE_DAT_MAGIC } from "./trace-dat.ts";

interface TraceImportOptions extends DatOptions {
  /** What messages call the (first) input. */
  readonly file: string;
}

export interface TraceImporter extends Importer {
  /** The next input; its events follow those of the one before. */
  nextInput(file: string): void;
  /** The whole of the input, instead of pushing it. */
  readSource(source: ByteSource): void;
  /** Pages of several CPUs, each an input, instead of pushing; undefined when the texts do not do, which is told. */
  readPages(options: RawImportOptions): RawPages | undefined;
}

/** What the first bytes of an input say it is. */
export type TraceForm = "text" | "pages" | "trace.dat" | "perf.data" | "ebb" | "gzip" | "zstd";

/** Bytes that tell the form of an input. */
export const FORM_BYTES = 16;
/** Pushed bytes of a binary file that are collected. */
const MAX_COLLECTED_BYTES = 1_073_741_824;

const TEXTS = "copy them from /sys/kernel/tracing/events while recording, and give them beside the pages";

const MAGICS: readonly (readonly [magic: string, form: TraceForm])[] = [
  [TRACE_DAT_MAGIC, "trace.dat"],
  [PERF_DATA_MAGIC, "perf.data"],
  // Of any version: its reader says which it knows.
  [String.fromCharCode(...EBB_MAGIC.slice(0, -1)), "ebb"],
  ["\x1f\x8b", "gzip"],
  ["\x28\xb5\x2f\xfd", "zstd"],
];

/** The form of an input that starts with these bytes: FORM_BYTES of them, or all there are. */
export function traceForm(start: Uint8Array): TraceForm {
  const text = textOf(start.subarray(0, FORM_BYTES));
  const form = MAGICS.find(([magic]) => text.startsWith(magic))?.[1];
  // A page starts with a time and a length, which have zeros; text has none.
  return form ?? (text.includes("\0") ? "pages" : "text");
}

/** Reads recorded traces, unpacked: text of tracefs, trace-cmd report or perf script, trace.dat, perf.data. */
export function createTraceImporter(options: TraceImportOptions, sink: EventSink): TraceImporter {
  return new AnyImporter(options, sink);
}

class AnyImporter implements TraceImporter {
  private readonly options: TraceImportOptions;
  private readonly columns: EventColumns;
  private readonly text: TextImporter;
  /** So far, with the one being read. */
  private nrInputs = 1;
  /** Of the input being read; undefined until enough of it is there. */
  private form: TraceForm | undefined;
  /** Its start, and all of it if it is not text. */
  private collected = new Uint8Array(FORM_BYTES);
  private nrCollected = 0;

  constructor(options: TraceImportOptions, sink: EventSink) {
    this.options = options;
    this.columns = new EventColumns(options.file, sink);
    this.text = new TextImporter(this.columns);
  }

  get names(): EventNames {
    return this.columns;
  }

  get totals(): ImportTotals {
    return this.columns.totals;
  }

  push(bytes: Uint8Array): void {
    let rest = bytes;
    if (this.form === undefined) {
      rest = bytes.subarray(this.collect(bytes.subarray(0, FORM_BYTES - this.nrCollected)));
      if (this.nrCollected < FORM_BYTES) return;
      this.recognise();
    }
    if (this.form === "text") this.text.push(rest);
    else this.collect(rest);
  }

  readSource(source: ByteSource): void {
    this.form = traceForm(source.read(0, FORM_BYTES));
    this.readWhole(source);
    this.form = undefined;
  }

  readPages(options: RawImportOptions): RawPages | undefined {
    const merge = mergeOfPages(options, this.columns);
    this.nrInputs += options.cpus.length - 1;
    if (merge instanceof RingMerge) return merge;
    this.columns.problems.add(merge.message, merge.file, 0, () => merge);
    return undefined;
  }

  nextInput(file: string): void {
    this.endInput();
    this.columns.startInput(file, this.nrInputs);
    this.nrInputs++;
  }

  end(): void {
    this.endInput();
    this.columns.end();
  }

  private endInput(): void {
    if (this.form === undefined && this.nrCollected > 0) this.recognise();
    if (this.form === "text") this.text.endInput();
    else if (this.form !== undefined) this.readWhole(sourceOfBytes(this.collected.subarray(0, this.nrCollected)));
    this.form = undefined;
    this.collected = new Uint8Array(FORM_BYTES);
    this.nrCollected = 0;
  }

  private recognise(): void {
    const start = this.collected.subarray(0, this.nrCollected);
    this.form = traceForm(start);
    if (this.form === "text") this.text.push(start);
  }

  /** How many of the bytes were taken: all, but for a file that is too large. */
  private collect(bytes: Uint8Array): number {
    const nrBytes = this.nrCollected + bytes.length;
    if (nrBytes > MAX_COLLECTED_BYTES) {
      this.tell(`more than ${MAX_COLLECTED_BYTES} bytes of ${this.form} by way of a pipe`, "a file", "give its name");
      return 0;
    }
    if (nrBytes > this.collected.length) {
      const larger = new Uint8Array(Math.max(nrBytes, this.collected.length * 2));
      larger.set(this.collected.subarray(0, this.nrCollected));
      this.collected = larger;
    }
    this.collected.set(bytes, this.nrCollected);
    this.nrCollected = nrBytes;
    return bytes.length;
  }

  private readWhole(source: ByteSource): void {
    switch (this.form) {
      case "trace.dat":
        readTraceDat(source, this.columns, this.options);
        break;
      case "perf.data":
        readPerfData(source, this.columns, this.options.kallsyms);
        break;
      case "text":
        this.readText(source);
        break;
      case "pages":
        this.tell("pages of a ring buffer, without the kernel's texts", "header_page, header_event, formats", TEXTS);
        break;
      case "ebb":
        this.tell("an event file, which is a recording of its own", "a part of a recording", "read it with EbbReader");
        break;
      default:
        this.tell(`the input is packed with ${this.form}`, "an unpacked trace", `unpack it: ${this.form} -d`);
    }
  }

  private readText(source: ByteSource): void {
    const pieceBytes = 262_144;
    for (let at = 0; at < source.sizeBytes; at += pieceBytes) this.text.push(source.read(at, pieceBytes));
    this.text.endInput();
  }

  private tell(message: string, expected: string, toDo: string): void {
    const what: Omit<Problem, "file" | "line"> = { severity: "error", message, expected, found: "", toDo };
    this.columns.problems.add(message, this.columns.file, 0, () => what);
  }
}
