/**
 * An instant small enough to reckon by hand:
 *
 *     row 7  c0 first      full   partly 2048 B in 2 areas
 *     row 3  c1 sidelined  unpopulated   partly 96 B in 1 area   empty
 */

import {
  type AreaColumns,
  CHUNK_FIRST,
  CHUNK_ISOLATED,
  CHUNK_SIDELINED,
  type InstantView,
  NO_HOLDER,
  PAGE_ABSENT,
  PAGE_EMPTY,
  PAGE_FULL,
  PAGE_PARTLY,
  PAGE_UNPOPULATED,
} from "@ebb/lab/timeline-view";

const NS_PER_S = 1e9;

/** Holders: 0 the root, 1 since boot, 2 the cgroup `test`, 3 its dying child `a,b`. */
export const SMALL_VIEW: InstantView = {
  position: 12,
  timeNs: 10 * NS_PER_S,
  event: "rmdir test/a,b",
  hash: "00000000000000aa",
  nrUnits: 4,
  figures: [{ name: "Percpu", value: 64, unit: "kB", meaning: "Memory of populated pages" }],
  chunks: {
    nrChunks: 2,
    pagesPerRow: 3,
    row: Int32Array.of(7, 3),
    ordinal: Int32Array.of(0, 1),
    slot: Int32Array.of(1, 17),
    flags: Uint8Array.of(CHUNK_FIRST, CHUNK_ISOLATED + CHUNK_SIDELINED),
    nrPages: Int32Array.of(2, 3),
    pageClass: Uint8Array.of(PAGE_FULL, PAGE_PARTLY, PAGE_ABSENT, PAGE_UNPOPULATED, PAGE_PARTLY, PAGE_EMPTY),
    usedBytes: Uint16Array.of(4096, 2048, 0, 0, 96, 0),
    nrAreas: Uint16Array.of(4, 2, 0, 0, 1, 0),
    holder: Int32Array.of(1, 2, NO_HOLDER, NO_HOLDER, 3, NO_HOLDER),
    oldestNs: Float64Array.of(Number.NaN, 9 * NS_PER_S, Number.NaN, Number.NaN, 1 * NS_PER_S, Number.NaN),
  },
  holders: {
    nrHolders: 4,
    kind: ["root", "boot", "cgroup", "cgroup"],
    name: ["/", "since boot", "test", "a,b"],
    parent: Int32Array.of(NO_HOLDER, 0, 0, 2),
    nrAreas: Int32Array.of(0, 4, 2, 1),
    bytes: Float64Array.of(0, 4096, 2048, 96),
    pinnedBytes: Float64Array.of(0, 0, 2048, 4000),
    dyingSinceNs: Float64Array.of(Number.NaN, Number.NaN, Number.NaN, 8 * NS_PER_S),
  },
};

/** Of the sidelined chunk: one area of 96 B in its second page. */
export const SMALL_AREAS: AreaColumns = areaColumns([[4096 + 1024, 96, 3, 1 * NS_PER_S]]);

/** @param rows offset, size, holder, birth of each */
export function areaColumns(
  rows: readonly (readonly [offBytes: number, sizeBytes: number, holder: number, bornNs: number])[],
): AreaColumns {
  return {
    nrAreas: rows.length,
    offBytes: Int32Array.from(rows, ([offBytes]) => offBytes),
    sizeBytes: Int32Array.from(rows, ([, sizeBytes]) => sizeBytes),
    holder: Int32Array.from(rows, ([, , holder]) => holder),
    bornNs: Float64Array.from(rows, ([, , , bornNs]) => bornNs),
  };
}
