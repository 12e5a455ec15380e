/**
 * Linux before 5.14: pages come back only when a whole chunk is destroyed.
 * Source: spec/percpu.md 12, 14.
 */

import {
  KEEP,
  type PercpuPolicy,
  SCHEDULE,
  STAGE_DESTROY_FREE,
  STAGE_END,
  STAGE_POPULATE,
  STAGE_START,
} from "../policy.ts";
import { anotherChunkIsFree, isWhollyFree } from "./common.ts";

export const vanilla: PercpuPolicy = {
  name: "vanilla",
  title: "Linux before 5.14: only whole chunks are given back",
  lists: "none",
  isolatedPagesCount: true,
  sidelinedStaysIsolated: false,
  searchesSidelined: false,
  keepsTarget: false,
  reclaim: undefined,

  afterFree(view, chunk) {
    return isWhollyFree(view, chunk) && anotherChunkIsFree(view, chunk) ? SCHEDULE : KEEP;
  },

  nextStage(_view, _kind, stage) {
    if (stage === STAGE_START) return STAGE_DESTROY_FREE;
    return stage === STAGE_DESTROY_FREE ? STAGE_POPULATE : STAGE_END;
  },
};
