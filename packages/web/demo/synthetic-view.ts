/** Made-up instants of any size for the demo of the views: shaped like a machine's, computed by nobody. */

import {
  type AreaColumns,
  CHUNK_FIRST,
  CHUNK_ISOLATED,
  CHUNK_RESERVED,
  CHUNK_SIDELINED,
  type ChunkColumns,
  type HolderColumns,
  type HolderKind,
  type InstantView,
  NO_HOLDER,
  PAGE_ABSENT,
  PAGE_EMPTY,
  PAGE_FULL,
  PAGE_PARTLY,
  PAGE_UNPOPULATED,
} from "@ebb/lab/timeline-view";

const PAGE_BYTES = 4096;
const FIRST_CHUNK_PAGES = 7;
const RESERVED_PAGES = 2;
const AREA_SIZES: readonly number[] = [1024, 96, 512, 32, 208, 64];
const END_NS = 42_500_000_000;
const NR_UNITS = 16;

/** A small generator with a fixed start: the same demo each time. */
function randomShares(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

export interface SyntheticSize {
  readonly nrChunks: number;
  readonly pagesPerRow: number;
  readonly nrCgroups: number;
  /** The share of a page's areas that is left once its cgroups are gone. */
  readonly survivors: number;
  /** Empty pages were given back, and such chunks set aside. */
  readonly depopulated: boolean;
}

export interface SyntheticInstant {
  readonly view: InstantView;
  readonly areasOf: (chunkRow: number) => AreaColumns;
}

interface Area {
  readonly offBytes: number;
  readonly sizeBytes: number;
  readonly holder: number;
  readonly bornNs: number;
}

export function syntheticInstant(size: SyntheticSize): SyntheticInstant {
  const areas: (readonly Area[])[] = [];
  const random = randomShares(20261126);
  for (let chunk = 0; chunk < size.nrChunks; chunk++) areas.push(fillChunk(size, chunk, random));
  const chunks = emptyChunks(size);
  for (let chunk = 0; chunk < size.nrChunks; chunk++) describeChunk(size, chunks, chunk, areas[chunk] ?? []);
  const holders = holdersOf(size, areas);
  const nrEmpty = chunks.pageClass.filter((one) => one === PAGE_EMPTY).length;
  const nrPopulated = chunks.pageClass.filter((one) => one !== PAGE_UNPOPULATED && one !== PAGE_ABSENT).length;
  const view: InstantView = {
    position: 88_000,
    timeNs: END_NS,
    event: "rmdir percpu-test/cg-1000",
    hash: "0123456789abcdef",
    nrUnits: NR_UNITS,
    figures: [
      {
        name: "Percpu",
        value: nrPopulated * 4 * NR_UNITS,
        unit: "kB",
        meaning: "Memory of populated pages, on all CPUs",
      },
      {
        name: "empty populated",
        value: nrEmpty * 4 * NR_UNITS,
        unit: "kB",
        meaning: "Populated pages without an area",
      },
      { name: "chunks", value: size.nrChunks, unit: "", meaning: "Chunks of the percpu allocator" },
      { name: "live cgroups", value: Math.round(size.nrCgroups * 0.6), unit: "", meaning: "Online, below the root" },
      { name: "dying cgroups", value: Math.round(size.nrCgroups * 0.4), unit: "", meaning: "Removed and not released" },
    ],
    chunks,
    holders,
  };
  return { view, areasOf: (row) => areaColumns(areas[row] ?? []) };
}

function nrPagesOf({ pagesPerRow }: SyntheticSize, chunk: number): number {
  if (chunk === 0) return Math.min(RESERVED_PAGES, pagesPerRow);
  return chunk === 1 ? Math.min(FIRST_CHUNK_PAGES, pagesPerRow) : pagesPerRow;
}

/** Areas one behind the other; in older chunks most of them are gone. */
function fillChunk(size: SyntheticSize, chunk: number, random: () => number): readonly Area[] {
  const nrPages = chunk === 0 ? 1 : nrPagesOf(size, chunk);
  const isOld = chunk > 1 && chunk < size.nrChunks - 2;
  const usedPages = chunk === size.nrChunks - 1 ? Math.floor(nrPages / 3) : nrPages;
  const areas: Area[] = [];
  let offBytes = 0;
  for (let i = 0; offBytes < usedPages * PAGE_BYTES; i++) {
    const sizeBytes = AREA_SIZES[i % AREA_SIZES.length] ?? 64;
    const progress = (chunk + offBytes / (nrPages * PAGE_BYTES)) / size.nrChunks;
    const cgroup = Math.floor(progress * size.nrCgroups);
    const stays = !isOld || (cgroup % 11 === 0 ? random() < 0.9 : random() < size.survivors);
    const fits = offBytes + sizeBytes <= usedPages * PAGE_BYTES;
    if (stays && fits)
      areas.push({ offBytes, sizeBytes, holder: holderRow(size, chunk, cgroup), bornNs: progress * END_NS });
    offBytes += sizeBytes;
  }
  return areas;
}

const FIRST_CGROUP_ROW = 4;

function holderRow({ nrCgroups }: SyntheticSize, chunk: number, cgroup: number): number {
  if (chunk <= 1) return 1;
  return FIRST_CGROUP_ROW + Math.min(nrCgroups - 1, cgroup);
}

function emptyChunks({ nrChunks, pagesPerRow }: SyntheticSize): ChunkColumns {
  const nrCells = nrChunks * pagesPerRow;
  return {
    nrChunks,
    pagesPerRow,
    row: Int32Array.from({ length: nrChunks }, (_, i) => i),
    ordinal: Int32Array.from({ length: nrChunks }, (_, i) => Math.max(0, i - 1)),
    slot: new Int32Array(nrChunks),
    flags: new Uint8Array(nrChunks),
    nrPages: new Int32Array(nrChunks),
    pageClass: new Uint8Array(nrCells).fill(PAGE_ABSENT),
    usedBytes: new Uint16Array(nrCells),
    nrAreas: new Uint16Array(nrCells),
    holder: new Int32Array(nrCells).fill(NO_HOLDER),
    oldestNs: new Float64Array(nrCells).fill(Number.NaN),
  };
}

function describeChunk(size: SyntheticSize, c: ChunkColumns, chunk: number, areas: readonly Area[]): void {
  const nrPages = nrPagesOf(size, chunk);
  const firstCell = chunk * c.pagesPerRow;
  c.nrPages[chunk] = nrPages;
  const isOld = chunk > 1 && chunk < size.nrChunks - 2;
  const isAside = size.depopulated && isOld;
  const flags = chunk === 0 ? CHUNK_RESERVED : chunk === 1 ? CHUNK_FIRST : 0;
  c.flags[chunk] = isAside ? CHUNK_ISOLATED + (chunk % 5 === 0 ? 0 : CHUNK_SIDELINED) : flags;
  c.slot[chunk] = isAside ? 17 : Math.min(15, Math.floor((chunk * 16) / size.nrChunks));
  for (const { offBytes, sizeBytes, holder, bornNs } of areas) {
    for (let page = Math.floor(offBytes / PAGE_BYTES); page * PAGE_BYTES < offBytes + sizeBytes; page++) {
      const cell = firstCell + page;
      const from = Math.max(offBytes, page * PAGE_BYTES);
      const end = Math.min(offBytes + sizeBytes, (page + 1) * PAGE_BYTES);
      c.usedBytes[cell] = (c.usedBytes[cell] ?? 0) + end - from;
      c.nrAreas[cell] = (c.nrAreas[cell] ?? 0) + 1;
      if (c.holder[cell] === NO_HOLDER) c.holder[cell] = holder;
      c.oldestNs[cell] = Math.min(bornNs, Number.isNaN(c.oldestNs[cell]) ? bornNs : (c.oldestNs[cell] ?? bornNs));
    }
  }
  for (let cell = firstCell; cell < firstCell + nrPages; cell++) {
    const used = c.usedBytes[cell] ?? 0;
    const isTail = chunk === size.nrChunks - 1 && cell - firstCell > nrPages / 2;
    const empty = isAside || isTail ? PAGE_UNPOPULATED : PAGE_EMPTY;
    c.pageClass[cell] = used === 0 ? empty : used === PAGE_BYTES ? PAGE_FULL : PAGE_PARTLY;
  }
}

function holdersOf({ nrCgroups }: SyntheticSize, areas: readonly (readonly Area[])[]): HolderColumns {
  const nrHolders = FIRST_CGROUP_ROW + nrCgroups;
  const kind: HolderKind[] = ["root", "boot", "cgroup", "unknown"];
  const name = ["/", "since boot", "percpu-test", "not known"];
  const nrAreas = new Int32Array(nrHolders);
  const bytes = new Float64Array(nrHolders);
  const parent = new Int32Array(nrHolders).fill(2);
  parent.set([NO_HOLDER, 0, 0, 0]);
  const dyingSinceNs = new Float64Array(nrHolders).fill(Number.NaN);
  for (let i = 0; i < nrCgroups; i++) {
    kind.push("cgroup");
    name.push(`cg-${i + 1}`);
    if (i % 11 !== 0) dyingSinceNs[FIRST_CGROUP_ROW + i] = END_NS * 0.6 + (i / nrCgroups) * END_NS * 0.3;
  }
  for (const { holder, sizeBytes } of areas.flat()) {
    nrAreas[holder] = (nrAreas[holder] ?? 0) + 1;
    bytes[holder] = (bytes[holder] ?? 0) + sizeBytes;
  }
  const pinnedBytes = bytes.map((own) => Math.round(own * 2.4));
  return { nrHolders, kind, name, parent, nrAreas, bytes, pinnedBytes, dyingSinceNs };
}

function areaColumns(areas: readonly Area[]): AreaColumns {
  return {
    nrAreas: areas.length,
    offBytes: Int32Array.from(areas, ({ offBytes }) => offBytes),
    sizeBytes: Int32Array.from(areas, ({ sizeBytes }) => sizeBytes),
    holder: Int32Array.from(areas, ({ holder }) => holder),
    bornNs: Float64Array.from(areas, ({ bornNs }) => bornNs),
  };
}
