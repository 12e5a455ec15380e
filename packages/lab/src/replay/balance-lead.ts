/**
 * When the balance work runs in a replay. Its requests follow from the model; its runs are not in an ordinary trace.
 *
 *   probed     the recording has events of the work itself (`balance`, `pop`, `depop` probes): it begins where they say, and
 *              goes on step by step as they do; each page range is held against the recorded one
 *   inferred   it runs as a whole: at once when a free asked for it; when an allocation did, once that task's system call
 *              is over (the next event of its CPU is another task's, or a millisecond later). It waits while it would
 *              create or destroy a chunk, until the recording tells of one
 *
 * The usual rule of inferred runs is what a probed trace shows (292 of 308 runs to the event, fixtures/traces). A repair
 * may find another moment, or that the kernel has another rule: a worker that always goes first, or never.
 */

import {
  EVENT_BALANCE,
  EVENT_CREATE_CHUNK,
  EVENT_DEPOPULATE,
  EVENT_DESTROY_CHUNK,
  EVENT_FREE,
  EVENT_POPULATE,
} from "@ebb/formats";
import {
  balanceStep,
  balanceStepShows,
  balanceWorkPending,
  balanceWorkRuns,
  balanceWouldDestroy,
  beginBalanceWork,
  NR_POPULATED,
  type Percpu,
  populateWouldCreate,
  runBalanceWork,
  totalEmptyPopPages,
} from "@ebb/model";
import { type ChunkPairs, NO_RECORDED_CHUNK } from "./chunk-pairs.ts";
import { PAGE_EVENTS, PAGE_EVENTS_MATCHED } from "./counts.ts";
import type { EventLog } from "./event-log.ts";
import { isSameRange, type PageEvent, PageEvents, type PageEventsSaved } from "./page-events.ts";

/** Events after the present one that a decision may look at. */
export const LOOKAHEAD = 512;
/** A pause that no system call makes between two allocations, ns. */
const PAUSE_NS = 1_000_000;
const NO_EVENT = -1;

/** When a run follows that was asked for: see above; at once in any case; after the call in any case. */
export const RULE_USUAL = 0;
export const RULE_AT_ONCE = 1;
export const RULE_AFTER_CALL = 2;
/** What a RULE_ says, in words. */
export const RULE_WORDS = [
  "after the call of a task, at once after a free",
  "at once after each request",
  "after the call of a task",
] as const;

const NO_PID = -2;

/** Where the work stands, and what was counted of it. */
interface LeadState {
  /** RULE_ of inferred runs. */
  rule: number;
  isAsked: boolean;
  wasAskedByFree: boolean;
  /** CPU on which it was asked for; task and time of the last event on that CPU since. */
  askCpu: number;
  lastPid: number;
  lastNs: number;
  /** Task of the run that began last. */
  workerPid: number;
  /** The work has begun and goes on with its next event, or when told to. */
  isHeld: boolean;
  nrRuns: number;
  /** Runs the recording has and the model had not asked for. */
  nrUnasked: number;
  /** Events passed while a run waited for the recording to tell of a chunk. */
  nrWaits: number;
}

/** A guess: the next runs come only when no empty page is left and so many more pages were populated by allocations. */
export interface LateRuns {
  readonly nrRuns: number;
  readonly nrPages: number;
}

export const ON_TIME: LateRuns = { nrRuns: 0, nrPages: 0 };

export interface BalanceLeadSaved {
  readonly state: LeadState;
  readonly pages: PageEventsSaved;
}

export class BalanceLead {
  readonly state: LeadState = {
    rule: RULE_USUAL,
    isAsked: false,
    wasAskedByFree: false,
    askCpu: 0,
    lastPid: NO_PID,
    lastNs: 0,
    workerPid: NO_PID,
    isHeld: false,
    nrRuns: 0,
    nrUnasked: 0,
    nrWaits: 0,
  };
  private readonly t: Percpu;
  private readonly log: EventLog;
  private readonly pairs: ChunkPairs;
  private readonly pages = new PageEvents();
  /** Number of the first probe event of the work; beyond all events until one is met. */
  private firstProbe = Number.POSITIVE_INFINITY;
  /** The event being taken. */
  private n = NO_EVENT;
  private steps = false;
  /** Another guess at when runs to come were: none is late, unless told so. */
  private late: LateRuns = ON_TIME;
  private nrLateRuns = 0;
  /** Pages populated when a late run found no empty page left; -1 before. */
  private populatedAtNone = -1;

  constructor(t: Percpu, log: EventLog, pairs: ChunkPairs) {
    this.t = t;
    this.log = log;
    this.pairs = pairs;
    if (balanceWorkPending(t)) this.asked();
  }

  /** Event `n` of the trace is a probe event of the work. */
  probeAt(n: number): void {
    if (n < this.firstProbe) this.firstProbe = n;
  }

  /** The recording has events of the work itself, from about here on. */
  isProbed(n: number): boolean {
    return this.firstProbe <= n + LOOKAHEAD;
  }

  /** Pages that the model populates or depopulates now are asked for. */
  get wantsPages(): boolean {
    return this.isProbed(this.n);
  }

  /** Event `n` is taken now. */
  now(n: number): void {
    this.n = n;
    const { state, log } = this;
    if (!state.isAsked) return;
    const i = log.row(n);
    if (log.cpu[i] !== state.askCpu) return;
    state.lastPid = log.pid[i] ?? NO_PID;
    state.lastNs = log.timeNs[i] ?? 0;
  }

  /** The model has asked for the work. */
  asked(): void {
    const { state, log, n } = this;
    state.isAsked = true;
    const i = log.row(Math.max(n, 0));
    state.wasAskedByFree = n === NO_EVENT || log.kind[i] === EVENT_FREE;
    state.askCpu = log.cpu[i] ?? 0;
    state.lastPid = log.pid[i] ?? NO_PID;
    state.lastNs = log.timeNs[i] ?? 0;
  }

  /** The usual course before event `n`: runs the work if it is due; true when it ran. */
  before(n: number): boolean {
    if (!this.state.isAsked || this.isProbed(n)) return false;
    if (this.nrLateRuns > 0 ? !this.isLateEnough() : !this.isDue(n)) return false;
    if (this.wouldShow()) {
      this.state.nrWaits++;
      return false;
    }
    this.run();
    return true;
  }

  /** Runs the work as a whole. */
  run(): void {
    this.state.isAsked = false;
    this.state.nrRuns++;
    runBalanceWork(this.t);
  }

  /** From now on, the next runs are late. */
  guess(late: LateRuns): void {
    this.late = late;
    this.nrLateRuns = late.nrRuns;
    this.populatedAtNone = -1;
  }

  /** The recording tells that a chunk was created: now at the latest the work has, if it was to. */
  creationTold(n: number): void {
    if (this.pairs.nrMade > 0) return;
    if (this.isWorker(n)) this.stepUntil(() => this.pairs.nrMade > 0);
    else if (this.state.isAsked && !this.isProbed(n) && populateWouldCreate(this.t, 0)) this.run();
  }

  /** The recording tells that `chunk` was destroyed: now at the latest the work has. */
  destructionTold(n: number, chunk: number): void {
    if (this.pairs.isGone(chunk)) return;
    if (this.isWorker(n)) this.stepUntil(() => this.pairs.isGone(chunk));
    else if (this.state.isAsked && !this.isProbed(n)) this.run();
  }

  /**
   * Takes event `n` when it is one of the work or of pages; others are none of ours.
   *
   * @param strict answer false as soon as the model does something else than recorded; otherwise go on and count
   * @param holdBack the work does nothing further before `start` or its next event
   */
  workEvent(n: number, strict: boolean, holdBack: boolean, counts: Float64Array): boolean {
    const kind = this.log.kind[this.log.row(n)];
    if (kind === EVENT_BALANCE) return this.enter(n, strict, holdBack);
    if (kind !== EVENT_POPULATE && kind !== EVENT_DEPOPULATE) return true;
    counts[PAGE_EVENTS] = (counts[PAGE_EVENTS] ?? 0) + 1;
    if (this.isWorker(n)) return this.workPages(n, strict, holdBack, counts);
    if (this.pages.allocationTold(this.pageEvent(n)))
      counts[PAGE_EVENTS_MATCHED] = (counts[PAGE_EVENTS_MATCHED] ?? 0) + 1;
    return true;
  }

  /** The work that was held back goes on. */
  start(): void {
    if (!this.state.isHeld) return;
    this.state.isHeld = false;
    this.silentSteps();
  }

  /** The model populated or depopulated pages. */
  shown(row: number, from: number, end: number, isPopulated: boolean, counts: Float64Array): void {
    const event = { chunk: this.pairs.recordedChunk(row), from, end, isPopulated };
    if (this.steps) this.pages.workShowed(event);
    else if (this.pages.allocationShowed(event)) counts[PAGE_EVENTS_MATCHED] = (counts[PAGE_EVENTS_MATCHED] ?? 0) + 1;
  }

  save(): BalanceLeadSaved {
    return { state: { ...this.state }, pages: this.pages.save() };
  }

  restore(saved: BalanceLeadSaved): void {
    Object.assign(this.state, saved.state);
    this.pages.restore(saved.pages);
  }

  /** For a late run: no empty page is left, and allocations have populated some themselves. */
  private isLateEnough(): boolean {
    const { t } = this;
    const nrPopulated = t.globals[NR_POPULATED] ?? 0;
    if (this.populatedAtNone < 0 && totalEmptyPopPages(t) <= 0) this.populatedAtNone = nrPopulated;
    if (this.populatedAtNone < 0 || nrPopulated - this.populatedAtNone < this.late.nrPages) return false;
    this.populatedAtNone = -1;
    this.nrLateRuns--;
    return true;
  }

  /** The end of the task's system call, or any later moment. */
  private isDue(n: number): boolean {
    const { state, log } = this;
    if (state.rule === RULE_AT_ONCE || (state.rule === RULE_USUAL && state.wasAskedByFree)) return true;
    const i = log.row(n);
    if (log.cpu[i] === state.askCpu && log.pid[i] !== state.lastPid) return true;
    return (log.timeNs[i] ?? 0) - state.lastNs > PAUSE_NS;
  }

  /** The work would create or destroy a chunk. */
  private wouldShow(): boolean {
    return balanceWouldDestroy(this.t, 0) || populateWouldCreate(this.t, 0);
  }

  /** Event `n` is of the task that runs the work now. */
  private isWorker(n: number): boolean {
    if (!this.state.isHeld && !balanceWorkRuns(this.t)) return false;
    return this.log.pid[this.log.row(n)] === this.state.workerPid;
  }

  private enter(n: number, strict: boolean, holdBack: boolean): boolean {
    const { state, t } = this;
    const asRecorded = this.finish() || !strict;
    if (!state.isAsked) state.nrUnasked++;
    state.isAsked = false;
    state.nrRuns++;
    state.workerPid = this.log.pid[this.log.row(n)] ?? NO_PID;
    state.isHeld = true;
    beginBalanceWork(t);
    if (holdBack || this.showsLater(n)) return asRecorded;
    this.start();
    return asRecorded && !(strict && balanceWorkRuns(t));
  }

  /** The rest of the run before; false when there was something to show that the recording does not. */
  private finish(): boolean {
    this.start();
    while (balanceWorkRuns(this.t)) this.step();
    return this.pages.dropOfWork() === 0;
  }

  /** Pages that the recording has from the work, against the step that shows something. */
  private workPages(n: number, strict: boolean, holdBack: boolean, counts: Float64Array): boolean {
    this.start();
    let own = this.pages.takeOfWork();
    while (own === undefined && balanceWorkRuns(this.t)) {
      this.step();
      own = this.pages.takeOfWork();
    }
    const isSame = own !== undefined && isSameRange(own, this.pageEvent(n));
    if (isSame) counts[PAGE_EVENTS_MATCHED] = (counts[PAGE_EVENTS_MATCHED] ?? 0) + 1;
    else if (strict) return false;
    if (holdBack) this.state.isHeld = true;
    else this.silentSteps();
    return true;
  }

  private pageEvent(n: number): PageEvent {
    const { log } = this;
    const i = log.row(n);
    return {
      chunk: log.chunk[i] ?? NO_RECORDED_CHUNK,
      from: log.offBytes[i] ?? 0,
      end: log.sizeBytes[i] ?? 0,
      isPopulated: log.kind[i] === EVENT_POPULATE,
    };
  }

  private stepUntil(done: () => boolean): void {
    this.start();
    while (!done() && balanceWorkRuns(this.t)) this.step();
    this.silentSteps();
  }

  /** Steps that show nothing follow at once, unless a repair finds that they did not. */
  private silentSteps(): void {
    while (balanceWorkRuns(this.t) && !balanceStepShows(this.t)) this.step();
  }

  private step(): void {
    this.steps = true;
    balanceStep(this.t);
    this.steps = false;
  }

  /** The recording has something of the run that begins at `n`. */
  private showsLater(n: number): boolean {
    const { log } = this;
    const pid = log.pid[log.row(n)];
    const end = Math.min(log.end, n + LOOKAHEAD);
    for (let later = n + 1; later < end; later++) {
      const i = log.row(later);
      if (log.kind[i] === EVENT_BALANCE) return false;
      if (log.pid[i] === pid && SHOWN.has(log.kind[i] ?? 0)) return true;
    }
    return false;
  }
}

/** Events that a run of the work can be seen by. */
const SHOWN: ReadonlySet<number> = new Set([EVENT_POPULATE, EVENT_DEPOPULATE, EVENT_CREATE_CHUNK, EVENT_DESTROY_CHUNK]);
