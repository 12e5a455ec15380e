/** Listens to an allocator while the requests of a recording are made of it: requests, curves, snapshots, births. */

import { type Percpu, type PercpuSnapshot, snapshotPercpu, VIEW } from "@ebb/model";
import { percpuFigures } from "../experiment/machine-figures.ts";
import type { AllocRequest, RequestListener } from "../replay/policy-run.ts";
import { Births } from "./births.ts";
import { IntColumn } from "./columns.ts";
import { CurveSamples } from "./curve-samples.ts";
import { PERCPU_FIGURES, type PercpuMemory } from "./figures.ts";
import { RequestLog } from "./request-log.ts";
import { Snapshots } from "./snapshots.ts";

/** What the recorder asks of the replay it listens to. */
interface TraceMoment {
  readonly t: Percpu;
  /** Time of the event being replayed. */
  timeNs(): number;
  /** Who asked for the area in a slot of the identity table. */
  ownerOf(slot: number): number;
}

/** Packing so many bytes takes a fifth of what a request and its bookkeeping takes. */
const BYTES_PER_REQUEST = 512;
const MOST_SNAPSHOTS = 128;
const MOST_BYTES = 100e6;

export class TraceRecorder implements RequestListener {
  readonly log = new RequestLog();
  readonly births = new Births();
  /** By birth. */
  readonly owners = new IntColumn();
  readonly samples = new CurveSamples<PercpuMemory>(PERCPU_FIGURES);
  readonly snapshots = new Snapshots<PercpuSnapshot>({
    bytesPerPosition: BYTES_PER_REQUEST,
    most: MOST_SNAPSHOTS,
    mostBytes: MOST_BYTES,
  });
  private moment: TraceMoment | undefined;

  /** The recording begins; what lives already has `areas` with their owners. */
  begin(moment: TraceMoment, areas: Iterable<readonly [area: number, owner: number]>): void {
    this.moment = moment;
    for (const [area, owner] of areas) this.born(area, owner);
    this.snapshots.add(0, snapshotPercpu(moment.t, VIEW));
    this.sample();
  }

  allocated(area: number, { sizeBytes, alignBytes, flags }: AllocRequest, slot: number): void {
    const { moment, log } = this;
    if (moment === undefined) return;
    log.allocated(moment.timeNs(), sizeBytes, alignBytes, flags);
    if (area >= 0) this.born(area, moment.ownerOf(slot));
    this.after(moment);
  }

  freed(area: number): void {
    if (this.moment === undefined) return;
    this.log.freed(this.moment.timeNs(), area);
    this.after(this.moment);
  }

  balanced(): void {
    if (this.moment === undefined) return;
    this.log.balanced(this.moment.timeNs());
    this.after(this.moment);
  }

  marked(text: number): void {
    if (this.moment === undefined) return;
    this.log.marked(this.moment.timeNs(), text);
    this.after(this.moment);
  }

  /** Nothing follows. */
  end(): void {
    this.sample();
  }

  private born(area: number, owner: number): void {
    this.births.add(area, this.log.length);
    this.owners.push(owner);
  }

  private after({ t }: TraceMoment): void {
    const { log, samples, snapshots } = this;
    if (samples.isDue(log.length)) this.sample();
    if (snapshots.isDue(log.length)) snapshots.add(log.length, snapshotPercpu(t, VIEW));
  }

  private sample(): void {
    if (this.moment === undefined) return;
    this.samples.add(this.moment.timeNs(), this.log.length, percpuMemory(this.moment.t));
  }
}

/** What the allocator's memory comes to now. */
export function percpuMemory(t: Percpu): PercpuMemory {
  return { ...percpuFigures(t), nrUnits: t.geometry.nrUnits };
}
