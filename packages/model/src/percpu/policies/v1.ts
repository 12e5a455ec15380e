/**
 * The first re-posting, 1 April 2021: chunks with an eighth of their pages empty are isolated at once, on one list for
 * both kinds, and scanned forward. Source: spec/percpu.md 18.1, spec/percpu-kinds.md 6.1.
 */

import { eighth } from "../../bits.ts";
import { EMPTY_POP_PAGES_HIGH, NO_CHUNK } from "../constants.ts";
import {
  GO_ON,
  ISOLATE,
  KEEP,
  type PercpuPolicy,
  REINTEGRATE,
  SCHEDULE,
  STAGE_DESTROY_FREE,
  STAGE_END,
  STAGE_POPULATE,
  STAGE_RECLAIM,
  STAGE_START,
  STOP_DONE,
  STOP_WATER_MARK,
} from "../policy.ts";
import { emptyPopPages, listOf } from "../state.ts";
import { anotherChunkIsFree, isWhollyFree, mustPopulate, surplusWithout } from "./common.ts";

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
    beforePage(view, chunk, kind) {
      if (view.nrEmptyPopPages[chunk] === 0) return STOP_DONE;
      return emptyPopPages(view, kind) < EMPTY_POP_PAGES_HIGH ? STOP_WATER_MARK : GO_ON;
    },
    afterWalk: () => REINTEGRATE,
  },

  afterFree(view, chunk) {
    if (isWhollyFree(view, chunk)) return anotherChunkIsFree(view, chunk) ? SCHEDULE : KEEP;
    if (view.immutable[chunk] !== 0 || view.isolated[chunk] !== 0) return KEEP;
    const enough = view.nrEmptyPopPages[chunk] >= eighth(view.nrPages[chunk]);
    return enough && surplusWithout(view, chunk) ? ISOLATE : KEEP;
  },

  nextStage(view, kind, stage) {
    if (stage === STAGE_START) return STAGE_DESTROY_FREE;
    if (stage !== STAGE_DESTROY_FREE) return STAGE_END;
    if (mustPopulate(view, kind)) return STAGE_POPULATE;
    return view.listHead[listOf(0, view.toDepopulateSlot)] === NO_CHUNK ? STAGE_END : STAGE_RECLAIM;
  },
};
