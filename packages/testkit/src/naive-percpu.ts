/**
 * The percpu allocator's slow reference: it knows which 4-byte grain of which chunk belongs to whom, and which pages
 * are populated, and nothing of hints, lists or policies. It cannot tell where an area must go, but it throws when one
 * overlaps another, is misaligned or out of range, lies on a page without memory, or when a free or an event makes no
 * sense. Attach it as `events` of an allocator.
 */

import type { Geometry, Percpu, PercpuEvents } from "@ebb/model";
import { CHARGED_BYTES, NR_CHUNKS, NR_CUR_ALLOC, NR_POPULATED, NR_ROWS, testBit } from "@ebb/model";

const GRAIN_BYTES = 4;
const PAGE_BYTES = 4096;
const GRAINS_PER_PAGE = PAGE_BYTES / GRAIN_BYTES;
const NOBODY = 0;
/** Owner of what the first chunk and the reserved chunk hide at their ends. */
const HIDDEN = -1;
const FIRST_ORDINAL = 0;
const RESERVED_ORDINAL = -1;

interface NaiveChunk {
  readonly kind: number;
  /** First and reserved chunk: never populated, depopulated or destroyed. */
  readonly fixed: boolean;
  /** Who owns each grain. */
  readonly owner: Int32Array;
  /** Per page. */
  readonly populated: Uint8Array;
}

interface NaiveArea {
  readonly ordinal: number;
  readonly firstGrain: number;
  readonly nrGrains: number;
}

function check(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`naive model: ${what}`);
}

export class NaivePercpu implements PercpuEvents {
  private readonly geometry: Geometry;
  private readonly chunks = new Map<number, NaiveChunk>();
  private readonly areas = new Map<number, NaiveArea>();
  private nextOrdinal = 1;
  /** Pages of one unit: those of boot and those of later chunks. */
  private nrPopulated: number;
  private accountedGrains = 0;

  constructor(geometry: Geometry) {
    this.geometry = geometry;
    const g = geometry;
    const staticEnd = Math.ceil(g.staticBytes / GRAIN_BYTES) * GRAIN_BYTES;
    const bootEnd = g.staticBytes + g.reservedBytes + g.dynamicBytes;
    if (g.reservedBytes > 0) this.chunks.set(RESERVED_ORDINAL, fixedChunk(staticEnd, staticEnd + g.reservedBytes));
    this.chunks.set(FIRST_ORDINAL, fixedChunk(staticEnd + g.reservedBytes, bootEnd));
    this.nrPopulated = Math.floor(bootEnd / PAGE_BYTES);
  }

  get nrAreas(): number {
    return this.areas.size;
  }

  chunkCreated(ordinal: number, kind: number): void {
    check(ordinal === this.nextOrdinal++, `chunk ${ordinal} created out of order`);
    const nrGrains = this.geometry.unitBytes / GRAIN_BYTES;
    const populated = new Uint8Array(nrGrains / GRAINS_PER_PAGE);
    this.chunks.set(ordinal, { kind, fixed: false, owner: new Int32Array(nrGrains), populated });
  }

  chunkDestroyed(ordinal: number): void {
    const chunk = this.changeable(ordinal);
    check(
      chunk.owner.every((owner) => owner === NOBODY),
      `chunk ${ordinal} destroyed with an area in it`,
    );
    check(!chunk.populated.includes(1), `chunk ${ordinal} destroyed with a populated page`);
    this.chunks.delete(ordinal);
  }

  pagesPopulated(ordinal: number, from: number, end: number): void {
    this.changePages(ordinal, from, end, 1);
    this.nrPopulated += end - from;
  }

  pagesDepopulated(ordinal: number, from: number, end: number): void {
    const chunk = this.changePages(ordinal, from, end, 0);
    const grains = chunk.owner.subarray(from * GRAINS_PER_PAGE, end * GRAINS_PER_PAGE);
    check(
      grains.every((owner) => owner === NOBODY),
      `chunk ${ordinal}: a page with an area was depopulated`,
    );
    this.nrPopulated -= end - from;
  }

  balanceWorkPending(): void {}

  /** An area of `sizeBytes` was served; `id` is positive and used once. */
  place(id: number, ordinal: number, offBytes: number, sizeBytes: number, alignBytes: number, kind: number): void {
    const chunk = this.chunkCalled(ordinal);
    const nrGrains = Math.ceil(sizeBytes / GRAIN_BYTES);
    const firstGrain = offBytes / GRAIN_BYTES;
    const end = firstGrain + nrGrains;
    check(chunk.kind === kind, `area ${id} of kind ${kind} lies in a chunk of kind ${chunk.kind}`);
    check(
      offBytes % Math.max(alignBytes, GRAIN_BYTES) === 0,
      `area ${id} at ${offBytes} is not aligned to ${alignBytes}`,
    );
    check(firstGrain >= 0 && end <= chunk.owner.length, `area ${id} at ${offBytes} is out of range`);
    for (let grain = firstGrain; grain < end; grain++) {
      if (chunk.owner[grain] !== NOBODY) throw new Error(`naive model: area ${id} overlaps area ${chunk.owner[grain]}`);
      if (chunk.populated[Math.floor(grain / GRAINS_PER_PAGE)] !== 1) throw new Error("naive model: no memory there");
      chunk.owner[grain] = id;
    }
    if (kind === 1) this.accountedGrains += nrGrains;
    this.areas.set(id, { ordinal, firstGrain, nrGrains });
  }

  free(id: number): void {
    const area = this.areas.get(id);
    check(area !== undefined, `area ${id} is freed but does not live`);
    const chunk = this.chunkCalled(area.ordinal);
    for (let grain = area.firstGrain; grain < area.firstGrain + area.nrGrains; grain++) {
      if (chunk.owner[grain] !== id) throw new Error(`naive model: area ${id} lost a grain`);
      chunk.owner[grain] = NOBODY;
    }
    if (chunk.kind === 1) this.accountedGrains -= area.nrGrains;
    this.areas.delete(id);
  }

  /** Compares the counts of the allocator with those kept here; throws at the first difference. */
  checkCounts(t: Percpu): void {
    const nrChunks = this.chunks.size - (this.chunks.has(RESERVED_ORDINAL) ? 1 : 0);
    const charged = this.accountedGrains * GRAIN_BYTES * this.geometry.nrCpus;
    check(t.globals[NR_CUR_ALLOC] === this.areas.size, "the number of areas differs");
    check(t.globals[NR_CHUNKS] === nrChunks, "the number of chunks differs");
    check(t.globals[NR_POPULATED] === this.nrPopulated, "the number of populated pages differs");
    check(t.totals[CHARGED_BYTES] === charged, "the charged bytes differ");
  }

  /** Compares every bit of the two maps with what is known here; throws at the first difference. */
  checkMaps(t: Percpu): void {
    let nrLive = 0;
    for (let row = 0; row < (t.globals[NR_ROWS] ?? 0); row++) {
      const ordinal = t.ordinal[row] ?? RESERVED_ORDINAL;
      if (ordinal === RESERVED_ORDINAL && row !== t.reservedChunk) continue;
      const chunk = this.chunkCalled(ordinal);
      nrLive++;
      checkBits(t.allocMap, row * t.allocMapWords, chunk.owner, `chunk ${ordinal}: the allocation map differs`);
      checkBits(t.populated, row * t.pageWords, chunk.populated, `chunk ${ordinal}: the populated map differs`);
    }
    check(nrLive === this.chunks.size, "the live chunks differ");
  }

  private chunkCalled(ordinal: number): NaiveChunk {
    const chunk = this.chunks.get(ordinal);
    check(chunk !== undefined, `there is no chunk ${ordinal}`);
    return chunk;
  }

  private changeable(ordinal: number): NaiveChunk {
    const chunk = this.chunkCalled(ordinal);
    check(!chunk.fixed, `chunk ${ordinal} must not change`);
    return chunk;
  }

  private changePages(ordinal: number, from: number, end: number, populated: number): NaiveChunk {
    const chunk = this.changeable(ordinal);
    check(from >= 0 && from < end && end <= chunk.populated.length, `chunk ${ordinal}: no pages ${from} to ${end}`);
    for (let page = from; page < end; page++) {
      check(chunk.populated[page] !== populated, `chunk ${ordinal} page ${page} was populated or depopulated twice`);
      chunk.populated[page] = populated;
    }
    return chunk;
  }
}

/** A chunk over bytes `[from, end)` of the first units, counted from the page that holds `from`. */
function fixedChunk(from: number, end: number): NaiveChunk {
  const origin = Math.floor(from / PAGE_BYTES) * PAGE_BYTES;
  const nrPages = Math.ceil((end - origin) / PAGE_BYTES);
  const owner = new Int32Array(nrPages * GRAINS_PER_PAGE).fill(HIDDEN);
  owner.fill(NOBODY, (from - origin) / GRAIN_BYTES, (end - origin) / GRAIN_BYTES);
  return { kind: 0, fixed: true, owner, populated: new Uint8Array(nrPages).fill(1) };
}

/** Every bit of a map that begins at word `base` must be set exactly where `truth` is not 0. */
function checkBits(words: Int32Array, base: number, truth: Int32Array | Uint8Array, fault: string): void {
  const readBit = testBit;
  for (let bit = 0; bit < truth.length; bit++) {
    if (readBit(words, base, bit) !== (truth[bit] !== 0)) throw new Error(`naive model: ${fault} at ${bit}`);
  }
}
