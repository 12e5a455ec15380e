/**
 * What a recording's own events say of its requests: who asked, for how much and for how long, what lived at which time, and
 * where. One pass, in memory for what lives and for each kind of request, however long the recording is.
 */

import {
  EVENT_ALLOC,
  EVENT_ALLOC_FAIL,
  EVENT_CGROUP_MKDIR,
  EVENT_DESTROY_CHUNK,
  EVENT_FREE,
  EVENT_MARK,
  type EventBatch,
  type EventNames,
  FLAG_RESERVED,
  NOT_RECORDED,
} from "@ebb/formats";
import { RequestKinds } from "../learn/request-kinds.ts";
import { SequenceLearner } from "../learn/sequence-learner.ts";
import { type ChunkShape, type Holders, holdersOf } from "../replay/holders.ts";
import { LiveAreas, NO_SLOT } from "../replay/live-areas.ts";
import { Samples } from "../replay/samples.ts";
import { KindFigures } from "./kind-figures.ts";
import { UsedPages } from "./used-pages.ts";

/** What lives at one moment, one unit. */
export interface MomentFigures {
  readonly usedBytes: number;
  readonly nrAreas: number;
  /** Pages and chunks with an area. */
  readonly nrPages: number;
  readonly nrChunks: number;
}

interface MarkMoment extends MomentFigures {
  readonly text: string;
  readonly line: number;
  readonly timeNs: number;
}

/** An area that was there when the recording began, or that was freed again before. */
export interface PlacedEarly {
  readonly isFree: boolean;
  readonly sizeBytes: number;
  readonly alignBytes: number;
  readonly offBytes: number;
}

const MAX_MARKS = 200;
/** The kernel refuses more (PCPU_MIN_UNIT_SIZE), and other alignments; and no unit is that large. */
const MAX_AREA_BYTES = 32_768;
const MAX_ALIGN_BYTES = 4096;
const MAX_UNIT_BYTES = 2 ** 30;
/** Of early areas. */
const NO_TASK = -1;

export class TraceCollector {
  readonly kinds = new RequestKinds();
  readonly figures = new KindFigures();
  readonly live = new LiveAreas();
  readonly marks: MarkMoment[] = [];
  readonly samples = new Samples<MomentFigures>();
  readonly learner: SequenceLearner;
  nrEvents = 0;
  nrAllocs = 0;
  nrFrees = 0;
  nrFailed = 0;
  nrEarly = 0;
  /** Areas of which the recording has no free, though it must have come: the place was given out again, or the chunk went. */
  nrFreesMissed = 0;
  /** Events whose sizes or places no kernel has; left out. */
  nrImplausible = 0;
  nrMarksLeftOut = 0;
  lastNs = 0;
  private readonly names: EventNames;
  private readonly pages = new UsedPages();
  constructor(names: EventNames) {
    this.names = names;
    this.learner = new SequenceLearner(this.kinds.all, names);
  }

  /** Before the first event: what was there. */
  early(events: readonly PlacedEarly[], firstChunk: number): void {
    for (const { isFree, sizeBytes, alignBytes, offBytes } of events) {
      if (isFree) this.release(firstChunk, offBytes);
      else {
        this.nrEarly++;
        const request = { callSite: NOT_RECORDED, sizeBytes, alignBytes, gfp: NOT_RECORDED, isReserved: false };
        const kind = this.kinds.of(request, this.names);
        this.take(firstChunk, offBytes, sizeBytes, kind, NO_TASK, NO_TASK);
      }
    }
  }

  event(batch: EventBatch, i: number): void {
    const kind = batch.kind[i] ?? 0;
    this.nrEvents++;
    this.lastNs = batch.timeNs[i] ?? 0;
    if (kind === EVENT_ALLOC) this.alloc(batch, i);
    else if (kind === EVENT_FREE) {
      this.nrFrees++;
      this.release(batch.chunk[i] ?? 0, batch.offBytes[i] ?? 0);
    } else if (kind === EVENT_ALLOC_FAIL) this.nrFailed++;
    else if (kind === EVENT_DESTROY_CHUNK) this.destroyed(batch.chunk[i] ?? 0);
    else if (kind === EVENT_MARK) this.mark(batch, i);
    else if (kind === EVENT_CGROUP_MKDIR) {
      this.learner.cgroupMade(batch.pid[i] ?? 0, batch.task[i] ?? 0, this.lastNs);
    }
    if (this.samples.isDue(this.nrEvents)) this.sample();
  }

  end(): void {
    this.figures.end();
    this.sample();
  }

  now(): MomentFigures {
    const { nrPages, nrChunks } = this.pages;
    return { usedBytes: this.figures.usedBytes, nrAreas: this.live.size, nrPages, nrChunks };
  }

  /** Who holds what lives now; chunks by their number in the recording. */
  holders(): Holders {
    const { live } = this;
    const places = live.slots().map((slot) => ({
      slot,
      chunk: live.chunk[slot] ?? 0,
      offBytes: live.offBytes[slot] ?? 0,
    }));
    const chunks: ChunkShape[] = [...this.pages.byChunk()].map(([chunk, nrPopulated]) => ({
      chunk,
      ordinal: chunk,
      nrPopulated,
    }));
    return holdersOf(places, chunks, live);
  }

  private alloc(batch: EventBatch, i: number): void {
    const chunk = batch.chunk[i] ?? 0;
    const off = batch.offBytes[i] ?? 0;
    const size = batch.sizeBytes[i] ?? 0;
    const align = batch.alignBytes[i] ?? 0;
    if (!isRequest(size, align) || off < 0 || off > MAX_UNIT_BYTES || chunk < 0) {
      this.nrImplausible++;
      return;
    }
    this.nrAllocs++;
    if (this.live.at(chunk, off) !== NO_SLOT) {
      this.nrFreesMissed++;
      this.release(chunk, off);
    }
    const request = {
      callSite: batch.callSite[i] ?? NOT_RECORDED,
      sizeBytes: size,
      alignBytes: align,
      gfp: batch.gfp[i] ?? NOT_RECORDED,
      isReserved: ((batch.flags[i] ?? 0) & FLAG_RESERVED) !== 0,
    };
    const kind = this.kinds.of(request, this.names);
    this.take(chunk, off, size, kind, batch.pid[i] ?? 0, batch.task[i] ?? NO_TASK);
  }

  private take(chunk: number, off: number, size: number, kind: number, pid: number, task: number): void {
    const { lastNs } = this;
    const slot = this.live.born(chunk, off, size, kind, lastNs);
    this.pages.change(chunk, off, size, 1);
    this.figures.alloc(kind, size, lastNs);
    this.learner.alloc(pid, task, kind, slot, lastNs);
  }

  private release(chunk: number, off: number): void {
    const { live, lastNs } = this;
    const slot = live.gone(chunk, off);
    if (slot === NO_SLOT) return;
    const size = live.sizeBytes[slot] ?? 0;
    const kind = live.owner[slot] ?? 0;
    this.pages.change(chunk, off, size, -1);
    this.figures.free(kind, size, Math.max(0, lastNs - (live.bornNs[slot] ?? 0)));
    this.learner.free(kind, slot, lastNs);
  }

  /** Nothing lives in a chunk that goes: frees of what does were not recorded. */
  private destroyed(chunk: number): void {
    if (this.pages.nrAreasIn(chunk) === 0) return;
    for (const slot of this.live.slots()) {
      if (this.live.chunk[slot] !== chunk) continue;
      this.nrFreesMissed++;
      this.release(chunk, this.live.offBytes[slot] ?? 0);
    }
  }

  private mark(batch: EventBatch, i: number): void {
    if (this.marks.length >= MAX_MARKS) {
      this.nrMarksLeftOut++;
      return;
    }
    const text = this.names.names[batch.text[i] ?? -1] ?? "";
    this.marks.push({ text, line: batch.line[i] ?? 0, timeNs: this.lastNs, ...this.now() });
  }

  private sample(): void {
    this.samples.add(this.lastNs, this.nrEvents, this.now());
  }
}

function isRequest(sizeBytes: number, alignBytes: number): boolean {
  const isPowerOfTwo = alignBytes > 0 && (alignBytes & (alignBytes - 1)) === 0;
  return sizeBytes > 0 && sizeBytes <= MAX_AREA_BYTES && isPowerOfTwo && alignBytes <= MAX_ALIGN_BYTES;
}
