/**
 * When the balance work runs while requests of a recording are made under some policy. The recording cannot say: it is of
 * another run. What is decided by it is shown as a range over these:
 *
 *   at-once      the whole work, as soon as it is asked for
 *   after-call   as soon as it is asked for by a free; at the end of the task's system call when by an allocation: what
 *                a probed kernel was seen to do (balance-lead.ts)
 *   slowly       begins as after-call, and takes one step for each event that follows: frees take effect in between
 *   late         only when nothing happens for 10 ms, and before marks
 */

import { EVENT_ALLOC, EVENT_FREE, EVENT_MARK, type EventBatch } from "@ebb/formats";
import {
  balanceStep,
  balanceWorkPending,
  balanceWorkRuns,
  beginBalanceWork,
  type Percpu,
  runBalanceWork,
} from "@ebb/model";

export const SCHEDULES = ["at-once", "after-call", "slowly", "late"] as const;
export type Schedule = (typeof SCHEDULES)[number];

/** The schedule whose figures are shown where there is room for one. */
export const NOMINAL: Schedule = "after-call";

/** A pause that no system call makes between two allocations, and one in which an idle CPU gets to its work, ns. */
const CALL_PAUSE_NS = 1_000_000;
const IDLE_PAUSE_NS = 10_000_000;

export class WorkSchedule {
  private readonly t: Percpu;
  private readonly schedule: Schedule;
  private isAsked = false;
  private askedByFree = false;
  private askCpu = 0;
  /** Task and time of the last event on that CPU since. */
  private lastPid = 0;
  private lastNs = 0;
  private lastEventNs = 0;

  private readonly ran: () => void;

  /** @param ran called after the whole work ran */
  constructor(t: Percpu, schedule: Schedule, ran: () => void) {
    this.t = t;
    this.schedule = schedule;
    this.ran = ran;
  }

  /** Before event `i` of the batch. */
  before(batch: EventBatch, i: number): void {
    const { t } = this;
    const kind = batch.kind[i] ?? 0;
    if (balanceWorkRuns(t)) {
      // Only frees come between two steps: an ordinary allocation waits for the work to end.
      if (kind === EVENT_FREE) balanceStep(t);
      else while (balanceStep(t));
    }
    if (balanceWorkPending(t) && !balanceWorkRuns(t) && this.isDue(batch, i)) this.run(kind);
  }

  /** After it. */
  after(batch: EventBatch, i: number): void {
    const isPending = balanceWorkPending(this.t);
    const cpu = batch.cpu[i] ?? 0;
    this.lastEventNs = batch.timeNs[i] ?? 0;
    if (isPending && !this.isAsked) {
      this.askedByFree = batch.kind[i] === EVENT_FREE;
      this.askCpu = cpu;
    }
    if (isPending && cpu === this.askCpu) {
      this.lastPid = batch.pid[i] ?? 0;
      this.lastNs = this.lastEventNs;
    }
    this.isAsked = isPending;
  }

  /** Nothing follows. */
  end(): void {
    while (balanceStep(this.t));
    if (balanceWorkPending(this.t)) this.runWhole();
  }

  private isDue(batch: EventBatch, i: number): boolean {
    const timeNs = batch.timeNs[i] ?? 0;
    if (this.schedule === "at-once" || batch.kind[i] === EVENT_MARK) return true;
    if (this.schedule === "late") return timeNs - this.lastEventNs >= IDLE_PAUSE_NS;
    if (this.askedByFree) return true;
    if (batch.cpu[i] === this.askCpu && batch.pid[i] !== this.lastPid) return true;
    return timeNs - this.lastNs > CALL_PAUSE_NS;
  }

  private run(kind: number): void {
    this.isAsked = false;
    if (this.schedule !== "slowly" || kind === EVENT_MARK || kind === EVENT_ALLOC) this.runWhole();
    else beginBalanceWork(this.t);
  }

  private runWhole(): void {
    runBalanceWork(this.t);
    this.ran();
  }
}
