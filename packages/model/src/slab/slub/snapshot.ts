/** SLUB as a value: copied out, copied back, folded to a hash. The pool is copied by slab/pool.ts. */

import { assert } from "../../assert.ts";
import { COPY, type Cut } from "../../cut.ts";
import { foldTable, restoreTable, snapshotTable, type TableSnapshot } from "../../table.ts";
import { SLUB_TOTALS, type Slub } from "./state.ts";

/** @public What `snapshotSlub` returns. */
export interface SlubSnapshot {
  readonly nrCpus: number;
  readonly nrNodes: number;
  readonly caches: TableSnapshot;
  /** In the order of SLUB_TOTALS. */
  readonly totals: Float64Array;
}

export function snapshotSlub(s: Slub, cut: Cut = COPY): SlubSnapshot {
  const totals = Float64Array.from(SLUB_TOTALS, (name) => s[name]);
  return { nrCpus: s.nrCpus, nrNodes: s.nrNodes, caches: snapshotTable(s.caches, cut), totals };
}

/** @pre `s` has the configuration the snapshot was taken under, and its pool is restored to the same moment */
export function restoreSlub(s: Slub, snapshot: SlubSnapshot): void {
  assert(
    snapshot.nrCpus === s.nrCpus && snapshot.nrNodes === s.nrNodes,
    "a snapshot is restored with its own CPUs and nodes",
  );
  restoreTable(s.caches, snapshot.caches);
  SLUB_TOTALS.forEach((name, i) => {
    s[name] = snapshot.totals[i];
  });
}

/** Calls `fold` with every word that counts, in a fixed order. */
export function foldSlub(s: Slub, fold: (value: number) => void): void {
  for (const name of SLUB_TOTALS) fold(s[name]);
  foldTable(s.caches, fold);
}
