/** Who holds percpu memory, as stacks with bytes: for the viewers of profiles. */

import { PAGE_BYTES } from "@ebb/model";
import { ownerOf } from "./owner-rows.ts";
import type { TraceReport } from "./report-session.ts";

interface HeldStack {
  /** Outermost first. */
  readonly frames: readonly string[];
  readonly nrAreas: number;
  /** On all CPUs; of one unit when nobody knows how many there are. */
  readonly bytes: number;
  readonly sizeBytes: number;
  /** Pages that hold nothing else, bytes on all CPUs. */
  readonly pinnedBytes: number;
}

/** Of areas whose request nobody recorded the caller of. */
const NO_CALLER = "caller not recorded";

/** By caller and size, where holders were looked at; the most bytes first. */
export function heldStacks(report: TraceReport): readonly HeldStack[] {
  const copies = Math.max(1, report.nrCpus);
  const stacks = report.holders.owners.map(({ owner, nrAreas, bytes, nrPages }) => {
    const [caller, sizeBytes] = ownerOf(report, owner);
    return {
      frames: ["percpu", caller === "" ? NO_CALLER : functionName(caller), ...detail(caller), `${sizeBytes} B`],
      nrAreas,
      bytes: bytes * copies,
      sizeBytes,
      pinnedBytes: nrPages * PAGE_BYTES * copies,
    };
  });
  return stacks.sort((a, b) => b.bytes - a.bytes || (a.frames.join() < b.frames.join() ? -1 : 1));
}

/** `css_rstat_init` of `css_rstat_init+0x10d`: one frame for all places in a function. */
function functionName(caller: string): string {
  return caller.replace(/\+0x[0-9a-f]+$/, "");
}

/** The place in the function, where it is known. */
function detail(caller: string): readonly string[] {
  return functionName(caller) === caller ? [] : [caller];
}
