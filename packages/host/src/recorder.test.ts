/** Recording a host that is made of files, and cleaning up after it. */

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EVENT_FREE, type Problem, type RecordedText } from "@ebb/formats";
import { buildFakeHost, fakeInstances, fillFakeBuffer, rawPage, startFakeKernel } from "@ebb/testkit";
import { afterEach, beforeEach, expect, test } from "vitest";
import { cleanUp } from "./cleanup.ts";
import { HostRecorder } from "./recorder.ts";

const NO_SUCH_PID = 2 ** 22 + 5;

let root = "";
let stopKernel = (): void => undefined;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "ebb-host-"));
  buildFakeHost(root);
  stopKernel = startFakeKernel(root);
});

afterEach(() => {
  stopKernel();
  rmSync(root, { recursive: true });
});

/** Begins to record the host; what it says is collected. */
async function start(pid = NO_SUCH_PID) {
  const rows: string[] = [];
  const texts: RecordedText[] = [];
  const problems: Problem[] = [];
  const recorder = await HostRecorder.start(
    { root, pid, bufferKb: 64, cgroups: [join(root, "sys/fs/cgroup/box")] },
    {
      events(batch, { names }) {
        for (let i = 0; i < batch.nr; i++) {
          expect(batch.kind[i]).toBe(EVENT_FREE);
          rows.push([batch.timeNs[i], batch.cpu[i], batch.offBytes[i], names[batch.task[i] ?? -1]].join(" "));
        }
      },
      text: (text) => texts.push(text),
      problem: (problem) => problems.push(problem),
    },
  );
  return { recorder, rows, texts, problems };
}

function running(recorder: HostRecorder | Problem): HostRecorder {
  if (!(recorder instanceof HostRecorder)) throw new Error(`${recorder.message}: ${recorder.found}`);
  return recorder;
}

/** A file of the instance. */
function setting(name: string): string {
  return readFileSync(join(root, "sys/kernel/tracing/instances", `ebb-${NO_SUCH_PID}`, name), "latin1");
}

/** Events of two CPUs, at times shortly before now. */
function fillBuffers(): bigint {
  const nowNs = process.hrtime.bigint() - 1_000_000n;
  const event = (laterNs: number, pid: number) => ({ timeNs: nowNs + BigInt(laterNs), pid, offBytes: laterNs });
  fillFakeBuffer(root, 0, Buffer.concat([rawPage([event(0, 7), event(40, 0)]), rawPage([event(60, 9)])]));
  fillFakeBuffer(root, 1, rawPage([event(20, 8), event(50, 7)]));
  return nowNs;
}

test("events of all CPUs leave in order of time, under the names of their tasks", async () => {
  fillBuffers();
  mkdirSync(join(root, "proc/9"), { recursive: true });
  writeFileSync(join(root, "proc/9/comm"), "sleeper\n");
  const { recorder, rows, problems } = await start();
  const live = running(recorder);
  live.turn();
  expect(rows).toEqual([]);
  live.turn();
  expect(rows).toEqual(["0 0 0 worker", "20 1 20 <...>", "40 0 40 <idle>", "50 1 50 worker", "60 0 60 sleeper"]);
  expect(live.totals).toMatchObject({ nrEvents: 5, nrBad: 0, nrLost: 0 });
  expect(live.stop()).toMatchObject({ nrEvents: 5, nrLost: 0 });
  expect(problems).toEqual([]);
});

test("the instance is set up, switched on and off, and gone at the end", async () => {
  const { recorder, problems } = await start();
  const live = running(recorder);
  expect(fakeInstances(root)).toEqual([`ebb-${NO_SUCH_PID}`, "other"]);
  expect(setting("trace_clock")).toBe("mono");
  expect(setting("buffer_size_kb")).toBe("64");
  expect(setting("events/percpu/enable")).toBe("1");
  expect(setting("events/cgroup/cgroup_mkdir/enable")).toBe("1");
  expect(setting("tracing_on")).toBe("1");
  live.snapshot("start");
  expect(setting("trace_marker")).toBe("stage startebb: stage start was read");
  live.stop();
  live.abandon();
  expect(fakeInstances(root)).toEqual(["other"]);
  expect(problems).toEqual([]);
  expect(readFileSync(join(root, "sys/kernel/tracing/tracing_on"), "latin1")).toBe("1\n");
});

test("texts of the host: what lasts at once, snapshots behind the events before them", async () => {
  const firstNs = fillBuffers();
  mkdirSync(join(root, "sys/fs/cgroup/box"), { recursive: true });
  writeFileSync(join(root, "sys/fs/cgroup/box/cgroup.stat"), "nr_descendants 3\n");
  const { recorder, rows, texts } = await start();
  const live = running(recorder);
  expect(texts.map(({ key }) => key)).toEqual(["/proc/version", "/proc/sys/kernel/random/boot_id", "/dev/kmsg"]);
  expect(texts[2]?.text).toBe("[    0.109260] percpu: Embedded 53 pages/cpu s185560 r0 d31528 u1048576\n");
  texts.length = 0;
  live.snapshot("start");
  live.turn();
  expect(texts).toEqual([]);
  live.turn();
  expect(rows).toHaveLength(5);
  expect(texts.map(({ key, stage, text }) => [key, stage, text.split("\n")[0]])).toEqual([
    ["/sys/kernel/debug/percpu_stats", "start", "Percpu Memory Statistics"],
    ["/proc/meminfo", "start", "MemTotal: 1000 kB"],
    ["/proc/slabinfo", "start", "slabinfo - version: 2.1"],
    ["/sys/fs/cgroup/cgroup.stat", "start", "nr_descendants 0"],
    ["/sys/fs/cgroup/box/cgroup.stat", "start", "nr_descendants 3"],
  ]);
  const times = texts.map(({ timeNs }) => timeNs ?? 0);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(times[0]).toBeGreaterThan(60);
  expect(BigInt(times[0] ?? 0) + firstNs).toBeLessThan(process.hrtime.bigint());
  live.snapshot("end");
  live.stop();
  expect(texts.filter(({ stage }) => stage === "end")).toHaveLength(5);
});

test("a host without any event still gives its snapshots, without times", async () => {
  const { recorder, texts } = await start();
  const live = running(recorder);
  live.snapshot("start");
  live.stop();
  expect(texts.find(({ key }) => key === "/proc/meminfo")).toMatchObject({ stage: "start", timeNs: undefined });
});

test("what the pages or the kernel say is lost is told", async () => {
  const nowNs = process.hrtime.bigint() - 1_000_000n;
  fillFakeBuffer(root, 0, rawPage([{ timeNs: nowNs, pid: 7, offBytes: 0 }], true));
  writeFileSync(
    join(root, "fake/cpu1.stats"),
    "entries: 3\noverrun: 4\ncommit overrun: 1\ndropped events: 2\nread events: 9\n",
  );
  const { recorder, problems } = await start();
  const totals = running(recorder).stop();
  // A page that does not say how many counts as one.
  expect(totals.nrLost).toBe(8);
  expect(problems.map(({ severity }) => severity)).toContain("data-loss");
  expect(problems.at(-1)?.message).toBe("8 events were lost, most of them on CPU 1");
});

test("a kernel without percpu events is told, and left as it was", async () => {
  stopKernel();
  const { recorder } = await start();
  expect(recorder).toMatchObject({ severity: "error", message: "this host cannot be recorded" });
  rmSync(join(root, "proc/mounts"));
  expect((await start()).recorder).toMatchObject({ message: "the kernel's tracing files are not there" });
  stopKernel = startFakeKernel(root);
});

test("a kernel without percpu_stats is told once, and recorded", async () => {
  rmSync(join(root, "sys/kernel/debug/percpu_stats"));
  const { recorder, problems } = await start();
  running(recorder).snapshot("start");
  running(recorder).snapshot("end");
  running(recorder).stop();
  expect(problems.map(({ severity, file }) => `${severity} ${file}`)).toEqual(["info /sys/kernel/debug/percpu_stats"]);
});

test("an instance of that name is in the way", async () => {
  const first = await start();
  const second = await start();
  expect(second.recorder).toMatchObject({ severity: "error" });
  running(first.recorder).stop();
});

test("after a recorder was killed, cleaning up removes its instance and no other", async () => {
  const { recorder } = await start();
  const beside = (name: string) => join(root, "sys/kernel/tracing/instances", name);
  for (const name of ["ebb-4194300", "ebb-77", "ebb-mine"]) mkdirSync(beside(name));
  mkdirSync(join(root, "proc/77"), { recursive: true });
  writeFileSync(join(root, "proc/77/cmdline"), "node\0ebb\0record\0-o\0a.ebb\0");
  expect(await cleanUp(root)).toEqual([
    { name: "ebb-4194300", outcome: "removed" },
    // No process of that number, but its pipes are open: this test's.
    { name: `ebb-${NO_SUCH_PID}`, outcome: "in use" },
    { name: "ebb-77", outcome: "recording" },
  ]);
  running(recorder).stop();
  writeFileSync(join(root, "proc/77/cmdline"), "cat\0record.txt\0");
  expect(await cleanUp(root)).toEqual([{ name: "ebb-77", outcome: "removed" }]);
  expect(fakeInstances(root)).toEqual(["ebb-mine", "other"]);
  expect(await cleanUp(root)).toEqual([]);
});
