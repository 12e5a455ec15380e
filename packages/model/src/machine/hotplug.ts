/** CPUs that go offline and come back. Source: spec/memcg-slab.md C.3. */

import { EBUSY } from "../errno.ts";
import { drainStock } from "../memcg/charge.ts";
import { drainObjcgStock } from "../memcg/objcgs.ts";
import { statsCpuDead, statsCpuOnline } from "../memcg-stats/hotplug.ts";
import { kmemCpuDead, kmemCpuOnline } from "../slab/kmem.ts";
import { BOOT_CPU } from "./boot-cpu.ts";
import type { Machine } from "./state.ts";
import { NO_TASK, PID_MAX } from "./task-table.ts";

/** Takes a CPU offline or brings it back. Answers 0; EBUSY for the boot CPU. */
export function setCpuOnline(m: Machine, cpu: number, online: boolean): number {
  if ((m.cpuOnline[cpu] !== 0) === online) return 0;
  if (cpu === BOOT_CPU) return EBUSY;
  m.cpuOnline[cpu] = online ? 1 : 0;
  if (online) {
    statsCpuOnline(m.stats, cpu);
    kmemCpuOnline(m.caches.kmem, cpu);
    return 0;
  }
  for (let pid = 1; pid < PID_MAX; pid++) {
    if (m.tasks.cgroup[pid] !== NO_TASK && m.tasks.cpu[pid] === cpu) m.tasks.cpu[pid] = BOOT_CPU;
  }
  drainStock(m, cpu);
  drainObjcgStock(m, cpu);
  m.caches.onCpu = BOOT_CPU;
  kmemCpuDead(m.caches.kmem, cpu);
  statsCpuDead(m.stats, cpu, BOOT_CPU);
  return 0;
}
