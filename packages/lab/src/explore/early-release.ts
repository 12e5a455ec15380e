/**
 * The early release of a memcg's statistics, step by step, with everything that can come in between. The steps are the
 * model's own functions; here is only who may take which of them when.
 *
 *   css       comes online - publishes - [grace period ends] - flushes - frees the block - is freed
 *   writer    enters - looks at `live` - stores its delta - leaves; some times over
 *   hotplug   a CPU goes away - a surviving one looks at the pointer - takes the residue
 *   reader    reads the value once
 *
 * One item is counted. A writer and the hotplug callback hold their CPU while in a read section; a CPU goes away only
 * when nobody is in a section on it, and its writers go on elsewhere. The grace period ends when every section that
 * began before the publish has been left. The css is freed when the callback has dropped its reference and nobody will
 * count or read any more. Instead of coming online the css may fail to be allocated; it is then freed at once.
 *
 * Source: spec/memcg-slab.md C.4, C.5 rule 9.
 */

import {
  applyDelta,
  closeMemcgStats,
  createMemcgStats,
  FREED_BLOCK,
  finishCpuDead,
  flushCpus,
  freeParkedBlock,
  loadForHotplug,
  loadLive,
  type MemcgStats,
  type MemcgStatsSnapshot,
  NO_MEMCG,
  NR_FILE,
  NULL_BLOCK,
  openMemcgStats,
  parkStats,
  readMemcgStat,
  residueOf,
  restoreMemcgStats,
  type StatsFault,
  type StatsMachinery,
  sharedSum,
  snapshotMemcgStats,
  statsCpuGone,
  statsCpuOnline,
  takeDeadCpu,
} from "@ebb/model";

export interface EarlyReleaseConfig {
  readonly machinery: StatsMachinery;
  readonly faults: ReadonlySet<StatsFault>;
  readonly nrCpus: number;
  readonly batchPages: number;
  /** Deltas each writer stores, in its order, in pages. */
  readonly deltas: readonly (readonly number[])[];
  readonly nrHotplugs: number;
  readonly nrReaders: number;
  /** The callback adds the residues CPU by CPU, with room for others in between; the kernel adds an item's at once. */
  readonly flushPerCpu: boolean;
}

export const ROOT = 0;
export const MEMCG = 1;
export const ITEM = NR_FILE;

/** Where the css stands. */
const ALLOCATED = 0;
const ONLINE = 1;
const PUBLISHED = 2;
const GRACE_PERIOD_OVER = 3;
export const FLUSHED = 4;
export const BLOCK_FREED = 5;
export const FREED = 6;

/** Where a writer stands within an update. */
const OUTSIDE = 0;
const ENTERED = 1;
const LOADED = 2;
const STORED = 3;

interface Writer {
  readonly nrStored: number;
  readonly at: number;
  readonly cpu: number;
  readonly hasBlock: boolean;
  /** In a read section that began before the publish. */
  readonly old: boolean;
}

interface Hotplug {
  /** Index of its next step in the scenario's list. */
  readonly next: number;
  readonly inSection: boolean;
  readonly block: number;
  readonly old: boolean;
}

export interface EarlyReleaseState {
  readonly css: number;
  /** CPUs whose residue the callback has added. */
  readonly nrFlushed: number;
  readonly failed: boolean;
  readonly truth: number;
  readonly writers: readonly Writer[];
  readonly hotplug: Hotplug;
  readonly nrRead: number;
  /** What the last reader read, if it may not have; empty otherwise. */
  readonly complaint: string;
  readonly stats: MemcgStatsSnapshot;
}

type HotplugStep = { readonly kind: "online" | "gone" | "load" | "take"; readonly cpu: number };

/** In place of a pointer to a block: the hotplug callback has met no css, as it is not online yet, or freed. */
const NO_CSS = -1;
/** The CPU that executes hotplug callbacks: it never goes away. */
const SURVIVOR = 0;
/** The lowest writer has this number among the actors; hotplug and readers follow. */
const FIRST_WRITER = 2;
const CSS = 0;
const CSS_FAILS = 1;

/** The actors on one set of statistics; `load` puts it into a state, `step` changes it, `save` takes the state. */
export class EarlyRelease {
  readonly config: EarlyReleaseConfig;
  readonly stats: MemcgStats;
  state: EarlyReleaseState;
  private readonly hotplugSteps: readonly HotplugStep[];

  constructor(config: EarlyReleaseConfig) {
    this.config = config;
    const { nrCpus, machinery, batchPages, faults } = config;
    this.stats = createMemcgStats({ nrCpus, nrNodes: 1, machinery, batchPages, faults });
    openMemcgStats(this.stats, ROOT, NO_MEMCG);
    openMemcgStats(this.stats, MEMCG, ROOT);
    this.hotplugSteps = hotplugSteps(config);
    this.state = {
      css: ALLOCATED,
      nrFlushed: 0,
      failed: false,
      truth: 0,
      writers: config.deltas.map((_, i) => ({
        nrStored: 0,
        at: OUTSIDE,
        cpu: i % nrCpus,
        hasBlock: false,
        old: false,
      })),
      hotplug: { next: 0, inSection: false, block: 0, old: false },
      nrRead: 0,
      complaint: "",
      stats: snapshotMemcgStats(this.stats),
    };
  }

  load(state: EarlyReleaseState): void {
    this.state = state;
    restoreMemcgStats(this.stats, state.stats);
  }

  save(): EarlyReleaseState {
    return { ...this.state, stats: snapshotMemcgStats(this.stats) };
  }

  enabled(): readonly number[] {
    const actors: number[] = [];
    if (this.cssCanStep()) actors.push(CSS);
    if (this.state.css === ALLOCATED) actors.push(CSS_FAILS);
    this.state.writers.forEach((_, i) => {
      if (this.writerCanStep(i)) actors.push(FIRST_WRITER + i);
    });
    if (this.hotplugCanStep()) actors.push(this.hotplugActor);
    if (this.state.nrRead < this.config.nrReaders && this.isCounting) actors.push(this.hotplugActor + 1);
    return actors;
  }

  /** Takes the actor's next step; answers who it was and what it did. */
  step(actor: number): readonly [who: string, did: string] {
    if (actor === CSS) return this.cssStep();
    if (actor === CSS_FAILS) return this.cssFails();
    const writer = actor - FIRST_WRITER;
    if (writer < this.config.deltas.length) return this.writerStep(writer);
    return actor === this.hotplugActor ? this.hotplugStep() : this.readerStep();
  }

  /** What `cpu` keeps of the item. */
  residue(cpu: number): number {
    return residueOf(this.stats, MEMCG, ITEM, cpu);
  }

  sum(memcg: number): number {
    return sharedSum(this.stats, memcg, ITEM);
  }

  private get hotplugActor(): number {
    return FIRST_WRITER + this.config.deltas.length;
  }

  /** From online to the freeing of the css: writers and readers have a memcg to work on. */
  private get isCounting(): boolean {
    return this.state.css >= ONLINE && this.state.css < FREED;
  }

  private cssCanStep(): boolean {
    const { css, writers, hotplug, nrRead } = this.state;
    if (css === FREED) return false;
    if (css === PUBLISHED) return !hotplug.old && !writers.some((writer) => writer.old);
    if (css !== BLOCK_FREED) return true;
    const countingOver = writers.every((_, i) => this.isWriterDone(i)) && nrRead === this.config.nrReaders;
    return countingOver && !hotplug.inSection;
  }

  private cssFails(): readonly [string, string] {
    this.change({ css: BLOCK_FREED, failed: true, nrRead: this.config.nrReaders });
    this.change({ writers: this.state.writers.map((w, i) => ({ ...w, nrStored: this.deltasOf(i).length })) });
    return ["css", "its allocation fails after that of the block"];
  }

  private cssStep(): readonly [string, string] {
    const { css } = this.state;
    this.change({ css: css + 1 });
    switch (css) {
      case ALLOCATED:
        return ["css", "comes online"];
      case ONLINE:
        parkStats(this.stats, MEMCG);
        this.publish();
        return ["css", "went offline: parks the block, publishes live = null"];
      case PUBLISHED:
        return ["RCU", "the grace period ends"];
      case GRACE_PERIOD_OVER:
        return ["callback", this.flush()];
      case FLUSHED:
        freeParkedBlock(this.stats, MEMCG);
        return ["callback", "frees the block, drops its reference"];
      default:
        closeMemcgStats(this.stats, MEMCG);
        return ["css", "is freed"];
    }
  }

  private flush(): string {
    const { nrCpus, flushPerCpu } = this.config;
    const from = this.state.nrFlushed;
    const end = flushPerCpu ? from + 1 : nrCpus;
    flushCpus(this.stats, MEMCG, from, end);
    this.change({ nrFlushed: end, css: end === nrCpus ? FLUSHED : GRACE_PERIOD_OVER });
    return flushPerCpu ? `adds what CPU ${from} keeps to the sum` : "adds what all possible CPUs keep to the sum";
  }

  /** Sections that have begun by now are what the grace period waits for. */
  private publish(): void {
    const { writers, hotplug } = this.state;
    this.change({
      writers: writers.map((writer) => (writer.at === OUTSIDE ? writer : { ...writer, old: true })),
      hotplug: { ...hotplug, old: hotplug.inSection },
    });
  }

  private writerCanStep(i: number): boolean {
    const writer = this.state.writers[i];
    if (writer === undefined || !this.isCounting || this.isWriterDone(i)) return false;
    return writer.at !== OUTSIDE || !this.isCpuHeld(this.cpuFor(i));
  }

  private isWriterDone(i: number): boolean {
    const writer = this.state.writers[i];
    return writer === undefined || (writer.at === OUTSIDE && writer.nrStored >= this.deltasOf(i).length);
  }

  private deltasOf(i: number): readonly number[] {
    return this.config.deltas[i] ?? [];
  }

  /** Its own CPU, or the survivor when that one has gone. */
  private cpuFor(i: number): number {
    const own = i % this.config.nrCpus;
    return this.isCpuOnline(own) ? own : SURVIVOR;
  }

  private isCpuOnline(cpu: number): boolean {
    return this.stats.cpuState[cpu] === 0;
  }

  /** Somebody is in a read section there. */
  private isCpuHeld(cpu: number): boolean {
    const { writers, hotplug } = this.state;
    return (hotplug.inSection && cpu === SURVIVOR) || writers.some((w) => w.at !== OUTSIDE && w.cpu === cpu);
  }

  private writerStep(i: number): readonly [string, string] {
    const who = `writer ${i}`;
    const writer = this.state.writers[i];
    if (writer === undefined) throw new Error("no such writer");
    const delta = this.deltasOf(i)[writer.nrStored] ?? 0;
    const { cpu } = writer;
    switch (writer.at) {
      case OUTSIDE: {
        const on = this.cpuFor(i);
        this.changeWriter(i, { ...writer, at: ENTERED, cpu: on });
        return [who, `enters a read section on CPU ${on}`];
      }
      case ENTERED: {
        const hasBlock = loadLive(this.stats, MEMCG);
        this.changeWriter(i, { ...writer, at: LOADED, hasBlock });
        return [who, `loads live: ${hasBlock ? "the block" : "null"}`];
      }
      case LOADED: {
        applyDelta(this.stats, MEMCG, writer.hasBlock, ITEM, delta, cpu);
        this.changeWriter(i, { ...writer, at: STORED, hasBlock: false, nrStored: writer.nrStored + 1 });
        this.change({ truth: this.state.truth + delta });
        const where = writer.hasBlock ? `in the block, CPU ${cpu}` : "to the sum";
        return [who, `${writer.hasBlock ? "stores" : "adds"} ${signed(delta)} ${where}`];
      }
      default:
        this.changeWriter(i, { ...writer, at: OUTSIDE, cpu: i % this.config.nrCpus, old: false });
        return [who, `leaves its read section on CPU ${cpu}`];
    }
  }

  private hotplugCanStep(): boolean {
    const step = this.hotplugSteps[this.state.hotplug.next];
    if (step === undefined) return false;
    if (step.kind === "gone") return !this.isCpuHeld(step.cpu);
    return step.kind !== "load" || !this.isCpuHeld(SURVIVOR);
  }

  private hotplugStep(): readonly [string, string] {
    const { hotplug, css, failed } = this.state;
    const step = this.hotplugSteps[hotplug.next];
    if (step === undefined) throw new Error("no hotplug left");
    const next = hotplug.next + 1;
    const { kind, cpu } = step;
    this.change({ hotplug: { next, inSection: false, block: 0, old: false } });
    switch (kind) {
      case "online":
        statsCpuOnline(this.stats, cpu);
        return ["hotplug", `CPU ${cpu} is back online`];
      case "gone":
        statsCpuGone(this.stats, cpu);
        return ["hotplug", `CPU ${cpu} goes away`];
      case "load": {
        if (css === FREED || css === ALLOCATED || failed) {
          this.change({ hotplug: { next, inSection: false, block: NO_CSS, old: false } });
          return ["hotplug", `on CPU ${SURVIVOR}: finds no memcg`];
        }
        const block = loadForHotplug(this.stats, MEMCG);
        this.change({ hotplug: { next, inSection: true, block, old: false } });
        const pointer = this.config.faults.has("S1") ? "parked" : "live";
        return ["hotplug", `on CPU ${SURVIVOR}: loads ${pointer}: ${blockWord(block)}`];
      }
      case "take": {
        const before = this.sum(MEMCG);
        if (hotplug.block !== NO_CSS) takeDeadCpu(this.stats, MEMCG, hotplug.block, cpu, SURVIVOR);
        finishCpuDead(this.stats, cpu);
        const added = this.sum(MEMCG) - before;
        const adds = added === 0 ? "adds nothing to the sum" : `adds ${signed(added)} to the sum`;
        return ["hotplug", `on CPU ${SURVIVOR}, for dead CPU ${cpu}: ${adds}`];
      }
      default:
        return kind satisfies never;
    }
  }

  private readerStep(): readonly [string, string] {
    const { css, truth, nrRead } = this.state;
    const value = readMemcgStat(this.stats, MEMCG, ITEM);
    const shown = Math.max(0, truth);
    const bound = css >= FLUSHED ? 0 : this.config.batchPages * this.config.nrCpus;
    const fits = Math.abs(value - shown) <= bound;
    const complaint = fits ? "" : `a reading is within ${bound} of the truth ${shown}: found ${value}`;
    this.change({ nrRead: nrRead + 1, complaint });
    return [`reader ${nrRead}`, `reads ${value}`];
  }

  private change(change: Partial<EarlyReleaseState>): void {
    this.state = { ...this.state, ...change };
  }

  private changeWriter(i: number, writer: Writer): void {
    this.change({ writers: this.state.writers.map((other, j) => (i === j ? writer : other)) });
  }
}

/** CPUs go away from the highest down, all but the survivor; one that is gone comes back before it goes again. */
function hotplugSteps(config: EarlyReleaseConfig): readonly HotplugStep[] {
  const steps: HotplugStep[] = [];
  const nrMortal = config.nrCpus - 1;
  for (let i = 0; i < config.nrHotplugs && nrMortal > 0; i++) {
    const cpu = nrMortal - (i % nrMortal);
    if (i >= nrMortal) steps.push({ kind: "online", cpu });
    steps.push({ kind: "gone", cpu }, { kind: "load", cpu }, { kind: "take", cpu });
  }
  return steps;
}

function blockWord(block: number): string {
  return block === NULL_BLOCK ? "null" : block === FREED_BLOCK ? "a freed block" : "the block";
}

/** With its sign: +1, -3. */
export function signed(delta: number): string {
  return delta < 0 ? `${delta}` : `+${delta}`;
}
