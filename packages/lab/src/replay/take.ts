/**
 * The steps of a replay in the order they were taken: one number each, so that a stretch of them can be taken again, or in
 * another order.
 */

import { NR_MODES, OK, OTHER_PAGES, type Replayed } from "./replayed.ts";

/** The balance work runs as a whole. */
export const RUN_WORK = -1;
/** The balance work that was entered begins. */
export const START_WORK = -2;

/** The last step of the kind that says what rule runs of the balance work follow from here on: this, less the rule. */
const SET_RULE = -3;

/** Step: from here on, runs of the balance work follow `rule`. */
export function ruleStep(rule: number): number {
  return SET_RULE - rule;
}

/** Step: event `n` is taken, in the way `mode` says. */
export function eventStep(n: number, mode: number): number {
  return n * NR_MODES + mode;
}

/** The event of a step; negative for a step that is none. */
export function eventOf(step: number): number {
  return Math.floor(step / NR_MODES);
}

/** Takes a step; answers what `Replayed.apply` answers. Work that nobody has asked for does not run. */
export function takeStep(replayed: Replayed, step: number): number {
  if (step >= 0) return replayed.apply(eventOf(step), step % NR_MODES);
  if (step === START_WORK) replayed.lead.start();
  else if (step <= SET_RULE) replayed.lead.state.rule = SET_RULE - step;
  else if (replayed.lead.state.isAsked) replayed.lead.run();
  else return OTHER_PAGES;
  return OK;
}
