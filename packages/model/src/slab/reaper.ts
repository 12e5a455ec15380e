/**
 * The reaper of SLAB in virtual time: on each online CPU a work item every 2 s, the first one about a second after boot,
 * the CPUs one after the other. SLUB has none.
 *
 * Source: spec/memcg-slab.md D.4.
 */

import { defer } from "../machine/deferred-queue.ts";
import { EVENT_SLAB_REAP } from "../machine/events.ts";
import type { Machine } from "../machine/state.ts";
import { reapCpu } from "./slab-allocator/reap.ts";

const PERIOD_NS = 2_000_000_000;
const FIRST_NS = 1_000_000_000;
export function startReapers(m: Machine): void {
  if (m.caches.kmem.slab === undefined) return;
  const { nrCpus } = m.options;
  for (let cpu = 0; cpu < nrCpus; cpu++) {
    // By choice the CPUs share the period out evenly.
    defer(m.queue, FIRST_NS + Math.floor((cpu * PERIOD_NS) / nrCpus), EVENT_SLAB_REAP, cpu);
  }
}

/** One pass on `cpu`; that of a CPU that is offline waits for it to come back. */
export function runReaper(m: Machine, cpu: number): void {
  const { slab } = m.caches.kmem;
  if (slab === undefined) return;
  m.caches.onCpu = cpu;
  if (m.cpuOnline[cpu] !== 0) reapCpu(slab, cpu, m.nowNs);
  defer(m.queue, m.nowNs + PERIOD_NS, EVENT_SLAB_REAP, cpu);
}
