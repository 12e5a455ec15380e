/**
 * Memcg statistics and their naive account side by side. `findings` says everything that is wrong between the two, in
 * the order of the rules of spec/memcg-slab.md C.5.
 */

import {
  applyDelta,
  closeMemcgStats,
  countMemcgEvent,
  createMemcgStats,
  eventValue,
  flushAllStats,
  flushParkedStats,
  hasBlock,
  loadLive,
  lruvecValue,
  type MemcgStats,
  modLruvecStat,
  modMemcgStat,
  NR_LRUVEC_ITEMS,
  NR_MEMCG_EVENTS,
  NR_MEMCG_ITEMS,
  openMemcgStats,
  parkStats,
  pendingOf,
  printViolation,
  readLocalLruvecStat,
  readLocalMemcgEvent,
  readLocalMemcgStat,
  readMemcgStat,
  residueOf,
  type StatsConfig,
  sharedSum,
  statsCpuDead,
  statsCpuOnline,
  verifyMemcgStats,
} from "@ebb/model";
import { NaiveMemcgStats } from "./naive-memcg-stats.ts";

/** A writer between its look at `live` and its store. */
interface Straddler {
  readonly memcg: number;
  readonly hasBlock: boolean;
  readonly value: number;
  readonly delta: number;
  readonly cpu: number;
}

export class MemcgStatsPair {
  readonly config: StatsConfig;
  readonly real: MemcgStats;
  readonly naive: NaiveMemcgStats;
  readonly straddlers: Straddler[] = [];

  constructor(config: StatsConfig) {
    this.config = config;
    this.real = createMemcgStats(config);
    this.naive = new NaiveMemcgStats(this.real.nrValues);
  }

  open(memcg: number, parent: number): void {
    openMemcgStats(this.real, memcg, parent);
    this.naive.open(memcg, parent);
  }

  close(memcg: number): void {
    closeMemcgStats(this.real, memcg);
    this.naive.close(memcg);
  }

  mod(memcg: number, item: number, delta: number, cpu: number): void {
    modMemcgStat(this.real, memcg, item, delta, cpu);
    this.naive.add(memcg, item, delta);
  }

  modLruvec(memcg: number, node: number, item: number, delta: number, cpu: number): void {
    modLruvecStat(this.real, memcg, node, item, delta, cpu);
    this.naive.add(memcg, item, delta);
    this.naive.add(memcg, lruvecValue(node, item), delta);
  }

  event(memcg: number, event: number, n: number, cpu: number): void {
    countMemcgEvent(this.real, memcg, event, n, cpu);
    this.naive.add(memcg, eventValue(event), n);
  }

  /** A writer enters its read section and looks at `live`. */
  load(memcg: number, value: number, delta: number, cpu: number): void {
    this.straddlers.push({ memcg, hasBlock: loadLive(this.real, memcg), value, delta, cpu });
  }

  /** The writer that waits longest stores its delta and leaves. */
  store(): void {
    const writer = this.straddlers.shift();
    if (writer === undefined) return;
    applyDelta(this.real, writer.memcg, writer.hasBlock, writer.value, writer.delta, writer.cpu);
    this.naive.add(writer.memcg, writer.value, writer.delta);
  }

  park(memcg: number): void {
    parkStats(this.real, memcg);
  }

  flushParked(memcg: number): void {
    flushParkedStats(this.real, memcg);
  }

  cpuDead(cpu: number, executingCpu: number): void {
    statsCpuDead(this.real, cpu, executingCpu);
  }

  cpuOnline(cpu: number): void {
    statsCpuOnline(this.real, cpu);
  }

  flushAll(root: number): void {
    flushAllStats(this.real, root);
  }

  /** What is wrong, a line each. */
  findings(): readonly string[] {
    const out = verifyMemcgStats(this.real).map(printViolation);
    for (const memcg of this.naive.memcgs) {
      for (let value = 0; value < this.real.nrValues; value++) {
        this.checkSums(memcg, value, out);
        this.checkOwn(memcg, value, out);
      }
      for (let item = 0; item < NR_MEMCG_ITEMS; item++) this.checkRecursive(memcg, item, out);
    }
    return out;
  }

  /** Rules 1, 3 and 4: what readers see and what CPUs keep is what was added, no more and no less. */
  private checkSums(memcg: number, value: number, out: string[]): void {
    const sum = sharedSum(this.real, memcg, value);
    const isLocal = this.config.machinery === "percpu-sum" || this.config.machinery === "batch-local";
    const kept = isLocal ? this.residues(memcg, value) : this.keptBelow(memcg, value);
    const truth = isLocal ? this.naive.own(memcg, value) : this.naive.below(memcg, value);
    expect(out, `sum and residues of value ${value} of memcg ${memcg} are what was added`, truth, sum + kept);
    if (hasBlock(this.real, memcg)) return;
    expect(out, `the released memcg ${memcg} keeps nothing of value ${value}`, 0, kept);
  }

  /** The memcg alone: within a batch for each CPU, exact where nothing is kept back. */
  private checkOwn(memcg: number, value: number, out: string[]): void {
    const truth = this.naive.own(memcg, value);
    const isLruvec = value >= NR_MEMCG_ITEMS + NR_MEMCG_EVENTS;
    const { machinery, nrCpus } = this.config;
    const lags =
      hasBlock(this.real, memcg) && (machinery === "batch-local" || (machinery === "batch-hierarchy" && !isLruvec));
    const late = lags ? this.residues(memcg, value) : 0;
    const bound = (this.real.batch[value] ?? 0) * nrCpus;
    if (lags && Math.abs(late) > bound) out.push(`value ${value} of memcg ${memcg} is late by more than ${bound}`);
    const isEvent = value >= NR_MEMCG_ITEMS && !isLruvec;
    const expected = isEvent ? truth - late : Math.max(0, truth - late);
    expect(out, `own value ${value} of memcg ${memcg}`, expected, this.readOwn(memcg, value));
  }

  private readOwn(memcg: number, value: number): number {
    if (value < NR_MEMCG_ITEMS) return readLocalMemcgStat(this.real, memcg, value);
    const event = value - NR_MEMCG_ITEMS;
    if (event < NR_MEMCG_EVENTS) return readLocalMemcgEvent(this.real, memcg, event);
    const lruvec = event - NR_MEMCG_EVENTS;
    const node = Math.floor(lruvec / NR_LRUVEC_ITEMS);
    return readLocalLruvecStat(this.real, memcg, node, lruvec % NR_LRUVEC_ITEMS);
  }

  /** memory.stat as a v2 reader sees it. */
  private checkRecursive(memcg: number, item: number, out: string[]): void {
    const { machinery } = this.config;
    let expected = 0;
    if (machinery === "batch-hierarchy" || machinery === "rstat") {
      expected = Math.max(0, this.naive.below(memcg, item) - this.keptBelow(memcg, item));
    } else {
      for (const one of this.naive.subtree(memcg)) {
        const late = machinery === "batch-local" ? this.residues(one, item) : 0;
        expected += Math.max(0, this.naive.own(one, item) - late);
      }
    }
    expect(out, `item ${item} of memcg ${memcg} and below`, expected, readMemcgStat(this.real, memcg, item));
  }

  private residues(memcg: number, value: number): number {
    let sum = 0;
    for (let cpu = 0; cpu < this.config.nrCpus; cpu++) sum += residueOf(this.real, memcg, value, cpu);
    return sum;
  }

  /** What CPUs and flushes on their way up hold back in the subtree. */
  private keptBelow(memcg: number, value: number): number {
    let kept = 0;
    for (const one of this.naive.subtree(memcg)) kept += this.residues(one, value) + pendingOf(this.real, one, value);
    return kept;
  }
}

function expect(out: string[], rule: string, expected: number, found: number): void {
  if (expected !== found) out.push(`${rule}: expected ${expected}, found ${found}`);
}
