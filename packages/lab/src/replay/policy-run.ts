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

  /** @param t as it stands when the recording begins */
  constructor(t: Percpu, schedule: Schedule) {
    this.t = t;
    this.schedule = schedule;
    this.work = new WorkSchedule(t, schedule);
  }

  alloc(batch: EventBatch, i: number, slot: number): void {
    const { t } = this;
    const flags = batch.flags[i] ?? 0;
    const size = batch.sizeBytes[i] ?? 0;
    const align = batch.alignBytes[i] ?? 0;
    const area =
      (flags & FLAG_RESERVED) !== 0
        ? allocReservedPercpu(t, size, align)
        : allocPercpu(t, size, align, (flags & FLAG_ATOMIC) !== 0, 0);
    if (area < 0) this.nrRefused++;
    this.set(slot, area < 0 ? NO_AREA : area);
  }

  free(slot: number): void {
    const area = this.areaOf(slot);
    if (area === NO_AREA) return;
    this.areas[slot] = NO_AREA;
    freePercpu(this.t, area);
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
