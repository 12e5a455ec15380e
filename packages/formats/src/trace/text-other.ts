/**
 * Lines of a text trace that are no events: headers, stacks, what programs print around the events, and the lines that
 * say how many events were lost.
 */

import { NOT_OTHER } from "./text-constants.ts";
import { latin1 } from "./text-scan.ts";

/** `[LOST n EVENTS]` of the kernel, `[n EVENTS DROPPED]` of trace-cmd, with or without a count. */
const LOST_LINE = /^(?:CPU:? ?\d+ )?\[(?:LOST (\d+) EVENTS|(?:(\d+) )?EVENTS DROPPED)\]\s*$/;
const ENTRIES_LINE = /^# entries-in-buffer\/entries-written: (\d+)\/(\d+)/;
const CPUS_LINE = /^(?:# entries-in-buffer.* #P:(\d{1,5})\b|cpus=(\d{1,5})\s*$)/;
/** Of perf script, when lost events are shown. */
const PERF_LOST = /PERF_RECORD_LOST(?:_SAMPLES)?\s+lost\s+(\d+)/;

const OTHERS: readonly RegExp[] = [
  /^\s*$/,
  /^#/,
  /^ *=> /,
  /^\s+[0-9a-f]{6,16} /,
  /^(?:cpus=\d+|version = \d+|CPU \d+ is empty)\s*$/,
  PERF_LOST,
];

/** How many events the line says were lost, 0 for another harmless line, NOT_OTHER for what is not known. */
export function readOtherLine(text: DataView, start: number, end: number): number {
  const line = latin1(text, start, end);
  const lost = LOST_LINE.exec(line) ?? PERF_LOST.exec(line);
  if (lost !== null) return Number(lost[1] ?? lost[2] ?? 1);
  const entries = ENTRIES_LINE.exec(line);
  if (entries !== null) return Math.max(0, Number(entries[2]) - Number(entries[1]));
  return OTHERS.some((known) => known.test(line)) ? 0 : NOT_OTHER;
}

/** `#P:n` in the header of tracefs, `cpus=n` in that of trace-cmd: how many CPUs the recording is of; 0 in other lines. */
export function cpusOfLine(text: DataView, start: number, end: number): number {
  const found = CPUS_LINE.exec(latin1(text, start, end));
  return found === null ? 0 : Number(found[1] ?? found[2]);
}
