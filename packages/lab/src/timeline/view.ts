/**
 * A run or a recording that can be looked at at any of its instants, and what is seen there: typed arrays in the
 * model's units, which a view draws as they are and a worker sends to a page.
 *
 *     position   0      1      2     ...     nrEvents      events done so far
 *     state      start  after the first      the end
 *
 * Implemented by `script-timeline.ts` (a script on a machine) and `trace-timeline.ts` (a recorded trace).
 */

/** What a page of a chunk is, in the order of the map's legend. */
export const PAGE_UNPOPULATED = 0;
export const PAGE_EMPTY = 1;
export const PAGE_PARTLY = 2;
export const PAGE_FULL = 3;
/** The chunk is shorter: there is no such page. */
export const PAGE_ABSENT = 4;

/** Flags of a chunk. */
export const CHUNK_FIRST = 1;
export const CHUNK_RESERVED = 2;
export const CHUNK_ISOLATED = 4;
export const CHUNK_SIDELINED = 8;

/** Nobody: the page has no area, or the holder no parent. */
export const NO_HOLDER = -1;

/** All chunks, in the order in which the allocator looks through them. One value for each chunk, or for each page. */
export interface ChunkColumns {
  readonly nrChunks: number;
  /** Cells in a row of the page columns: the most pages that a chunk has. */
  readonly pagesPerRow: number;
  /** Row of the chunk in the allocator: its identity as long as it lives. */
  readonly row: Int32Array;
  /** Number it was made as. */
  readonly ordinal: Int32Array;
  readonly slot: Int32Array;
  readonly flags: Uint8Array;
  readonly nrPages: Int32Array;
  /** PAGE_… of each page. */
  readonly pageClass: Uint8Array;
  /** Bytes of one unit in live areas, 0 to 4096, of each page. */
  readonly usedBytes: Uint16Array;
  /** Live areas that touch each page. */
  readonly nrAreas: Uint16Array;
  /** Who holds most of each page's bytes: a row of `HolderColumns`, or NO_HOLDER. */
  readonly holder: Int32Array;
  /** Birth of the oldest area in each page, ns; NaN without any or where it is not known. */
  readonly oldestNs: Float64Array;
}

/** What a holder is. */
export type HolderKind = "root" | "cgroup" | "call-site" | "boot" | "unknown";

/** Who holds areas: a tree, parents before their children. Bytes count one unit; times `nrUnits` is memory. */
export interface HolderColumns {
  readonly nrHolders: number;
  readonly kind: readonly HolderKind[];
  /** Name of the cgroup's directory, or call site and size. */
  readonly name: readonly string[];
  readonly parent: Int32Array;
  /** Own live areas, and their bytes. */
  readonly nrAreas: Int32Array;
  readonly bytes: Float64Array;
  /** Bytes of the pages in which it holds something and nobody else does, less its own bytes. */
  readonly pinnedBytes: Float64Array;
  /** When the cgroup was removed, ns; NaN for what is alive. */
  readonly dyingSinceNs: Float64Array;
}

/** Live areas of one chunk by offset. */
export interface AreaColumns {
  readonly nrAreas: number;
  readonly offBytes: Int32Array;
  readonly sizeBytes: Int32Array;
  /** Row of `HolderColumns` of the same instant, or NO_HOLDER. */
  readonly holder: Int32Array;
  /** NaN where it is not known. */
  readonly bornNs: Float64Array;
}

/** Figures by name, in the order they are shown; kB where the unit says so. */
export interface InstantFigure {
  readonly name: string;
  readonly value: number;
  readonly unit: "kB" | "B" | "pages" | "";
  /** What it is, in a sentence. */
  readonly meaning: string;
}

export interface InstantView {
  readonly position: number;
  readonly timeNs: number;
  /** The event that led here, in words; "" at the start. */
  readonly event: string;
  /** State hash, 16 digits. */
  readonly hash: string;
  readonly nrUnits: number;
  readonly figures: readonly InstantFigure[];
  readonly chunks: ChunkColumns;
  readonly holders: HolderColumns;
}

/** @public One curve: a step function, its values held until the next time. */
export interface Series {
  readonly name: string;
  readonly unit: "kB" | "B" | "pages" | "";
  readonly values: Float64Array;
}

/** Something of note: a script's output line or mark, or deferred work that ran. */
export interface TimelineMark {
  readonly timeNs: number;
  readonly position: number;
  readonly kind: "reading" | "mark" | "deferred";
  readonly label: string;
}

/** What is known of the whole length; same arrays for the life of the timeline. */
export interface TimelineCurves {
  /** Times of the samples, ns, ascending; the first is 0 and the last the end. */
  readonly timeNs: Float64Array;
  readonly position: Float64Array;
  readonly series: readonly Series[];
  readonly marks: readonly TimelineMark[];
}

export interface Timeline {
  readonly title: string;
  readonly policy: string;
  readonly nrEvents: number;
  readonly endNs: number;
  readonly curves: TimelineCurves;
  /** The last position whose event happened at or before the time, ns. */
  positionAt(timeNs: number): number;
  /** State after so many events, from the nearest snapshot before it. */
  viewAt(position: number): InstantView;
  /** Areas of a chunk, by its allocator row, at the position viewed last. */
  areasOf(chunkRow: number): AreaColumns;
}
