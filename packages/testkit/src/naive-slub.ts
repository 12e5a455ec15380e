/**
 * SLUB written down plainly: slabs are objects with sets of free numbers, lists are arrays, every rule of
 * spec/memcg-slab.md E.2 and E.3 in the shortest form. It is told which object came out and says whether that may be.
 */

export interface NaiveCacheSpec {
  readonly objectsPerSlab: number;
  readonly pagesPerSlab: number;
  readonly minPartial: number;
  readonly cpuPartialObjects: number;
}

interface NaiveSlab {
  readonly first: number;
  readonly node: number;
  /** On the slab's own list. */
  readonly own: Set<number>;
  /** Free objects when it was put into a chain. */
  weight: number;
}

interface NaiveCpu {
  slab: NaiveSlab | undefined;
  /** Free objects of the slab that only this CPU takes. */
  free: Set<number>;
  /** The one in front first. */
  chain: NaiveSlab[];
}

interface NaiveCache {
  spec: NaiveCacheSpec;
  readonly cpus: readonly NaiveCpu[];
  readonly partial: NaiveSlab[][];
  readonly slabs: Set<NaiveSlab>;
}

export class NaiveSlub {
  readonly caches = new Map<number, NaiveCache>();
  /** By object somebody holds: its cache and slab. */
  readonly held = new Map<number, readonly [cache: number, slab: NaiveSlab]>();
  /** Made and dropped, in slabs. */
  nrMade = 0;
  nrDropped = 0;
  nrIpis = 0;
  readonly nodeOfCpu: readonly number[];
  readonly budgetInSlabs: boolean;

  constructor(nodeOfCpu: readonly number[], budgetInSlabs: boolean) {
    this.nodeOfCpu = nodeOfCpu;
    this.budgetInSlabs = budgetInSlabs;
  }

  add(cache: number, spec: NaiveCacheSpec): void {
    const cpus = this.nodeOfCpu.map(() => ({ slab: undefined, free: new Set<number>(), chain: [] }));
    const partial = Array.from({ length: Math.max(...this.nodeOfCpu) + 1 }, () => []);
    this.caches.set(cache, { spec, cpus, partial, slabs: new Set() });
  }

  at(cache: number): NaiveCache {
    const found = this.caches.get(cache);
    if (found === undefined) throw new Error(`no cache ${cache}`);
    return found;
  }

  setLimits(cache: number, minPartial: number, cpuPartialObjects: number): void {
    const c = this.at(cache);
    c.spec = { ...c.spec, minPartial, cpuPartialObjects };
  }

  /** `object` was allocated; throws when it may not be it. */
  allocated(cache: number, cpu: number, object: number): void {
    const c = this.at(cache);
    const mine = cpuOf(c, cpu);
    if (mine.free.size === 0) this.refill(c, mine, this.nodeOfCpu[cpu] ?? 0, object);
    if (!mine.free.delete(object)) throw new Error(`object ${object} is not at hand of cache ${cache} on CPU ${cpu}`);
    if (mine.slab === undefined) throw new Error("a CPU with free objects has a slab");
    this.held.set(object, [cache, mine.slab]);
  }

  private refill(c: NaiveCache, mine: NaiveCpu, node: number, object: number): void {
    const hasMore = mine.slab !== undefined && mine.slab.own.size > 0;
    const lender = [node, ...c.partial.map((_, i) => (node + i) % c.partial.length).slice(1)].find(
      (one) => listOf(c, one).length > (one === node ? 0 : c.spec.minPartial),
    );
    const list = lender === undefined ? [] : listOf(c, lender);
    const chained = hasMore ? mine.slab : mine.chain.shift();
    const slab = chained ?? list.shift() ?? this.make(c, node, object);
    const half = Math.floor(this.budget(c) / 2);
    const most = this.budgetInSlabs && c.spec.cpuPartialObjects > 0 ? half + 1 : half;
    const isListed = chained === undefined && lender !== undefined;
    for (let taken = this.weigh(slab); isListed && taken <= most && list.length > 0; ) {
      for (const more of list.splice(0, 1)) {
        more.weight = this.weigh(more);
        taken += more.weight;
        mine.chain.unshift(more);
      }
    }
    mine.slab = slab;
    mine.free = new Set(slab.own);
    slab.own.clear();
  }

  private make(c: NaiveCache, node: number, first: number): NaiveSlab {
    const own = new Set(Array.from({ length: c.spec.objectsPerSlab }, (_, i) => first + i));
    for (const { slabs, spec } of this.caches.values()) {
      for (const other of slabs) {
        if (first < other.first + spec.objectsPerSlab && other.first < first + c.spec.objectsPerSlab) {
          throw new Error(`object ${first} begins no new slab`);
        }
      }
    }
    const slab = { first, node, own, weight: 0 };
    c.slabs.add(slab);
    this.nrMade++;
    return slab;
  }

  private weigh(slab: NaiveSlab): number {
    return this.budgetInSlabs ? 1 : slab.own.size;
  }

  private budget(c: NaiveCache): number {
    const { cpuPartialObjects, objectsPerSlab } = c.spec;
    return this.budgetInSlabs ? Math.ceil((2 * cpuPartialObjects) / objectsPerSlab) : cpuPartialObjects;
  }

  free(object: number, cpu: number): void {
    const [cache, slab] = this.held.get(object) ?? [];
    if (cache === undefined || slab === undefined) throw new Error(`nobody holds ${object}`);
    this.held.delete(object);
    const c = this.at(cache);
    const mine = cpuOf(c, cpu);
    if (mine.slab === slab) {
      mine.free.add(object);
      return;
    }
    const isFrozen = c.cpus.some((one) => one.slab === slab || one.chain.includes(slab));
    slab.own.add(object);
    if (isFrozen) return;
    if (slab.own.size === 1 && !listOf(c, slab.node).includes(slab)) this.chain(c, mine, slab);
    else if (this.isEmpty(c, slab) && listOf(c, slab.node).length >= c.spec.minPartial) this.drop(c, slab);
  }

  private chain(c: NaiveCache, mine: NaiveCpu, slab: NaiveSlab): void {
    const weight = mine.chain.reduce((sum, one) => sum + one.weight, 0);
    const budget = this.budget(c);
    if (this.budgetInSlabs ? weight >= budget : weight > budget) this.moveChain(c, mine);
    slab.weight = this.weigh(slab);
    mine.chain.unshift(slab);
    if (c.spec.cpuPartialObjects === 0) this.moveChain(c, mine);
  }

  private moveChain(c: NaiveCache, mine: NaiveCpu): void {
    for (const slab of mine.chain.splice(0)) this.release(c, slab, false);
  }

  private release(c: NaiveCache, slab: NaiveSlab, atHead: boolean): void {
    const list = listOf(c, slab.node);
    if (slab.own.size === 0) return;
    if (this.isEmpty(c, slab) && list.length >= c.spec.minPartial) this.drop(c, slab);
    else if (atHead) list.unshift(slab);
    else list.push(slab);
  }

  private isEmpty(c: NaiveCache, slab: NaiveSlab): boolean {
    return slab.own.size === c.spec.objectsPerSlab;
  }

  private drop(c: NaiveCache, slab: NaiveSlab): void {
    const list = listOf(c, slab.node);
    if (list.includes(slab)) list.splice(list.indexOf(slab), 1);
    c.slabs.delete(slab);
    this.nrDropped++;
  }

  private flush(c: NaiveCache, mine: NaiveCpu): void {
    const { slab } = mine;
    if (slab !== undefined) {
      const atHead = slab.own.size === 0;
      for (const object of mine.free) slab.own.add(object);
      mine.free.clear();
      mine.slab = undefined;
      this.release(c, slab, atHead);
    }
    this.moveChain(c, mine);
  }

  cpuDead(cpu: number): void {
    for (const c of this.caches.values()) this.flush(c, cpuOf(c, cpu));
  }

  shrink(cache: number, cpu: number): void {
    this.takeEmpty(cache, cpu);
    for (const list of this.at(cache).partial) list.sort((a, b) => a.own.size - b.own.size);
  }

  private takeEmpty(cache: number, cpu: number): void {
    const c = this.at(cache);
    c.cpus.forEach((mine, other) => {
      if (other !== cpu && (mine.slab !== undefined || mine.chain.length > 0)) this.nrIpis++;
      this.flush(c, mine);
    });
    for (const list of c.partial) for (const slab of [...list]) if (this.isEmpty(c, slab)) this.drop(c, slab);
  }

  /** Objects left; the cache is gone with none. */
  destroy(cache: number, cpu: number): number {
    this.takeEmpty(cache, cpu);
    const nrLeft = [...this.held.values()].filter(([owner]) => owner === cache).length;
    if (nrLeft === 0) this.caches.delete(cache);
    return nrLeft;
  }

  /** Where each slab of a cache is, one line each. */
  places(cache: number): readonly string[] {
    const c = this.at(cache);
    const lines: string[] = [];
    const placed = new Set<NaiveSlab>();
    const place = (where: string, slab: NaiveSlab, onCpu: Iterable<number>) => {
      placed.add(slab);
      lines.push(`${where} slab ${slab.first} node ${slab.node} own ${sorted(slab.own)} cpu ${sorted(onCpu)}`);
    };
    c.cpus.forEach((mine, cpu) => {
      if (mine.slab !== undefined) place(`active ${cpu}`, mine.slab, mine.free);
      for (const slab of mine.chain) place(`chain ${cpu}`, slab, []);
    });
    for (const list of c.partial) for (const slab of list) place("partial", slab, []);
    const full = [...c.slabs].filter((slab) => !placed.has(slab)).sort((a, b) => a.first - b.first);
    for (const slab of full) place("full", slab, []);
    return lines;
  }
}

function cpuOf(c: NaiveCache, cpu: number): NaiveCpu {
  const mine = c.cpus[cpu];
  if (mine === undefined) throw new Error(`no CPU ${cpu}`);
  return mine;
}

function listOf(c: NaiveCache, node: number): NaiveSlab[] {
  const list = c.partial[node];
  if (list === undefined) throw new Error(`no node ${node}`);
  return list;
}

function sorted(objects: Iterable<number>): string {
  return [...objects].sort((a, b) => a - b).join(",");
}
