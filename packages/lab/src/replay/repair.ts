/**
 * Where a replay and its recording part: another order of what lies around, under which they do not.
 *
 * An allocation's line is written after the allocator's lock is given up, so a line may stand later than the allocator
 * saw the request: after lines of other CPUs, of interrupts, or of tasks that ran in between. A free's line is written
 * under the lock. Clocks of CPUs differ by a little, or stand still. And when the balance work ran, an ordinary recording
 * does not say at all.
 *
 * A plan is a list of steps from a saved state on; it is judged by how far the replay then comes before the next
 * disagreement. Candidates come from repair-candidates.ts, the likely ones first. The cheapest plan that comes to the
 * horizon is taken; if none does, the best ones are mended in turn.
 */

import { CANDIDATE_GROUPS } from "./repair-candidates.ts";
import { CHECKED, OK, type Place, type Replayed, type ReplayedSaved } from "./replayed.ts";
import { eventOf, eventStep, RUN_WORK, takeStep } from "./take.ts";

/** How far a plan has to come, in events beyond the first disagreement. */
export const HORIZON = 512;
/** Plans tried for one disagreement; half as many after each one that nothing explained, down to a few. */
const MAX_PLANS = 400;
const FEW_PLANS = 20;
/** Disagreements that one repair mends one after the other. */
const MAX_DEPTH = 6;
/** Plans mended in turn when none comes to the horizon. */
const NR_MENDED = 3;
/** A plan that comes so many events beyond the disagreement is taken if no better one is found. */
const WORTHWHILE = 8;

/** What is moved in a plan, and before what. */
export interface Move {
  /** Event moved; NO_EVENT when it is a run of the balance work. */
  readonly n: number;
  /** Event before which it goes. */
  readonly before: number;
  /** Not the event, but a free of what lay at its place, of which no event tells. */
  readonly isMissedFree?: boolean;
}

export interface Trouble {
  /** The event at which the replay and the recording part, and the answer of `apply`. */
  readonly n: number;
  readonly answer: number;
  /** The model's place, when it is an allocation. */
  readonly place: Place;
}

/** Steps to take from the saved state on, before going on with event `next`. */
export interface Plan {
  readonly steps: readonly number[];
  /** Events from `next` on that the steps have taken already. */
  readonly taken: ReadonlySet<number>;
  readonly next: number;
  readonly moves: readonly Move[];
  /** Small for what is likely. */
  readonly cost: number;
}

/** A plan that was tried. */
export interface TriedPlan extends Plan {
  /** Undefined when it came to the horizon. */
  readonly trouble: Trouble | undefined;
  readonly reached: number;
  /** All steps up to where it came. */
  readonly allSteps: readonly number[];
}

/**
 * The plan under which event `trouble.n` is as recorded; undefined when none was found. The replay's state is of no use
 * afterwards.
 *
 * @param saved the state at the first of `steps`, which are those taken since, in their order
 * @param taken events taken early
 * @param nrUnexplained disagreements of late for which no plan was found
 */
export function findRepair(
  replayed: Replayed,
  saved: ReplayedSaved,
  steps: readonly number[],
  taken: ReadonlySet<number>,
  trouble: Trouble,
  nrUnexplained: number,
): Plan | undefined {
  const nrPlans = Math.max(FEW_PLANS, Math.floor(MAX_PLANS / 2 ** nrUnexplained));
  const search = new RepairSearch(replayed, saved, trouble.n, nrPlans);
  const start: TriedPlan = {
    steps,
    allSteps: steps,
    taken,
    next: trouble.n,
    moves: [],
    cost: 0,
    trouble,
    reached: trouble.n,
  };
  const best = search.mend(start, MAX_DEPTH);
  if (best === undefined || best.reached < search.goodEnough) return undefined;
  return best;
}

export class RepairSearch {
  readonly replayed: Replayed;
  private readonly saved: ReplayedSaved;
  private readonly horizon: number;
  private readonly nrPlans: number;
  private nrTried = 0;
  /** Where a plan's own steps were last not as recorded. */
  stuck: Trouble | undefined;

  constructor(replayed: Replayed, saved: ReplayedSaved, n: number, nrPlans: number) {
    this.nrPlans = nrPlans;
    this.replayed = replayed;
    this.saved = saved;
    this.horizon = Math.min(replayed.log.end, n + HORIZON);
  }

  /** No more plans may be tried. */
  get isSpent(): boolean {
    return this.nrTried >= this.nrPlans;
  }

  get goodEnough(): number {
    return Math.min(this.horizon, this.horizon - HORIZON + WORTHWHILE);
  }

  /** Takes the plan's steps and what follows; undefined when already the steps are not as recorded. */
  try(plan: Plan): TriedPlan | undefined {
    const { replayed } = this;
    this.nrTried++;
    replayed.restore(this.saved);
    for (const step of plan.steps) {
      const answer = takeStep(replayed, step);
      if (answer === OK) continue;
      this.stuck = { n: eventOf(step), answer, place: replayed.answer };
      return undefined;
    }
    const allSteps = [...plan.steps];
    for (let n = plan.next; n < this.horizon; n++) {
      if (plan.taken.has(n)) continue;
      if (replayed.lead.before(n)) allSteps.push(RUN_WORK);
      const answer = replayed.apply(n, CHECKED);
      if (answer !== OK) {
        const trouble = { n, answer, place: replayed.answer };
        return { ...plan, trouble, reached: n, allSteps };
      }
      allSteps.push(eventStep(n, CHECKED));
    }
    return { ...plan, trouble: undefined, reached: this.horizon, allSteps };
  }

  /** The best plan that goes on from `tried`, which met trouble; undefined when nothing helps. */
  mend(tried: TriedPlan, depth: number): TriedPlan | undefined {
    const { trouble } = tried;
    if (trouble === undefined) return tried;
    const found: TriedPlan[] = [];
    const { taken, moves, cost } = tried;
    const start: Plan = { steps: tried.allSteps, taken, next: trouble.n, moves, cost };
    for (const group of CANDIDATE_GROUPS) {
      for (const plan of group(this, start, trouble)) {
        if (this.isSpent) break;
        const result = "reached" in plan ? plan : this.try(plan);
        if (result !== undefined && result.reached > trouble.n) found.push(result);
      }
      const whole = cheapest(found.filter((plan) => plan.trouble === undefined));
      if (whole !== undefined) return whole;
    }
    found.sort((a, b) => b.reached - a.reached || a.cost - b.cost);
    let best = found[0];
    if (depth > 1) {
      for (const plan of found.slice(0, NR_MENDED)) {
        const mended = this.mend(plan, depth - 1);
        if (mended === undefined) continue;
        if (mended.trouble === undefined) return mended;
        if (best === undefined || mended.reached > best.reached) best = mended;
      }
    }
    return best;
  }
}

function cheapest(plans: readonly TriedPlan[]): TriedPlan | undefined {
  return plans.reduce<TriedPlan | undefined>(
    (best, plan) => (best === undefined || plan.cost < best.cost ? plan : best),
    undefined,
  );
}
