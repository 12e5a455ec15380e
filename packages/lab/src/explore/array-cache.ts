/**
 * The arrays of a SLAB cache are made and then replaced, step by step, while CPUs allocate and free. The steps are the
 * model's own functions; here is only who may take which of them when.
 *
 *   tuner   makes the cache - [barrier] - lets it be used, then for each tuning
 *           swaps the pointer - [barrier] - stores the tunables - drains the old arrays, CPU by CPU - frees them
 *           - sets up the node
 *   CPU     interrupts off - loads the pointer to its array - allocates, or frees, through it - interrupts on
 *
 * A barrier is two steps: an interrupt to each other CPU, and the end of the wait, once every CPU that had its
 * interrupts off has had them on. The tuner runs on CPU 0, between that CPU's own sections. A CPU may have its
 * interrupts off before there is a cache to use; it then has no pointer to load.
 *
 * Source: spec/memcg-slab.md D.3, D.5; mail 004.
 */

import {
  allocThrough,
  type BarrierRule,
  cpuArrayOf,
  createSlab,
  createSlabPool,
  drainOldArray,
  freeOldArrays,
  freeThrough,
  interruptOthers,
  needsBarrier,
  newSlabCache,
  restoreSlabAllocator,
  restoreSlabPool,
  type SlabAllocator,
  type SlabAllocatorSnapshot,
  type SlabPoolSnapshot,
  setUpNode,
  snapshotSlabAllocator,
  snapshotSlabPool,
  storeTunables,
  swapArrays,
} from "@ebb/model";

export interface ArrayCacheConfig {
  readonly barrier: BarrierRule;
  readonly nrCpus: number;
  readonly nrTunings: number;
}

/** Where a CPU stands within a section. */
const INTERRUPTS_ON = 0;
const INTERRUPTS_OFF = 1;
const LOADED = 2;
const USED = 3;

interface Cpu {
  readonly at: number;
  /** The section it is in has nothing to do with the cache. */
  readonly isElsewhere: boolean;
  /** Sections it has been through: elsewhere, and with the cache. */
  readonly nrElsewhere: number;
  readonly nrSections: number;
  /** The array it has loaded, and of which generation that is. */
  readonly array: number;
  readonly generation: number;
  /** The array was freed since. */
  readonly isFreed: boolean;
  /** The object it holds. */
  readonly object: number;
  /** The barrier waits for it. */
  readonly isAwaited: boolean;
}

export interface ArrayCacheState {
  /** The tuner's next step. */
  readonly next: number;
  /** Arrays that were replaced and are not freed yet, by CPU. */
  readonly old: readonly number[];
  readonly cpus: readonly Cpu[];
  readonly nrIpis: number;
  /** What a CPU just did that it may not; empty otherwise. */
  readonly complaint: string;
  readonly slab: SlabAllocatorSnapshot;
  readonly pool: SlabPoolSnapshot;
}

type StepKind = "make" | "interrupt" | "wait" | "open" | "swap" | "store" | "drain" | "free" | "node";
/** `index`: of the CPU for "drain", of the tuning otherwise. */
type TunerStep = { readonly kind: StepKind; readonly index: number };

/** The only cache, the node, and the CPU that the tuner runs on. */
export const CACHE = 0;
const NODE = 0;
const TUNER_CPU = 0;
const TUNER = 0;
const FIRST_CPU = 1;
const NO_ARRAY = -1;
const NO_OBJECT = -1;
/** A CPU allocates an object in its first section and frees it in its second. */
const NR_SECTIONS = 2;
const SPEC = { objectsPerSlab: 2, pagesPerSlab: 1, limit: 2, batchcount: 1, shared: 0 };

/** The actors on one allocator; `load` puts it into a state, `step` changes it, `save` takes the state. */
export class ArrayCache {
  readonly config: ArrayCacheConfig;
  readonly slab: SlabAllocator;
  state: ArrayCacheState;
  private readonly steps: readonly TunerStep[];
  private readonly openedAfter: number;

  constructor(config: ArrayCacheConfig) {
    this.config = config;
    const { nrCpus } = config;
    const nothing = () => undefined;
    const ipi = () => this.change({ nrIpis: this.state.nrIpis + 1 });
    this.slab = createSlab({
      pool: createSlabPool(),
      nrCpus,
      nrNodes: 1,
      nodeOfCpu: new Int32Array(nrCpus),
      events: { pageGained: nothing, pageReleased: nothing, ipi },
    });
    this.steps = tunerSteps(config);
    this.openedAfter = this.steps.findIndex(({ kind }) => kind === "open");
    const cpu = { at: INTERRUPTS_ON, isElsewhere: false, nrElsewhere: 0, nrSections: 0, isAwaited: false };
    const none = { array: NO_ARRAY, generation: 0, isFreed: false, object: NO_OBJECT };
    this.state = {
      next: 0,
      old: [],
      cpus: Array.from({ length: nrCpus }, () => ({ ...cpu, ...none })),
      nrIpis: 0,
      complaint: "",
      slab: snapshotSlabAllocator(this.slab),
      pool: snapshotSlabPool(this.slab.pool),
    };
  }

  load(state: ArrayCacheState): void {
    this.state = state;
    restoreSlabPool(this.slab.pool, state.pool);
    restoreSlabAllocator(this.slab, state.slab);
  }

  save(): ArrayCacheState {
    return { ...this.state, slab: snapshotSlabAllocator(this.slab), pool: snapshotSlabPool(this.slab.pool) };
  }

  enabled(): readonly number[] {
    const actors: number[] = [];
    if (this.tunerCanStep()) actors.push(TUNER);
    this.state.cpus.forEach((_, i) => {
      if (this.cpuCanStep(i)) actors.push(FIRST_CPU + i);
    });
    return actors;
  }

  /** Takes the actor's next step; answers who it was and what it did. */
  step(actor: number): readonly [who: string, did: string] {
    return actor === TUNER
      ? ["tuner", this.tunerStep()]
      : [`CPU ${actor - FIRST_CPU}`, this.cpuStep(actor - FIRST_CPU)];
  }

  /** No cache is half made and no tuning half done. */
  get isSettled(): boolean {
    const before = this.steps[this.state.next - 1]?.kind;
    return before === undefined || before === "open" || before === "node";
  }

  /** How often the cache was given arrays. */
  get generation(): number {
    return this.steps.slice(0, this.state.next).filter(({ kind }) => kind === "make" || kind === "swap").length;
  }

  private tunerCanStep(): boolean {
    const { next, cpus } = this.state;
    const step = this.steps[next];
    if (step === undefined || cpus[TUNER_CPU]?.at !== INTERRUPTS_ON) return false;
    return step.kind !== "wait" || !cpus.some(({ isAwaited }) => isAwaited);
  }

  private tunerStep(): string {
    const { next, old } = this.state;
    const step = this.steps[next];
    if (step === undefined) throw new Error("the tuner is done");
    this.change({ next: next + 1, complaint: "" });
    switch (step.kind) {
      case "make":
        newSlabCache(this.slab, SPEC);
        swapArrays(this.slab, CACHE, SPEC.limit, SPEC.batchcount);
        return "makes the cache with its first arrays";
      case "interrupt":
        return this.interrupt();
      case "wait":
        return "every other CPU has had its interrupts on";
      case "open":
        storeTunables(this.slab, CACHE, SPEC.limit, SPEC.batchcount, SPEC.shared);
        setUpNode(this.slab, CACHE, NODE);
        return "sets up the node; from here on the cache can be used";
      case "swap":
        this.change({ old: swapArrays(this.slab, CACHE, limitOf(step), 1) });
        return `points the cache to new arrays of limit ${limitOf(step)}`;
      case "store":
        storeTunables(this.slab, CACHE, limitOf(step), 1, SPEC.shared);
        return "stores the new tunables";
      case "drain":
        drainOldArray(this.slab, CACHE, old, step.index);
        return `returns what CPU ${step.index}'s old array holds to the slabs`;
      case "free":
        return this.freeOld();
      case "node":
        setUpNode(this.slab, CACHE, NODE);
        return "sets up the node";
      default:
        return step.kind satisfies never;
    }
  }

  private interrupt(): string {
    interruptOthers(this.slab, TUNER_CPU);
    const { cpus } = this.state;
    this.change({ cpus: cpus.map((cpu, i) => ({ ...cpu, isAwaited: i !== TUNER_CPU && cpu.at !== INTERRUPTS_ON })) });
    return "interrupts every other CPU";
  }

  private freeOld(): string {
    const { old, cpus } = this.state;
    freeOldArrays(this.slab, old);
    this.change({ old: [], cpus: cpus.map((cpu) => (old.includes(cpu.array) ? { ...cpu, isFreed: true } : cpu)) });
    return "frees the old arrays";
  }

  private cpuCanStep(i: number): boolean {
    const cpu = this.state.cpus[i];
    if (cpu === undefined) return false;
    if (cpu.at !== INTERRUPTS_ON) return true;
    return this.isOpen ? cpu.nrSections < NR_SECTIONS : cpu.nrElsewhere === 0;
  }

  private get isOpen(): boolean {
    return this.state.next > this.openedAfter;
  }

  private cpuStep(i: number): string {
    const cpu = this.state.cpus[i];
    if (cpu === undefined) throw new Error("no such CPU");
    this.change({ complaint: "" });
    switch (cpu.at) {
      case INTERRUPTS_ON: {
        const isElsewhere = !this.isOpen;
        this.changeCpu(i, { ...cpu, at: isElsewhere ? USED : INTERRUPTS_OFF, isElsewhere });
        return isElsewhere ? "interrupts off, for something else" : "interrupts off";
      }
      case INTERRUPTS_OFF: {
        const array = cpuArrayOf(this.slab, CACHE, i);
        this.changeCpu(i, { ...cpu, at: LOADED, array, generation: this.generation });
        return "loads the pointer to its array";
      }
      case LOADED:
        return this.use(i, cpu);
      default: {
        const { isElsewhere, nrElsewhere, nrSections } = cpu;
        const counts = isElsewhere ? { nrElsewhere: nrElsewhere + 1 } : { nrSections: nrSections + 1 };
        this.changeCpu(i, { ...cpu, ...counts, at: INTERRUPTS_ON, isElsewhere: false, isAwaited: false });
        return "interrupts on";
      }
    }
  }

  private use(i: number, cpu: Cpu): string {
    if (cpu.isFreed) this.change({ complaint: `nobody uses an array after its free: CPU ${i} does` });
    const left = { ...cpu, at: USED, array: NO_ARRAY, generation: 0, isFreed: false };
    if (cpu.object === NO_OBJECT) {
      this.changeCpu(i, { ...left, object: allocThrough(this.slab, CACHE, cpu.array, i) });
      return "allocates an object through it";
    }
    freeThrough(this.slab, cpu.object, cpu.array, i);
    this.changeCpu(i, { ...left, object: NO_OBJECT });
    return "frees its object through it";
  }

  private change(change: Partial<ArrayCacheState>): void {
    this.state = { ...this.state, ...change };
  }

  private changeCpu(i: number, cpu: Cpu): void {
    this.change({ cpus: this.state.cpus.map((other, j) => (i === j ? cpu : other)) });
  }
}

function tunerSteps({ barrier, nrCpus, nrTunings }: ArrayCacheConfig): readonly TunerStep[] {
  const steps: TunerStep[] = [];
  const step = (kind: StepKind, index: number) => steps.push({ kind, index });
  const barrierStep = (replaces: boolean, tuning: number) => {
    if (!needsBarrier(barrier, replaces)) return;
    step("interrupt", tuning);
    step("wait", tuning);
  };
  step("make", 0);
  barrierStep(false, 0);
  step("open", 0);
  for (let tuning = 0; tuning < nrTunings; tuning++) {
    step("swap", tuning);
    barrierStep(true, tuning);
    step("store", tuning);
    for (let cpu = 0; cpu < nrCpus; cpu++) step("drain", cpu);
    step("free", tuning);
    step("node", tuning);
  }
  return steps;
}

/** Arrays shrink and grow in turn. */
function limitOf({ index }: TunerStep): number {
  return index % 2 === 0 ? 1 : SPEC.limit;
}
