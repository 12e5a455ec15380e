/** Scripts as timelines: any instant is what the machine was at that moment of the run, whichever way it is come to. */

import { hashMachine, type Machine } from "@ebb/model";
import { experimentFolder, Random, readFixture } from "@ebb/testkit";
import { expect, test } from "vitest";
import { machineOptions } from "../experiment/machine-options.ts";
import { runExperiment } from "../experiment/run-experiment.ts";
import {
  createScriptTimeline,
  type ScriptTimeline,
  type ScriptTimelineOptions,
  startScriptTimeline,
} from "./script-timeline.ts";
import type { InstantView } from "./view.ts";

function optionsFor(
  source: string,
  { kernel = "5.12", policy = "vanilla", cpus = "4", env = {} as Readonly<Record<string, string>> } = {},
): ScriptTimelineOptions {
  const machine = machineOptions({ kernel, policy, cpus, nodes: undefined, settings: [] });
  if ("severity" in machine) throw new Error(machine.message);
  return { machine, source, name: "test.sh", args: [], env: new Map(Object.entries(env)) };
}

function experiment(name: string): string {
  return readFixture(experimentFolder(), name) ?? "";
}

function timelineOf(options: ScriptTimelineOptions): ScriptTimeline {
  const timeline = createScriptTimeline(options);
  if ("severity" in timeline) throw new Error(timeline.message);
  return timeline;
}

/** State hashes of a run of its own after these events, and at its end. */
function hashesOf(options: ScriptTimelineOptions, positions: ReadonlySet<number>): Map<number, string> {
  const hashes = new Map<number, string>();
  let nrEvents = 0;
  let of: Machine | undefined;
  runExperiment({
    ...options,
    onMachine(machine) {
      of = machine;
      if (positions.has(0)) hashes.set(0, hashMachine(machine));
      machine.callListener = {
        begins: () => undefined,
        ended() {
          nrEvents++;
          if (positions.has(nrEvents)) hashes.set(nrEvents, hashMachine(machine));
        },
      };
    },
  });
  if (of !== undefined) hashes.set(nrEvents, hashMachine(of));
  return hashes;
}

const CASES: readonly (readonly [script: string, options: NonNullable<Parameters<typeof optionsFor>[1]>])[] = [
  ["percpu-churn.sh", { kernel: "5.12", policy: "vanilla", env: { KEEP: "40", CHURN: "4" } }],
  ["percpu-churn.sh", { kernel: "5.12", policy: "upstream", env: { KEEP: "40", CHURN: "4" } }],
  ["dying-memcg.sh", { kernel: "5.0", policy: "early-release", env: { N: "40" } }],
  ["dying-memcg.sh", { kernel: "7.1", policy: "upstream", env: { N: "40" } }],
  ["dead-slab-caches.sh", { kernel: "3.8", policy: "v3.8-merged", env: { N: "8" } }],
  ["hollow-chunks.sh", { kernel: "6.1", policy: "upstream", env: { COUNT: "60" } }],
  ["slab-ipis.sh", { kernel: "4.12", policy: "no-first-ipi", env: { N: "30" } }],
];

test.each(CASES)("%s %o: every instant has the state of the run there", (script, request) => {
  const options = optionsFor(experiment(script), request);
  const timeline = timelineOf(options);
  const random = new Random(timeline.nrEvents);
  const positions = [0, timeline.nrEvents, ...Array.from({ length: 8 }, () => random.below(timeline.nrEvents + 1))];
  const hashes = hashesOf(options, new Set(positions));
  expect(positions.map((at) => [at, timeline.viewAt(at).hash])).toEqual(positions.map((at) => [at, hashes.get(at)]));
  expect(Math.max(...hashes.keys())).toBe(timeline.nrEvents);
});

const SMALL = `
cd /sys/fs/cgroup
echo +memory > cgroup.subtree_control
mkdir a b
grep ^Percpu: /proc/meminfo
sleep 1
rmdir b
mkdir c
sleep 1
grep ^Percpu: /proc/meminfo
`;

function holderNamed({ holders }: InstantView, name: string): number {
  return holders.name.indexOf(name);
}

test("areas have their cgroup as holder, and are as old as it is", () => {
  const timeline = timelineOf(optionsFor(SMALL));
  const view = timeline.viewAt(timeline.nrEvents);
  const { holders, chunks } = view;
  const [a, c, boot] = [holderNamed(view, "a"), holderNamed(view, "c"), holderNamed(view, "boot")];
  expect([holders.kind[a], holders.kind[c], holders.kind[boot]]).toEqual(["cgroup", "cgroup", "boot"]);
  expect(holders.parent[a]).toBe(holderNamed(view, "root"));
  expect(holders.bytes[a]).toBe(holders.bytes[c]);
  expect(holderNamed(view, "b")).toBe(-1);
  const births = new Map<number, Set<number>>();
  let bytes = 0;
  for (const row of chunks.row) {
    const areas = timeline.areasOf(row);
    for (let i = 0; i < areas.nrAreas; i++) {
      const holder = areas.holder[i] ?? -1;
      births.set(holder, (births.get(holder) ?? new Set()).add(areas.bornNs[i] ?? 0));
      bytes += areas.sizeBytes[i] ?? 0;
    }
  }
  expect([...(births.get(boot) ?? [])]).toEqual([Number.NaN]);
  const bornA = [...(births.get(a) ?? [])];
  const bornC = [...(births.get(c) ?? [])];
  expect([bornA.length, bornC.length]).toEqual([1, 1]);
  expect((bornC[0] ?? 0) - (bornA[0] ?? 0)).toBeGreaterThan(1e9);
  expect(bytes).toBe(holders.bytes.reduce((sum, one) => sum + one, 0));
  expect(bytes).toBe(chunks.usedBytes.reduce((sum, one) => sum + one, 0));
});

test("a removed cgroup is dying under its name until it is released", () => {
  const timeline = timelineOf(optionsFor(SMALL));
  const killed = timeline.curves.marks.find(({ label }) => label === "cgroup killed");
  let removed = killed?.position ?? 0;
  expect(timeline.viewAt(removed).event).toBe("deferred: cgroup killed");
  while (removed > 0 && timeline.viewAt(removed).event !== "rmdir /b") removed--;
  const after = timeline.viewAt(removed);
  expect(after.holders.dyingSinceNs[holderNamed(after, "b")]).toBe(after.timeNs);
  expect(timeline.viewAt(removed - 1).holders.dyingSinceNs[holderNamed(after, "b")]).toBeNaN();
});

test("curves, marks and figures say what the script read", () => {
  const timeline = timelineOf(optionsFor(SMALL));
  const { curves, run } = timeline;
  expect([curves.timeNs[0], curves.timeNs.at(-1)]).toEqual([0, timeline.endNs]);
  expect(curves.position.at(-1)).toBe(timeline.nrEvents);
  const readings = curves.marks.filter(({ kind }) => kind === "reading");
  expect(readings.map(({ timeNs }) => timeNs)).toEqual(run.readings.map(({ timeNs }) => timeNs));
  const percpuAt = (position: number) => timeline.viewAt(position).figures.find(({ name }) => name === "Percpu")?.value;
  expect(readings.map(({ position }) => percpuAt(position))).toEqual(run.readings.map(({ percpuKb: kb }) => kb));
  const deferred = curves.marks.filter(({ kind }) => kind === "deferred");
  expect(deferred.map(({ label }) => label)).toContain("cgroup killed");
  expect(deferred.every(({ position, timeNs }) => timeline.viewAt(position).timeNs === timeNs)).toBe(true);
});

test("a time leads to the last event at or before it", () => {
  const timeline = timelineOf(optionsFor(SMALL));
  for (const mark of timeline.curves.marks) {
    const at = timeline.positionAt(mark.timeNs);
    expect(at).toBeGreaterThanOrEqual(mark.position);
    expect(timeline.viewAt(at).timeNs).toBeLessThanOrEqual(mark.timeNs);
  }
  expect(timeline.positionAt(timeline.endNs)).toBe(timeline.nrEvents);
});

const LONG = "cd /sys/fs/cgroup; for ((i = 0; i < 600; i++)); do mkdir $i; rmdir $i; done; grep Percpu /proc/meminfo\n";

test("a run in small pieces is the same run, and shows how far it is", () => {
  const options = optionsFor(LONG);
  const started = startScriptTimeline(options);
  if ("severity" in started) throw new Error(started.message);
  const seen: number[] = [];
  let timeline: ScriptTimeline | undefined;
  while (timeline === undefined) {
    timeline = started.advance(() => false);
    const progress = started.progress();
    seen.push(progress.nrEvents);
    expect(progress.curves().position.at(-1)).toBeLessThanOrEqual(progress.nrEvents);
  }
  expect(seen.length).toBeGreaterThan(4);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  const whole = timelineOf(options);
  expect(timeline.viewAt(timeline.nrEvents).hash).toBe(whole.viewAt(whole.nrEvents).hash);
  expect(timeline.curves).toEqual(whole.curves);
});

test("a run that is stopped is a timeline as far as it came", () => {
  let nr = 0;
  const timeline = timelineOf({ ...optionsFor(LONG), shouldStop: () => nr++ > 2 });
  expect(timeline.run.status).toBe(137);
  expect(timeline.viewAt(timeline.nrEvents).timeNs).toBe(timeline.endNs);
});

test("a script without an end is given up when its calls are as many as are written down", () => {
  const timeline = timelineOf({ ...optionsFor("while :; do mkdir /tmp/x; rmdir /tmp/x; done"), mostCalls: 3000 });
  expect([timeline.isFull, timeline.run.status]).toEqual([true, 137]);
  expect(timeline.nrEvents).toBeLessThan(8000);
  expect(timelineOf(optionsFor(SMALL)).isFull).toBe(false);
});

test("a script with a syntax error is a problem", () => {
  expect(createScriptTimeline(optionsFor("if then"))).toMatchObject({ severity: "error" });
});

test("pages pinned: all but the holder's own bytes, in pages that nobody else is in", () => {
  const source = experiment("hollow-chunks.sh");
  const timeline = timelineOf(optionsFor(source, { env: { COUNT: "60" } }));
  const { chunks, holders } = timeline.viewAt(timeline.nrEvents);
  const pinned = new Float64Array(holders.nrHolders);
  chunks.row.forEach((row, i) => {
    if (((chunks.flags[i] ?? 0) & 3) !== 0) return;
    const areas = timeline.areasOf(row);
    for (let page = 0; page < (chunks.nrPages[i] ?? 0); page++) {
      const here = [...areas.offBytes.keys()].filter((k) => {
        const off = areas.offBytes[k] ?? 0;
        return off < (page + 1) * 4096 && off + (areas.sizeBytes[k] ?? 0) > page * 4096;
      });
      const cell = i * chunks.pagesPerRow + page;
      expect(chunks.nrAreas[cell]).toBe(here.length);
      const owners = new Set(here.map((k) => areas.holder[k]));
      const [only] = owners;
      if (owners.size === 1 && only !== undefined)
        pinned[only] = (pinned[only] ?? 0) + 4096 - (chunks.usedBytes[cell] ?? 0);
    }
  });
  expect([...holders.pinnedBytes]).toEqual([...pinned]);
  expect(Math.max(...pinned)).toBeGreaterThan(0);
});
