/** Which pages belong to a chosen holder and to those below it. */

import { type ChunkColumns, type HolderColumns, NO_HOLDER } from "@ebb/lab/timeline-view";

/** 1 for the holder and all below it, by row. */
export function holderAndBelow(holders: HolderColumns, chosen: number): Uint8Array {
  const within = new Uint8Array(holders.nrHolders);
  // Parents stand before their children.
  for (let holder = 0; holder < holders.nrHolders; holder++) {
    const parent = holders.parent[holder] ?? NO_HOLDER;
    if (holder === chosen || (parent !== NO_HOLDER && within[parent] === 1)) within[holder] = 1;
  }
  return within;
}

/** 1 for each page that is held mostly by one of `within`. */
export function pagesHeldBy(chunks: ChunkColumns, within: Uint8Array): Uint8Array {
  const held = new Uint8Array(chunks.holder.length);
  for (let cell = 0; cell < held.length; cell++) {
    const holder = chunks.holder[cell] ?? NO_HOLDER;
    if (holder !== NO_HOLDER && within[holder] === 1) held[cell] = 1;
  }
  return held;
}

/** Names from the root down: what a holder is known by at other instants, where its row is another. */
export function holderPath(holders: HolderColumns, holder: number): readonly string[] {
  const path: string[] = [];
  for (let at = holder; at !== NO_HOLDER && at < holders.nrHolders; at = holders.parent[at] ?? NO_HOLDER) {
    path.unshift(holders.name[at] ?? "");
  }
  return path;
}

/** What a holder is called: a cgroup by its path below the root, any other by its name. */
export function holderName(holders: HolderColumns, holder: number): string {
  if (holder === NO_HOLDER) return "";
  if (holders.kind[holder] !== "cgroup") return holders.name[holder] ?? "";
  let path = "";
  for (let at = holder; at !== NO_HOLDER && holders.kind[at] === "cgroup"; at = holders.parent[at] ?? NO_HOLDER) {
    path = `/${holders.name[at] ?? ""}${path}`;
  }
  return path;
}

/** Row of the holder with this path; NO_HOLDER when there is none at this instant. */
export function findHolder(holders: HolderColumns, path: readonly string[]): number {
  const last = path.at(-1);
  for (let holder = 0; holder < holders.nrHolders; holder++) {
    if (holders.name[holder] !== last) continue;
    const found = holderPath(holders, holder);
    if (found.length === path.length && found.every((name, i) => name === path[i])) return holder;
  }
  return NO_HOLDER;
}
