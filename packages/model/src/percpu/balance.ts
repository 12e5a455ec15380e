/**
 * The balance work: deferred, stepped, and interruptible where the kernel drops its lock.
 *
 * For each kind in turn the policy names the stages. A stage is a little machine whose whole progress stands in the
 * `WORK_*` words of the state, so a snapshot taken between two steps resumes exactly. `balanceStep` runs one critical
 * section: it ends before memory is given or taken, before a chunk is created or destroyed, and before the next chunk
 * is chosen. Allocations and frees may run between two steps; `runBalanceWork` runs all steps in one go.
 *
 * Source: spec/percpu.md 14; spec/percpu-kinds.md 4.
 */

import { destroyStep } from "./balance-destroy.ts";
import { populateStep, populateStepShows } from "./balance-populate.ts";
import { reclaimStep, reclaimStepShows } from "./balance-reclaim.ts";
import { STAGE_DESTROY_UNPOPULATED, STAGE_END, STAGE_POPULATE, STAGE_RECLAIM, STAGE_START } from "./policy.ts";
import type { Percpu } from "./state.ts";
import { PENDING, WORK_KIND, WORK_PHASE, WORK_STAGE } from "./words.ts";

/** Values of WORK_PHASE. */
const IDLE = 0;
const BETWEEN_STAGES = 1;
const IN_STAGE = 2;

export function balanceWorkRuns(t: Percpu): boolean {
  return t.globals[WORK_PHASE] !== IDLE;
}

export function balanceWorkPending(t: Percpu): boolean {
  return t.globals[PENDING] !== 0;
}

/** Takes the work up; from here on a new request for it is a new pending. */
export function beginBalanceWork(t: Percpu): void {
  const w = t.globals;
  w[PENDING] = 0;
  w[WORK_PHASE] = BETWEEN_STAGES;
  w[WORK_KIND] = 0;
  w[WORK_STAGE] = STAGE_START;
}

/** Runs one critical section; false when the work has ended. */
export function balanceStep(t: Percpu): boolean {
  const w = t.globals;
  if (w[WORK_PHASE] === IN_STAGE) {
    if (!stageStep(t, w[WORK_STAGE], false)) w[WORK_PHASE] = BETWEEN_STAGES;
    return true;
  }
  if (w[WORK_PHASE] === IDLE) return false;
  const stage = t.policy.nextStage(t, w[WORK_KIND], w[WORK_STAGE]);
  w[WORK_STAGE] = stage;
  if (stage !== STAGE_END) {
    if (stageStep(t, stage, true)) w[WORK_PHASE] = IN_STAGE;
    return true;
  }
  w[WORK_STAGE] = STAGE_START;
  if (++w[WORK_KIND] < t.nrKinds) return true;
  w[WORK_PHASE] = IDLE;
  return false;
}

/**
 * The next step populates, depopulates, creates or destroys something that a recording of the kernel would show (a step of
 * a policy that reclaims chunks still in use: may). Otherwise it moves chunks between lists, or nothing.
 */
export function balanceStepShows(t: Percpu): boolean {
  const w = t.globals;
  if (w[WORK_PHASE] === IDLE) return false;
  if (w[WORK_PHASE] === IN_STAGE) {
    if (w[WORK_STAGE] === STAGE_POPULATE) return populateStepShows(t, false);
    return w[WORK_STAGE] === STAGE_RECLAIM ? reclaimStepShows(t) : true;
  }
  return t.policy.nextStage(t, w[WORK_KIND], w[WORK_STAGE]) === STAGE_POPULATE && populateStepShows(t, true);
}

/** Runs the balance work from begin to end. */
export function runBalanceWork(t: Percpu): void {
  beginBalanceWork(t);
  while (balanceStep(t));
}

/** One step of `stage`, its first when `begin`; false when the stage has ended. */
function stageStep(t: Percpu, stage: number, begin: boolean): boolean {
  if (stage === STAGE_POPULATE) return populateStep(t, begin);
  if (stage === STAGE_RECLAIM) return reclaimStep(t, begin);
  return destroyStep(t, begin, stage === STAGE_DESTROY_UNPOPULATED);
}
