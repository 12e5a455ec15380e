/** Events of several CPUs merged while they come. */

import { createEventBatch, type EventBatch, type EventNames } from "@ebb/formats";
import fc from "fast-check";
import { expect, test } from "vitest";
import { LiveMerge } from "./live-merge.ts";

const NAMER = { taskOf: (pid: number) => `task ${pid}`, symbolOf: (name: string) => `<${name}>` };

/** Times of one CPU's events, whose names are numbered by its own importer. */
function batchOf(timesNs: readonly number[]): EventBatch {
  const batch = createEventBatch(timesNs.length);
  batch.nr = timesNs.length;
  for (const [i, timeNs] of timesNs.entries()) {
    batch.timeNs[i] = timeNs;
    batch.pid[i] = 7;
    batch.callSite[i] = 0;
    batch.gfp[i] = -1;
    batch.text[i] = -1;
    batch.chunk[i] = i % 2;
  }
  return batch;
}

function merged(nrCpus: number) {
  const rows: string[] = [];
  const merge: LiveMerge = new LiveMerge(nrCpus, NAMER, (batch, { names, chunks }) => {
    for (let i = 0; i < batch.nr; i++) {
      const named = [batch.task, batch.callSite].map((column) => names[column[i] ?? -1]);
      rows.push([batch.timeNs[i], batch.input[i], ...named, chunks[batch.chunk[i] ?? -1]].join(" "));
    }
  });
  return { merge, rows };
}

function namesOf(cpu: number, originNs: bigint): EventNames {
  return { names: [`site${cpu}`], chunks: ["c0", `c${cpu}`], originNs };
}

test("times of importers with other origins become those since the first event, names are shared", () => {
  const { merge, rows } = merged(2);
  merge.add(0, batchOf([0, 30]), namesOf(0, 1020n));
  merge.add(1, batchOf([0, 40]), namesOf(1, 1000n));
  merge.releaseAll();
  expect(merge.names.originNs).toBe(1000n);
  expect(rows).toEqual([
    "0 1 task 7 <site1> c0",
    "20 0 task 7 <site0> c0",
    "40 1 task 7 <site1> c1",
    "50 0 task 7 <site0> c0",
  ]);
});

test("nothing leaves that another CPU could still precede, and until then there is no origin", () => {
  const { merge, rows } = merged(2);
  merge.add(0, batchOf([0, 30]), namesOf(0, 1020n));
  merge.release(1020n);
  expect([rows.length, merge.hasOrigin]).toEqual([0, false]);
  merge.add(1, batchOf([0]), namesOf(1, 1001n));
  merge.release(1021n);
  expect(rows).toEqual(["0 1 task 7 <site1> c0", "19 0 task 7 <site0> c0"]);
  merge.release(1050n);
  expect(rows).toHaveLength(2);
  merge.release(1051n);
  expect(rows).toHaveLength(3);
});

test("any pieces of any CPUs leave in order, each once", () => {
  const steps = fc.array(fc.tuple(fc.nat(3), fc.array(fc.nat(50), { minLength: 1, maxLength: 5 })), { maxLength: 40 });
  fc.assert(
    fc.property(steps, (all) => {
      const { merge, rows } = merged(4);
      const ends = [0, 0, 0, 0];
      const expected: number[] = [];
      for (const [cpu, gaps] of all) {
        let now = ends[cpu] ?? 0;
        const times = gaps.map((gap) => {
          now += gap;
          return now;
        });
        ends[cpu] = now;
        expected.push(...times);
        merge.add(cpu, batchOf(times), namesOf(cpu, 500n));
        // All CPUs have been read up to the one that is furthest behind.
        merge.release(500n + BigInt(Math.min(...ends)));
      }
      merge.releaseAll();
      expected.sort((a, b) => a - b);
      const first = expected[0] ?? 0;
      expect(rows.map((row) => Number(row.split(" ")[0]) + first)).toEqual(expected);
    }),
  );
});
