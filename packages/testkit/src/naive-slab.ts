/**
 * The SLAB allocator as the sentences of spec/memcg-slab.md D.2 to D.5 say it, with lists that are arrays and objects
 * that are objects. Slow and plain; shares nothing with the mechanism.
 */

export interface NaiveSlabObject {
  readonly slab: NaiveSlabPage;
  readonly place: number;
}

interface NaiveSlabPage {
  readonly node: number;
  /** Free objects; the next to go out is the last. */
  readonly free: NaiveSlabObject[];
}

interface NaiveArray {
  limit: number;
  touched: boolean;
  /** Oldest first. */
  objects: NaiveSlabObject[];
}

interface NaiveNode {
  partial: NaiveSlabPage[];
  full: NaiveSlabPage[];
  free: NaiveSlabPage[];
  freeTouched: boolean;
  freeLimit: number;
  nextReapNs: number;
  shared: NaiveArray | undefined;
  readonly aliens: Map<number, NaiveArray>;
}

export interface NaiveSlabSpec {
  readonly objectsPerSlab: number;
  readonly pagesPerSlab: number;
  limit: number;
  batchcount: number;
  shared: number;
}

interface NaiveCache {
  readonly spec: NaiveSlabSpec;
  cpus: NaiveArray[];
  readonly nodes: NaiveNode[];
  readonly live: Set<NaiveSlabObject>;
}

const newArray = (limit: number): NaiveArray => ({ limit, touched: false, objects: [] });

export class NaiveSlab {
  readonly caches = new Map<number, NaiveCache>();
  readonly online: Set<number>;
  private readonly nodeOfCpu: readonly number[];
  private readonly reapNode: number[];
  private readonly nrNodes: number;

  constructor(nodeOfCpu: readonly number[], nrNodes: number) {
    this.nodeOfCpu = nodeOfCpu;
    this.nrNodes = nrNodes;
    this.online = new Set(nodeOfCpu.keys());
    this.reapNode = nodeOfCpu.map((node) => (node + 1) % nrNodes);
  }

  add(cache: number, spec: NaiveSlabSpec): void {
    const nodes = Array.from({ length: this.nrNodes }, (): NaiveNode => {
      const lists = { partial: [], full: [], free: [] };
      const counts = { freeTouched: false, freeLimit: 0, nextReapNs: 0 };
      return { ...lists, ...counts, shared: undefined, aliens: new Map() };
    });
    this.caches.set(cache, { spec: { ...spec }, cpus: this.cpuArrays(spec.limit), nodes, live: new Set() });
    nodes.forEach((_, node) => {
      if (this.isNodeOnline(node)) this.setUpNode(this.cache(cache), node);
    });
  }

  alloc(number: number, cpu: number): NaiveSlabObject {
    const cache = this.cache(number);
    const array = at(cache.cpus, cpu);
    if (array.objects.length === 0) this.refill(cache, array, at(this.nodeOfCpu, cpu));
    array.touched = true;
    const object = array.objects.pop();
    if (object === undefined) throw new Error("a refilled array is empty");
    cache.live.add(object);
    return object;
  }

  free(number: number, object: NaiveSlabObject, cpu: number): void {
    const cache = this.cache(number);
    cache.live.delete(object);
    const node = at(this.nodeOfCpu, cpu);
    const home = object.slab.node;
    if (home !== node) {
      const alien = at(cache.nodes, node).aliens.get(home);
      if (alien === undefined) this.giveBack(cache, home, [object]);
      else {
        if (alien.objects.length >= alien.limit) this.drainAlien(cache, alien, home);
        alien.objects.push(object);
      }
      return;
    }
    const array = at(cache.cpus, cpu);
    if (array.objects.length >= array.limit) {
      const { shared } = at(cache.nodes, node);
      const room = shared === undefined ? 0 : shared.limit - shared.objects.length;
      if (shared !== undefined && room > 0) {
        shared.objects.push(...array.objects.splice(0, Math.min(room, cache.spec.batchcount)));
      } else this.giveBack(cache, node, array.objects.splice(0, cache.spec.batchcount));
    }
    array.objects.push(object);
  }

  tune(number: number, limit: number, batchcount: number, shared: number): void {
    const cache = this.cache(number);
    const old = cache.cpus;
    cache.cpus = this.cpuArrays(limit);
    Object.assign(cache.spec, { limit, batchcount, shared });
    old.forEach(({ objects }, cpu) => {
      this.giveBack(cache, at(this.nodeOfCpu, cpu), objects);
    });
    for (let node = 0; node < this.nrNodes; node++) if (this.isNodeOnline(node)) this.setUpNode(cache, node);
  }

  reap(cpu: number, nowNs: number): void {
    const node = at(this.nodeOfCpu, cpu);
    const other = at(this.reapNode, cpu);
    for (const cache of this.caches.values()) {
      const n = at(cache.nodes, node);
      const alien = n.aliens.get(other);
      if (alien !== undefined) this.drainAlien(cache, alien, other);
      this.drainIdle(cache, at(cache.cpus, cpu), node);
      if (nowNs < n.nextReapNs) continue;
      n.nextReapNs = nowNs + 4_000_000_000;
      if (n.shared !== undefined) this.drainIdle(cache, n.shared, node);
      const nrMost = Math.ceil(n.freeLimit / (5 * cache.spec.objectsPerSlab));
      if (!n.freeTouched) n.free.splice(Math.max(0, n.free.length - nrMost));
      n.freeTouched = false;
    }
    this.reapNode[cpu] = (other + 1) % this.nrNodes;
  }

  shrink(number: number): void {
    const cache = this.cache(number);
    for (const cpu of [...this.online].sort((a, b) => a - b)) {
      this.giveBack(cache, at(this.nodeOfCpu, cpu), at(cache.cpus, cpu).objects.splice(0));
    }
    for (const { aliens } of cache.nodes) {
      for (const [home, alien] of sorted(aliens)) this.drainAlien(cache, alien, home);
    }
    cache.nodes.forEach((n, node) => {
      if (n.shared !== undefined) this.giveBack(cache, node, n.shared.objects.splice(0));
      n.free = [];
    });
  }

  /** Live objects left; the cache is gone when there are none. */
  destroy(number: number): number {
    this.shrink(number);
    const { size } = this.cache(number).live;
    if (size === 0) this.caches.delete(number);
    return size;
  }

  cpuDead(cpu: number): void {
    this.online.delete(cpu);
    const node = at(this.nodeOfCpu, cpu);
    for (const cache of this.caches.values()) {
      this.setFreeLimit(cache, node);
      const array = at(cache.cpus, cpu);
      this.giveBack(cache, node, array.objects.splice(0));
      array.touched = false;
      if (this.isNodeOnline(node)) continue;
      const n = at(cache.nodes, node);
      this.giveBack(cache, node, n.shared?.objects ?? []);
      n.shared = undefined;
      for (const [home, alien] of sorted(n.aliens)) this.drainAlien(cache, alien, home);
      n.aliens.clear();
      n.free = [];
    }
  }

  cpuOnline(cpu: number): void {
    const node = at(this.nodeOfCpu, cpu);
    const isFirst = !this.isNodeOnline(node);
    this.online.add(cpu);
    for (const cache of this.caches.values()) {
      this.setFreeLimit(cache, node);
      if (!isFirst) continue;
      this.setUpNode(cache, node);
      cache.nodes.forEach(({ aliens }, other) => {
        const hasNone = other !== node && this.isNodeOnline(other) && !aliens.has(node);
        if (hasNone) aliens.set(node, newArray(cache.spec.limit > 1 ? 12 : 1));
      });
    }
  }

  private refill(cache: NaiveCache, array: NaiveArray, node: number): void {
    const { batchcount } = cache.spec;
    const want = !array.touched && batchcount > 16 ? 16 : batchcount;
    const n = at(cache.nodes, node);
    if (n.shared !== undefined && n.shared.objects.length > 0) {
      n.shared.touched = true;
      const { objects } = n.shared;
      array.objects = objects.splice(Math.max(0, objects.length - want));
      return;
    }
    while (array.objects.length < want) {
      let slab = n.partial.shift();
      if (slab === undefined) {
        slab = n.free.shift();
        if (slab === undefined) break;
        n.freeTouched = true;
      }
      this.takeOut(n, slab, array, want);
    }
    if (array.objects.length === 0) this.takeOut(n, newSlab(node, cache.spec.objectsPerSlab), array, want);
  }

  private takeOut(n: NaiveNode, slab: NaiveSlabPage, array: NaiveArray, want: number): void {
    while (array.objects.length < want) {
      const object = slab.free.pop();
      if (object === undefined) break;
      array.objects.push(object);
    }
    (slab.free.length === 0 ? n.full : n.partial).unshift(slab);
  }

  private giveBack(cache: NaiveCache, node: number, objects: readonly NaiveSlabObject[]): void {
    const n = at(cache.nodes, node);
    for (const object of objects) {
      const { slab } = object;
      slab.free.push(object);
      n.full = n.full.filter((one) => one !== slab);
      n.partial = n.partial.filter((one) => one !== slab);
      if (slab.free.length === cache.spec.objectsPerSlab) n.free.unshift(slab);
      else n.partial.push(slab);
    }
    while (objects.length > 0 && freeObjects(n) > n.freeLimit && n.free.length > 0) n.free.pop();
  }

  private drainAlien(cache: NaiveCache, alien: NaiveArray, home: number): void {
    const { shared } = at(cache.nodes, home);
    if (shared !== undefined) {
      const nr = Math.min(shared.limit - shared.objects.length, alien.objects.length);
      shared.objects.push(...alien.objects.splice(alien.objects.length - nr));
    }
    this.giveBack(cache, home, alien.objects.splice(0));
  }

  private drainIdle(cache: NaiveCache, array: NaiveArray, node: number): void {
    if (!array.touched) {
      const fifth = Math.floor((array.limit + 4) / 5);
      const { length } = array.objects;
      this.giveBack(cache, node, array.objects.splice(0, fifth > length ? Math.floor((length + 1) / 2) : fifth));
    }
    array.touched = false;
  }

  private setUpNode(cache: NaiveCache, node: number): void {
    const n = at(cache.nodes, node);
    const { limit, batchcount, shared } = cache.spec;
    for (const [home, alien] of sorted(n.aliens)) this.drainAlien(cache, alien, home);
    n.aliens.clear();
    for (let other = 0; other < this.nrNodes; other++) {
      if (other !== node && this.isNodeOnline(other)) n.aliens.set(other, newArray(limit > 1 ? 12 : 1));
    }
    this.giveBack(cache, node, n.shared?.objects ?? []);
    n.shared = shared > 0 ? newArray(shared * batchcount) : undefined;
    this.setFreeLimit(cache, node);
  }

  private setFreeLimit(cache: NaiveCache, node: number): void {
    const nrCpus = this.nodeOfCpu.filter((one, cpu) => one === node && this.online.has(cpu)).length;
    at(cache.nodes, node).freeLimit = (1 + nrCpus) * cache.spec.batchcount + cache.spec.objectsPerSlab;
  }

  private cpuArrays(limit: number): NaiveArray[] {
    return this.nodeOfCpu.map(() => newArray(limit));
  }

  private isNodeOnline(node: number): boolean {
    return this.nodeOfCpu.some((one, cpu) => one === node && this.online.has(cpu));
  }

  private cache(number: number): NaiveCache {
    const cache = this.caches.get(number);
    if (cache === undefined) throw new Error(`no cache ${number}`);
    return cache;
  }
}

function newSlab(node: number, nrObjects: number): NaiveSlabPage {
  const slab: NaiveSlabPage = { node, free: [] };
  for (let place = nrObjects - 1; place >= 0; place--) slab.free.push({ slab, place });
  return slab;
}

function freeObjects(n: NaiveNode): number {
  return [...n.partial, ...n.free].reduce((sum, { free }) => sum + free.length, 0);
}

function sorted<T>(map: ReadonlyMap<number, T>): [number, T][] {
  return [...map].sort(([a], [b]) => a - b);
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`nothing at ${index}`);
  return found;
}
