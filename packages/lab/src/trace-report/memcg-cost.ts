/** What one memcg costs in percpu memory, from the sequence of requests that a recording repeats for each. */

import type { EventNames } from "@ebb/formats";
import type { LearntSequence } from "../learn/sequence-learner.ts";
import { callerName } from "./owner-rows.ts";

export interface MemcgCost {
  readonly evidence: string;
  readonly areas: readonly {
    readonly callSite: string;
    readonly sizeBytes: number;
    readonly alignBytes: number;
    readonly isAccounted: boolean | undefined;
  }[];
  /** Of one unit: a memcg's own areas. */
  readonly bytesPerUnit: number;
  readonly nrMade: number;
  /** Those of which an area lives at the end. */
  readonly nrLive: number;
  /**
   * Bytes of one unit that were added since before the first memcg, for each memcg there was at the time of the most bytes:
   * with what else came with them. Undefined when there was none then.
   */
  readonly bytesWithAllElse: number | undefined;
}

export function memcgCost(sequence: LearntSequence, names: EventNames): MemcgCost {
  const { kinds, watch, peakBytes, bytesBefore, nrLiveAtPeak } = sequence;
  const areas = sequence.requests.flatMap((number) => {
    const kind = kinds[number];
    if (kind === undefined) return [];
    const { callSite, sizeBytes, alignBytes, isAccounted } = kind;
    return [{ callSite: callerName(callSite, names), sizeBytes, alignBytes, isAccounted }];
  });
  return {
    evidence: sequence.evidence,
    areas,
    bytesPerUnit: areas.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    nrMade: watch.nrCopies,
    nrLive: watch.nrLive,
    bytesWithAllElse: nrLiveAtPeak === 0 ? undefined : (peakBytes - bytesBefore) / nrLiveAtPeak,
  };
}
