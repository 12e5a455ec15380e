/** CPUs that go offline and come back. Source: spec/memcg-slab.md C.3. */

import { EBUSY } from "../errno.ts";
import { drainStock } from "../memcg/charge.ts";
import { statsCpuDead } from "../memcg-stats/hotplug.ts";
import type { Machine } from "./state.ts";
import { NO_TASK, PID_MAX } from "./task-table.ts";

/** Takes a CPU offline or brings it back. Answers 0; EBUSY for the last one online. */
export function setCpuOnline(m: Machine, cpu: number, online: boolean): number {
  if ((m.cpuOnline[cpu] !== 0) === online) return 0;
  if (online) {
    m.cpuOnline[cpu] = 1;
    return 0;
  }
  m.cpuOnline[cpu] = 0;
  const survivor = m.cpuOnline.indexOf(1);
  if (survivor < 0) {
    m.cpuOnline[cpu] = 1;
    return EBUSY;
  }
  for (let pid = 1; pid < PID_MAX; pid++) {
    if (m.tasks.cgroup[pid] !== NO_TASK && m.tasks.cpu[pid] === cpu) m.tasks.cpu[pid] = survivor;
  }
  drainStock(m, cpu);
  statsCpuDead(m.stats, cpu, survivor);
  return 0;
}
