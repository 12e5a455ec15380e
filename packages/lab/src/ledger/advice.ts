/** What makes each kind of reference go, in plain words. Source: spec/memcg-slab.md A.3. */

import {
  NR_PINS,
  PIN_ANON,
  PIN_CACHE_COPY,
  PIN_CHILD,
  PIN_FILE,
  PIN_KERNEL_PAGE,
  PIN_NAMES,
  PIN_SHMEM,
  PIN_SLAB_PAGE,
  PIN_SOCKET,
  PIN_STOCK,
  PIN_SWAP,
  PIN_WORK,
  PIN_WRITEBACK,
} from "@ebb/model";
import type { DyingGroup } from "./ledger.ts";

/** By kind of reference. */
const ADVICE: ReadonlyMap<number, string> = new Map([
  [PIN_ANON, "go when their task ends or starts another program, or to swap: the slot names an ancestor"],
  [PIN_FILE, "goes with its file, or when reclaimed: memory.reclaim, drop_caches=1 after sync; not while mlocked"],
  [PIN_SHMEM, "are in memory alone: go only with their file, or to swap"],
  [PIN_SWAP, "go when read back in, at swapoff, with their file, or when their task ends"],
  [PIN_SLAB_PAGE, "go with the last object on them: close the file, end the task; inodes and dentries: drop_caches=2"],
  [
    PIN_CACHE_COPY,
    "go when they have no slabs: a shrink of slab caches takes the empty ones; s003-v5 shrinks dead ones by itself",
  ],
  [PIN_KERNEL_PAGE, "are stacks and page tables of tasks that were started there: go when those tasks end"],
  [PIN_SOCKET, "go when they are closed"],
  [PIN_WRITEBACK, "go when the last inode they wrote is evicted: drop_caches=2 after sync, or with its file"],
  [PIN_STOCK, "is given back by itself when the cgroup goes offline"],
  [PIN_WORK, "runs by itself"],
  [PIN_CHILD, "go when they are freed: see what pins them"],
]);

/** Name and advice of each kind of reference that the groups have, in the order of the kinds. */
export function adviceFor(groups: readonly DyingGroup[]): readonly (readonly [pin: string, advice: string])[] {
  const lines: (readonly [string, string])[] = [];
  for (let kind = 0; kind < NR_PINS; kind++) {
    if (groups.some(({ pins }) => (pins[kind] ?? 0) > 0)) lines.push([PIN_NAMES[kind] ?? "", ADVICE.get(kind) ?? ""]);
  }
  return lines;
}
