/**
 * Balance work, stage "reclaim": empty pages of chosen chunks go back to the system. Which chunks, in which direction,
 * when to stop and what becomes of a chunk are the policy's. Source: spec/percpu.md 14.3, 14.4; spec/percpu-kinds.md 6.
 */

import { isEmptyPopulated } from "./block-class.ts";
import { toDepopulateList } from "./chunk.ts";
import { NO_CHUNK } from "./constants.ts";
import { reintegrateChunk, sidelineChunk } from "./isolation.ts";
import { moveToTail } from "./lists.ts";
import { chunkDepopulated } from "./pages.ts";
import { GO_ON, REINTEGRATE, type ReclaimRules, SIDELINE_AT_HEAD, SIDELINE_AT_TAIL, TO_TAIL } from "./policy.ts";
import { listOf, type Percpu } from "./state.ts";
import {
  NR_MARKED,
  WORK_CHUNK,
  WORK_KIND,
  WORK_NR_DEPOPULATED,
  WORK_PAGE,
  WORK_RUN_END,
  WORK_RUN_START,
  WORK_SLOT,
  WORK_STOP,
} from "./words.ts";

/** No run of pages is being collected. */
const NO_RUN = -1;
/** In WORK_PAGE: the chunk was walked, and what becomes of it is decided in the next step. */
const WALKED = -2;

/**
 * Each step chooses a chunk, or walks the one chosen up to the next run of empty pages and gives the one before back, or
 * decides what becomes of it. The kernel gives its lock up between the two last, to flush the addresses of the pages it
 * has given back: in probed recordings frees take effect there (fixtures/traces), so that an isolated chunk is set aside
 * with pages that became empty meanwhile.
 *
 * @kernel mm/percpu.c pcpu_reclaim_populated(), v6.1
 */
export function reclaimStep(t: Percpu, begin: boolean): boolean {
  const rules = t.policy.reclaim;
  if (rules === undefined) return false;
  const w = t.globals;
  if (begin) beginReclaim(t, rules);
  else if (w[WORK_CHUNK] !== NO_CHUNK) walkChunk(t, rules, w[WORK_CHUNK]);
  if (w[WORK_CHUNK] !== NO_CHUNK) return true;
  const chunk = nextCandidate(t, rules);
  if (chunk === NO_CHUNK) return false;
  w[WORK_CHUNK] = chunk;
  w[WORK_PAGE] = rules.direction === "forward" ? 0 : t.nrPages[chunk] - 1;
  w[WORK_RUN_START] = NO_RUN;
  w[WORK_NR_DEPOPULATED] = 0;
  return true;
}

/** The step after the present one gives a run of pages back, or may. */
export function reclaimStepShows(t: Percpu): boolean {
  const chunk = t.globals[WORK_CHUNK];
  if (chunk === NO_CHUNK || t.globals[WORK_PAGE] === WALKED) return false;
  return t.globals[WORK_RUN_START] !== NO_RUN || t.isolated[chunk] === 0;
}

function beginReclaim(t: Percpu, rules: ReclaimRules): void {
  const w = t.globals;
  w[WORK_CHUNK] = NO_CHUNK;
  w[WORK_SLOT] = t.freeSlot;
  if (rules.candidates !== "list-at-once") return;
  const waiting = toDepopulateList(t, w[WORK_KIND]);
  for (let chunk = t.listHead[waiting]; chunk !== NO_CHUNK; chunk = t.listHead[waiting]) {
    moveToTail(t, chunk, t.workList);
  }
}

function nextCandidate(t: Percpu, rules: ReclaimRules): number {
  if (!rules.mayTakeAnother(t, t.globals[WORK_KIND])) return NO_CHUNK;
  if (rules.candidates === "marked") return nextMarked(t);
  if (rules.candidates === "list") return t.listHead[toDepopulateList(t, t.globals[WORK_KIND])];
  return t.listHead[t.workList];
}

/** The first marked chunk from the current slot down; it loses its mark. */
function nextMarked(t: Percpu): number {
  const w = t.globals;
  for (; w[WORK_SLOT] >= 0; w[WORK_SLOT]--) {
    let chunk = t.listHead[listOf(w[WORK_KIND], w[WORK_SLOT])];
    while (chunk !== NO_CHUNK && t.marked[chunk] === 0) chunk = t.next[chunk];
    if (chunk === NO_CHUNK) continue;
    t.marked[chunk] = 0;
    w[NR_MARKED]--;
    return chunk;
  }
  return NO_CHUNK;
}

/** Gives back the run found by the step before, then walks on to the end of the next run or of the chunk. */
function walkChunk(t: Percpu, rules: ReclaimRules, chunk: number): void {
  const w = t.globals;
  if (w[WORK_PAGE] === WALKED) {
    leaveChunk(t, rules, chunk, w[WORK_STOP]);
    return;
  }
  if (w[WORK_RUN_START] !== NO_RUN) giveBackRun(t, chunk);
  const step = rules.direction === "forward" ? 1 : -1;
  const lastPage = step > 0 ? t.nrPages[chunk] - 1 : 0;
  for (let page = w[WORK_PAGE]; page !== lastPage + step; page += step) {
    const stop = rules.beforePage(t, chunk, w[WORK_KIND]);
    if (stop !== GO_ON) {
      endWalk(t, rules, chunk, stop);
      return;
    }
    const joins = isEmptyPopulated(t, chunk, page);
    if (joins) joinRun(w, page);
    const ended = !joins || (page === lastPage && step < 0);
    if (ended && w[WORK_RUN_START] !== NO_RUN) {
      w[WORK_PAGE] = page + step;
      // A chunk that is not isolated may serve an area before the next step.
      if (t.isolated[chunk] === 0) giveBackRun(t, chunk);
      return;
    }
  }
  endWalk(t, rules, chunk, GO_ON);
}

function endWalk(t: Percpu, rules: ReclaimRules, chunk: number, stop: number): void {
  if (t.globals[WORK_NR_DEPOPULATED] === 0 || t.isolated[chunk] === 0) {
    leaveChunk(t, rules, chunk, stop);
    return;
  }
  t.globals[WORK_STOP] = stop;
  t.globals[WORK_PAGE] = WALKED;
}

function joinRun(w: Int32Array, page: number): void {
  if (w[WORK_RUN_START] === NO_RUN) {
    w[WORK_RUN_START] = page;
    w[WORK_RUN_END] = page + 1;
  } else if (page < w[WORK_RUN_START]) w[WORK_RUN_START] = page;
  else w[WORK_RUN_END] = page + 1;
}

function giveBackRun(t: Percpu, chunk: number): void {
  const w = t.globals;
  chunkDepopulated(t, chunk, w[WORK_RUN_START], w[WORK_RUN_END]);
  w[WORK_NR_DEPOPULATED] += w[WORK_RUN_END] - w[WORK_RUN_START];
  w[WORK_RUN_START] = NO_RUN;
}

function leaveChunk(t: Percpu, rules: ReclaimRules, chunk: number, stop: number): void {
  const w = t.globals;
  const verdict = rules.afterWalk(t, chunk, w[WORK_NR_DEPOPULATED], stop);
  if (verdict === REINTEGRATE) reintegrateChunk(t, chunk);
  else if (verdict === SIDELINE_AT_HEAD || verdict === SIDELINE_AT_TAIL) {
    sidelineChunk(t, chunk, verdict === SIDELINE_AT_HEAD);
  } else if (verdict === TO_TAIL) moveToTail(t, chunk, t.list[chunk]);
  w[WORK_STOP] = stop;
  w[WORK_CHUNK] = NO_CHUNK;
}
