/**
 * How the units of a percpu chunk are laid out: their number and size, and what the first chunk holds.
 *
 *   first unit of each CPU:  | static | reserved | dynamic ............ | unused up to unit size |
 *
 * Explicit geometry is checked; embedded geometry is computed as x86-64 computes it at boot.
 * Source: spec/percpu.md 2.
 */

import { isPowerOfTwo } from "../bits.ts";
import {
  EMBED_ATOM_BYTES,
  EMBED_DYNAMIC_BYTES,
  EMBED_RESERVED_BYTES,
  MIN_DYNAMIC_BYTES,
  MIN_UNIT_BYTES,
  PAGE_BYTES,
} from "./constants.ts";

/** @public The explicit form: all as given. */
export interface ExplicitGeometry {
  /** Units of a chunk; can exceed the CPUs where groups are padded. */
  readonly nrUnits: number;
  readonly unitBytes: number;
  readonly staticBytes: number;
  readonly reservedBytes: number;
  readonly dynamicBytes: number;
  readonly atomBytes: number;
}

export interface Geometry extends ExplicitGeometry {
  /** Possible CPUs: what an accounted area is charged for. */
  readonly nrCpus: number;
  readonly allocBytes: number;
  /** Groups of CPUs that share a node. */
  readonly nrGroups: number;
}

/** What is wrong with a geometry, in words for the user; "" when nothing is. */
export function explicitGeometryFault(g: ExplicitGeometry): string {
  const staticPad = alignUp(g.staticBytes, 4) - g.staticBytes;
  if (g.nrUnits < 1) return "units must be at least 1";
  if (g.unitBytes % PAGE_BYTES !== 0 || g.unitBytes < MIN_UNIT_BYTES)
    return `unit_size must be a multiple of ${PAGE_BYTES} and at least ${MIN_UNIT_BYTES}`;
  if (g.staticBytes < 1) return "static must be positive";
  if (g.reservedBytes < 0 || g.reservedBytes % 4 !== 0) return "reserved must be a multiple of 4";
  if (g.dynamicBytes < MIN_DYNAMIC_BYTES) return `dyn must be at least ${MIN_DYNAMIC_BYTES}`;
  if (g.staticBytes + g.reservedBytes + g.dynamicBytes > g.unitBytes)
    return "static + reserved + dyn must fit into unit_size";
  if ((g.dynamicBytes - staticPad) % 4 !== 0) return "dyn less the padding of static must be a multiple of 4";
  if (!isPowerOfTwo(g.atomBytes) || g.atomBytes < PAGE_BYTES)
    return `atom must be a power of two, at least ${PAGE_BYTES}`;
  return "";
}

/** @pre `explicitGeometryFault(g)` is "" */
export function explicitGeometry(g: ExplicitGeometry): Geometry {
  return { ...g, nrCpus: g.nrUnits, allocBytes: g.unitBytes, nrGroups: 1 };
}

/**
 * Geometry as x86-64 boots with the embedded first chunk: CPUs are dealt to nodes in consecutive runs, and a unit is
 * the largest that wastes at most a third of the CPUs' worth of units.
 *
 * @param reservedBytes for the static variables of modules; 0 in kernels without modules
 * @kernel mm/percpu.c pcpu_build_alloc_info(), v6.1
 */
export function embeddedGeometry(
  nrCpus: number,
  nrNodes: number,
  staticBytes: number,
  reservedBytes: number = EMBED_RESERVED_BYTES,
): Geometry {
  const sumBytes = alignUp(staticBytes + reservedBytes + EMBED_DYNAMIC_BYTES, PAGE_BYTES);
  const needBytes = Math.max(sumBytes, MIN_UNIT_BYTES);
  const allocBytes = alignUp(needBytes, EMBED_ATOM_BYTES);
  const groups = cpusOfGroups(nrCpus, nrNodes);
  const unitsPerAlloc = chooseUnitsPerAlloc(allocBytes, needBytes, nrCpus, groups);
  return {
    nrCpus,
    nrUnits: groups.reduce((sum, cpus) => sum + alignUp(cpus, unitsPerAlloc), 0),
    unitBytes: allocBytes / unitsPerAlloc,
    staticBytes,
    reservedBytes,
    dynamicBytes: sumBytes - staticBytes - reservedBytes,
    atomBytes: EMBED_ATOM_BYTES,
    allocBytes,
    nrGroups: groups.length,
  };
}

/** CPUs of each node that has any: consecutive runs of ceil(cpus / nodes). */
function cpusOfGroups(nrCpus: number, nrNodes: number): number[] {
  const perNode = Math.ceil(nrCpus / nrNodes);
  const groups: number[] = [];
  for (let left = nrCpus; left > 0; left -= perNode) groups.push(Math.min(perNode, left));
  return groups;
}

function dividesIntoPages(allocBytes: number, units: number): boolean {
  return allocBytes % units === 0 && (allocBytes / units) % PAGE_BYTES === 0;
}

function chooseUnitsPerAlloc(allocBytes: number, needBytes: number, nrCpus: number, groups: readonly number[]): number {
  let best = 0;
  let bestAllocs = Number.MAX_SAFE_INTEGER;
  for (let units = Math.floor(allocBytes / needBytes); units >= 1; units--) {
    if (!dividesIntoPages(allocBytes, units)) continue;
    let allocs = 0;
    let waste = 0;
    for (const cpus of groups) {
      const inGroup = Math.ceil(cpus / units);
      allocs += inGroup;
      waste += inGroup * units - cpus;
    }
    if (waste > Math.floor(nrCpus / 3)) continue;
    if (allocs > bestAllocs) break;
    bestAllocs = allocs;
    best = units;
  }
  return best;
}

export function alignUp(x: number, multiple: number): number {
  return Math.ceil(x / multiple) * multiple;
}
