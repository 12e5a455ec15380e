/**
 * A recording as long as asked for, of an allocator of ours: thousands of cgroups of nine areas are made and removed again,
 * the oldest first but for one in ten, which stays for a round longer, so that chunks come and go. Places, chunks and frees are the allocator's. The balance work
 * runs as on the recorded kernels: after the system call that asked for it, or at once after a free.
 */

import {
  createEventBatch,
  EVENT_ALLOC,
  EVENT_CREATE_CHUNK,
  EVENT_DESTROY_CHUNK,
  EVENT_FREE,
  type EventBatch,
  type EventNames,
  NOT_RECORDED,
} from "@ebb/formats";
import {
  allocPercpu,
  areaChunk,
  areaOffBytes,
  balanceWorkPending,
  createPercpu,
  embeddedGeometry,
  freePercpu,
  type Percpu,
  type PercpuPolicy,
  runBalanceWork,
} from "@ebb/model";

const NR_CPUS = 32;
const STATIC_BYTES = 171_496;
const BATCH_EVENTS = 4096;
/** Of one cgroup: those of 6.1. */
const SIZES = [8, 64, 1032, 656, 4, 8, 8, 32, 8];
const MOST = 3000;
const KEPT_OF = 10;
/** Each cgroup is made by a task of its own and freed by one worker; another does the balance work. */
const FIRST_PID = 100;
const NR_PIDS = 32_000;
const WORKER_PID = 7;
const BALANCE_PID = 8;
/** Chunks that ever are at a time. */
const MAX_CHUNKS = 1024;

export class MadeUpRecording {
  readonly t: Percpu;
  readonly names: EventNames = { names: ["mkdir", "caller"], chunks: [], originNs: 0n, nrCpus: NR_CPUS };
  nrEvents = 0;
  private readonly batch = createEventBatch(BATCH_EVENTS);
  private feed: (batch: EventBatch) => void = () => undefined;
  private timeNs = 0;
  private pid = FIRST_PID;
  /** Numbers of chunks in the recording, by ordinal; the first chunk is number 0. */
  private readonly ids = new Map([[0, 0]]);
  private readonly freeIds: number[] = [];
  /** The areas of each cgroup: of this round, and those that the round before left. */
  private cgroups: (readonly number[])[] = [];
  private kept: (readonly number[])[] = [];

  constructor(policy: PercpuPolicy) {
    this.t = createPercpu({
      geometry: embeddedGeometry(NR_CPUS, 1, STATIC_BYTES),
      policy,
      nrKinds: 1,
      emptyCount: "global",
    });
    for (let i = 0; i < MAX_CHUNKS; i++) this.names.chunks.push(`chunk ${i}`);
    this.t.events = {
      chunkCreated: (ordinal) => this.chunkEvent(EVENT_CREATE_CHUNK, ordinal),
      chunkDestroyed: (ordinal) => this.chunkEvent(EVENT_DESTROY_CHUNK, ordinal),
      pagesPopulated: () => undefined,
      pagesDepopulated: () => undefined,
      balanceWorkPending: () => undefined,
    };
  }

  /** Makes at least so many events, and hands them over in batches that are used again. */
  make(nrEvents: number, feed: (batch: EventBatch) => void): void {
    this.feed = feed;
    while (this.nrEvents < nrEvents) {
      while (this.cgroups.length < MOST) this.mkdir();
      for (const areas of this.kept) this.rmdir(areas);
      this.kept = [];
      this.cgroups.forEach((areas, i) => {
        if (i % KEPT_OF === 0) this.kept.push(areas);
        else this.rmdir(areas);
      });
      this.cgroups = [];
    }
    this.flush();
  }

  private mkdir(): void {
    const areas: number[] = [];
    this.pid = FIRST_PID + (this.nrEvents % NR_PIDS);
    for (const size of SIZES) {
      const align = size < 8 ? 4 : 8;
      const area = allocPercpu(this.t, size, align, false, 0);
      if (area < 0) throw new Error("the allocator has no place");
      areas.push(area);
      this.put(EVENT_ALLOC, this.idOf(areaChunk(this.t, area)), areaOffBytes(this.t, area), size, align);
    }
    this.balance();
    this.cgroups.push(areas);
  }

  private rmdir(areas: readonly number[]): void {
    this.pid = WORKER_PID;
    for (const area of areas) {
      this.put(EVENT_FREE, this.idOf(areaChunk(this.t, area)), areaOffBytes(this.t, area), NOT_RECORDED, NOT_RECORDED);
      freePercpu(this.t, area);
      this.balance();
    }
  }

  private balance(): void {
    if (!balanceWorkPending(this.t)) return;
    const { pid } = this;
    this.pid = BALANCE_PID;
    runBalanceWork(this.t);
    this.pid = pid;
  }

  private put(kind: number, chunk: number, off: number, size: number, align: number): void {
    if (this.batch.nr === BATCH_EVENTS) this.flush();
    const { batch } = this;
    const i = batch.nr++;
    this.timeNs += 20_000;
    batch.kind[i] = kind;
    batch.timeNs[i] = this.timeNs;
    batch.pid[i] = this.pid;
    batch.sizeBytes[i] = size;
    batch.alignBytes[i] = align;
    batch.offBytes[i] = off;
    batch.chunk[i] = chunk;
    batch.callSite[i] = kind === EVENT_ALLOC ? 1 : NOT_RECORDED;
    batch.line[i] = ++this.nrEvents;
  }

  private flush(): void {
    this.feed(this.batch);
    this.batch.nr = 0;
  }

  /** Addresses of chunks that are gone are given again. */
  private chunkEvent(kind: number, ordinal: number): void {
    if (kind === EVENT_CREATE_CHUNK) this.ids.set(ordinal, this.freeIds.pop() ?? this.ids.size);
    const id = this.ids.get(ordinal) ?? 0;
    this.put(kind, id, NOT_RECORDED, NOT_RECORDED, NOT_RECORDED);
    if (kind !== EVENT_DESTROY_CHUNK) return;
    this.ids.delete(ordinal);
    this.freeIds.push(id);
  }

  private idOf(row: number): number {
    return this.ids.get(this.t.ordinal[row] ?? 0) ?? 0;
  }
}
