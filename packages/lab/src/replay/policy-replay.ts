/**
 * The requests of a recorded trace under other policies: sizes and order as recorded, frees by identity, places as each
 * policy gives them. Each policy runs under every schedule of the balance work side by side; what the recording cannot
 * decide comes out as a range.
 */

import { EVENT_ALLOC, EVENT_FREE, EVENT_MARK, type EventBatch, type EventNames, NOT_RECORDED } from "@ebb/formats";
import { allocPercpu, areaOffBytes, createPercpu, type Percpu, type PercpuPolicy } from "@ebb/model";
import type { EarlyEvent } from "./early-areas.ts";
import { LiveAreas, NO_SLOT } from "./live-areas.ts";
import { Owners } from "./owners.ts";
import { type PolicyFigures, PolicyRun, type RequestListener } from "./policy-run.ts";
import type { RecordedMachine } from "./recorded-machine.ts";
import { Samples } from "./samples.ts";
import { SCHEDULES, type Schedule } from "./work-schedule.ts";

export interface PolicyReplayRequest {
  readonly machine: RecordedMachine;
  readonly policies: readonly PercpuPolicy[];
  /** Taken before the first event, and the recorded chunk they lie in: that of the first event. */
  readonly before: readonly EarlyEvent[];
  readonly firstChunk: number;
  readonly names: EventNames;
  /** Missing: all. */
  readonly schedules?: readonly Schedule[];
  /** Told of what every run does: for a single one. */
  readonly listener?: RequestListener;
}

/** A mark of the trace, and the figures of each run there: by policy, then by schedule. */
interface MarkFigures {
  readonly text: string;
  readonly line: number;
  readonly timeNs: number;
  readonly figures: readonly (readonly PolicyFigures[])[];
}

/** Marks kept; a trace with more says so. */
const MAX_MARKS = 200;

export class PolicyReplay {
  readonly request: PolicyReplayRequest;
  readonly live = new LiveAreas();
  readonly owners = new Owners();
  readonly marks: MarkFigures[] = [];
  readonly samples = new Samples<readonly (readonly PolicyFigures[])[]>();
  /** By policy, then by schedule. */
  readonly runs: readonly (readonly PolicyRun[])[];
  nrEvents = 0;
  nrAllocations = 0;
  nrFrees = 0;
  nrMarksLeftOut = 0;
  lastNs = 0;

  constructor(request: PolicyReplayRequest) {
    this.request = request;
    const { policies, schedules = SCHEDULES, listener } = request;
    this.runs = policies.map((policy) =>
      schedules.map((schedule) => new PolicyRun(this.boot(policy), schedule, listener)),
    );
    for (const event of request.before) this.early(event);
  }

  /** @param after called after each event, with its place in the batch */
  feed(batch: EventBatch, after: (i: number) => void): void {
    for (let i = 0; i < batch.nr; i++) {
      this.event(batch, i);
      after(i);
    }
  }

  end(): void {
    for (const run of this.all()) run.work.end();
    this.sample();
  }

  private boot(policy: PercpuPolicy): Percpu {
    return createPercpu({ geometry: this.request.machine.geometry, policy, nrKinds: 1, emptyCount: "global" });
  }

  private *all(): Generator<PolicyRun> {
    for (const runs of this.runs) yield* runs;
  }

  private event(batch: EventBatch, i: number): void {
    const kind = batch.kind[i] ?? 0;
    this.nrEvents++;
    this.lastNs = batch.timeNs[i] ?? 0;
    for (const run of this.all()) run.work.before(batch, i);
    if (kind === EVENT_ALLOC) this.alloc(batch, i);
    else if (kind === EVENT_FREE) this.free(batch, i);
    else if (kind === EVENT_MARK) this.mark(batch, i);
    for (const run of this.all()) run.work.after(batch, i);
    if (this.samples.isDue(this.nrEvents)) this.sample();
  }

  private alloc(batch: EventBatch, i: number): void {
    const { live, owners } = this;
    const chunk = batch.chunk[i] ?? 0;
    const off = batch.offBytes[i] ?? 0;
    const size = batch.sizeBytes[i] ?? 0;
    this.nrAllocations++;
    // Its free was not recorded.
    if (live.at(chunk, off) !== NO_SLOT) this.release(chunk, off);
    const slot = live.born(chunk, off, size, owners.of(batch.callSite[i] ?? 0, size), this.lastNs);
    for (const run of this.all()) run.alloc(batch, i, slot);
  }

  private free(batch: EventBatch, i: number): void {
    this.nrFrees++;
    this.release(batch.chunk[i] ?? 0, batch.offBytes[i] ?? 0);
  }

  private release(chunk: number, off: number): void {
    const slot = this.live.gone(chunk, off);
    if (slot === NO_SLOT) return;
    for (const run of this.all()) run.free(slot);
  }

  private mark(batch: EventBatch, i: number): void {
    if (this.marks.length >= MAX_MARKS) {
      this.nrMarksLeftOut++;
      return;
    }
    this.marks.push({
      text: this.request.names.names[batch.text[i] ?? -1] ?? "",
      line: batch.line[i] ?? 0,
      timeNs: this.lastNs,
      figures: this.figures(),
    });
  }

  private sample(): void {
    this.samples.add(this.lastNs, this.nrEvents, this.figures());
  }

  private figures(): readonly (readonly PolicyFigures[])[] {
    return this.runs.map((runs) => runs.map((run) => run.figures(this.live.usedBytes)));
  }

  /** Early areas lie in the first chunk, at the same place under every policy. */
  private early({ isFree, sizeBytes, alignBytes, offBytes }: EarlyEvent): void {
    const { firstChunk } = this.request;
    if (isFree) {
      this.release(firstChunk, offBytes);
      return;
    }
    let slot = NO_SLOT;
    for (const run of this.all()) {
      const area = allocPercpu(run.t, sizeBytes, alignBytes, false, 0);
      if (area < 0) continue;
      if (slot === NO_SLOT) {
        const owner = this.owners.of(NOT_RECORDED, sizeBytes);
        slot = this.live.born(firstChunk, areaOffBytes(run.t, area), sizeBytes, owner, 0);
      }
      run.adopt(slot, area);
    }
  }
}
