/**
 * Dentries: the kernel's memory of a name. That of a removed directory stays as a negative one, for the next lookup,
 * until a shrinker takes it; that of a file in memory goes with the file.
 *
 * Source: real-kernels.md 4 and 6 (recorded slabinfo: two dentries stay for each cgroup that made a file and went).
 */

import type { Machine } from "../machine/state.ts";
import { FREE_CACHE, NO_CACHE } from "./caches.ts";
import { allocObject, freeObject } from "./objects.ts";

/** A dentry, charged to `memcg`; answers the cache row it came from, NO_CACHE where the profile has no dentries. */
export function takeDentry(m: Machine, memcg: number, cpu: number): number {
  const cache = m.caches.indexOf.get("dentry");
  return cache === undefined ? NO_CACHE : allocObject(m, cache, memcg, cpu);
}

/** The name is gone, its dentry stays. */
export function keepUnusedDentry(m: Machine, row: number): void {
  if (row !== NO_CACHE) m.caches.nrUnused[row]++;
}

/** Frees the dentries that nobody uses. Answers how many. */
export function dropUnusedDentries(m: Machine, cpu: number): number {
  const t = m.caches;
  let nrDropped = 0;
  for (let row = 0; row < t.nrRows; row++) {
    const n = t.state[row] === FREE_CACHE ? 0 : t.nrUnused[row];
    t.nrUnused[row] = 0;
    for (let i = 0; i < n; i++) freeObject(m, row, cpu);
    nrDropped += n;
  }
  return nrDropped;
}
