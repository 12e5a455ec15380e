/** SLUB and its naive account side by side: each operation on both, and everything that differs between the two. */

import {
  ACTIVE,
  addSlubCache,
  type ChainBudget,
  createSlabPool,
  createSlub,
  destroySlubCache,
  NO_OBJECT,
  NO_SLAB,
  printViolation,
  type Slub,
  slubAlloc,
  slubCpuDead,
  slubFree,
  slubInfo,
  slubSetLimits,
  slubShrink,
  verifySlub,
} from "@ebb/model";
import { type NaiveCacheSpec, NaiveSlub } from "./naive-slub.ts";

export class SlubPair {
  readonly real: Slub;
  readonly naive: NaiveSlub;
  /** By cache, what the events said. */
  readonly pages = new Map<number, number>();
  nrGained = 0;
  nrReleased = 0;
  /** From and to, in the order they were sent. */
  readonly ipis: (readonly [from: number, to: number])[] = [];

  constructor(nodeOfCpu: readonly number[], chainBudget: ChainBudget) {
    const count = (cache: number, nrPages: number) => this.pages.set(cache, (this.pages.get(cache) ?? 0) + nrPages);
    this.real = createSlub({
      pool: createSlabPool(),
      nrCpus: nodeOfCpu.length,
      nrNodes: Math.max(...nodeOfCpu) + 1,
      nodeOfCpu: Int32Array.from(nodeOfCpu),
      chainBudget,
      events: {
        pageGained: (cache, nrPages) => {
          this.nrGained++;
          count(cache, nrPages);
        },
        pageReleased: (cache, nrPages) => {
          this.nrReleased++;
          count(cache, -nrPages);
        },
        ipi: (from, to) => this.ipis.push([from, to]),
      },
    });
    this.naive = new NaiveSlub(nodeOfCpu, chainBudget === "slabs");
  }

  add(spec: NaiveCacheSpec): number {
    const cache = addSlubCache(this.real, spec);
    if (this.naive.caches.has(cache)) throw new Error(`row ${cache} is in use`);
    this.naive.add(cache, spec);
    return cache;
  }

  alloc(cache: number, cpu: number): number {
    const object = slubAlloc(this.real, cache, cpu);
    this.naive.allocated(cache, cpu, object);
    return object;
  }

  free(object: number, cpu: number): void {
    slubFree(this.real, object, cpu);
    this.naive.free(object, cpu);
  }

  setLimits(cache: number, minPartial: number, cpuPartialObjects: number): void {
    slubSetLimits(this.real, cache, minPartial, cpuPartialObjects);
    this.naive.setLimits(cache, minPartial, cpuPartialObjects);
  }

  shrink(cache: number, cpu: number): void {
    slubShrink(this.real, cache, cpu);
    this.naive.shrink(cache, cpu);
  }

  cpuDead(cpu: number): void {
    slubCpuDead(this.real, cpu);
    this.naive.cpuDead(cpu);
  }

  destroy(cache: number, cpu: number): number {
    const nrLeft = destroySlubCache(this.real, cache, cpu);
    const expected = this.naive.destroy(cache, cpu);
    if (nrLeft !== expected) throw new Error(`${expected} objects are left, not ${nrLeft}`);
    return nrLeft;
  }

  /** Where each slab of a cache is, one line each, in the naive account's words. */
  places(cache: number): readonly string[] {
    const { caches, pool, nrCpus, nrNodes } = this.real;
    const { slabs } = pool;
    const lines: string[] = [];
    const place = (where: string, slab: number, onCpu: number) => {
      const own = this.listed(slabs.freeHead[slab] ?? NO_OBJECT);
      lines.push(
        `${where} slab ${slabs.firstObject[slab]} node ${slabs.node[slab]} own ${own} cpu ${this.listed(onCpu)}`,
      );
    };
    const follow = (where: string, head: number | undefined) => {
      for (let slab = head ?? NO_SLAB; slab !== NO_SLAB; slab = slabs.next[slab] ?? NO_SLAB) {
        place(where, slab, NO_OBJECT);
      }
    };
    for (let cpu = 0; cpu < nrCpus; cpu++) {
      const at = cache * nrCpus + cpu;
      const active = caches.active[at] ?? NO_SLAB;
      if (active !== NO_SLAB) place(`active ${cpu}`, active, caches.cpuFree[at] ?? NO_OBJECT);
      follow(`chain ${cpu}`, caches.chain[at]);
    }
    for (let node = 0; node < nrNodes; node++) follow("partial", caches.partialHead[cache * nrNodes + node]);
    for (const slab of this.fullSlabs(cache)) place("full", slab, NO_OBJECT);
    return lines;
  }

  private fullSlabs(cache: number): readonly number[] {
    const { slabs } = this.real.pool;
    const firstOf = (slab: number) => slabs.firstObject[slab] ?? 0;
    return Array.from({ length: slabs.nrRows }, (_, slab) => slab)
      .filter((slab) => slabs.used[slab] === 1 && slabs.cache[slab] === cache)
      .filter((slab) => (slabs.list[slab] ?? ACTIVE) < 0)
      .sort((a, b) => firstOf(a) - firstOf(b));
  }

  private listed(head: number): string {
    const objects: number[] = [];
    for (let object = head; object !== NO_OBJECT; object = this.real.pool.nextFree[object] ?? NO_OBJECT) {
      objects.push(object);
    }
    return objects.sort((a, b) => a - b).join(",");
  }

  /** Everything that is wrong with the real one, or differs between the two. */
  findings(): readonly string[] {
    const { naive, real } = this;
    const findings = verifySlub(real).map(printViolation);
    const expect = (what: string, expected: unknown, found: unknown) => {
      if (String(expected) !== String(found)) findings.push(`${what}: expected ${expected}, found ${found}`);
    };
    for (const [cache, { slabs, spec, partial }] of naive.caches) {
      expect(`places of cache ${cache}`, naive.places(cache).join("\n"), this.places(cache).join("\n"));
      const { objectsPerSlab, pagesPerSlab } = spec;
      const objects = slabs.size * objectsPerSlab;
      const nrFree = partial.flat().reduce((sum, slab) => sum + slab.own.size, 0);
      const counts = [objects - nrFree, objects, objectsPerSlab, pagesPerSlab, slabs.size, slabs.size];
      expect(`slabinfo of cache ${cache}`, counts, Object.values(slubInfo(real, cache)));
      expect(`pages of cache ${cache}`, slabs.size * pagesPerSlab, this.pages.get(cache) ?? 0);
    }
    expect("slabs made", naive.nrMade, this.nrGained);
    expect("slabs dropped", naive.nrDropped, this.nrReleased);
    expect("operations that count pages", naive.nrMade + naive.nrDropped, real.nrPageCounts);
    expect("interrupts", naive.nrIpis, this.ipis.length);
    return findings;
  }
}
