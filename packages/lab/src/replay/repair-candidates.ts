/**
 * What a repair tries, group by group; the first group that mends the trouble wins, and in it the cheapest plan. All of it
 * keeps what is certain: a task's lines on one CPU stand in the order in which it made its requests.
 */

import { EVENT_ALLOC, EVENT_BALANCE, EVENT_DEPOPULATE, EVENT_FREE, EVENT_POPULATE } from "@ebb/formats";
import type { EventLog } from "./event-log.ts";
import type { Move, Plan, RepairSearch, TriedPlan, Trouble } from "./repair.ts";
import { CHECKED, FREE_PLACE, HELD_BACK, NO_SUCH_AREA, OTHER_CHUNK, OTHER_PAGES, OTHER_PLACE } from "./replayed.ts";
import { eventOf, eventStep, RUN_WORK, START_WORK } from "./take.ts";

/** Clocks of two CPUs differ by less, ns. */
const CLOCK_NS = 100_000;
/** Events behind the trouble that may have come before it for no visible reason. */
const NEAR = 16;
/** Events behind the trouble among which the one is looked for that took the model's place. */
const FAR = 480;
/** Late lines that are put in their places one after the other. */
const MAX_LATE = 64;
/** Steps before the trouble that may hide an earlier mistake, and past how many frees each may move. */
const HIDDEN = 64;
const HIDDEN_FREES = 8;
/** Places tried for the beginning of a run of the balance work, and for its going on after each of its last events. */
const MAX_STARTS = 160;
const MAX_HELD = 4;
const RUN_COST = 1.5;
/** Last runs of the work that may be left out at once. */
const MAX_LEFT_OUT = 200;
const NO_EVENT = -1;
const OF_WORK: ReadonlySet<number> = new Set([EVENT_BALANCE, EVENT_POPULATE, EVENT_DEPOPULATE]);

type Group = (search: RepairSearch, plan: Plan, trouble: Trouble) => Iterable<Plan | TriedPlan>;

/** The likely first. */
export const CANDIDATE_GROUPS: readonly Group[] = [
  orderOfLines,
  laterWork,
  momentsOfWork,
  clocks,
  missedFree,
  earlierMistakes,
];

/** A line stands late: that of the request itself, or of the one that took the place the model would give. */
function* orderOfLines(search: RepairSearch, plan: Plan, trouble: Trouble): Generator<Plan | TriedPlan> {
  if (trouble.answer === OTHER_PAGES) return;
  yield* lateLines(search, plan, [], trouble, trouble.n);
  yield* lateItself(search, plan, trouble.n);
}

/**
 * Allocations further on that got some of the place the model would give now, one after the other. One that would not lie
 * where it was recorded either has stood late behind frees, or behind another late line.
 *
 * @param early events to be taken before event `n`, so far
 * @param open where the model gives another place: `n` or one of `early`
 */
function* lateLines(
  search: RepairSearch,
  plan: Plan,
  early: readonly number[],
  open: Trouble,
  n: number,
): Generator<TriedPlan> {
  const { log } = search.replayed;
  const more = withLate(log, plan, early, open, n);
  if (more.length === 0 || more.length > MAX_LATE) return;
  let left: TriedPlan | undefined;
  let stuck: Trouble | undefined;
  for (const earlier of earlierPlaces(log, plan, more, n)) {
    if (search.isSpent) return;
    const tried = search.try(earlier);
    if (tried === undefined) stuck ??= search.stuck;
    else if (tried.reached > n || tried.trouble === undefined) {
      yield tried;
      if (tried.trouble === undefined) return;
    } else left ??= tried;
  }
  if (left?.trouble !== undefined) {
    const { steps, taken, moves, cost } = left;
    yield* lateLines(search, { steps, taken, next: n, moves, cost }, [], left.trouble, n);
  }
  if (stuck !== undefined && more.includes(stuck.n)) yield* lateLines(search, plan, more, stuck, n);
}

/** `early` with the line that got what the model would give at `open`, before it; empty when there is none. */
function withLate(log: EventLog, plan: Plan, early: readonly number[], open: Trouble, n: number): readonly number[] {
  const at = open.n === n ? early.length : early.indexOf(open.n);
  const late = findLate(log, plan, early, open);
  const events = late === NO_EVENT || at < 0 ? undefined : boundWith(log, plan, late, n);
  if (events === undefined) return [];
  const more = events.filter((event) => !early.includes(event));
  return [...early.slice(0, at), ...more, ...early.slice(at)];
}

/** Plans with `events`, which stand behind event `n`, before it; and then before frees that stand before it. */
function* earlierPlaces(log: EventLog, plan: Plan, events: readonly number[], n: number): Generator<Plan> {
  const { steps } = plan;
  const [first = n] = events;
  const moved = events.map((event) => eventStep(event, CHECKED));
  const taken = new Set([...plan.taken, ...events]);
  for (let at = steps.length, nrFrees = 0; at >= 0 && nrFrees <= HIDDEN_FREES; at--) {
    const other = at === steps.length ? n : eventOf(steps[at] ?? RUN_WORK);
    if (other >= 0 && isBound(log, other, first)) return;
    if (at < steps.length && (other < 0 || log.kind[log.row(other)] !== EVENT_FREE)) continue;
    nrFrees++;
    yield {
      ...plan,
      steps: [...steps.slice(0, at), ...moved, ...steps.slice(at)],
      taken,
      moves: [...plan.moves, ...events.map((event) => ({ n: event, before: Math.max(other, NO_EVENT) }))],
      cost: plan.cost + events.length + (first - n + steps.length - at) / 100,
    };
  }
}

/** Bytes [start, end) of a recorded chunk. */
interface ChunkRange {
  readonly chunk: number;
  readonly start: number;
  readonly end: number;
}

/** Where the late line's area must lie, at least in part: where the model would put an area, or where one is freed. */
function wantedRange(log: EventLog, trouble: Trouble): ChunkRange {
  const i = log.row(trouble.n);
  if (trouble.answer === NO_SUCH_AREA) return rangeAt(log.chunk[i] ?? 0, log.offBytes[i] ?? 0, 1);
  return rangeAt(trouble.place.chunk, trouble.place.offBytes, log.sizeBytes[i] ?? 0);
}

function rangeAt(chunk: number, start: number, bytes: number): ChunkRange {
  return { chunk, start, end: start + bytes };
}

/** The first allocation behind the open event that got some of what the model would give there. */
function findLate(log: EventLog, plan: Plan, early: readonly number[], open: Trouble): number {
  const { chunk, start, end: rangeEnd } = wantedRange(log, open);
  const end = Math.min(log.end, open.n + FAR);
  for (let m = plan.next; m < end; m++) {
    const i = log.row(m);
    if (log.kind[i] !== EVENT_ALLOC || log.chunk[i] !== chunk || m === open.n) continue;
    if (plan.taken.has(m) || early.includes(m)) continue;
    const off = log.offBytes[i] ?? 0;
    if (off < rangeEnd && off + (log.sizeBytes[i] ?? 0) > start) return m;
  }
  return NO_EVENT;
}

/** Event `m` and what must come with it when it goes before event `n`, in their order; undefined when `n` must too. */
function boundWith(log: EventLog, plan: Plan, m: number, n: number): readonly number[] | undefined {
  const events = [m];
  for (let k = m - 1; k >= n; k--) {
    if (plan.taken.has(k) || !events.some((other) => isBound(log, k, other))) continue;
    if (k === n || events.length >= MAX_LATE) return undefined;
    events.unshift(k);
  }
  return events;
}

/** The request came before what its line stands behind. */
function* lateItself({ replayed }: RepairSearch, plan: Plan, n: number): Generator<Plan> {
  const { log } = replayed;
  for (let at = plan.steps.length - 1; at >= 0; at--) {
    const other = eventOf(plan.steps[at] ?? RUN_WORK);
    if (other >= 0 && isBound(log, other, n)) return;
    yield {
      ...plan,
      steps: [...plan.steps.slice(0, at), eventStep(n, CHECKED), ...plan.steps.slice(at)],
      next: n + 1,
      moves: [...plan.moves, { n, before: Math.max(other, NO_EVENT) }],
      cost: plan.cost + 1 + (plan.steps.length - at) / 100,
    };
  }
}

/** The work had not run for a while: a chunk is destroyed that the last runs, as they were guessed, left or took. */
function* laterWork({ replayed }: RepairSearch, plan: Plan, { n, answer }: Trouble): Generator<Plan> {
  if (answer !== OTHER_CHUNK || replayed.lead.isProbed(n)) return;
  const moves = [...plan.moves, { n: NO_EVENT, before: n }];
  const runs = plan.steps.flatMap((step, at) => (step === RUN_WORK ? [at] : []));
  // One, two, three, then half as many more each time.
  for (let nr = 1; nr <= Math.min(runs.length, MAX_LEFT_OUT); nr = Math.max(nr + 1, Math.floor(nr * 1.5))) {
    const from = runs[runs.length - nr] ?? 0;
    const later = plan.steps.slice(from).filter((step) => step !== RUN_WORK);
    const steps = [...plan.steps.slice(0, from), ...later, eventStep(n, CHECKED)];
    yield { ...plan, steps, next: n + 1, moves, cost: plan.cost + RUN_COST + nr / 100 };
  }
}

/** The balance work ran at another moment; in a probed recording, it began at another. */
function* momentsOfWork(search: RepairSearch, plan: Plan, trouble: Trouble): Generator<Plan> {
  const { lead, log } = search.replayed;
  const { n } = trouble;
  if (lead.isProbed(n)) {
    yield* startsOfWork(log, plan, n);
    return;
  }
  const move: Move = { n: NO_EVENT, before: n };
  const moves = [...plan.moves, move];
  const { steps } = plan;
  for (let at = steps.length, nr = 0; at >= 0 && nr < HIDDEN; at--, nr++) {
    const cost = plan.cost + RUN_COST + nr / 100;
    yield { ...plan, steps: [...steps.slice(0, at), RUN_WORK, ...steps.slice(at)], moves, cost };
    if (steps[at] !== RUN_WORK) continue;
    const without = [...steps.slice(0, at), ...steps.slice(at + 1)];
    yield { ...plan, steps: [...without, eventStep(n, CHECKED)], next: n + 1, moves, cost };
  }
}

/** The work began some events after the event that enters it, or went on some events after it had given pages back. */
function* startsOfWork(log: EventLog, plan: Plan, n: number): Generator<Plan> {
  const moves = [...plan.moves, { n: NO_EVENT, before: n }];
  const { steps } = plan;
  const { pid } = log;
  if (log.kind[log.row(n)] === EVENT_BALANCE) yield* lateStart(log, plan, n, moves);
  for (let at = steps.length - 1, nr = 0; at >= 0 && nr < MAX_HELD; at--) {
    const event = eventOf(steps[at] ?? RUN_WORK);
    if (event < 0 || !OF_WORK.has(log.kind[log.row(event)] ?? 0)) continue;
    if (pid[log.row(event)] !== pid[log.row(n)] && log.kind[log.row(n)] !== EVENT_BALANCE) continue;
    nr++;
    const held = steps.slice();
    held[at] = eventStep(event, HELD_BACK);
    const last = nextOfWork(log, steps, at + 1);
    for (let to = last; to > Math.max(at, last - MAX_STARTS); to--) {
      const cost = plan.cost + RUN_COST + nr / 10 + (last - to) / 100;
      yield { ...plan, steps: [...held.slice(0, to), START_WORK, ...held.slice(to)], moves, cost };
    }
  }
}

/** Where the next event of the work stands among the steps from `at` on; behind them all if there is none. */
function nextOfWork(log: EventLog, steps: readonly number[], at: number): number {
  for (let to = at; to < steps.length; to++) {
    const event = eventOf(steps[to] ?? RUN_WORK);
    if (event >= 0 && OF_WORK.has(log.kind[log.row(event)] ?? 0)) return to;
  }
  return steps.length;
}

/** The work that event `n` enters begins after some more events. */
function* lateStart(log: EventLog, plan: Plan, n: number, moves: readonly Move[]): Generator<Plan> {
  const held = [...plan.steps, eventStep(n, HELD_BACK)];
  yield { ...plan, steps: held.slice(), next: n + 1, moves, cost: plan.cost + RUN_COST };
  for (let m = n + 1; m < Math.min(log.end, n + MAX_STARTS); m++) {
    if (log.kind[log.row(m)] === EVENT_BALANCE) return;
    if (!plan.taken.has(m)) held.push(eventStep(m, CHECKED));
    const cost = plan.cost + RUN_COST + (m - n) / 100;
    yield { ...plan, steps: [...held, START_WORK], next: m + 1, moves, cost };
  }
}

/** Neighbours a moment apart on two CPUs, whose clocks differ. */
function* clocks({ replayed }: RepairSearch, plan: Plan, { n }: Trouble): Generator<Plan> {
  const { log } = replayed;
  const end = Math.min(log.end, n + NEAR);
  for (let m = n + 1; m < end; m++) {
    if (!plan.taken.has(m) && isRequest(log, m) && mayOvertake(log, plan, m, n)) yield earlierEvent(plan, m, n);
  }
  const { steps } = plan;
  for (let at = steps.length - 1; at >= Math.max(0, steps.length - NEAR); at--) {
    const other = eventOf(steps[at] ?? RUN_WORK);
    if (other < 0 || !isRequest(log, other)) continue;
    if (isBound(log, other, n) || time(log, n) - time(log, other) > CLOCK_NS) continue;
    yield {
      ...plan,
      steps: [...steps.slice(0, at), ...steps.slice(at + 1), eventStep(n, CHECKED), steps[at] ?? RUN_WORK],
      next: n + 1,
      moves: [...plan.moves, { n, before: other }],
      cost: plan.cost + 1 + (steps.length - at) / 50,
    };
  }
}

/** The place was given before, and no event tells that it was freed: some kernels leave such events out. */
function* missedFree({ replayed }: RepairSearch, plan: Plan, { n, answer }: Trouble): Generator<Plan> {
  const { log } = replayed;
  if (answer !== OTHER_PLACE) return;
  const { steps } = plan;
  for (let at = steps.length; at >= Math.max(0, steps.length - NEAR); at--) {
    const other = at === steps.length ? n : eventOf(steps[at] ?? RUN_WORK);
    if (at < steps.length && (other < 0 || !isRequest(log, other))) continue;
    yield {
      ...plan,
      steps: [...steps.slice(0, at), eventStep(n, FREE_PLACE), ...steps.slice(at), eventStep(n, CHECKED)],
      next: n + 1,
      moves: [...plan.moves, { n, before: other, isMissedFree: true }],
      cost: plan.cost + 3 + (steps.length - at) / 100,
    };
  }
}

/** The line of an allocation before the trouble stood late already, behind frees, and it showed only now. */
function* earlierMistakes({ replayed }: RepairSearch, plan: Plan): Generator<Plan> {
  const { log } = replayed;
  const { steps } = plan;
  for (let from = steps.length - 1; from >= Math.max(1, steps.length - HIDDEN); from--) {
    const n = eventOf(steps[from] ?? RUN_WORK);
    if (n < 0 || log.kind[log.row(n)] !== EVENT_ALLOC) continue;
    for (let to = from - 1, nrFrees = 0; to >= 0 && nrFrees < HIDDEN_FREES; to--) {
      const other = eventOf(steps[to] ?? RUN_WORK);
      if (other >= 0 && isBound(log, other, n)) break;
      if (other >= 0 && log.kind[log.row(other)] !== EVENT_FREE) continue;
      nrFrees++;
      yield {
        ...plan,
        steps: [...steps.slice(0, to), steps[from] ?? RUN_WORK, ...steps.slice(to, from), ...steps.slice(from + 1)],
        moves: [...plan.moves, { n, before: Math.max(other, NO_EVENT) }],
        cost: plan.cost + 2 + (from - to) / 100,
      };
    }
  }
}

/** The plan with event `m`, which stands further on, taken before event `n`. */
function earlierEvent(plan: Plan, m: number, n: number): Plan {
  return {
    ...plan,
    steps: [...plan.steps, eventStep(m, CHECKED)],
    taken: new Set([...plan.taken, m]),
    moves: [...plan.moves, { n: m, before: n }],
    cost: plan.cost + 1 + (m - n) / 100,
  };
}

/** Nothing that is left from event `n` on binds event `m` to stay behind it. */
function mayOvertake(log: EventLog, plan: Plan, m: number, n: number): boolean {
  for (let k = n; k < m; k++) if (!plan.taken.has(k) && isBound(log, k, m)) return false;
  return true;
}

/**
 * Event `b`, whose line stands behind that of `a`, cannot have come first. A free is told when it happens, so only clocks
 * can be wrong about it, and one CPU has one clock. An allocation is told later, but a task's own in their order; a free
 * in an interrupt stands under the name of the task that was interrupted.
 */
function isBound(log: EventLog, a: number, b: number): boolean {
  const i = log.row(a);
  const j = log.row(b);
  const isSameCpu = log.cpu[i] === log.cpu[j];
  if (log.kind[j] !== EVENT_ALLOC) return isSameCpu || time(log, b) - time(log, a) > CLOCK_NS;
  if (log.pid[i] !== log.pid[j] || log.kind[i] === EVENT_FREE) return false;
  // Task 0 idles on every CPU.
  return isSameCpu || (log.pid[i] !== 0 && log.timeNs[i] !== log.timeNs[j]);
}

function isRequest(log: EventLog, n: number): boolean {
  const kind = log.kind[log.row(n)];
  return kind === EVENT_ALLOC || kind === EVENT_FREE;
}

function time(log: EventLog, n: number): number {
  return log.timeNs[log.row(n)] ?? 0;
}
