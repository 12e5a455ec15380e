/**
 * What a kernel's percpu policy decides. The mechanism (search, carve, free, populate, depopulate, destroy) is one;
 * a policy answers its questions with verdicts and changes nothing. Adding a policy is adding one module to
 * `policies/` and one line to `policies/index.ts`.
 *
 * Source: spec/percpu.md 12, 14, 18; spec/percpu-kinds.md 6.
 */

import type { Percpu } from "./state.ts";

/** What a policy may look at: the allocator, which it must not change. */
export type PercpuView = Readonly<Percpu>;

/** Verdicts on a chunk after a free; MARK and SCHEDULE may be joined by addition. */
export const KEEP = 0;
export const SCHEDULE = 1;
export const MARK = 2;
/** Isolate the chunk and schedule the balance work. */
export const ISOLATE = 4;

/** Stages of the balance work for one kind. */
export const STAGE_START = 0;
export const STAGE_DESTROY_FREE = 1;
/** Destroys only free chunks that have no page populated. */
export const STAGE_DESTROY_UNPOPULATED = 2;
export const STAGE_POPULATE = 3;
export const STAGE_RECLAIM = 4;
export const STAGE_END = 5;

/** Verdicts before a page of a chunk that is being reclaimed. */
export const GO_ON = 0;
/** Stop; pages left are not wanted back. */
export const STOP_DONE = 1;
/** Stop because too few empty pages are left elsewhere. */
export const STOP_WATER_MARK = 2;

/** Verdicts on a chunk after its pages were walked. */
export const STAY = 0;
/** To the tail of the list it is on. */
export const TO_TAIL = 1;
/** Back to the slot its hints give. */
export const REINTEGRATE = 2;
export const SIDELINE_AT_HEAD = 3;
export const SIDELINE_AT_TAIL = 4;

/** How candidates for depopulation are found and walked. */
export interface ReclaimRules {
  /**
   * `marked`: chunks marked on free, wherever they are filed; `list`: the to-depopulate list, one after the other;
   * `list-at-once`: what is on it when the stage begins.
   */
  readonly candidates: "marked" | "list" | "list-at-once";
  readonly direction: "forward" | "backward";
  /** With `marked`: may another chunk be taken, in the turn of `kind`? */
  mayTakeAnother(view: PercpuView, kind: number): boolean;
  /** Asked before each page of `chunk`, in the turn of `kind`. */
  beforePage(view: PercpuView, chunk: number, kind: number): number;
  /** Asked when the walk of `chunk` has ended; `stop` is the verdict that ended it, GO_ON at the last page. */
  afterWalk(view: PercpuView, chunk: number, nrDepopulated: number, stop: number): number;
}

export interface PercpuPolicy {
  readonly name: string;
  /** One line for `--help` and reports. */
  readonly title: string;
  /**
   * Where isolated and sidelined chunks wait. `none`: nowhere, there are none; `slots`: in slots of their own, the
   * sidelined one just below the free slot, so that the ordinary search reaches it; `separate`: on two lists of each
   * kind that no search visits; `shared`: as separate, with one to-depopulate list for both kinds.
   */
  readonly lists: "none" | "slots" | "separate" | "shared";
  /** The empty pages of an isolated chunk still count as available. */
  readonly isolatedPagesCount: boolean;
  /** A sidelined chunk stays isolated until an area is served from it. */
  readonly sidelinedStaysIsolated: boolean;
  /** Before a chunk is created, a sidelined chunk that fits is put back and the search repeated. */
  readonly searchesSidelined: boolean;
  /** Topping up keeps its remaining target when it had to create a chunk, instead of computing it anew. */
  readonly keepsTarget: boolean;
  readonly reclaim: ReclaimRules | undefined;
  /** Verdict on `chunk` after one of its areas was freed. */
  afterFree(view: PercpuView, chunk: number): number;
  /** The stage after `stage` in the turn of `kind`; STAGE_END ends the turn. */
  nextStage(view: PercpuView, kind: number, stage: number): number;
}
