/** A trace's requests in words, and what is marked on its time axis: its marks, and runs of the balance work. */

import type { EventNames } from "@ebb/formats";
import { deferredMarks } from "./deferred-marks.ts";
import type { RequestLog } from "./request-log.ts";
import type { TimelineMark } from "./view.ts";

/** Marks of the trace that are shown; the first ones. */
const MOST_MARKS = 500;
const BALANCE_WORK = "percpu balance work";

/** Entry of the log in words. */
export function requestWords(log: RequestLog, entry: number, names: EventNames): string {
  const [what, subject] = log.entry(entry);
  if (what === "alloc") return `allocate ${subject} B`;
  if (what === "free") return "free an area";
  return what === "balance" ? `deferred: ${BALANCE_WORK}` : `mark: ${names.names[subject] ?? ""}`;
}

/** Marks and runs of the balance work in their order. */
export function traceMarks(log: RequestLog, names: EventNames, endNs: number): readonly TimelineMark[] {
  const marks: TimelineMark[] = [];
  for (let entry = 0; entry < log.length && marks.length < MOST_MARKS; entry++) {
    const [what, subject] = log.entry(entry);
    if (what !== "mark") continue;
    marks.push({ timeNs: log.timeNs.at(entry), position: entry + 1, kind: "mark", label: names.names[subject] ?? "" });
  }
  const deferred = deferredMarks({
    nrEvents: log.length,
    endNs,
    timeNs: (event) => log.timeNs.at(event),
    deferredCode: (event) => (log.entry(event)[0] === "balance" ? 0 : undefined),
    name: () => BALANCE_WORK,
  });
  return [...marks, ...deferred].sort((a, b) => a.position - b.position);
}
