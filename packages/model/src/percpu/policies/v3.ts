/**
 * The re-postings v2 and v3, 7 April 2021: isolated at a quarter empty, scanned backward, then kept aside on a list
 * of their own kind that is searched only before a chunk would be created. A chunk that becomes wholly free while
 * sidelined stays there: a defect of the posting, kept. Source: spec/percpu-kinds.md 6.
 */

import { EMPTY_POP_PAGES_HIGH } from "../constants.ts";
import {
  GO_ON,
  ISOLATE,
  KEEP,
  type PercpuPolicy,
  REINTEGRATE,
  SCHEDULE,
  SIDELINE_AT_HEAD,
  STOP_DONE,
  STOP_WATER_MARK,
} from "../policy.ts";
import { emptyPopPages } from "../state.ts";
import {
  anotherChunkIsFree,
  destroyThenTopUpOrShrink,
  isAwaited,
  isWhollyFree,
  quarterOfPages,
  surplusWithout,
} from "./common.ts";

export const v3: PercpuPolicy = {
  name: "v3",
  title: "re-posting of 7 April 2021: sidelined after a backward scan",
  lists: "separate",
  isolatedPagesCount: true,
  sidelinedStaysIsolated: false,
  searchesSidelined: true,
  keepsTarget: true,

  reclaim: {
    candidates: "list-at-once",
    direction: "backward",
    mayTakeAnother: () => true,
    beforePage(view, chunk, kind) {
      if (view.nrEmptyPopPages[chunk] === 0) return STOP_DONE;
      return emptyPopPages(view, kind) <= EMPTY_POP_PAGES_HIGH ? STOP_WATER_MARK : GO_ON;
    },
    afterWalk: (view, chunk, nrDepopulated) =>
      isWhollyFree(view, chunk) || nrDepopulated === 0 ? REINTEGRATE : SIDELINE_AT_HEAD,
  },

  afterFree(view, chunk) {
    if (isWhollyFree(view, chunk)) return anotherChunkIsFree(view, chunk) ? SCHEDULE : KEEP;
    if (view.immutable[chunk] !== 0 || view.isolated[chunk] !== 0 || !surplusWithout(view, chunk)) return KEEP;
    const nrEmpty = view.nrEmptyPopPages[chunk];
    const wanted = view.sidelined[chunk] !== 0 ? nrEmpty > 0 : nrEmpty >= quarterOfPages(view, chunk);
    return wanted ? ISOLATE : KEEP;
  },

  nextStage: (view, kind, stage) => destroyThenTopUpOrShrink(view, kind, stage, isAwaited(view, kind)),
};
