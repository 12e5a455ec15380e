/** What is known of the time before a trace: given, assumed, or nothing. */

import { EVENT_ALLOC, type EventBatch } from "@ebb/formats";
import { createPercpu, type Geometry, percpuPolicy } from "@ebb/model";
import {
  EARLY_LISTS,
  type EarlyEvent,
  explains,
  type FirstAllocations,
  isProof,
  nrBeforeTrace,
  takeEarly,
} from "./early-areas.ts";

export interface EarlyStart {
  readonly what: "given" | "assumed" | "unknown";
  /** Name of the list assumed. */
  readonly listName: string;
  readonly events: readonly EarlyEvent[];
}

/** The allocations a trace begins with, up to its first other event. */
export function firstAllocations(batch: EventBatch): FirstAllocations {
  const first: EarlyEvent[] = [];
  for (let i = 0; i < batch.nr && batch.kind[i] === EVENT_ALLOC; i++) {
    first.push({
      isFree: false,
      sizeBytes: batch.sizeBytes[i] ?? 0,
      alignBytes: batch.alignBytes[i] ?? 0,
      chunk: batch.chunk[i] ?? 0,
      offBytes: batch.offBytes[i] ?? 0,
    });
  }
  return first;
}

/** What precedes a trace that begins with `first`. */
export function earlyStart(
  geometry: Geometry,
  given: readonly EarlyEvent[] | undefined,
  first: FirstAllocations,
): EarlyStart {
  if (given !== undefined) {
    return { what: "given", listName: "", events: given.slice(0, nrBeforeTrace(given, first)) };
  }
  const list = isProof(first) ? EARLY_LISTS.find(({ events }) => isExplained(geometry, events, first)) : undefined;
  return list === undefined
    ? { what: "unknown", listName: "", events: [] }
    : { what: "assumed", listName: list.name, events: list.events };
}

/** Whatever the policy: nothing is freed so early. */
function isExplained(geometry: Geometry, events: readonly EarlyEvent[], first: FirstAllocations): boolean {
  const policy = percpuPolicy("vanilla");
  if (policy === undefined) return false;
  const t = createPercpu({ geometry, policy, nrKinds: 1, emptyCount: "global" });
  takeEarly(t, events);
  return explains(t, first);
}
