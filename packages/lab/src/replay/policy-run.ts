/** The requests of a recording, made of an allocator under some policy and schedule of the balance work. */

import { type EventBatch, FLAG_ATOMIC, FLAG_RESERVED } from "@ebb/formats";
import {
  allocPercpu,
  allocReservedPercpu,
  areaChunk,
  areaOffBytes,
  forEachChunk,
  freePercpu,
  NO_CHUNK,
  NR_CHUNKS,
  NR_POPULATED,
  type Percpu,
  percpuKb,
  totalEmptyPopPages,
} from "@ebb/model";
import type { AreaPlace, ChunkShape } from "./holders.ts";
import { type Schedule, WorkSchedule } from "./work-schedule.ts";

/** What an allocator's memory comes to at one moment. */
export interface PolicyFigures {
  readonly percpuKb: number;
  /** Of one unit. */
  readonly nrPopulatedPages: number;
  /** Those without any area that count as available. */
  readonly nrEmptyPages: number;
  /** Of live areas in one unit, as asked for. */
  readonly usedBytes: number;
  readonly nrChunks: number;
}

/** Told of what is done with the allocator, after it was done. */
export interface RequestListener {
  /** @param area its number, or a negative answer; `slot` is that of the identity table */
  allocated(area: number, request: AllocRequest, slot: number): void;
  freed(area: number): void;
  /** The balance work ran, from begin to end. */
  balanced(): void;
}

/** A request for an area, as recorded. */
export interface AllocRequest {
  readonly sizeBytes: number;
  readonly alignBytes: number;
  /** FLAG_... */
  readonly flags: number;
}

/** No area: the request was refused, or is over. */
const NO_AREA = -1;

export class PolicyRun {
  readonly t: Percpu;
  readonly schedule: Schedule;
  readonly work: WorkSchedule;
  /** Requests that this policy refused. */
  nrRefused = 0;
  /** Numbers of the areas, by slot of the identity table. */
  private areas = new Int32Array(1024).fill(NO_AREA);

  private readonly listener: RequestListener | undefined;

  /** @param t as it stands when the recording begins */
  constructor(t: Percpu, schedule: Schedule, listener: RequestListener | undefined) {
    this.t = t;
    this.schedule = schedule;
    this.listener = listener;
    this.work = new WorkSchedule(t, schedule, () => listener?.balanced());
  }

  alloc(batch: EventBatch, i: number, slot: number): void {
    const flags = batch.flags[i] ?? 0;
    const sizeBytes = batch.sizeBytes[i] ?? 0;
    const alignBytes = batch.alignBytes[i] ?? 0;
    const area = allocAsRecorded(this.t, sizeBytes, alignBytes, flags);
    if (area < 0) this.nrRefused++;
    this.set(slot, area < 0 ? NO_AREA : area);
    this.listener?.allocated(area, { sizeBytes, alignBytes, flags }, slot);
  }

  free(slot: number): void {
    const area = this.areaOf(slot);
    if (area === NO_AREA) return;
    this.areas[slot] = NO_AREA;
    freePercpu(this.t, area);
    this.listener?.freed(area);
  }

  /** An area that was there when the recording began. */
  adopt(slot: number, area: number): void {
    this.set(slot, area);
  }

  /** Number of the area in `slot`; NO_CHUNK when the request was refused. */
  areaOf(slot: number): number {
    return this.areas[slot] ?? NO_CHUNK;
  }

  /** Where the areas in these slots lie; those that were refused lie nowhere. */
  places(slots: readonly number[]): readonly AreaPlace[] {
    const places: AreaPlace[] = [];
    for (const slot of slots) {
      const area = this.areaOf(slot);
      if (area < 0) continue;
      places.push({ slot, chunk: areaChunk(this.t, area), offBytes: areaOffBytes(this.t, area) });
    }
    return places;
  }

  chunks(): readonly ChunkShape[] {
    const { t } = this;
    const chunks: ChunkShape[] = [];
    forEachChunk(t, true, (chunk) => {
      chunks.push({ chunk, ordinal: t.ordinal[chunk] ?? 0, nrPopulated: t.nrPopulated[chunk] ?? 0 });
    });
    return chunks;
  }

  figures(usedBytes: number): PolicyFigures {
    const { t } = this;
    return {
      percpuKb: percpuKb(t),
      nrPopulatedPages: t.globals[NR_POPULATED] ?? 0,
      nrEmptyPages: totalEmptyPopPages(t),
      usedBytes,
      nrChunks: t.globals[NR_CHUNKS] ?? 0,
    };
  }

  private set(slot: number, area: number): void {
    if (slot >= this.areas.length) {
      const wider = new Int32Array(this.areas.length * 2).fill(NO_AREA);
      wider.set(this.areas);
      this.areas = wider;
    }
    this.areas[slot] = area;
  }
}

/** A request with the FLAG_... that were recorded; answers the area's number, or a negative number when it is refused. */
export function allocAsRecorded(t: Percpu, sizeBytes: number, alignBytes: number, flags: number): number {
  return (flags & FLAG_RESERVED) !== 0
    ? allocReservedPercpu(t, sizeBytes, alignBytes)
    : allocPercpu(t, sizeBytes, alignBytes, (flags & FLAG_ATOMIC) !== 0, 0);
}
