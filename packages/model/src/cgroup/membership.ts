/** Which memcg counts for a cgroup. */

import { NO_MEMCG, ROOT_MEMCG } from "../memcg/memcgs.ts";
import { type Cgroups, NO_CGROUP } from "./cgroups.ts";

/** The cgroup's own memcg, or that of its nearest ancestor that has one. */
export function memcgOf(c: Cgroups, cgroup: number): number {
  let up = cgroup;
  while (up !== NO_CGROUP && c.memcg[up] === NO_MEMCG) up = c.parent[up];
  return up === NO_CGROUP ? ROOT_MEMCG : c.memcg[up];
}
