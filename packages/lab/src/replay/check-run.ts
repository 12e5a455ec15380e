/**
 * Leads one replayed allocator through a trace, event by event, and keeps what a check has to say: swaps found, mismatches,
 * percpu_stats compared.
 *
 *   events read -----------------------------------------------.
 *   | older stretch | newer stretch | cursor | READ_AHEAD events | end of what is read
 *   saved           saved
 *
 * Events are taken some way behind the last one read, so that a decision can look ahead. Of what was taken, the last one
 * or two stretches can be taken again from the state saved before them: where the model and the recording part, `repair`
 * goes back and tries other orders of what lies around.
 */

import { EVENT_BALANCE, type EventBatch, type EventNames } from "@ebb/formats";
import { type Percpu, percpuStateBytes } from "@ebb/model";
import { type LateRuns, LOOKAHEAD, ON_TIME, RULE_AFTER_CALL, RULE_AT_ONCE, RULE_USUAL } from "./balance-lead.ts";
import { EventLog } from "./event-log.ts";
import { type Mismatch, mismatchOf } from "./mismatch.ts";
import { findRepair, HORIZON, type Plan, type Trouble } from "./repair.ts";
import {
  AS_RECORDED,
  CHECKED,
  EXCHANGE,
  LED,
  OK,
  OTHER_CHUNK,
  OUR_WAY,
  Replayed,
  type ReplayedSaved,
  type ReplayStart,
} from "./replayed.ts";
import type { StatsBaseline } from "./stats-comparison.ts";
import { type RecordedStats, StatsWatch, type StatsWatchSaved } from "./stats-watch.ts";
import { ruleChange, type Swap, swapOf } from "./swap.ts";
import { eventOf, eventStep, RUN_WORK, ruleStep, takeStep } from "./take.ts";

/** Events read beyond the one being taken: what a repair tries, and what decisions there look at. */
const READ_AHEAD = HORIZON + LOOKAHEAD;
/** Steps before a mismatch that a repair may change. */
const WINDOW = 160;
/** The same when a chunk is destroyed: it may have been free for long. */
const WIDE_WINDOW = 2000;
/** Steps of a stretch: few after a repair, then twice as many each time. */
const FEW_STEPS = 1024;
const MANY_STEPS = 65_536;
/** State bytes worth one step: saving must not cost more than replaying. */
const BYTES_PER_STEP = 24;
/** Last runs of the balance work that may be put later so that percpu_stats agree, and how many of them at once. */
const MAX_FITTED = 16;
const LATE_RUNS: readonly LateRuns[] = [0, 1, 2].flatMap((nrPages) => [1, 2, 3].map((nrRuns) => ({ nrRuns, nrPages })));
/** Mismatches without an explanation before none is looked for any more. */
const MAX_UNEXPLAINED = 100;
/** So many runs of the balance work found elsewhere within so many events are often. */
const OFTEN = 3;
const OFTEN_EVENTS = 100_000;
/** Mismatches of late after which no other rule of the balance work is tried. */
const MAX_RULES_TRIED = 2;
/** Events in which a mismatch makes the search for the next one's explanation shorter. */
const RECENT_EVENTS = 4096;

interface CheckSubject {
  readonly t: Percpu;
  readonly start: ReplayStart;
  /** Allocations and frees before the trace; undefined when unknown. */
  readonly before: StatsBaseline | undefined;
  readonly names: EventNames;
  readonly stats: readonly RecordedStats[];
  /** RULE_ of inferred runs of the balance work, to begin with. */
  readonly rule: number;
}

interface SavedRun {
  readonly replayed: ReplayedSaved;
  readonly watch: StatsWatchSaved;
}

/** From step `at` on, the balance work ran later than usual. */
interface Guess {
  readonly at: number;
  readonly late: LateRuns;
}

/** Steps taken, and the state before the first of them. */
interface Stretch {
  readonly saved: SavedRun;
  /** All events before this one were taken before. */
  readonly from: number;
  steps: number[];
}

export class CheckRun {
  readonly replayed: Replayed;
  readonly watch: StatsWatch;
  readonly swaps: Swap[] = [];
  readonly mismatches: Mismatch[] = [];
  /** Runs of the balance work put elsewhere so that percpu_stats agree. */
  nrFittedRuns = 0;
  /** Stop at a mismatch that nothing explains, until this is unset. */
  stopsWhenRefuted = false;
  private readonly log = new EventLog();
  private readonly names: EventNames;
  /** Events before which the balance work was found at another moment. */
  private readonly movedWork: number[] = [];
  /** Events of the mismatches. */
  private readonly unexplained: number[] = [];
  private cursor = 0;
  /** Events beyond the cursor that were taken early. */
  private taken: ReadonlySet<number> = new Set();
  private older: Stretch | undefined;
  private newer: Stretch;
  private stepsOfStretch = FEW_STEPS;

  constructor(subject: CheckSubject) {
    this.names = subject.names;
    this.replayed = new Replayed(subject.t, this.log, subject.start);
    this.replayed.lead.state.rule = subject.rule;
    this.watch = new StatsWatch(this.replayed, subject.names, subject.stats, subject.before);
    this.newer = this.newStretch();
  }

  /** Events follow; the batch may be used again afterwards. */
  feed(batch: EventBatch): void {
    const from = this.log.end;
    this.log.append(batch);
    const probe = batch.kind.subarray(0, batch.nr).indexOf(EVENT_BALANCE);
    if (probe >= 0) this.replayed.lead.probeAt(from + probe);
    this.advance(this.log.end - READ_AHEAD);
  }

  /** The trace is over. */
  end(): void {
    this.advance(this.log.end);
    this.watch.end(this.cursor);
    this.fitIfNeeded(this.cursor);
  }

  /** Takes the events before `limit`. */
  private advance(limit: number): void {
    while (this.cursor < limit) {
      if (this.stopsWhenRefuted && this.mismatches.length > 0) return;
      this.advanceSmoothly(limit);
      if (this.newer.steps.length >= this.stepsOfStretch) this.beginStretch();
    }
  }

  /** The usual course, up to the end of the stretch or the first disagreement. */
  private advanceSmoothly(limit: number): void {
    const { replayed, watch, taken } = this;
    const { lead } = replayed;
    const { steps } = this.newer;
    const mode = this.mismatches.length < MAX_UNEXPLAINED ? CHECKED : OUR_WAY;
    const isSomeTaken = taken.size > 0;
    const end = Math.min(limit, this.cursor + Math.max(1, this.stepsOfStretch - steps.length));
    for (let n = this.cursor; n < end; n++) {
      if (isSomeTaken && taken.has(n)) continue;
      if (lead.state.isAsked && lead.before(n)) steps.push(RUN_WORK);
      if (n >= watch.wakeAt) {
        this.cursor = n;
        if (this.look(n)) return;
      }
      const answer = replayed.apply(n, mode);
      if (answer !== OK) {
        this.cursor = n;
        this.mend({ n, answer, place: replayed.answer });
        return;
      }
      steps.push(eventStep(n, mode));
    }
    this.cursor = end;
  }

  private save(): SavedRun {
    return { replayed: this.replayed.save(), watch: this.watch.save() };
  }

  private restore(saved: SavedRun): void {
    this.replayed.restore(saved.replayed);
    this.watch.restore(saved.watch);
  }

  private newStretch(): Stretch {
    return { saved: this.save(), from: this.cursor, steps: [] };
  }

  private beginStretch(): void {
    for (const n of this.taken) if (n >= this.cursor) return;
    this.taken = new Set();
    this.older = this.newer;
    this.newer = this.newStretch();
    this.replayed.giveUp(this.older.saved.replayed);
    this.log.giveUp(this.older.from);
    const worthwhile = Math.max(FEW_STEPS, percpuStateBytes(this.replayed.t) / BYTES_PER_STEP);
    this.stepsOfStretch = Math.min(this.stepsOfStretch * 2, MANY_STEPS, worthwhile);
  }

  /** Both stretches as one. */
  private wholeStretch(): Stretch {
    const { older, newer } = this;
    return older === undefined ? newer : { ...older, steps: [...older.steps, ...newer.steps] };
  }

  /** Takes steps that are known to be as recorded. */
  private retake(steps: readonly number[]): void {
    for (const step of steps) {
      const n = eventOf(step);
      if (n >= this.watch.wakeAt) this.watch.look(n);
      takeStep(this.replayed, step);
    }
  }

  /** Compares what is to be compared before event `n`; true when the steps since became others. */
  private look(n: number): boolean {
    const nrBefore = this.watch.comparisons.length;
    const { newer } = this;
    this.watch.look(n);
    if (this.watch.comparisons.length > nrBefore) this.fitIfNeeded(n);
    return this.newer !== newer;
  }

  /** Where percpu_stats differ in pages alone: looks for other moments of the balance work under which they do not. */
  private fitIfNeeded(n: number): void {
    const last = this.watch.comparisons.at(-1);
    if (last === undefined || last.differences.length === 0 || this.replayed.lead.isProbed(n)) return;
    if (last.differences.every(({ figure }) => figure === "empty_pop_pages")) this.fit(n);
  }

  private fit(n: number): void {
    const stretch = this.wholeStretch();
    const { steps } = stretch;
    const runs = lastRuns(steps);
    const first = runs[0];
    if (first === undefined) return;
    this.restore(stretch.saved);
    this.retake(steps.slice(0, first));
    const saved = this.save();
    this.watch.isQuick = true;
    let best = this.guess(saved, steps, first, { at: steps.length, late: ON_TIME }, n);
    for (const at of runs.toReversed()) {
      for (const late of LATE_RUNS) {
        if (best.nrDifferences === 0) break;
        const tried = this.guess(saved, steps, first, { at, late }, n);
        if (tried.nrDifferences < best.nrDifferences) best = tried;
      }
    }
    this.watch.isQuick = false;
    const { steps: fitted } = this.guess(saved, steps, first, best.guess, n);
    this.nrFittedRuns += best.guess.late.nrRuns;
    this.older = undefined;
    this.newer = { saved, from: stretch.from, steps: fitted };
  }

  /** Takes the steps from `first` on, with another guess at when the balance work ran; up to event `n`. */
  private guess(
    saved: SavedRun,
    steps: readonly number[],
    first: number,
    guess: Guess,
    n: number,
  ): { readonly guess: Guess; readonly nrDifferences: number; readonly steps: number[] } {
    const { lead } = this.replayed;
    this.restore(saved);
    const taken = steps.slice(first, guess.at);
    this.retake(taken);
    lead.guess(guess.late);
    for (const step of steps.slice(guess.at)) {
      const event = eventOf(step);
      if (step === RUN_WORK) continue;
      if (event >= 0 && lead.before(event)) taken.push(RUN_WORK);
      this.retake([step]);
      taken.push(step);
    }
    if (n < this.log.end && lead.before(n)) taken.push(RUN_WORK);
    lead.guess(ON_TIME);
    if (n < this.log.end) this.watch.look(n);
    else this.watch.end(n);
    const compared = this.watch.comparisons.slice(saved.watch.nrDone);
    return { guess, nrDifferences: compared.reduce((sum, one) => sum + one.differences.length, 0), steps: taken };
  }

  /**
   * The same steps with another rule of when the balance work runs, if under it the replay goes on to the horizon. The
   * replay's state is of no use otherwise.
   */
  private underAnotherRule(stretch: Stretch, trouble: Trouble): Stretch | undefined {
    const { replayed, taken } = this;
    const { lead } = replayed;
    if (lead.isProbed(trouble.n)) return undefined;
    const horizon = Math.min(this.log.end, trouble.n + HORIZON);
    this.restore(stretch.saved);
    for (const rule of [RULE_USUAL, RULE_AT_ONCE, RULE_AFTER_CALL].filter((other) => other !== lead.state.rule)) {
      const steps = this.takeUnder(stretch, rule);
      if (steps === undefined) continue;
      const before = this.save();
      let n = trouble.n;
      for (; n < horizon; n++) {
        if (taken.has(n)) continue;
        lead.before(n);
        if (replayed.apply(n, CHECKED) !== OK) break;
      }
      if (n < horizon) continue;
      this.restore(before);
      return { ...stretch, steps };
    }
    return undefined;
  }

  /** Takes the events of the stretch with runs of the work as `rule` has them; undefined when some are not as recorded. */
  private takeUnder(stretch: Stretch, rule: number): number[] | undefined {
    const { replayed } = this;
    const steps = [ruleStep(rule)];
    this.restore(stretch.saved);
    this.retake(steps);
    for (const step of stretch.steps) {
      const n = eventOf(step);
      if (n < 0) continue;
      if (replayed.lead.before(n)) steps.push(RUN_WORK);
      if (n >= this.watch.wakeAt) this.watch.look(n);
      if (takeStep(replayed, step) !== OK) return undefined;
      steps.push(step);
    }
    return steps;
  }

  /** The replay and the recording part: finds an order of things in which they do not, or goes on with a mismatch. */
  private mend(trouble: Trouble): void {
    const whole = this.wholeStretch();
    const { saved, from, steps } = whole;
    const windowStart = Math.max(0, steps.length - (trouble.answer === OTHER_CHUNK ? WIDE_WINDOW : WINDOW));
    this.restore(saved);
    this.retake(steps.slice(0, windowStart));
    const window = { saved: this.save(), from, steps: steps.slice(windowStart) };
    this.older = undefined;
    this.stepsOfStretch = FEW_STEPS;
    const nr = this.unexplained.filter((n) => n > trouble.n - RECENT_EVENTS).length;
    const plan = findRepair(this.replayed, window.saved.replayed, window.steps, this.taken, trouble, nr);
    if (this.mayBeAnotherRule(plan, trouble.n, nr)) {
      const other = this.underAnotherRule(whole, trouble);
      if (other !== undefined) {
        this.newer = other;
        this.cursor = trouble.n;
        this.swaps.push(ruleChange(this.log, this.replayed.lead.state.rule, from));
        return;
      }
    }
    this.restore(window.saved);
    this.newer = window;
    if (plan !== undefined) this.follow(plan);
    else {
      this.retake(window.steps);
      if (trouble.answer === OTHER_CHUNK && this.letDestroy(trouble.n)) return;
      this.unexplained.push(trouble.n);
      this.mismatches.push(mismatchOf(this.replayed, this.names, trouble, this.mismatches.length === 0));
      this.goOn(trouble.n);
    }
  }

  /** The work was found at other moments again and again, or nothing helps and that is new. */
  private mayBeAnotherRule(plan: Plan | undefined, n: number, nrUnexplained: number): boolean {
    if (plan === undefined) return nrUnexplained < MAX_RULES_TRIED;
    if (!plan.moves.some((move) => move.n < 0)) return false;
    this.movedWork.push(n);
    return this.movedWork.filter((other) => other > n - OFTEN_EVENTS).length >= OFTEN;
  }

  /**
   * A free chunk is destroyed that the model would keep, and no probe tells of the balance work: when it ran, and what was
   * freed meanwhile, decides which it takes. The recording is followed, and it is counted.
   */
  private letDestroy(n: number): boolean {
    if (this.replayed.lead.isProbed(n)) return false;
    const before = this.save();
    for (const mode of [EXCHANGE, LED]) {
      if (this.replayed.apply(n, mode) === OK) {
        this.newer.steps.push(eventStep(n, mode));
        this.cursor = n + 1;
        return true;
      }
      this.restore(before);
    }
    return false;
  }

  private follow(plan: Plan): void {
    this.retake(plan.steps);
    this.newer.steps = [...plan.steps];
    this.taken = plan.taken;
    this.cursor = plan.next;
    for (const move of plan.moves) this.swaps.push(swapOf(this.log, this.names, move));
  }

  /** Takes event `n` though it is a mismatch: as recorded or our way, whichever agrees with more of what follows. */
  private goOn(n: number): void {
    const before = this.save();
    const [asRecorded = 0, ourWay = 0] = [AS_RECORDED, OUR_WAY].map((mode) => {
      this.restore(before);
      return this.replayed.apply(n, mode) === OK ? this.reach(n + 1) : -1;
    });
    const mode = asRecorded > ourWay ? AS_RECORDED : OUR_WAY;
    this.restore(before);
    this.replayed.apply(n, mode);
    this.newer.steps.push(eventStep(n, mode));
    this.cursor = n + 1;
  }

  /** How far the replay comes from event `n` on. */
  private reach(n: number): number {
    const end = Math.min(this.log.end, n + HORIZON);
    for (let m = n; m < end; m++) {
      if (this.taken.has(m)) continue;
      this.replayed.lead.before(m);
      if (this.replayed.apply(m, CHECKED) !== OK) return m;
    }
    return end;
  }
}

/** Where the last runs of the balance work stand among the steps. */
function lastRuns(steps: readonly number[]): readonly number[] {
  const runs: number[] = [];
  for (let at = steps.length - 1; at >= 0 && runs.length < MAX_FITTED; at--)
    if (steps[at] === RUN_WORK) runs.unshift(at);
  return runs;
}
