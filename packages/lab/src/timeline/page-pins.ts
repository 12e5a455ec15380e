/**
 * What pins a page: the areas that lie in it, whose they are, how old. A populated page with an area in it stays, however
 * small the area is.
 *
 *     c3 page 5: 2 areas, 208 of 4096 bytes
 *       offset 20480  160 B  /hollow/11  12.005 s old
 *       offset 20640   48 B  /hollow/12  11.990 s old, removed 1.200 s ago
 */

import { type AreaColumns, CHUNK_RESERVED, type HolderColumns, type InstantView, NO_HOLDER } from "./view.ts";

/** @public An area that lies in a page, wholly or in part. */
export interface PagePin {
  readonly offBytes: number;
  readonly sizeBytes: number;
  /** Of the area, in this page. */
  readonly bytesHere: number;
  /** Row of the holders, or NO_HOLDER. */
  readonly holder: number;
  /** NaN where it is not known. */
  readonly bornNs: number;
}

const PAGE_BYTES = 4096;
const NS_PER_S = 1e9;

/** The areas that touch `page`, by offset. */
export function pagePins(areas: AreaColumns, page: number): readonly PagePin[] {
  const pins: PagePin[] = [];
  const [from, end] = [page * PAGE_BYTES, (page + 1) * PAGE_BYTES];
  for (let i = 0; i < areas.nrAreas; i++) {
    const offBytes = areas.offBytes[i] ?? 0;
    const sizeBytes = areas.sizeBytes[i] ?? 0;
    const bytesHere = Math.min(end, offBytes + sizeBytes) - Math.max(from, offBytes);
    if (bytesHere <= 0) continue;
    const holder = areas.holder[i] ?? NO_HOLDER;
    pins.push({ offBytes, sizeBytes, bytesHere, holder, bornNs: areas.bornNs[i] ?? Number.NaN });
  }
  return pins;
}

/**
 * What pins `page` of chunk number `chunk` of the view, in words.
 *
 * @param areas those of this chunk at the view's instant
 */
export function printPagePins(view: InstantView, chunk: number, areas: AreaColumns, page: number): string {
  const { chunks } = view;
  const isReserved = Math.floor((chunks.flags[chunk] ?? 0) / CHUNK_RESERVED) % 2 === 1;
  const title = `${isReserved ? "cR" : `c${chunks.ordinal[chunk] ?? 0}`} page ${page}`;
  const pins = pagePins(areas, page);
  if (pins.length === 0) return `${title}: nothing lies in it\n`;
  const bytes = pins.reduce((sum, { bytesHere }) => sum + bytesHere, 0);
  const rows = pins.map((pin) => [
    `offset ${String(pin.offBytes).padStart(String(pins.at(-1)?.offBytes ?? 0).length)}`,
    `${String(pin.sizeBytes).padStart(5)} B`,
    holderPath(view.holders, pin.holder),
    agesOf(view, pin),
  ]);
  const width = Math.max(...rows.map(([, , name = ""]) => name.length));
  const lines = rows.map(([off, size, name = "", ages]) => `  ${off}  ${size}  ${name.padEnd(width)}  ${ages}\n`);
  return `${title}: ${pins.length === 1 ? "1 area" : `${pins.length} areas`}, ${bytes} of ${PAGE_BYTES} bytes\n${lines.join("")}`;
}

/** A cgroup's path below its root; the name of any other holder. */
function holderPath(holders: HolderColumns, holder: number): string {
  if (holder === NO_HOLDER) return "not known";
  if (holders.kind[holder] !== "cgroup") return holders.name[holder] ?? "";
  let path = "";
  for (let up = holder; up !== NO_HOLDER && holders.kind[up] === "cgroup"; up = holders.parent[up] ?? NO_HOLDER) {
    path = `/${holders.name[up] ?? ""}${path}`;
  }
  return path;
}

function agesOf({ holders, timeNs }: InstantView, { holder, bornNs }: PagePin): string {
  const seconds = (fromNs: number) => `${((timeNs - fromNs) / NS_PER_S).toFixed(3)} s`;
  const age = Number.isNaN(bornNs) ? "age not known" : `${seconds(bornNs)} old`;
  const removedNs = holder === NO_HOLDER ? Number.NaN : (holders.dyingSinceNs[holder] ?? Number.NaN);
  return Number.isNaN(removedNs) ? age : `${age}, removed ${seconds(removedNs)} ago`;
}
