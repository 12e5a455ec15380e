/**
 * The event file: a made-up trace of cgroups that come and go, written and read back. Its shapes, tasks, gaps and
 * offsets are those of a recorded run in kind: thirteen areas a cgroup, freed in order by a worker, two events in five
 * within two microseconds of each other, times in ns.
 */

import {
  createEventBatch,
  EbbReader,
  EbbWriter,
  EVENT_ALLOC,
  EVENT_FREE,
  type EventBatch,
  type EventNames,
  FLAG_ATOMIC,
  type ImportTotals,
} from "@ebb/formats";
import { cpuSeconds } from "./timing.ts";

export interface TraceFileSpeed {
  readonly events: number;
  readonly bytesPerEvent: number;
  readonly millionWrittenPerSecond: number;
  readonly millionReadPerSecond: number;
  /** Of all columns as read; the same on every machine. */
  readonly checksum: number;
}

const EVENTS = 2_000_000;
const SMOKE_EVENTS = 40_000;
const BATCH_EVENTS = 4096;
const SIZES = [8, 128, 32, 128, 1216, 24, 528, 4, 8, 32, 8, 8, 32];
const LIVE_CGROUPS = 500;
const CHUNK_BYTES = 1 << 20;
const TOTALS: ImportTotals = { nrRead: 0, nrEvents: 0, nrOther: 0, nrForeign: 0, nrBad: 0, nrLost: 0 };

/** Writes and reads the trace. */
export function benchTraceFile(smoke: boolean): TraceFileSpeed {
  const names: EventNames = { names: ["bash", "kworker/1:2", "GFP_KERNEL"], chunks: [], originNs: 4_721_348_619_000n };
  for (let i = 0; i < SIZES.length; i++) names.names.push(`caller_${i}+0x${(16 * i).toString(16)}`);
  for (let i = 0; i < 40; i++) names.chunks.push(`ffffe8ffff${String(i).padStart(6, "0")}`);
  const batches = madeUpTrace(smoke ? SMOKE_EVENTS : EVENTS);
  const nrEvents = batches.reduce((sum, batch) => sum + batch.nr, 0);
  let parts: Uint8Array[] = [];
  const write = () => {
    parts = [];
    const writer = new EbbWriter((bytes) => parts.push(bytes.slice()), "bench");
    for (const batch of batches) writer.events(batch, names);
    writer.end(TOTALS);
  };
  const writeSeconds = cpuSeconds(write, smoke);
  let nrRead = 0;
  const read = () => {
    const reader = new EbbReader("bench.ebb", {
      batch: (batch) => {
        nrRead = batch.nr;
      },
      problem: ({ message }) => {
        throw new Error(message);
      },
    });
    for (const part of parts) reader.push(part);
    reader.end();
    nrRead = reader.totals.nrEvents;
  };
  const readSeconds = cpuSeconds(read, smoke);
  if (nrRead !== nrEvents) throw new Error(`${nrRead} events of ${nrEvents} were read`);
  const nrBytes = parts.reduce((sum, part) => sum + part.length, 0);
  return {
    events: nrEvents,
    bytesPerEvent: nrBytes / nrEvents,
    millionWrittenPerSecond: nrEvents / writeSeconds / 1e6,
    millionReadPerSecond: nrEvents / readSeconds / 1e6,
    checksum: checksumOf(parts),
  };
}

/** Over all events as they are read, however they are cut into batches. */
function checksumOf(parts: readonly Uint8Array[]): number {
  let sum = 0;
  const add = (value: number | undefined) => {
    sum = (sum * 31 + (value ?? 0)) % 1_000_000_007;
  };
  const reader = new EbbReader("bench.ebb", {
    batch({ nr, ...columns }) {
      for (let i = 0; i < nr; i++) for (const column of Object.values(columns)) add(column[i]);
    },
    problem: () => undefined,
  });
  for (const part of parts) reader.push(part);
  reader.end();
  return sum;
}

/** Cgroups are made; from LIVE_CGROUPS on, the oldest goes for each new one. */
function madeUpTrace(nrEvents: number): EventBatch[] {
  const batches: EventBatch[] = [];
  let batch = createEventBatch(BATCH_EVENTS);
  let timeNs = 0;
  let line = 0;
  const put = (kind: number, area: number) => {
    if (batch.nr === BATCH_EVENTS) {
      batches.push(batch);
      batch = createEventBatch(BATCH_EVENTS);
    }
    const i = batch.nr++;
    const shape = area % SIZES.length;
    const made = kind === EVENT_ALLOC;
    timeNs += 300 + ((area * 7919) % 4001) * (area % 5 < 2 ? 1 : 12);
    batch.kind[i] = kind;
    batch.cpu[i] = made ? 1 : 0;
    batch.timeNs[i] = timeNs;
    batch.pid[i] = made ? 444 : 23;
    batch.task[i] = made ? 0 : 1;
    batch.flags[i] = made && shape === 7 ? FLAG_ATOMIC : 0;
    batch.sizeBytes[i] = made ? (SIZES[shape] ?? 0) : -1;
    batch.alignBytes[i] = made ? 8 : -1;
    batch.offBytes[i] = (area * 168) % CHUNK_BYTES;
    batch.chunk[i] = Math.floor((area * 168) / CHUNK_BYTES) % 40;
    batch.callSite[i] = made ? 3 + shape : -1;
    batch.gfp[i] = made ? 2 : -1;
    batch.text[i] = -1;
    batch.line[i] = ++line;
  };
  for (let made = 0; line < nrEvents; made++) {
    for (let i = 0; i < SIZES.length; i++) put(EVENT_ALLOC, made * SIZES.length + i);
    if (made < LIVE_CGROUPS) continue;
    for (let i = 0; i < SIZES.length; i++) put(EVENT_FREE, (made - LIVE_CGROUPS) * SIZES.length + i);
  }
  batches.push(batch);
  return batches;
}
