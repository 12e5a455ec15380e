/**
 * Finds what one new memcg takes while a recording goes by: looks for repeated sequences in a window of requests, and from
 * the window in which there is one on, watches its copies.
 */

import type { EventNames } from "@ebb/formats";
import { findRepeats } from "./repeats.ts";
import type { RequestKind } from "./request-kinds.ts";
import { RequestWindow, WINDOW_ALLOC, WINDOW_FREE, WINDOW_MKDIR } from "./request-window.ts";
import { type CgroupSequence, chooseSequence } from "./sequence-choice.ts";
import { SequenceWatch } from "./sequence-watch.ts";

/** What was found. */
export interface LearntSequence extends CgroupSequence {
  readonly kinds: readonly RequestKind[];
  readonly watch: SequenceWatch;
  /** Bytes of one unit that lived before the first copy. */
  readonly bytesBefore: number;
  /** The most bytes of one unit alive at a time since, and the copies alive then. */
  readonly peakBytes: number;
  readonly nrLiveAtPeak: number;
}

export class SequenceLearner {
  private readonly kinds: readonly RequestKind[];
  private readonly names: EventNames;
  private window: RequestWindow | undefined = new RequestWindow();
  private choice: CgroupSequence | undefined;
  private watch: SequenceWatch | undefined;
  /** Windows passed without a sequence. */
  private nrWindowsPassed = 0;
  private usedBytes = 0;
  private bytesBefore = 0;
  private peakBytes = 0;
  private nrLiveAtPeak = 0;

  /** @param kinds of request; grows as the recording goes by */
  constructor(kinds: readonly RequestKind[], names: EventNames) {
    this.kinds = kinds;
    this.names = names;
  }

  /**
   * @param request number of its kind
   * @param slot of the live areas, new
   */
  alloc(pid: number, task: number, request: number, slot: number, timeNs: number): void {
    if (this.watch === undefined) this.note(WINDOW_ALLOC, pid, task, request, slot, timeNs);
    else this.watchAlloc(this.watch, pid, request, slot);
  }

  /** The area in that slot goes. */
  free(request: number, slot: number, timeNs: number): void {
    if (this.watch === undefined) this.note(WINDOW_FREE, 0, 0, request, slot, timeNs);
    else this.watchFree(this.watch, request, slot, timeNs);
  }

  /** A task has made a cgroup. */
  cgroupMade(pid: number, task: number, timeNs: number): void {
    if (this.watch === undefined) this.note(WINDOW_MKDIR, pid, task, 0, 0, timeNs);
  }

  /** The recording is over; undefined when nothing in it looks like what a memcg takes. */
  end(): LearntSequence | undefined {
    if (this.watch === undefined) this.look();
    if (this.watch === undefined || this.choice === undefined) return undefined;
    const { watch, bytesBefore, peakBytes, nrLiveAtPeak } = this;
    return { ...this.choice, kinds: this.kinds, watch, bytesBefore, peakBytes, nrLiveAtPeak };
  }

  private note(kind: number, pid: number, task: number, request: number, slot: number, timeNs: number): void {
    const { window } = this;
    if (window === undefined) return;
    const i = window.nr++;
    window.kind[i] = kind;
    window.pid[i] = pid;
    window.task[i] = task;
    window.request[i] = request;
    window.slot[i] = slot;
    window.timeNs[i] = timeNs;
    if (window.isFull) this.look();
  }

  /** Looks for a sequence in the window; with one, goes through the window again to watch it. */
  private look(): void {
    const { window } = this;
    if (window === undefined) return;
    this.choice = chooseSequence(findRepeats(window.streams(this.names)), this.kinds, this.names);
    if (this.choice === undefined) {
      this.pass(window);
      return;
    }
    const watch = new SequenceWatch(this.choice.requests, this.nrWindowsPassed === 0);
    this.watch = watch;
    this.window = undefined;
    for (let i = 0; i < window.nr; i++) {
      const request = window.request[i] ?? 0;
      const slot = window.slot[i] ?? 0;
      if (window.kind[i] === WINDOW_ALLOC) this.watchAlloc(watch, window.pid[i] ?? 0, request, slot);
      else if (window.kind[i] === WINDOW_FREE) this.watchFree(watch, request, slot, window.timeNs[i] ?? 0);
    }
  }

  private pass(window: RequestWindow): void {
    for (let i = 0; i < window.nr; i++) {
      if (window.kind[i] === WINDOW_ALLOC) this.usedBytes += this.sizeOf(window.request[i] ?? 0);
      else if (window.kind[i] === WINDOW_FREE) this.usedBytes -= this.sizeOf(window.request[i] ?? 0);
    }
    window.nr = 0;
    this.nrWindowsPassed++;
  }

  private watchAlloc(watch: SequenceWatch, pid: number, request: number, slot: number): void {
    const before = this.usedBytes;
    this.usedBytes += this.sizeOf(request);
    const had = watch.nrCopies;
    watch.alloc(pid, request, slot);
    if (had === 0 && watch.nrCopies > 0) {
      const own = watch.sequence.reduce((sum, number) => sum + this.sizeOf(number), 0);
      this.bytesBefore = before + this.sizeOf(request) - own;
    }
    if (this.usedBytes > this.peakBytes && watch.nrCopies > 0) {
      this.peakBytes = this.usedBytes;
      this.nrLiveAtPeak = watch.nrLive;
    }
  }

  private watchFree(watch: SequenceWatch, request: number, slot: number, timeNs: number): void {
    this.usedBytes -= this.sizeOf(request);
    watch.free(slot, timeNs);
  }

  private sizeOf(request: number): number {
    return this.kinds[request]?.sizeBytes ?? 0;
  }
}
