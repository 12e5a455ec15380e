/**
 * The first re-posting, 1 April 2021: chunks with an eighth of their pages empty are isolated at once, on one list for
 * both kinds, and scanned forward. Source: spec/percpu.md 18.1, spec/percpu-kinds.md 6.1.
 */

import { eighth } from "../../bits.ts";
import { ISOLATE, KEEP, type PercpuPolicy, REINTEGRATE, SCHEDULE } from "../policy.ts";
import {
  anotherChunkIsFree,
  destroyThenTopUpOrShrink,
  goOnAboveHighMark,
  isAwaited,
  isWhollyFree,
  surplusWithout,
} from "./common.ts";

export const v1: PercpuPolicy = {
  name: "v1",
  title: "re-posting of 1 April 2021: isolated at an eighth empty, scanned forward",
  lists: "shared",
  isolatedPagesCount: true,
  sidelinedStaysIsolated: false,
  searchesSidelined: false,
  keepsTarget: true,

  reclaim: {
    candidates: "list-at-once",
    direction: "forward",
    mayTakeAnother: () => true,
    beforePage: goOnAboveHighMark,
    afterWalk: () => REINTEGRATE,
  },

  afterFree(view, chunk) {
    if (isWhollyFree(view, chunk)) return anotherChunkIsFree(view, chunk) ? SCHEDULE : KEEP;
    if (view.immutable[chunk] !== 0 || view.isolated[chunk] !== 0) return KEEP;
    const enough = view.nrEmptyPopPages[chunk] >= eighth(view.nrPages[chunk]);
    return enough && surplusWithout(view, chunk) ? ISOLATE : KEEP;
  },

  nextStage: (view, kind, stage) => destroyThenTopUpOrShrink(view, kind, stage, isAwaited(view, 0)),
};
