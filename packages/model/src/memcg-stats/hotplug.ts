/**
 * A CPU goes away. It stops running first (`statsCpuGone`); then a callback on a surviving CPU moves what the dead CPU
 * had kept to itself to the sums, memcg by memcg. Only batch machineries have something to move: the others look at
 * all possible CPUs, online or not.
 *
 * A memcg whose block is parked is passed over: the grace period's callback flushes all possible CPUs.
 *
 * Source: spec/memcg-slab.md C.3, C.4.
 */

import { assert } from "../assert.ts";
import { findBlockRow } from "./rows.ts";
import {
  BATCH_HIERARCHY,
  CPU_DEAD,
  CPU_GONE,
  CPU_ONLINE,
  FIRST_LRUVEC_VALUE,
  isBatched,
  LIVE,
  type MemcgStats,
  NO_MEMCG,
  NO_ROW,
  NO_STATS,
  PARKED,
  RELEASED,
} from "./state.ts";
import { addToSums, moveToSums } from "./update.ts";

/** What reading a wrong address as a residue yields (fault S1): any number would do that no test produces. */
const WILD_RESIDUE = 1_000_003;

/** In place of a pointer to a block: null, the memcg's block, or one that was freed. */
export const NULL_BLOCK = 0;
const THE_BLOCK = 1;
export const FREED_BLOCK = 2;

/** `cpu` is online (again). */
export function statsCpuOnline(s: MemcgStats, cpu: number): void {
  assert(cpu >= 0 && cpu < s.nrCpus, "a possible CPU");
  s.cpuState[cpu] = CPU_ONLINE;
}

/** From now on nothing runs on `cpu`; its callback is still to come. */
export function statsCpuGone(s: MemcgStats, cpu: number): void {
  assert(s.cpuState[cpu] === CPU_ONLINE, "a CPU that goes away was online");
  s.cpuState[cpu] = CPU_GONE;
}

/**
 * The hotplug callback for `cpu`, whole, on `executingCpu`: no residue of a live block stays on `cpu`.
 *
 * @pre another CPU than `cpu` executes it, and is online
 */
export function statsCpuDead(s: MemcgStats, cpu: number, executingCpu: number): void {
  if (s.cpuState[cpu] === CPU_ONLINE) statsCpuGone(s, cpu);
  const nrMemcgs = isBatched(s) ? s.nrMemcgs : 0;
  for (let memcg = 0; memcg < nrMemcgs; memcg++) {
    if (s.phase[memcg] !== NO_STATS) takeDeadCpu(s, memcg, loadForHotplug(s, memcg), cpu, executingCpu);
  }
  finishCpuDead(s, cpu);
}

/** The callback is through with all memcgs. */
export function finishCpuDead(s: MemcgStats, cpu: number): void {
  assert(s.cpuState[cpu] === CPU_GONE, "the callback comes after the CPU went away");
  s.cpuState[cpu] = CPU_DEAD;
}

/** The callback's look at a memcg: the pointer it will follow. Inside a read section, as a writer's. */
export function loadForHotplug(s: MemcgStats, memcg: number): number {
  const phase = s.phase[memcg];
  if (!s.faults.has("S1")) return phase === LIVE ? THE_BLOCK : NULL_BLOCK;
  return phase === PARKED ? THE_BLOCK : phase === RELEASED ? FREED_BLOCK : NULL_BLOCK;
}

/**
 * Takes the dead CPU's residue of each value to zero and adds it to the sums of the memcg, and of its ancestors where
 * the machinery has them.
 *
 * @param block what `loadForHotplug` answered; the block may have been parked since
 */
export function takeDeadCpu(s: MemcgStats, memcg: number, block: number, cpu: number, executingCpu: number): void {
  assert(cpu !== executingCpu && s.cpuState[executingCpu] === CPU_ONLINE, "a surviving CPU executes the callback");
  if (!isBatched(s)) return;
  if (block === FREED_BLOCK || (block === THE_BLOCK && s.phase[memcg] === RELEASED)) {
    s.nrFreedTouches++;
    addWildResidues(s, memcg);
  } else if (block === THE_BLOCK) {
    const wrongCpu = s.faults.has("H1") || s.faults.has("S3");
    takeResidues(s, memcg, findBlockRow(s, memcg, wrongCpu ? executingCpu : cpu));
  } else if (s.faults.has("S1")) {
    s.nrWildReads++;
    addWildResidues(s, memcg);
  }
}

function takeResidues(s: MemcgStats, memcg: number, row: number): void {
  if (row === NO_ROW) return;
  const keeps = s.faults.has("S2");
  const wrongLevels = s.faults.has("H2") && s.machinery === BATCH_HIERARCHY;
  const base = row * s.rowStride;
  for (let value = 0; value < s.nrValues; value++) {
    const x = s.values[base + value];
    if (x === 0) continue;
    if (!keeps) s.values[base + value] = 0;
    if (wrongLevels && value < FIRST_LRUVEC_VALUE) s.sums[memcg * s.nrValues + value] += x * nrLevels(s, memcg);
    else moveToSums(s, memcg, row, value, x);
  }
}

function addWildResidues(s: MemcgStats, memcg: number): void {
  for (let value = 0; value < s.nrValues; value++) addToSums(s, memcg, value, WILD_RESIDUE);
}

/** The memcg and its ancestors, counted. */
function nrLevels(s: MemcgStats, memcg: number): number {
  let nr = 0;
  for (let up = memcg; up !== NO_MEMCG; up = s.parent[up]) nr++;
  return nr;
}
