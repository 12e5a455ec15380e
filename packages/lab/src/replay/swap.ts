/** A line of the trace that stands elsewhere than the allocator saw what it tells of. */

import { EVENT_ALLOC, EVENT_FREE, type EventNames } from "@ebb/formats";
import { RULE_WORDS } from "./balance-lead.ts";
import type { EventLog } from "./event-log.ts";
import type { Move } from "./repair.ts";

export interface Swap {
  /**
   * `line`: the event at `line` took effect before that at `beforeLine`; `work`: the balance work ran at another moment;
   * `rule`: it followed its requests otherwise than it had, from then on;
   * `free`: what lay at the place of the event at `line` was freed before it, and no event tells of that.
   */
  readonly what: "line" | "work" | "rule" | "free";
  /** What the line says, short. */
  readonly text: string;
  /** 0 for the balance work. */
  readonly line: number;
  readonly beforeLine: number;
  /** Events between the two. */
  readonly nrPassed: number;
  /** From the line it goes before to the line itself, ns. */
  readonly ns: number;
  readonly cpu: number;
  readonly beforeCpu: number;
}

/** @pre the events of the move are at hand in `log` */
export function swapOf(log: EventLog, names: EventNames, move: Move): Swap {
  const i = log.row(move.n);
  const j = log.row(Math.max(move.before, log.start));
  const beforeLine = log.line[j] ?? 0;
  const beforeCpu = log.cpu[j] ?? 0;
  if (move.n < 0) {
    return { what: "work", text: "balance work", line: 0, beforeLine, nrPassed: 0, ns: 0, cpu: 0, beforeCpu };
  }
  return {
    what: move.isMissedFree === true ? "free" : "line",
    text: eventText(log, names, move.n),
    line: log.line[i] ?? 0,
    beforeLine,
    nrPassed: move.n - move.before,
    ns: (log.timeNs[i] ?? 0) - (log.timeNs[j] ?? 0),
    cpu: log.cpu[i] ?? 0,
    beforeCpu,
  };
}

/** From event `n` on, runs of the balance work follow another RULE_. */
export function ruleChange(log: EventLog, rule: number, n: number): Swap {
  const row = log.row(n);
  return {
    what: "rule",
    text: `balance work ${RULE_WORDS[rule]}`,
    line: 0,
    beforeLine: log.line[row] ?? 0,
    nrPassed: 0,
    ns: 0,
    cpu: 0,
    beforeCpu: log.cpu[row] ?? 0,
  };
}

/** `bash-61: alloc 8 B at 556864 of ffffe8ffffc00000`. */
export function eventText(log: EventLog, names: EventNames, n: number): string {
  const i = log.row(n);
  const kind = log.kind[i];
  const task = `${names.names[log.task[i] ?? -1] ?? "task"}-${log.pid[i]}`;
  const where = `at ${log.offBytes[i]} of ${names.chunks[log.chunk[i] ?? -1] ?? "?"}`;
  if (kind === EVENT_ALLOC) return `${task}: alloc ${log.sizeBytes[i]} B ${where}`;
  return kind === EVENT_FREE
    ? `${task}: free ${where}`
    : `${task}: event of chunk ${names.chunks[log.chunk[i] ?? -1] ?? "?"}`;
}
