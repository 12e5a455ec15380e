/**
 * Synthetic traces whose order is known: several tasks on four CPUs, allocations whose lines are written up to 150 us late,
 * behind those of others. The check must find each placement again.
 */

import {
  createEventBatch,
  EVENT_ALLOC,
  EVENT_CREATE_CHUNK,
  EVENT_DESTROY_CHUNK,
  EVENT_FREE,
  type EventBatch,
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
  percpuPolicy,
  runBalanceWork,
  verifyPercpu,
} from "@ebb/model";
import { Random } from "@ebb/testkit";
import { expect, test } from "vitest";
import { RULE_USUAL } from "./balance-lead.ts";
import { CheckRun } from "./check-run.ts";
import {
  ALLOCATIONS,
  CREATED,
  CREATED_MATCHED,
  DESTROYED,
  DESTROYED_MATCHED,
  FREES_MISSED,
  MATCHED,
} from "./counts.ts";

interface Line {
  readonly kind: number;
  readonly cpu: number;
  readonly pid: number;
  readonly timeNs: number;
  readonly sizeBytes: number;
  readonly alignBytes: number;
  readonly offBytes: number;
  readonly chunk: number;
}

type Size = readonly [sizeBytes: number, alignBytes: number];
// biome-ignore format: a table
const SIZES: readonly [Size, ...Size[]] = [
  [8, 8], [64, 8], [1032, 8], [656, 8], [4, 4], [32, 8], [976, 8], [256, 256],
];
const WORKER_PID = 999;
const LATE_NS = 150_000;

function allocator(policyName: string): Percpu {
  const policy = percpuPolicy(policyName);
  if (policy === undefined) throw new Error(`no policy ${policyName}`);
  return createPercpu({ geometry: embeddedGeometry(8, 1, 171496), policy, nrKinds: 1, emptyCount: "global" });
}

/** Lines in the order of a recording; `lines` counts those that stand late. */
class Recorder {
  readonly lines: Line[] = [];
  nrLate = 0;
  private readonly t: Percpu;
  private readonly random: Random;
  private readonly waiting: Line[] = [];
  private readonly live: { readonly area: number; readonly line: Line }[] = [];
  private nowNs = 0;

  constructor(policyName: string, seed: number) {
    this.t = allocator(policyName);
    this.random = new Random(seed);
    const chunk = (kind: number) => (ordinal: number) =>
      this.lines.push(this.line(kind, 0, WORKER_PID, { chunk: ordinal }));
    this.t.events = {
      chunkCreated: chunk(EVENT_CREATE_CHUNK),
      chunkDestroyed: chunk(EVENT_DESTROY_CHUNK),
      pagesPopulated: () => undefined,
      pagesDepopulated: () => undefined,
      balanceWorkPending: () => undefined,
    };
  }

  run(nrRequests: number, latePerMille: number): void {
    for (let i = 0; i < nrRequests; i++) {
      this.nowNs += 1000 + this.random.below(20_000);
      this.write();
      const grows = i % 2000 < 1300;
      if (this.live.length === 0 || this.random.perMille(grows ? 750 : 200)) this.alloc(latePerMille);
      else this.free();
      if (!balanceWorkPending(this.t)) continue;
      this.nowNs += 1000;
      runBalanceWork(this.t);
    }
    this.nowNs += LATE_NS;
    this.write();
  }

  /** Lines that are due by now. */
  private write(): void {
    this.waiting.sort((a, b) => a.timeNs - b.timeNs);
    while ((this.waiting[0]?.timeNs ?? Number.POSITIVE_INFINITY) <= this.nowNs) {
      const line = this.waiting.shift();
      if (line !== undefined) this.lines.push(line);
    }
  }

  private alloc(latePerMille: number): void {
    const { t, random } = this;
    const pid = 100 + random.below(6);
    if (this.waiting.some((line) => line.pid === pid)) return;
    const [sizeBytes, alignBytes] = random.pick(SIZES);
    const area = allocPercpu(t, sizeBytes, alignBytes, false, 0);
    const place = { chunk: t.ordinal[areaChunk(t, area)] ?? 0, offBytes: areaOffBytes(t, area), sizeBytes, alignBytes };
    const isLate = random.perMille(latePerMille);
    const made = this.line(EVENT_ALLOC, random.below(4), pid, place);
    const line = isLate ? { ...made, timeNs: this.nowNs + random.below(LATE_NS) } : made;
    this.live.push({ area, line });
    if (isLate) this.nrLate++;
    (isLate ? this.waiting : this.lines).push(line);
  }

  private free(): void {
    const at = this.random.below(this.live.length);
    const { area, line } = this.live[at] ?? { area: 0, line: undefined };
    if (line === undefined || this.waiting.includes(line)) return;
    this.live.splice(at, 1);
    const cpu = this.random.below(4);
    this.lines.push(this.line(EVENT_FREE, cpu, 50 + cpu, { chunk: line.chunk, offBytes: line.offBytes }));
    freePercpu(this.t, area);
  }

  private line(kind: number, cpu: number, pid: number, rest: Partial<Line>): Line {
    return { kind, cpu, pid, timeNs: this.nowNs, sizeBytes: -1, alignBytes: -1, offBytes: -1, chunk: -1, ...rest };
  }
}

function batchOf(lines: readonly Line[], firstLine: number): EventBatch {
  const batch = createEventBatch(lines.length);
  batch.nr = lines.length;
  for (const [i, line] of lines.entries()) {
    for (const column of ["kind", "cpu", "pid", "timeNs", "sizeBytes", "alignBytes", "offBytes", "chunk"] as const) {
      batch[column][i] = line[column];
    }
    batch.line[i] = firstLine + i;
  }
  return batch;
}

function checked(policyName: string, lines: readonly Line[]): CheckRun {
  const names = { names: [], chunks: [], originNs: 0n };
  const start = { isKnown: true, isAssumed: false };
  const run = new CheckRun({ t: allocator(policyName), start, before: undefined, names, stats: [], rule: RULE_USUAL });
  for (let at = 0; at < lines.length; at += 1000) run.feed(batchOf(lines.slice(at, at + 1000), at + 1));
  run.end();
  return run;
}

/** Frees whose place is given again, whole, a few lines later: every so many of them. */
function reusedFrees(lines: readonly Line[], every: number): readonly Line[] {
  const reused = lines.filter(({ kind, chunk, offBytes }, i) => {
    if (kind !== EVENT_FREE) return false;
    return lines
      .slice(i + 1, i + 30)
      .some((l) => l.kind === EVENT_ALLOC && l.chunk === chunk && l.offBytes === offBytes);
  });
  return reused.filter((_, i) => i % every === every - 1);
}

test.each([
  ["vanilla", 1, 0],
  ["upstream", 1, 0],
  ["vanilla", 2, 5],
  ["upstream", 3, 5],
  ["upstream", 4, 15],
])("%s, seed %i, %i of 1000 lines late: every placement is found again", (policyName, seed, latePerMille) => {
  const recorder = new Recorder(policyName, seed);
  recorder.run(4000, latePerMille);
  const run = checked(policyName, recorder.lines);
  const { counts } = run.replayed;
  expect(run.mismatches).toEqual([]);
  expect(counts[MATCHED]).toBe(counts[ALLOCATIONS]);
  expect(counts[ALLOCATIONS]).toBe(recorder.lines.filter(({ kind }) => kind === EVENT_ALLOC).length);
  expect([counts[CREATED_MATCHED], counts[DESTROYED_MATCHED]]).toEqual([counts[CREATED], counts[DESTROYED]]);
  // A line may stand late without any difference to what the allocator did.
  expect(run.swaps.length).toBeLessThanOrEqual(recorder.nrLate);
  expect(run.swaps.length > 0).toBe(latePerMille > 0);
  expect(verifyPercpu(run.replayed.t)).toEqual([]);
});

test("frees that no line tells of are found where their places are given again", () => {
  const recorder = new Recorder("upstream", 5);
  recorder.run(3000, 0);
  const missing = new Set(reusedFrees(recorder.lines, 40));
  const run = checked(
    "upstream",
    recorder.lines.filter((line) => !missing.has(line)),
  );
  const { counts } = run.replayed;
  expect(missing.size).toBeGreaterThan(4);
  expect(run.mismatches).toEqual([]);
  expect(counts[MATCHED]).toBe(counts[ALLOCATIONS]);
  expect(counts[FREES_MISSED]).toBe(missing.size);
  expect(run.swaps.map(({ what }) => what)).toEqual([...missing].map(() => "free"));
});
