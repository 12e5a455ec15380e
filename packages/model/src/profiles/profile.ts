/**
 * A kernel profile: everything about a machine that is data, not behaviour. Two machines differ in their profile and in
 * nothing else; the mechanism never asks for a version.
 *
 * Source: spec/memcg-slab.md B, recorded kernels (see each profile).
 */

import type { EmptyCount } from "../percpu/state.ts";

/** When a dying cgroup gives a percpu area back. */
export type FreedBy =
  /** The reference count is killed: one grace period after rmdir. */
  | "kill"
  /** The last reference to the object cgroup goes: one grace period after offline. */
  | "objcg"
  /** The controller's state is freed by a worker, one grace period after its release. */
  | "css"
  /** The cgroup itself is freed by a worker, one grace period after its last controller. */
  | "cgroup";

/** One percpu area of a cgroup, in the order in which mkdir takes them. */
export interface PercpuAreaSpec {
  /** The object, in the kernel's words. */
  readonly what: string;
  readonly sizeBytes: number;
  readonly alignBytes: number;
  /** Allocated with accounting: charged to the parent memcg, unless that is the root. */
  readonly accounted: boolean;
  /** Present only with this controller enabled for the cgroup; `core` is always there. */
  readonly controller: "core" | "memory" | "perf_event";
  /** Taken once for each possible node; neighbours in the list that are per node go node by node. */
  readonly perNode: boolean;
  readonly freedBy: FreedBy;
  /** Order among the areas freed by the same event, from 0. */
  readonly freeOrder: number;
}

/** Areas that live before the experiment, unaccounted: the whole `pattern` in its order, `repeats` times over. */
export interface BootAreas {
  readonly pattern: readonly (readonly [sizeBytes: number, alignBytes: number, count: number])[];
  readonly repeats: number;
}

/** How a percpu policy stood in a kernel tree: kinds of chunk and how empty pages are counted. */
export interface PercpuVariant {
  readonly kinds: 1 | 2;
  readonly emptyCount: EmptyCount;
}

export interface KernelProfile {
  readonly name: string;
  /** One line for `--help`. */
  readonly title: string;
  /** As `uname -r` prints it. */
  readonly release: string;
  /** Where the figures come from. */
  readonly source: string;
  readonly nrCpus: number;
  readonly nrNodes: number;
  readonly staticPercpuBytes: number;
  /** Percpu policy of the unmodified kernel. */
  readonly percpuPolicy: string;
  /** Variant for each policy that was ever tried on this kernel; others take that of `percpuPolicy`. */
  readonly percpuVariants: Readonly<Record<string, PercpuVariant>>;
  readonly cgroupAreas: readonly PercpuAreaSpec[];
  /** What lives in the chunks before the experiment: an input, not a result. */
  readonly bootAreas: BootAreas;
  /** Controllers enabled for the children of the root when the experiment begins, as the init system left them. */
  readonly rootSubtreeControl: readonly "memory"[];
  readonly memTotalKb: number;
  readonly memFreeKb: number;
  readonly slabReclaimableKb: number;
  readonly slabUnreclaimableKb: number;
  /** Length of an RCU grace period, ns. Callbacks run at the end of the first whole one after they were queued. */
  readonly gracePeriodNs: number;
  /** What one item of the cgroup destroy queue takes, ns; its items run one after the other. */
  readonly destroyItemNs: number;
  /** From asking for the percpu balance work to its run, ns. */
  readonly balanceDelayNs: number;
  /** What starting one program takes, ns of virtual time. */
  readonly execNs: number;
}
