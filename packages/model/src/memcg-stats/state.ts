/**
 * Memcg statistics: what each memory cgroup counts, and how its counts get from CPUs to readers.
 *
 *   memcg (a row)     sums: what readers see       A  A  A ...      one word per value
 *      |
 *      block ---> row of CPU 0 ---> row of CPU 3     R  R  R ...      what each CPU has not passed on
 *
 * A *value* is a number of the layout: stat items, then events, then the items of each node's lruvec (`eventValue`,
 * `lruvecValue`). A memcg's *block* stands for its percpu areas. It is a chain of rows, by ascending CPU; a CPU has a
 * row from its first update on, so that a memcg touched on one CPU costs one row. A row holds one or two *sets* of
 * values.
 *
 *   machinery          sums of a memcg            first set of a row         second set
 *   percpu-sum         what came without a block  all else                   -
 *   batch-local        its own                    residue                    -
 *   batch-hierarchy    its own and of all below   residue                    its own, spilled (lruvec: every delta)
 *   rstat              as of the last flush       all there is (now)         as of the last flush (prev)
 *
 * The block of a memcg goes through phases. `live` is the pointer writers follow, `parked` the one the early release
 * keeps until a grace period has passed:
 *
 *   LIVE --parkStats--> PARKED --flushParkedStats--> RELEASED --closeMemcgStats--> NO_STATS
 *
 * and without the early release from LIVE to NO_STATS at once. Outside LIVE updates go straight to the sums: to the
 * memcg's, and where sums are of all below too (*recursive*) to those of all its ancestors. Children go through the
 * phases before their parent: whoever has a block has it in all its ancestors too.
 *
 * A *side row* belongs to a memcg and to no CPU. Where sums are recursive its second set holds the memcg's own values
 * that are in no row of the block: those that came after it was parked, and all once it is gone. Under rstat its first
 * set holds what children passed up and the memcg has not taken in (*pending*).
 *
 * Who may change what: `rows.ts` rows and chains, `lifetime.ts` phases and the tree, `update.ts`, `hotplug.ts` and
 * `rstat.ts` values and sums. `verify.ts` checks what can be derived.
 *
 * Source: spec/memcg-slab.md C.
 */

import { assert } from "../assert.ts";
import { NO_ROW } from "../none.ts";
import { PAGE_BYTES } from "../percpu/constants.ts";
import { isByteItem, NR_LRUVEC_ITEMS, NR_MEMCG_EVENTS, NR_MEMCG_ITEMS } from "./items.ts";

export { NO_MEMCG, NO_ROW } from "../none.ts";

/** In `rowCpu`: a side row. */
export const NO_CPU = -1;

/** Values of `phase`. */
export const NO_STATS = 0;
export const LIVE = 1;
export const PARKED = 2;
export const RELEASED = 3;

/** Values of `cpuState`. A CPU that is gone runs nothing any more, but its hotplug callback is still to come. */
export const CPU_ONLINE = 0;
export const CPU_GONE = 1;
export const CPU_DEAD = 2;

/** Values of `machinery`, in the order of `MACHINERIES`. */
export const PERCPU_SUM = 0;
export const BATCH_LOCAL = 1;
export const BATCH_HIERARCHY = 2;
export const RSTAT = 3;

/** How counts reach readers, oldest first: v4.12, v5.0, v5.4 and v5.12, v6.1. */
export const MACHINERIES = ["percpu-sum", "batch-local", "batch-hierarchy", "rstat"] as const;
export type StatsMachinery = (typeof MACHINERIES)[number];

/**
 * Faults that can be switched on; a correct build has none of them.
 *
 * - S1: hotplug follows `parked` instead of `live`
 * - S2: hotplug adds a residue to the sums and leaves it where it was
 * - S3, H1: hotplug takes the residue of the CPU it runs on, not the dead CPU's (S3 is H1 below the early release)
 * - S4: a css that is freed before it ever went offline leaves its block behind
 * - H2: hotplug adds a residue once per level to the same memcg, and to no ancestor
 */
export const STATS_FAULTS = ["S1", "S2", "S3", "S4", "H1", "H2"] as const;
export type StatsFault = (typeof STATS_FAULTS)[number];

export interface StatsConfig {
  /** Possible CPUs. */
  readonly nrCpus: number;
  readonly nrNodes: number;
  readonly machinery: StatsMachinery;
  /** A CPU keeps up to so many pages of an item to itself: 32 up to 5.12, 64 in 6.1. */
  readonly batchPages: number;
  readonly faults: ReadonlySet<StatsFault>;
}

export interface MemcgStats {
  readonly machinery: number;
  readonly nrCpus: number;
  readonly nrNodes: number;
  readonly batchPages: number;
  readonly faults: ReadonlySet<StatsFault>;
  /** Values of a memcg, and of one set of a row. */
  readonly nrValues: number;
  /** Words of a row: one set or two. */
  readonly rowStride: number;
  /** By value: the largest residue a CPU may keep, in the value's unit. */
  readonly batch: Float64Array;

  /** Rows of memcgs ever used: [0, nrMemcgs). */
  nrMemcgs: number;
  phase: Int32Array;
  parent: Int32Array;
  /** Children not yet closed, dying ones among them, doubly linked. */
  firstChild: Int32Array;
  nextSibling: Int32Array;
  prevSibling: Int32Array;
  /** First row of the block. */
  head: Int32Array;
  sideRow: Int32Array;
  /** `nrValues` words per memcg. They may pass 2^31: bytes. */
  sums: Float64Array;

  /** Rows ever used; free ones are linked through `rowNext` from `freeRow`. */
  nrRows: number;
  freeRow: number;
  /** NO_MEMCG in a row that no memcg holds. */
  rowMemcg: Int32Array;
  rowCpu: Int32Array;
  rowNext: Int32Array;
  /** rstat: 1 when the row has news since the last flush; it is then on the list of its parent's row of the CPU. */
  updated: Int32Array;
  updatedChild: Int32Array;
  updatedNext: Int32Array;
  updatedPrev: Int32Array;
  values: Float64Array;

  readonly cpuState: Int32Array;
  /** rstat: sum of |delta| per CPU since it last added to `flushThreshold`. */
  readonly statsUpdates: Float64Array;
  flushThreshold: number;

  nrBlocksTaken: number;
  nrBlocksFreed: number;
  /** Blocks, and rows in them, that nothing leads to any more. */
  leakedBlocks: number;
  leakedRows: number;
  /** Reads and writes through a pointer to a block that was freed. */
  nrFreedTouches: number;
  /** Reads through a null pointer as if it were a block. */
  nrWildReads: number;

  /** Derived: rows found lately, by memcg and CPU; an entry counts only if the row it names says the same. */
  readonly rowCache: Int32Array;
}

/** Columns with one word per memcg. */
export const MEMCG_FIELDS = ["phase", "parent", "firstChild", "nextSibling", "prevSibling", "head", "sideRow"] as const;

/** Columns with one word per row. */
export const ROW_FIELDS = [
  "rowMemcg",
  "rowCpu",
  "rowNext",
  "updated",
  "updatedChild",
  "updatedNext",
  "updatedPrev",
] as const;

/** Counts of the whole table. */
export const STATS_TOTALS = [
  "nrMemcgs",
  "nrRows",
  "freeRow",
  "flushThreshold",
  "nrBlocksTaken",
  "nrBlocksFreed",
  "leakedBlocks",
  "leakedRows",
  "nrFreedTouches",
  "nrWildReads",
] as const;

/** Values below are the memcg's: its items, then its events. From here on they are its lruvecs'. */
export const FIRST_LRUVEC_VALUE = NR_MEMCG_ITEMS + NR_MEMCG_EVENTS;

const INITIAL_MEMCGS = 16;
const INITIAL_ROWS = 16;
export const ROW_CACHE_LOG = 12;

/** Statistics of a machine without memcgs; all CPUs are online. */
export function createMemcgStats(config: StatsConfig): MemcgStats {
  const machinery = MACHINERIES.indexOf(config.machinery);
  assert(config.nrCpus >= 1 && config.nrNodes >= 1, "a machine has CPUs and nodes");
  assert(machinery === PERCPU_SUM || config.batchPages >= 1, "a batch is one page or more");
  const nrValues = NR_MEMCG_ITEMS + NR_MEMCG_EVENTS + config.nrNodes * NR_LRUVEC_ITEMS;
  const rowStride = machinery === BATCH_HIERARCHY || machinery === RSTAT ? 2 * nrValues : nrValues;
  const memcgs = () => new Int32Array(INITIAL_MEMCGS);
  const rows = () => new Int32Array(INITIAL_ROWS).fill(NO_ROW);
  return {
    machinery,
    nrCpus: config.nrCpus,
    nrNodes: config.nrNodes,
    batchPages: config.batchPages,
    faults: config.faults,
    nrValues,
    rowStride,
    batch: batches(nrValues, config.batchPages),
    nrMemcgs: 0,
    phase: memcgs(),
    parent: memcgs(),
    firstChild: memcgs(),
    nextSibling: memcgs(),
    prevSibling: memcgs(),
    head: memcgs(),
    sideRow: memcgs(),
    sums: new Float64Array(INITIAL_MEMCGS * nrValues),
    nrRows: 0,
    freeRow: NO_ROW,
    rowMemcg: rows(),
    rowCpu: rows(),
    rowNext: rows(),
    updated: rows(),
    updatedChild: rows(),
    updatedNext: rows(),
    updatedPrev: rows(),
    values: new Float64Array(INITIAL_ROWS * rowStride),
    cpuState: new Int32Array(config.nrCpus),
    statsUpdates: new Float64Array(config.nrCpus),
    flushThreshold: 0,
    nrBlocksTaken: 0,
    nrBlocksFreed: 0,
    leakedBlocks: 0,
    leakedRows: 0,
    nrFreedTouches: 0,
    nrWildReads: 0,
    rowCache: new Int32Array(2 ** ROW_CACHE_LOG),
  };
}

/** Pages for all but the byte items; the kB item keeps the plain number, in kB, as no rule scales it. */
function batches(nrValues: number, batchPages: number): Float64Array {
  const batch = new Float64Array(nrValues).fill(batchPages);
  for (let value = 0; value < nrValues; value++) {
    const item = value < FIRST_LRUVEC_VALUE ? value : (value - FIRST_LRUVEC_VALUE) % NR_LRUVEC_ITEMS;
    const isItem = value < NR_MEMCG_ITEMS || value >= FIRST_LRUVEC_VALUE;
    if (isItem && isByteItem(item)) batch[value] = batchPages * PAGE_BYTES;
  }
  return batch;
}

/** The value of an event. That of a stat item is the item itself. */
export function eventValue(event: number): number {
  return NR_MEMCG_ITEMS + event;
}

/** The value of an item of the memcg's part on `node`. */
export function lruvecValue(node: number, item: number): number {
  return FIRST_LRUVEC_VALUE + node * NR_LRUVEC_ITEMS + item;
}

/** The memcg's block is there: writers that looked at `live` in time may store into it. */
export function hasBlock(s: MemcgStats, memcg: number): boolean {
  return s.phase[memcg] === LIVE || s.phase[memcg] === PARKED;
}

/** A memcg's sums are its own and those of all below it. */
export function hasRecursiveSums(s: MemcgStats): boolean {
  return s.machinery === BATCH_HIERARCHY || s.machinery === RSTAT;
}

/** Where in a block's row the memcg's own values begin; batch-local has them in its sums alone. */
export function ownSet(s: MemcgStats): number {
  return s.machinery === BATCH_HIERARCHY ? s.nrValues : 0;
}

/** Residues are kept within a batch, and moved to the sums when their CPU dies. */
export function isBatched(s: MemcgStats): boolean {
  return s.machinery === BATCH_LOCAL || s.machinery === BATCH_HIERARCHY;
}
