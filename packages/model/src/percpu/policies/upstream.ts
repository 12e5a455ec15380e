import {
  ISOLATE,
  KEEP,
  type PercpuPolicy,
  REINTEGRATE,
  SCHEDULE,
  SIDELINE_AT_TAIL,
  STAGE_DESTROY_FREE,
  STAGE_DESTROY_UNPOPULATED,
  STAGE_END,
  STAGE_POPULATE,
  STAGE_RECLAIM,
  STAGE_START,
  STOP_WATER_MARK,
} from "../policy.ts";
import { anotherChunkIsFree, goOnAboveHighMark, isWhollyFree, quarterOfPages, surplusWithout } from "./common.ts";

export const upstream: PercpuPolicy = {
  name: "upstream",
  title: "Linux 5.14 and later: isolated, depopulated, sidelined, reintegrated",
  lists: "slots",
  isolatedPagesCount: false,
  sidelinedStaysIsolated: true,
  searchesSidelined: false,
  keepsTarget: false,

  reclaim: {
    candidates: "list",
    direction: "backward",
    mayTakeAnother: () => true,
    beforePage: goOnAboveHighMark,
    afterWalk: (view, chunk, _nrDepopulated, stop) =>
      stop === STOP_WATER_MARK || isWhollyFree(view, chunk) ? REINTEGRATE : SIDELINE_AT_TAIL,
  },

  afterFree(view, chunk) {
    const isolated = view.isolated[chunk] !== 0;
    if (!isolated && isWhollyFree(view, chunk)) return anotherChunkIsFree(view, chunk) ? SCHEDULE : KEEP;
    if (view.immutable[chunk] !== 0) return KEEP;
    if (isolated && view.nrEmptyPopPages[chunk] > 0) return ISOLATE;
    return surplusWithout(view, chunk) && view.nrEmptyPopPages[chunk] >= quarterOfPages(view, chunk) ? ISOLATE : KEEP;
  },

  nextStage(_view, _kind, stage) {
    if (stage === STAGE_START) return STAGE_DESTROY_FREE;
    if (stage === STAGE_DESTROY_FREE) return STAGE_RECLAIM;
    if (stage === STAGE_RECLAIM) return STAGE_POPULATE;
    return stage === STAGE_POPULATE ? STAGE_DESTROY_UNPOPULATED : STAGE_END;
  },
};
