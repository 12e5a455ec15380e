/**
 * The machine against itself: the percpu allocator's own rules, the counts of the cgroup tree recomputed from states
 * and parents, and that every live area belongs to exactly one cgroup or was there at boot.
 *
 * Source: spec/memcg-slab.md A.5.
 */

import { type Cgroups, DYING, FREE_CGROUP, NO_CGROUP, ONLINE } from "../cgroup/cgroups.ts";
import { verifyMemcgStats } from "../memcg-stats/verify.ts";
import { areaChunk, areaOffBytes } from "../percpu/allocator.ts";
import { isAreaStart } from "../percpu/area.ts";
import { MIN_ALLOC_BYTES } from "../percpu/constants.ts";
import { verifyPercpu } from "../percpu/verify.ts";
import { NR_CUR_ALLOC } from "../percpu/words.ts";
import { expectEqual, NO_ORDINAL, NO_PAGE, type Violation } from "../violation.ts";
import { forEachHeldArea } from "./held-areas.ts";
import type { Machine } from "./state.ts";
import { NO_TASK } from "./task-table.ts";
import { verifyCounters } from "./verify-counters.ts";
import { verifyMemcgs } from "./verify-memcgs.ts";
import { verifySlab } from "./verify-slab.ts";

/** All violations of the machine's state, none when it is sound. In those of cgroups `page` is the cgroup's row. */
export function verifyMachine(m: Machine): readonly Violation[] {
  const out = [...verifyPercpu(m.percpu)];
  verifyTree(m.cgroups, out);
  verifyTasks(m, out);
  verifyAreas(m, out);
  verifyMemcgs(m, out);
  verifySlab(m, out);
  verifyCounters(m, out);
  out.push(...verifyMemcgStats(m.stats));
  return out;
}

function verifyTree(c: Cgroups, out: Violation[]): void {
  const online = new Int32Array(c.nrRows);
  const dying = new Int32Array(c.nrRows);
  const onlineChildren = new Int32Array(c.nrRows);
  const children = new Int32Array(c.nrRows);
  for (let row = 0; row < c.nrRows; row++) {
    if (c.state[row] === FREE_CGROUP || c.parent[row] === NO_CGROUP) continue;
    const parent = c.parent[row];
    children[parent]++;
    if (c.state[row] === ONLINE) onlineChildren[parent]++;
    const counted = c.state[row] === ONLINE ? online : dying;
    if (c.state[row] === DYING && c.released[row] !== 0) continue;
    for (let up = parent; up !== NO_CGROUP; up = c.parent[up]) counted[up]++;
  }
  for (let row = 0; row < c.nrRows; row++) {
    if (c.state[row] === FREE_CGROUP) continue;
    expectEqual(out, "nr_descendants counts online cgroups below", NO_ORDINAL, row, online[row], c.nrDescendants[row]);
    expectEqual(out, "nr_dying_descendants counts dying ones below", NO_ORDINAL, row, dying[row], c.nrDying[row]);
    expectEqual(out, "online children", NO_ORDINAL, row, onlineChildren[row], c.nrOnlineChildren[row]);
    expectEqual(out, "children not yet freed", NO_ORDINAL, row, children[row], c.nrChildren[row]);
    expectEqual(out, "names of online children", NO_ORDINAL, row, onlineChildren[row], c.children[row]?.size ?? 0);
  }
}

function verifyTasks(m: Machine, out: Violation[]): void {
  const tasks = new Int32Array(m.cgroups.nrRows);
  for (const cgroup of m.tasks.cgroup) if (cgroup !== NO_TASK) tasks[cgroup]++;
  for (const cgroup of m.tasks.v1Cgroup) if (cgroup !== NO_TASK) tasks[cgroup]++;
  for (let row = 0; row < m.cgroups.nrRows; row++) {
    if (m.cgroups.state[row] === FREE_CGROUP) continue;
    expectEqual(out, "tasks in the cgroup", NO_ORDINAL, row, tasks[row], m.cgroups.nrTasks[row]);
  }
}

/** Each area that something holds is live, belongs to it alone, and together with the boot areas they are all there are. */
function verifyAreas(m: Machine, out: Violation[]): void {
  const seen = new Set<number>();
  const check = (area: number) => {
    const chunk = areaChunk(m.percpu, area);
    const live = isAreaStart(m.percpu, chunk, areaOffBytes(m.percpu, area) / MIN_ALLOC_BYTES);
    expectEqual(out, "an area somebody holds is live", m.percpu.ordinal[chunk], NO_PAGE, 1, live ? 1 : 0);
    expectEqual(out, "an area has one holder", m.percpu.ordinal[chunk], NO_PAGE, 0, seen.has(area) ? 1 : 0);
    seen.add(area);
  };
  forEachHeldArea(m, check);
  const all = seen.size + m.bootAreas;
  const rule = "live areas are the cgroups', memcgs', copies', writebacks' and the boot's";
  expectEqual(out, rule, NO_ORDINAL, NO_PAGE, all, m.percpu.globals[NR_CUR_ALLOC]);
}
