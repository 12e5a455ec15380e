/**
 * The texts of a kernel that trace.dat and perf.data carry along: what pages and events look like, names of symbols and
 * tasks. In trace.dat version 6 and in perf.data they stand one after the other:
 *
 *   "header_page\0" size text | "header_event\0" size text | nr (size text)… of ftrace
 *   | nr of systems ("name\0" nr (size text)…)… | size kallsyms | size printk | size tasks
 *
 * Version 7 of trace.dat has the same in sections. Source: trace-cmd.dat.v6(5), trace-cmd.dat.v7(5).
 */

import { type ByteReader, textOf } from "./byte-source.ts";
import { type EventFormat, parseEventFormats } from "./event-format.ts";
import { hasLayout } from "./record-layout.ts";

export interface TracingTexts {
  headerPage: string;
  headerEvent: string;
  /** Of the events that are of use here. */
  readonly formats: EventFormat[];
  kallsyms: Uint8Array;
  /** Lines of process and task name. */
  tasks: string;
}

const NAME = /^name: (\S+)/;
const MAX_NAME_BYTES = 128;
const HEADER_PAGE = "header_page";
const HEADER_EVENT = "header_event";

export function noTexts(): TracingTexts {
  return { headerPage: "", headerEvent: "", formats: [], kallsyms: new Uint8Array(0), tasks: "" };
}

/** All of them; `hasTasks` where a list of tasks follows. What is cut off is left in `reader.isWhole`. */
export function readTexts(reader: ByteReader, texts: TracingTexts, hasTasks: boolean): void {
  readHeaderTexts(reader, texts);
  readFtraceFormats(reader, texts);
  readEventFormats(reader, texts);
  texts.kallsyms = reader.take(reader.u32());
  reader.take(reader.u32());
  if (hasTasks) texts.tasks = reader.text(reader.u64());
}

export function readHeaderTexts(reader: ByteReader, texts: TracingTexts): void {
  if (reader.zeroEnded() !== HEADER_PAGE) reader.isWhole = false;
  texts.headerPage = reader.text(reader.u64());
  if (reader.zeroEnded() !== HEADER_EVENT) reader.isWhole = false;
  texts.headerEvent = reader.text(reader.u64());
}

export function readFtraceFormats(reader: ByteReader, texts: TracingTexts): void {
  readFormats(reader, reader.u32(), texts);
}

export function readEventFormats(reader: ByteReader, texts: TracingTexts): void {
  const nrSystems = reader.u32();
  for (let i = 0; i < nrSystems && reader.isWhole; i++) {
    reader.zeroEnded();
    readFormats(reader, reader.u32(), texts);
  }
}

function readFormats(reader: ByteReader, nrFormats: number, texts: TracingTexts): void {
  for (let i = 0; i < nrFormats && reader.isWhole; i++) {
    const bytes = reader.take(reader.u64());
    const name = NAME.exec(textOf(bytes.subarray(0, MAX_NAME_BYTES)))?.[1] ?? "";
    if (hasLayout(name)) texts.formats.push(...parseEventFormats(textOf(bytes)));
  }
}
