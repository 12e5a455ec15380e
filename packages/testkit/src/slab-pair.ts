/**
 * The SLAB allocator and its naive account side by side. Each object that one hands out must be the other's: the same
 * place in the same slab. `findings` says everything that is wrong between the two.
 */

import {
  addSlabCache,
  type BarrierRule,
  createSlab,
  createSlabPool,
  destroySlabCache,
  printViolation,
  reapCpu,
  type SlabAllocator,
  slabAlloc,
  slabCpuDead,
  slabCpuOnline,
  slabFree,
  slabInfo,
  slabShrink,
  tuneSlabCache,
  verifySlabAllocator,
} from "@ebb/model";
import { NaiveSlab, type NaiveSlabObject, type NaiveSlabSpec } from "./naive-slab.ts";

interface Held {
  readonly cache: number;
  readonly object: number;
  readonly naive: NaiveSlabObject;
}

export class SlabPair {
  readonly real: SlabAllocator;
  readonly naive: NaiveSlab;
  readonly held: Held[] = [];
  /** Interrupts received, by CPU. */
  readonly ipis: number[];
  /** Pages of all slabs as the events tell it, by cache. */
  readonly pages = new Map<number, number>();
  private readonly complaints: string[] = [];
  /** First object number of each naive slab that handed something out. */
  private readonly firstOf = new WeakMap<object, number>();

  constructor(nodeOfCpu: readonly number[], nrNodes: number) {
    this.naive = new NaiveSlab(nodeOfCpu, nrNodes);
    this.ipis = nodeOfCpu.map(() => 0);
    const count = (cache: number, nr: number) => this.pages.set(cache, (this.pages.get(cache) ?? 0) + nr);
    this.real = createSlab({
      pool: createSlabPool(),
      nrCpus: nodeOfCpu.length,
      nrNodes,
      nodeOfCpu: Int32Array.from(nodeOfCpu),
      events: {
        pageGained: count,
        pageReleased: (cache, nr) => count(cache, -nr),
        ipi: (_, to) => {
          this.ipis[to] = (this.ipis[to] ?? 0) + 1;
        },
      },
    });
  }

  add(spec: NaiveSlabSpec, cpu: number, barrier: BarrierRule): number {
    const cache = addSlabCache(this.real, spec, cpu, barrier);
    this.naive.add(cache, spec);
    this.pages.set(cache, 0);
    return cache;
  }

  alloc(cache: number, cpu: number): void {
    const object = slabAlloc(this.real, cache, cpu);
    const naive = this.naive.alloc(cache, cpu);
    const first = object - naive.place;
    const known = this.firstOf.get(naive.slab);
    if (known === undefined) this.firstOf.set(naive.slab, first);
    const slab = this.real.pool.slabOf[object] ?? -1;
    const found = this.real.pool.slabs.firstObject[slab];
    if (found !== first || (known !== undefined && known !== first)) {
      this.complaints.push(`object ${object} handed out, place ${naive.place} of slab ${known} expected`);
    }
    this.held.push({ cache, object, naive });
  }

  /** Frees the `which`-th of the objects held. */
  free(which: number, cpu: number): void {
    const [one] = this.held.splice(which, 1);
    if (one === undefined) return;
    slabFree(this.real, one.object, cpu);
    this.naive.free(one.cache, one.naive, cpu);
  }

  tune(cache: number, tunables: readonly [limit: number, batchcount: number, shared: number], cpu: number): void {
    tuneSlabCache(this.real, cache, ...tunables, cpu, "only-when-replacing");
    this.naive.tune(cache, ...tunables);
  }

  reap(cpu: number, nowNs: number): void {
    reapCpu(this.real, cpu, nowNs);
    this.naive.reap(cpu, nowNs);
  }

  shrink(cache: number, cpu: number): void {
    slabShrink(this.real, cache, cpu);
    this.naive.shrink(cache);
  }

  destroy(cache: number, cpu: number): void {
    const left = destroySlabCache(this.real, cache, cpu);
    if (left !== this.naive.destroy(cache)) this.complaints.push(`destroyed with ${left} live objects`);
    if (left > 0) return;
    if (this.pages.get(cache) !== 0) this.complaints.push("a destroyed cache keeps pages");
    this.pages.delete(cache);
  }

  cpuDead(cpu: number): void {
    slabCpuDead(this.real, cpu);
    this.naive.cpuDead(cpu);
  }

  cpuOnline(cpu: number): void {
    slabCpuOnline(this.real, cpu);
    this.naive.cpuOnline(cpu);
  }

  /** What is wrong, a line each. */
  findings(): readonly string[] {
    const out = [...this.complaints, ...verifySlabAllocator(this.real).map(printViolation)];
    for (const [number, { spec, nodes, cpus }] of this.naive.caches) {
      const list = (kind: "partial" | "full" | "free") => nodes.reduce((sum, node) => sum + node[kind].length, 0);
      const slabs = list("partial") + list("full") + list("free");
      const partial = nodes.flatMap((node) => node.partial);
      const inFree = list("free") * spec.objectsPerSlab;
      const freeObjects = partial.reduce((sum, { free }) => sum + free.length, inFree);
      const expected = {
        activeObjects: slabs * spec.objectsPerSlab - freeObjects,
        objects: slabs * spec.objectsPerSlab,
        ...spec,
        activeSlabs: slabs - list("free"),
        slabs,
        sharedAvailable: nodes.reduce((sum, { shared }) => sum + (shared?.objects.length ?? 0), 0),
      };
      const found = slabInfo(this.real, number);
      for (const key of Object.keys(found) as (keyof typeof found)[]) {
        if (found[key] !== expected[key])
          out.push(`${key} of ${number}: expected ${expected[key]}, found ${found[key]}`);
      }
      cpus.forEach(({ objects }, cpu) => {
        const array = this.real.caches.cpuArray[number * this.real.nrCpus + cpu] ?? 0;
        const avail = this.real.arrays.avail[array];
        if (avail !== objects.length) out.push(`CPU ${cpu} keeps ${avail} of ${number}, ${objects.length} expected`);
      });
      const pages = slabs * spec.pagesPerSlab;
      if (this.pages.get(number) !== pages) out.push(`events count ${this.pages.get(number)} pages, not ${pages}`);
    }
    return out;
  }
}
