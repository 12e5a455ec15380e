/**
 * The tree of holders as the rows of a table: who is open, who comes first. A row with others below it counts them too,
 * so that a closed one says what is in it.
 */

import { type HolderColumns, NO_HOLDER } from "@ebb/lab/timeline-view";

export type HolderSort = "name" | "areas" | "bytes" | "pinned" | "dying";

export interface SortOrder {
  readonly by: HolderSort;
  readonly descending: boolean;
}

/** Of each holder with all below it, by row; bytes of one unit. */
export interface HolderTotals {
  readonly nrAreas: Float64Array;
  readonly bytes: Float64Array;
  readonly pinnedBytes: Float64Array;
  /** Holders below that are dying. */
  readonly nrDying: Int32Array;
}

export interface HolderRow {
  readonly holder: number;
  /** From 1. */
  readonly level: number;
  /** Place among its siblings, from 1, and how many they are. */
  readonly place: number;
  readonly nrSiblings: number;
  readonly hasChildren: boolean;
  readonly isOpen: boolean;
}

export function holderTotals(holders: HolderColumns): HolderTotals {
  const nrAreas = Float64Array.from(holders.nrAreas);
  const bytes = holders.bytes.slice();
  const pinnedBytes = holders.pinnedBytes.slice();
  const nrDying = Int32Array.from(holders.dyingSinceNs, (since) => (Number.isNaN(since) ? 0 : 1));
  // Children stand behind their parents, so each is complete when it is added.
  for (let holder = holders.nrHolders - 1; holder >= 0; holder--) {
    const parent = holders.parent[holder] ?? NO_HOLDER;
    if (parent === NO_HOLDER) continue;
    for (const column of [nrAreas, bytes, pinnedBytes, nrDying]) {
      column[parent] = (column[parent] ?? 0) + (column[holder] ?? 0);
    }
  }
  return { nrAreas, bytes, pinnedBytes, nrDying };
}

/** Rows of each parent's children; those without a parent under NO_HOLDER. */
export function childrenOf({ nrHolders, parent }: HolderColumns): ReadonlyMap<number, readonly number[]> {
  const children = new Map<number, number[]>();
  for (let holder = 0; holder < nrHolders; holder++) {
    const above = parent[holder] ?? NO_HOLDER;
    const siblings = children.get(above);
    if (siblings === undefined) children.set(above, [holder]);
    else siblings.push(holder);
  }
  return children;
}

/** The rows to show, top to bottom. */
export function holderRows(
  holders: HolderColumns,
  totals: HolderTotals,
  children: ReadonlyMap<number, readonly number[]>,
  isOpen: (holder: number) => boolean,
  order: SortOrder,
): readonly HolderRow[] {
  const rows: HolderRow[] = [];
  const add = (parent: number, level: number) => {
    const siblings = [...(children.get(parent) ?? [])].sort((a, b) => compareHolders(holders, totals, order, a, b));
    for (const [i, holder] of siblings.entries()) {
      const hasChildren = children.has(holder);
      const open = hasChildren && isOpen(holder);
      rows.push({ holder, level, place: i + 1, nrSiblings: siblings.length, hasChildren, isOpen: open });
      if (open) add(holder, level + 1);
    }
  };
  add(NO_HOLDER, 1);
  return rows;
}

function compareHolders(
  holders: HolderColumns,
  totals: HolderTotals,
  { by, descending }: SortOrder,
  a: number,
  b: number,
): number {
  const byName = compareNames(holders.name[a] ?? "", holders.name[b] ?? "");
  const column = sortColumn(holders, totals, by);
  const byValue = column === undefined ? byName : (column[a] ?? 0) - (column[b] ?? 0);
  // What has no value comes last either way: the comparison with NaN is NaN.
  if (Number.isNaN(byValue))
    return Number(Number.isNaN(column?.[a])) - Number(Number.isNaN(column?.[b])) || byName || a - b;
  return (descending ? -byValue : byValue) || byName || a - b;
}

function sortColumn(holders: HolderColumns, totals: HolderTotals, by: HolderSort): Float64Array | undefined {
  switch (by) {
    case "name":
      return undefined;
    case "areas":
      return totals.nrAreas;
    case "bytes":
      return totals.bytes;
    case "pinned":
      return totals.pinnedBytes;
    case "dying":
      return holders.dyingSinceNs;
    default:
      return assertNever(by);
  }
}

function assertNever(by: never): never {
  throw new TypeError(`no order by ${String(by)}`);
}

/** `cg-2` before `cg-10`. */
function compareNames(a: string, b: string): number {
  const [, stemA = a, numberA = ""] = /^(.*?)(\d{1,15})$/.exec(a) ?? [];
  const [, stemB = b, numberB = ""] = /^(.*?)(\d{1,15})$/.exec(b) ?? [];
  if (stemA === stemB && numberA !== "" && numberB !== "") return Number(numberA) - Number(numberB);
  return a < b ? -1 : a > b ? 1 : 0;
}
