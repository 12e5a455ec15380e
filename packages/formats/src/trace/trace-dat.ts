/**
 * Import of trace.dat, as trace-cmd writes it, versions 6 and 7: the texts of the kernel, then for each buffer (the
 * kernel's own, and those of instances) the pages of each CPU. All become one trace, by time.
 *
 *   17 08 44 "tracing" "7\0"   endian (1)  long size (1)  page size (4)   …
 *
 * Source: trace-cmd.dat.v6(5), trace-cmd.dat.v7(5).
 */

import type { Problem } from "../problem.ts";
import { ByteReader, type ByteSource } from "./byte-source.ts";
import type { EventColumns } from "./event-columns.ts";
import { parsePageFormat, withPageBytes } from "./page-format.ts";
import { RecordDecoder } from "./record-decoder.ts";
import { RingMerge } from "./ring-merge.ts";
import type { RingPlace } from "./ring-stream.ts";
import { Symbols } from "./symbols.ts";
import type { DatBuffer, DatContent, DatCpu, Decompress } from "./trace-dat-content.ts";
import { readVersion6 } from "./trace-dat-v6.ts";
import { readVersion7 } from "./trace-dat-v7.ts";

/** What the file starts with, and what stands behind it. */
export const TRACE_DAT_MAGIC = "\x17\x08Dtracing";

/** Clocks of ns; others count something else. */
const NS_CLOCKS: readonly string[] = ["", "local", "global", "perf", "mono", "mono_raw", "boot", "tai"];
const FORMS = "a little-endian trace.dat of version 6 or 7";
const AS_TEXT = "record again, or turn it into text: trace-cmd report FILE > trace.txt";

export interface DatOptions {
  /** For packed files. */
  readonly decompress?: Decompress | undefined;
  /** /proc/kallsyms of the kernel that recorded, for files without it. */
  readonly kallsyms?: Uint8Array | string | undefined;
  /** Only this buffer's events: "" is the kernel's own. */
  readonly buffer?: string | undefined;
}

/** Reads all events of the file into the columns; what is wrong becomes a problem. */
export function readTraceDat(source: ByteSource, columns: EventColumns, options: DatOptions): void {
  const { file } = columns;
  const content = readContent(source, options);
  if (typeof content === "string") {
    tell(columns, `this trace.dat cannot be read: ${content}`, FORMS, AS_TEXT);
    return;
  }
  const buffers = content.buffers.filter(({ name }) => options.buffer === undefined || options.buffer === name);
  const streams = streamsOf(buffers, content, columns);
  if (streams === undefined) return;
  const { formats, kallsyms, tasks } = content.texts;
  if (content.nrCpus > 0) columns.nrCpus = content.nrCpus;
  const symbols = new Symbols(kallsyms.length === 0 ? (options.kallsyms ?? kallsyms) : kallsyms);
  const decoder = new RecordDecoder(columns, formats, symbols);
  decoder.nameTasks(tasks);
  const merge = new RingMerge(columns, decoder, streams);
  for (let i = merge.wanted; i !== undefined; i = merge.wanted) {
    const stream = streams[i];
    const piece = stream?.readPiece();
    if (piece instanceof Uint8Array) merge.push(piece);
    else {
      merge.endWanted();
      if (piece !== undefined) tell(columns, piece, "all of the file", AS_TEXT, stream?.file);
    }
  }
  columns.file = file;
  tellBuffers(
    columns,
    content.buffers,
    streams.filter((_, i) => merge.hasPercpuEvents(i)),
  );
}

function readContent(source: ByteSource, options: DatOptions): DatContent | string {
  const reader = new ByteReader(source);
  if (reader.text(TRACE_DAT_MAGIC.length) !== TRACE_DAT_MAGIC) return "it does not start as one";
  const version = reader.zeroEnded();
  const isBigEndian = reader.u8() !== 0;
  reader.u8();
  reader.u32();
  if (!reader.isWhole) return "its start is cut off";
  if (isBigEndian) return "it is big-endian";
  if (version === "6") return readVersion6(source, reader);
  if (version === "7") return readVersion7(source, reader, options.decompress ?? (() => undefined));
  return `version ${JSON.stringify(version)}`;
}

interface DatStream extends RingPlace {
  readonly buffer: string;
  readonly readPiece: DatCpu["readPiece"];
}

function streamsOf(
  buffers: readonly DatBuffer[],
  { texts }: DatContent,
  columns: EventColumns,
): readonly DatStream[] | undefined {
  const { file, input } = columns;
  const kernelFormat = parsePageFormat(texts.headerPage, texts.headerEvent);
  const streams: DatStream[] = [];
  for (const { name, clock, pageBytes, cpus } of buffers) {
    const format = kernelFormat && pageBytes > 0 ? withPageBytes(kernelFormat, pageBytes) : kernelFormat;
    if (format === undefined) {
      tell(columns, "its header_page and header_event do not say what a page is", "what 6.18 says", AS_TEXT);
      return undefined;
    }
    if (!NS_CLOCKS.includes(clock)) {
      tell(
        columns,
        `clock ${clock} does not count ns: times are its ticks`,
        NS_CLOCKS.join(" "),
        "record with another",
        file,
        "info",
      );
    }
    for (const { cpu, readPiece } of cpus) {
      const place = name === "" ? `cpu${cpu}` : `${name}/cpu${cpu}`;
      streams.push({ cpu, file: `${file}[${place}]`, input, format, buffer: name, readPiece });
    }
  }
  return streams;
}

/** Says which buffers had percpu events, where there is a choice, and warns when the same may stand in two. */
function tellBuffers(columns: EventColumns, all: readonly DatBuffer[], withPercpu: readonly DatStream[]): void {
  const shown = (name: string) => (name === "" ? "the kernel's own" : name);
  const names = [...new Set(withPercpu.map(({ buffer }) => buffer))].map(shown);
  const found = `buffers ${all.map(({ name }) => shown(name)).join(", ")}`;
  if (all.every(({ name }) => name === "") && names.length > 0) return;
  if (names.length <= 1) {
    const message =
      names.length === 0 ? "no buffer has percpu events" : `percpu events are those of buffer ${names[0]}`;
    tell(columns, message, "", "nothing", columns.file, "info", found);
    return;
  }
  const message = `percpu events of several buffers (${names.join(", ")}): each event may be there twice`;
  tell(columns, message, "percpu events in one buffer", "choose one buffer", columns.file, "error", found);
}

function tell(
  columns: EventColumns,
  message: string,
  expected: string,
  toDo: string,
  file = columns.file,
  severity: Problem["severity"] = "error",
  found = "",
): void {
  columns.problems.add(message, file, 0, () => ({ severity, message, expected, found, toDo }));
}
