/** Marks of a timeline: where they stand on the plot, each pixel once, and which is near a pointer. */

import type { TimelineMark } from "@ebb/lab/timeline-view";
import type { TimeRange } from "./plot-curves.ts";

export interface PlacedMark {
  readonly xPx: number;
  readonly mark: TimelineMark;
}

const KINDS: readonly TimelineMark["kind"][] = ["deferred", "mark", "reading"];

/** Marks of one kind by pixel; of several on one pixel the first. Deferred work first: the others are drawn over it. */
export function placeMarks(marks: readonly TimelineMark[], range: TimeRange, widthPx: number): readonly PlacedMark[] {
  const pxPerNs = widthPx / (range.toNs - range.fromNs);
  return KINDS.flatMap((kind) => {
    const byPx = new Map<number, TimelineMark>();
    for (const mark of marks) {
      if (mark.kind !== kind || mark.timeNs < range.fromNs || mark.timeNs > range.toNs) continue;
      const xPx = Math.round((mark.timeNs - range.fromNs) * pxPerNs);
      if (!byPx.has(xPx)) byPx.set(xPx, mark);
    }
    return [...byPx].map(([xPx, mark]) => ({ xPx, mark }));
  });
}

/** The mark nearest to the pointer within reach; readings and marks before deferred work. */
export function markNear(placed: readonly PlacedMark[], xPx: number, reachPx: number): TimelineMark | undefined {
  let best: PlacedMark | undefined;
  for (const one of placed) {
    const distance = Math.abs(one.xPx - xPx);
    if (distance > reachPx) continue;
    const isLater = best === undefined || KINDS.indexOf(one.mark.kind) > KINDS.indexOf(best.mark.kind);
    const isNearer = best !== undefined && one.mark.kind === best.mark.kind && distance < Math.abs(best.xPx - xPx);
    if (isLater || isNearer) best = one;
  }
  return best?.mark;
}
