/** What refers to a memcg and what that costs its ancestors: references by kind, usage in pages. */

import { queueDestroyItem } from "../machine/destroy-queue.ts";
import { EVENT_MEMCG_RELEASE } from "../machine/events.ts";
import type { Machine } from "../machine/state.ts";
import {
  countPins,
  dropId,
  type Memcgs,
  NO_MEMCG,
  OFFLINE_MEMCG,
  PIN_SWAP,
  RELEASED_MEMCG,
  ROOT_MEMCG,
} from "./memcgs.ts";

/** Takes `n` references of `kind` on `memcg`; the root needs none. */
export function takePins(m: Machine, memcg: number, kind: number, n: number): void {
  if (memcg !== ROOT_MEMCG) countPins(m.memcgs, memcg, kind, n);
}

/** Drops `n` references of `kind`; with the last one an offline memcg is released. */
export function dropPins(m: Machine, memcg: number, kind: number, n: number): void {
  if (memcg === ROOT_MEMCG) return;
  countPins(m.memcgs, memcg, kind, -n);
  releaseIfUnreferenced(m, memcg);
}

/** Starts the release of an offline memcg that nothing refers to. */
function releaseIfUnreferenced(m: Machine, memcg: number): void {
  const { memcgs } = m;
  if (memcgs.state[memcg] !== OFFLINE_MEMCG || memcgs.nrRefs[memcg] !== 0) return;
  memcgs.state[memcg] = RELEASED_MEMCG;
  queueDestroyItem(m, EVENT_MEMCG_RELEASE, memcg);
}

/** The counters that a memcg hands on to its ancestors. */
type UsageCounter = "usagePages" | "swapPages" | "kmemPages";

/** Adds `n` pages to a counter of `memcg` and all its ancestors but the root. */
export function addUsage(t: Memcgs, counter: UsageCounter, memcg: number, n: number): void {
  const column = t[counter];
  for (let up = memcg; up !== ROOT_MEMCG && up !== NO_MEMCG; up = t.parent[up]) column[up] += n;
  if (counter === "usagePages" && n > 0) notePeaks(t, memcg);
}

function notePeaks(t: Memcgs, memcg: number): void {
  const { usagePages, peakPages } = t;
  for (let up = memcg; up !== ROOT_MEMCG && up !== NO_MEMCG; up = t.parent[up]) {
    if (usagePages[up] > peakPages[up]) peakPages[up] = usagePages[up];
  }
}

/** Something in swap names the memcg by its id. */
export function takeSwapReference(m: Machine, memcg: number, nrPages: number): void {
  if (memcg === ROOT_MEMCG) return;
  m.memcgs.idRefs[memcg] += nrPages;
  addUsage(m.memcgs, "swapPages", memcg, nrPages);
  takePins(m, memcg, PIN_SWAP, nrPages);
}

export function dropSwapReference(m: Machine, memcg: number, nrPages: number): void {
  if (memcg === ROOT_MEMCG) return;
  m.memcgs.idRefs[memcg] -= nrPages;
  addUsage(m.memcgs, "swapPages", memcg, -nrPages);
  dropIdIfUnused(m, memcg);
  dropPins(m, memcg, PIN_SWAP, nrPages);
}

/** The id of an offline memcg goes when nothing in swap names it, in eras that give it back before the memcg is freed. */
export function dropIdIfUnused(m: Machine, memcg: number): void {
  const { memcgs } = m;
  if (m.profile.memcgRules.idHeldUntil !== "offline" || memcgs.id[memcg] === 0) return;
  if (memcgs.state[memcg] < OFFLINE_MEMCG || memcgs.idRefs[memcg] !== 0) return;
  dropId(memcgs, memcg);
}
