/** What is marked on a script's time axis: its readings, and the deferred work. */

import { deferredEventName } from "@ebb/model";
import { callName, DEFERRED_CALL } from "@ebb/shell";
import type { Reading } from "../experiment/readings.ts";
import type { CallLog } from "./call-log.ts";
import { deferredMarks } from "./deferred-marks.ts";
import type { TimelineMark } from "./view.ts";

/** The mark of a reading, taken after so many events. */
export function readingMark(reading: Reading, position: number): TimelineMark {
  const [first = ""] = reading.output.trim().split("\n");
  return { timeNs: reading.timeNs, position, kind: "reading", label: `line ${reading.line}: ${first.trim()}` };
}

/** Readings and deferred work in their order. */
export function scriptMarks(log: CallLog, readings: readonly TimelineMark[], endNs: number): readonly TimelineMark[] {
  const deferred = deferredMarks({
    nrEvents: log.length,
    endNs,
    timeNs: (event) => log.timeNs.at(event),
    deferredCode: (event) => (callName(log.codeOf(event)) === DEFERRED_CALL ? log.firstArgument(event) : undefined),
    name: deferredEventName,
  });
  return [...readings, ...deferred].sort((a, b) => a.position - b.position);
}
