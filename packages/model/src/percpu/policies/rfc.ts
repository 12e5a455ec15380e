/**
 * The rfc posting of 24 March 2021 (mails 000 and 002): a chunk with many empty pages is marked when one of its areas
 * is freed; the balance work, when it need not top up, scans marked chunks forward.
 * Source: spec/percpu.md 12, 14.3.
 */

import { EMPTY_POP_PAGES_HIGH } from "../constants.ts";
import { chunkSlot, holdsAnother } from "../lists.ts";
import {
  GO_ON,
  KEEP,
  MARK,
  type PercpuPolicy,
  type PercpuView,
  SCHEDULE,
  STAY,
  STOP_DONE,
  TO_TAIL,
} from "../policy.ts";
import { emptyPopPages, listOf } from "../state.ts";
import { NR_MARKED } from "../words.ts";
import { anotherChunkIsFree, destroyThenTopUpOrShrink, isWhollyFree, quarterOfPages } from "./common.ts";

function mayMark(view: PercpuView, chunk: number): boolean {
  if (view.marked[chunk] !== 0 || view.immutable[chunk] !== 0) return false;
  return holdsAnother(view, listOf(view.kind[chunk], chunkSlot(view, chunk)), chunk);
}

export const rfc: PercpuPolicy = {
  name: "rfc",
  title: "posting of 24 March 2021: chunks marked on free, scanned forward",
  lists: "none",
  isolatedPagesCount: true,
  sidelinedStaysIsolated: false,
  searchesSidelined: false,
  keepsTarget: true,

  reclaim: {
    candidates: "marked",
    direction: "forward",
    mayTakeAnother: (view, kind) => emptyPopPages(view, kind) >= EMPTY_POP_PAGES_HIGH && view.globals[NR_MARKED] > 0,
    beforePage: (view, chunk) => (view.nrEmptyPopPages[chunk] === 0 ? STOP_DONE : GO_ON),
    afterWalk: (_view, _chunk, nrDepopulated) => (nrDepopulated > 0 ? TO_TAIL : STAY),
  },

  afterFree(view, chunk) {
    if (isWhollyFree(view, chunk)) return anotherChunkIsFree(view, chunk) ? SCHEDULE : KEEP;
    if (view.nrEmptyPopPages[chunk] <= quarterOfPages(view, chunk)) return KEEP;
    const mark = mayMark(view, chunk);
    const nrMarked = view.globals[NR_MARKED] + (mark ? 1 : 0);
    return (mark ? MARK : KEEP) + (nrMarked > 1 ? SCHEDULE : KEEP);
  },

  nextStage: (view, kind, stage) => destroyThenTopUpOrShrink(view, kind, stage, view.globals[NR_MARKED] > 0),
};
