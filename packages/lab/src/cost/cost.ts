/**
 * What one memory cgroup takes on a machine, object by object, and when each comes back:
 *
 *   alive   all of it
 *   dying   after rmdir, while something pins the memory controller: what its last reference frees (`css`), and what
 *           goes with the cgroup itself; the control files, the percpu part of killed reference counts, perf_event and
 *           the object cgroup are back
 *   early   dying with early release: without the percpu statistics
 *
 * Beside it stand what is made on demand: a copy of a slab cache (kernels 3.8 to 5.8), a writeback structure for a disk.
 * Sizes are the compiled plan of the machine, so they are what its mkdir takes.
 *
 * Source: the profile; spec/memcg-slab.md B, A.2; G question 3.
 */

import {
  type CacheSpec,
  type CgroupObjectSpec,
  type CgroupPart,
  compilePlan,
  embeddedGeometry,
  type FreedBy,
  type KernelProfile,
  type MachineOptions,
} from "@ebb/model";

export type Hierarchy = "v1" | "v2";

/** Bytes of one thing: percpu ones on all CPUs, slab ones, and of both what one CPU has. */
export interface CostBytes {
  readonly percpuPerCpu: number;
  readonly percpu: number;
  readonly slab: number;
}

/** One kind of object. */
export interface CostRow {
  readonly what: string;
  readonly where: "percpu" | "slab";
  readonly controller: CgroupPart;
  /** What is asked for, bytes: of a percpu area for one CPU. */
  readonly sizeBytes: number;
  /** What the allocator takes for it: the area's grain, the cache's object. */
  readonly takenBytes: number;
  /** Number of them; percpu areas are counted once for all CPUs. */
  readonly count: number;
  /** Cache of a slab object; "" for a percpu area. */
  readonly cache: string;
  readonly freedBy: FreedBy | "rmdir" | "shrinker";
  /** Bytes on the whole machine: alive, and what is left of them in the two dying states. */
  readonly aliveBytes: number;
  readonly dyingBytes: number;
  readonly earlyBytes: number;
  readonly source: string;
}

/** A copy of a cache; caches whose copies take the same are one row. */
interface CopyCost {
  readonly caches: readonly string[];
  readonly bytes: CostBytes;
  /** Percpu areas and slab objects it consists of, in words. */
  readonly parts: string;
}

export interface CgroupCost {
  readonly profile: KernelProfile;
  readonly hierarchy: Hierarchy;
  readonly nrCpus: number;
  readonly nrNodes: number;
  /** Units of a percpu chunk: more than CPUs where groups are padded, and `Percpu:` counts them all. */
  readonly nrUnits: number;
  readonly rows: readonly CostRow[];
  readonly alive: CostBytes;
  readonly dying: CostBytes;
  readonly early: CostBytes;
  readonly copies: readonly CopyCost[];
  readonly copiesSource: string;
  /** The copies that one program makes which writes one file. */
  readonly programCaches: readonly string[];
  readonly programCopies: CostBytes;
  /** A writeback structure; undefined where there are none. */
  readonly writeback: CostBytes | undefined;
  readonly nrMemcgs: number;
}

/** Percpu areas are whole grains. */
const GRAIN_BYTES = 4;
const NOTHING: CostBytes = { percpuPerCpu: 0, percpu: 0, slab: 0 };

/** @param nrMemcgs how many the totals are for */
export function cgroupCost(options: MachineOptions, hierarchy: Hierarchy, nrMemcgs: number): CgroupCost {
  const { profile, nrCpus, nrNodes } = options;
  const { cacheCopies, memcgRules } = profile;
  const rows = [...percpuRows(options, hierarchy), ...slabRows(options, hierarchy)];
  const byName = new Map(profile.caches.map((cache) => [cache.name, cache]));
  const programCaches = cacheCopies === undefined ? [] : cachesOfProgram(profile);
  const copyOf = (name: string) => copyBytes(options, cacheNamed(byName, name), byName);
  const wbPerCpu = profile.writebackAreas.reduce((sum, [sizeBytes]) => sum + grains(sizeBytes), 0);
  return {
    profile,
    hierarchy,
    nrCpus,
    nrNodes,
    nrUnits: embeddedGeometry(nrCpus, nrNodes, profile.staticPercpuBytes, profile.reservedPercpuBytes).nrUnits,
    rows,
    alive: sumOf(rows, nrCpus, ({ aliveBytes }) => aliveBytes),
    dying: sumOf(rows, nrCpus, ({ dyingBytes }) => dyingBytes),
    early: sumOf(rows, nrCpus, ({ earlyBytes }) => earlyBytes),
    copies: copyRows(options, byName),
    copiesSource: cacheCopies?.source ?? "",
    programCaches,
    programCopies: programCaches.map(copyOf).reduce(addBytes, NOTHING),
    writeback:
      memcgRules.writeback === "none"
        ? undefined
        : {
            percpuPerCpu: wbPerCpu,
            percpu: wbPerCpu * nrCpus,
            slab: cacheNamed(byName, profile.writebackCache).sizeBytes,
          },
    nrMemcgs,
  };
}

export function addBytes(a: CostBytes, b: CostBytes): CostBytes {
  return { percpuPerCpu: a.percpuPerCpu + b.percpuPerCpu, percpu: a.percpu + b.percpu, slab: a.slab + b.slab };
}

/** Does a cgroup of this hierarchy have the area or object? */
function isIn(hierarchy: Hierarchy, spec: { readonly v2Only: boolean; readonly v1Only?: boolean }): boolean {
  return hierarchy === "v2" ? spec.v1Only !== true : !spec.v2Only;
}

/** Is it still there when the memory controller is pinned? */
function outlivesOffline(freedBy: CostRow["freedBy"], controller: CgroupPart): boolean {
  return freedBy === "cgroup" || freedBy === "shrinker" || (freedBy === "css" && controller === "memory");
}

function percpuRows({ profile, nrCpus, nrNodes }: MachineOptions, hierarchy: Hierarchy): CostRow[] {
  const { specs } = compilePlan(profile, nrNodes);
  const rows: CostRow[] = [];
  // A per-node area is in the plan once for each node, as the same object.
  for (const spec of new Set(specs)) {
    if (!isIn(hierarchy, spec)) continue;
    const { what, controller, freedBy, sizeBytes, earlyRelease } = spec;
    const count = specs.filter((one) => one === spec).length;
    const takenBytes = grains(sizeBytes);
    const aliveBytes = takenBytes * count * nrCpus;
    const dyingBytes = outlivesOffline(freedBy, controller) ? aliveBytes : 0;
    const earlyBytes = earlyRelease ? 0 : dyingBytes;
    const object = { what, where: "percpu" as const, controller, sizeBytes, takenBytes, count, cache: "", freedBy };
    rows.push({ ...object, aliveBytes, dyingBytes, earlyBytes, source: profile.source });
  }
  return rows;
}

function slabRows({ profile, nrNodes }: MachineOptions, hierarchy: Hierarchy): CostRow[] {
  const byName = new Map(profile.caches.map((cache) => [cache.name, cache]));
  const dentry = byName.get("dentry");
  return [
    ...profile.cgroupObjects
      .filter((spec) => isIn(hierarchy, spec))
      .map((spec) => slabRow(spec, cacheNamed(byName, spec.cache), spec.perNode ? nrNodes : 1)),
    ...(dentry === undefined ? [] : [directoryRow(dentry, profile.mkdirKeepsDentry)]),
  ];
}

/** Where mkdir leaves none, the first lookup makes it: that of rmdir at the latest. */
function directoryRow(dentry: CacheSpec, isKeptByMkdir: boolean): CostRow {
  const row = slabRow({ ...DIRECTORY, sizeBytes: dentry.sizeBytes }, dentry, 1);
  return isKeptByMkdir ? row : { ...row, aliveBytes: 0 };
}

/** The kernel's memory of the name; it stays after rmdir. */
const DIRECTORY = {
  what: "dentry of the directory",
  controller: "core",
  freedBy: "shrinker",
  count: 1,
  source: "recorded /proc/slabinfo of 5.4.286 and 6.1.192",
} as const;

type SlabObject = Pick<CgroupObjectSpec, "what" | "sizeBytes" | "count" | "controller" | "source"> &
  Pick<CostRow, "freedBy">;

function slabRow(spec: SlabObject, cache: CacheSpec, nrNodes: number): CostRow {
  const { what, controller, sizeBytes, freedBy, source } = spec;
  const count = spec.count * nrNodes;
  const aliveBytes = cache.sizeBytes * count;
  const dyingBytes = outlivesOffline(freedBy, controller) ? aliveBytes : 0;
  const object = { what, where: "slab" as const, controller, sizeBytes, takenBytes: cache.sizeBytes, count };
  return { ...object, cache: cache.name, freedBy, aliveBytes, dyingBytes, earlyBytes: dyingBytes, source };
}

function sumOf(rows: readonly CostRow[], nrCpus: number, bytesOf: (row: CostRow) => number): CostBytes {
  const sum = (where: CostRow["where"]) =>
    rows.filter((row) => row.where === where).reduce((total, row) => total + bytesOf(row), 0);
  const percpu = sum("percpu");
  return { percpuPerCpu: percpu / nrCpus, percpu, slab: sum("slab") };
}

/** Copies of the accounted caches, those that take the same as one row, dearest first. */
function copyRows(options: MachineOptions, byName: ReadonlyMap<string, CacheSpec>): CopyCost[] {
  const { profile } = options;
  if (profile.cacheCopies === undefined) return [];
  const rows = new Map<string, { caches: string[]; bytes: CostBytes }>();
  for (const cache of profile.caches.filter(({ accounted }) => accounted)) {
    const parts = partsOfCopy(options, cache);
    const row = rows.get(parts);
    if (row !== undefined) row.caches.push(cache.name);
    else rows.set(parts, { caches: [cache.name], bytes: copyBytes(options, cache, byName) });
  }
  return [...rows]
    .map(([parts, { caches, bytes }]) => ({ caches, bytes, parts }))
    .sort((a, b) => b.bytes.percpu - a.bytes.percpu || b.bytes.slab - a.bytes.slab || (a.parts < b.parts ? -1 : 1));
}

function objectsOfCopy({ profile, nrNodes }: MachineOptions, cache: CacheSpec): readonly string[] {
  const ofNode = profile.cacheCopies?.cacheObjects?.(cache) ?? [];
  return [...(profile.cacheCopies?.objects ?? []), ...Array.from({ length: nrNodes }, () => ofNode).flat()];
}

function partsOfCopy(options: MachineOptions, cache: CacheSpec): string {
  const areas = options.profile.cacheCopies?.areas(cache).map(([sizeBytes]) => sizeBytes) ?? [];
  return `percpu ${areas.join(" + ")}; ${objectsOfCopy(options, cache).join(", ")}`;
}

function copyBytes(options: MachineOptions, cache: CacheSpec, byName: ReadonlyMap<string, CacheSpec>): CostBytes {
  const { profile, nrCpus } = options;
  const areas = profile.cacheCopies?.areas(cache) ?? [];
  const percpuPerCpu = areas.reduce((sum, [sizeBytes]) => sum + grains(sizeBytes), 0);
  const slab = objectsOfCopy(options, cache).reduce((sum, name) => sum + cacheNamed(byName, name).sizeBytes, 0);
  return { percpuPerCpu, percpu: percpuPerCpu * nrCpus, slab };
}

/** Accounted caches that a program touches which starts, writes a file and ends. */
function cachesOfProgram({ caches, task, tmpFileSystem }: KernelProfile): string[] {
  const { forkObjects, execObjects, openObjects, seqFileObjects } = task;
  const objects = [...forkObjects, ...execObjects, ...openObjects, ...seqFileObjects];
  const touched = new Set(objects.map(([cache]) => cache));
  touched.add("dentry").add(tmpFileSystem.inodeCache);
  return caches.filter(({ name, accounted }) => accounted && touched.has(name)).map(({ name }) => name);
}

function cacheNamed(byName: ReadonlyMap<string, CacheSpec>, name: string): CacheSpec {
  const cache = byName.get(name);
  if (cache === undefined) throw new Error(`the profile names a cache that it does not have: ${name}`);
  return cache;
}

function grains(sizeBytes: number): number {
  return Math.ceil(sizeBytes / GRAIN_BYTES) * GRAIN_BYTES;
}
