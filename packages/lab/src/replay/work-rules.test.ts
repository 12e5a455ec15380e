/** Recordings of kernels whose balance work follows another rule than the usual one: the check finds which. */

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
import { RULE_AFTER_CALL, RULE_AT_ONCE, RULE_USUAL } from "./balance-lead.ts";
import { CheckRun } from "./check-run.ts";
import { ALLOCATIONS, MATCHED } from "./counts.ts";

const TASK_PID = 100;
const WORKER_PID = 7;
const SIZES = [8, 64, 1032, 656, 4, 8, 8, 32, 8];
const MOST = 600;
const FEWEST = 100;

function allocator(): Percpu {
  const policy = percpuPolicy("upstream");
  if (policy === undefined) throw new Error("no policy upstream");
  return createPercpu({ geometry: embeddedGeometry(8, 1, 171496), policy, nrKinds: 1, emptyCount: "global" });
}

/** One task makes and removes cgroups without a pause; the work runs at once, or when a cgroup is made or removed. */
function recorded(nrEvents: number, rule: number): EventBatch {
  const t = allocator();
  const random = new Random(3);
  const batch = createEventBatch(nrEvents + 1000);
  const put = (kind: number, chunk: number, off: number, pid: number, size = -1) => {
    const i = batch.nr++;
    batch.kind[i] = kind;
    batch.pid[i] = pid;
    batch.timeNs[i] = i * 20_000;
    batch.line[i] = i + 1;
    batch.chunk[i] = chunk;
    batch.offBytes[i] = off;
    batch.sizeBytes[i] = size;
    batch.alignBytes[i] = size < 8 ? 4 : 8;
  };
  t.events = {
    chunkCreated: (ordinal) => put(EVENT_CREATE_CHUNK, ordinal, -1, WORKER_PID),
    chunkDestroyed: (ordinal) => put(EVENT_DESTROY_CHUNK, ordinal, -1, WORKER_PID),
    pagesPopulated: () => undefined,
    pagesDepopulated: () => undefined,
    balanceWorkPending: () => undefined,
  };
  const balance = () => {
    if (balanceWorkPending(t)) runBalanceWork(t);
  };
  const placeOf = (area: number) => [t.ordinal[areaChunk(t, area)] ?? 0, areaOffBytes(t, area)] as const;
  const cgroups: number[][] = [];
  const made = (pid: number) => {
    cgroups.push(
      SIZES.map((size) => {
        const area = allocPercpu(t, size, size < 8 ? 4 : 8, false, 0);
        put(EVENT_ALLOC, ...placeOf(area), pid, size);
        if (rule === RULE_AT_ONCE) balance();
        return area;
      }),
    );
    balance();
  };
  const removed = (pid: number) => {
    const [areas = []] = cgroups.splice(random.below(cgroups.length), 1);
    for (const area of areas) {
      put(EVENT_FREE, ...placeOf(area), pid);
      freePercpu(t, area);
      if (rule === RULE_AT_ONCE) balance();
    }
    balance();
  };
  for (let call = 0, grows = true; batch.nr < nrEvents; call++) {
    if (cgroups.length >= MOST) grows = false;
    else if (cgroups.length <= FEWEST) grows = true;
    // One task goes on and on, or another one each time.
    const pid = rule === RULE_AT_ONCE ? TASK_PID : TASK_PID + (call % 1000);
    if (random.perMille(grows ? 700 : 300) || cgroups.length === 0) made(pid);
    else removed(pid);
  }
  return batch;
}

function checked(batch: EventBatch, rule: number): CheckRun {
  const names = { names: [], chunks: [], originNs: 0n };
  const start = { isKnown: true, isAssumed: false };
  const run = new CheckRun({ t: allocator(), start, before: undefined, names, stats: [], rule });
  run.feed(batch);
  run.end();
  return run;
}

test.each([
  ["at once", RULE_AT_ONCE],
  ["after each call", RULE_AFTER_CALL],
])("with its own rule, a recording of work %s needs no repair", (_, rule) => {
  const run = checked(recorded(60_000, rule), rule);
  expect([run.mismatches, run.swaps]).toEqual([[], []]);
  expect(run.replayed.counts[MATCHED]).toBe(run.replayed.counts[ALLOCATIONS]);
  expect(verifyPercpu(run.replayed.t)).toEqual([]);
});

test("with the usual rule, the other one is found on the way, and told", () => {
  const run = checked(recorded(300_000, RULE_AT_ONCE), RULE_USUAL);
  expect(run.swaps.filter(({ what }) => what === "rule").length).toBeGreaterThan(0);
  expect(run.swaps.find(({ what }) => what === "rule")?.text).toBe("balance work at once after each request");
});
