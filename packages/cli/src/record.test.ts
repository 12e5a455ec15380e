/**
 * `ebb record` as a user runs it: of the machine the tests run on, where that can be recorded, and of a host made of
 * files everywhere. Afterwards tracing is as it was, whatever ended the recorder.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  EbbReader,
  EVENT_ALLOC,
  EVENT_CGROUP_MKDIR,
  EVENT_CGROUP_RMDIR,
  EVENT_CREATE_CHUNK,
  EVENT_FREE,
  type RecordedText,
} from "@ebb/formats";
import { buildFakeHost, FAKE_HOST_MODULE, fakeInstances, fillFakeBuffer, importTrace, rawPage } from "@ebb/testkit";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { BundledEbb } from "./testing/bundled-ebb.ts";
import { cgroupFolder, leftCgroups, recorderInstances, tracingState, whyNoRecording } from "./testing/tracing-state.ts";

const ebb = new BundledEbb();
afterAll(() => ebb.remove());

const NO_RECORDING = whyNoRecording();
const CGROUPS = 12;

function path(name: string): string {
  return join(ebb.folder, name);
}

/** Events and texts of a file, and what is wrong with it. */
function contentOf(name: string) {
  const texts: RecordedText[] = [];
  const trace = importTrace(
    (sink) => {
      return new EbbReader(name, { ...sink, text: (text) => texts.push(text) });
    },
    readFileSync(path(name)),
  );
  return { ...trace, texts };
}

/** Lets a program throw where nobody catches, at a signal. */
const BREAKS_DOWN = "--import=data:text/javascript,process.on('SIGUSR2',()=>{throw(new(Error))})";

/** Recorders that a failed test may have left. */
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0))
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
});

/** Starts a recorder and answers when it has events in its file. */
async function startRecorder(out: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<ChildProcess> {
  const imports = env.EBB_FAKE_ROOT === undefined ? [] : ["--import", "tsx", "--import", FAKE_HOST_MODULE];
  const child = spawn(process.execPath, [...imports, ebb.program, "record", "-o", path(out), ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: "ignore",
    detached: true,
  });
  started.push(child);
  // A second after it begins, what it has goes into the file.
  while (child.exitCode === null && (!existsSync(path(out)) || contentOf(out).events.length === 0)) await pause(50);
  return child;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Sends the signal to the recorder and all it has started, as a terminal does; answers how the recorder ended. */
function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<number | string> {
  const end = new Promise<number | string>((resolve) => child.once("exit", (code, by) => resolve(code ?? by ?? "")));
  if (child.pid !== undefined) process.kill(-child.pid, signal);
  return end;
}

/** Enough cgroups for a new chunk on most machines, made and removed by one process: forks would add their own areas. */
const MANY_CGROUPS = `
  const names = Array.from({ length: 2000 }, (_, i) => process.argv[1] + i);
  for (const name of names) fs.mkdirSync(name);
  for (const name of names) fs.rmdirSync(name);`;

/** Allocations at a place that the recording has not seen freed. */
function nrTakenTwice(events: ReturnType<typeof contentOf>["events"]): number {
  const taken = new Set<string>();
  let nr = 0;
  for (const { kind, chunk, offBytes } of events) {
    const place = `${chunk} ${offBytes}`;
    if (kind === EVENT_FREE) taken.delete(place);
    if (kind !== EVENT_ALLOC) continue;
    if (taken.has(place)) nr++;
    taken.add(place);
  }
  return nr;
}

describe("this machine", () => {
  const folder = cgroupFolder() ?? "";
  const prefix = `ebb-test-${process.pid}-`;
  const churn = `for i in $(seq ${CGROUPS}); do mkdir ${folder}/${prefix}$i; done; sleep 0.3; rmdir ${folder}/${prefix}*`;
  // What an earlier run of these tests may have left, killed as it was.
  beforeAll(() => ebb.run(["record", "--cleanup"]));
  afterAll(() => {
    if (folder !== "") for (const left of leftCgroups(folder, prefix)) rmdirSync(left);
  });

  test("a run of mkdir and rmdir is recorded, and leaves tracing as it was", (context) => {
    if (NO_RECORDING !== undefined) context.skip(`not recorded: ${NO_RECORDING}`);
    const before = tracingState();
    const { status, stdout, stderr } = ebb.run(["record", "-o", "churn.ebb", "--json", "--", "sh", "-c", churn]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(tracingState()).toBe(before);
    const summary = JSON.parse(stdout);
    expect(summary).toMatchObject({
      format: "ebb-record/1",
      lost: 0,
      bad: 0,
      problems: 0,
      commandStatus: 0,
      snapshots: 2,
    });
    const { events, problems, texts, totals } = contentOf("churn.ebb");
    expect(problems).toEqual([]);
    expect(totals.nrEvents).toBe(summary.events);
    const count = (kind: number, text = "") => events.filter((e) => e.kind === kind && e.text.includes(text)).length;
    expect(count(EVENT_CGROUP_MKDIR, prefix)).toBe(CGROUPS);
    expect(count(EVENT_CGROUP_RMDIR, prefix)).toBe(CGROUPS);
    expect(count(EVENT_ALLOC)).toBeGreaterThanOrEqual(CGROUPS);
    expect(count(EVENT_FREE)).toBeGreaterThan(0);
    expect(events.filter((e) => e.kind === EVENT_ALLOC && e.task === "mkdir").length).toBeGreaterThanOrEqual(CGROUPS);
    expect(events.filter((e) => e.callSite.startsWith("0x"))).toEqual([]);
    const times = events.map((e) => e.timeNs);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    const keys = texts.filter(({ stage }) => stage === "end").map(({ key }) => key);
    expect(keys).toContain("/proc/meminfo");
  });

  /** Takes part as soon as the command is there. */
  test("ebb replay --check of a recording that makes chunks", (context) => {
    if (NO_RECORDING !== undefined) context.skip(`not recorded: ${NO_RECORDING}`);
    if (ebb.run(["replay", "--help"]).status !== 0) context.skip("this ebb has no replay command");
    const args = ["record", "-o", "check.ebb", "--", process.execPath, "-e", MANY_CGROUPS, join(folder, prefix)];
    expect(ebb.run(args)).toMatchObject({ status: 0 });
    const { events } = contentOf("check.ebb");
    const { stdout } = ebb.run(["replay", "check.ebb", "--check", "--json"]);
    const { allocations, matched, mismatched, undetermined } = JSON.parse(stdout);
    expect(allocations).toBe(events.filter(({ kind }) => kind === EVENT_ALLOC).length);
    expect(matched + mismatched + undetermined).toBe(allocations);
    // What lies in chunks that were there before is undetermined, what lies in new ones is not.
    expect(matched > 0).toBe(events.some(({ kind }) => kind === EVENT_CREATE_CHUNK));
    // Kernels leave out frees that happen while they switch tasks; no replay can know of those beforehand.
    if (nrTakenTwice(events) === 0) expect(mismatched).toBe(0);
  });

  test("Ctrl-C is the end of a recording, and the file can be read before it", async (context) => {
    if (NO_RECORDING !== undefined) context.skip(`not recorded: ${NO_RECORDING}`);
    const before = tracingState();
    const child = await startRecorder("live.ebb", ["--interval", "1"]);
    expect(recorderInstances(tracingState())).toContain(`ebb-${child.pid}`);
    const early = contentOf("live.ebb");
    expect(early.events.length).toBeGreaterThan(0);
    expect(early.problems.map(({ severity }) => severity)).toEqual(["info"]);
    await pause(1200);
    expect(await ended(child, "SIGINT")).toBe(0);
    expect(tracingState()).toBe(before);
    const { problems, texts } = contentOf("live.ebb");
    expect(problems).toEqual([]);
    const stages = new Set(texts.map(({ stage }) => stage));
    expect([...stages].slice(0, 3)).toEqual(["", "start", "1"]);
    expect(stages.has("end")).toBe(true);
  });

  test("after kill -9 the file has what there was, and --cleanup leaves tracing as it was", async (context) => {
    if (NO_RECORDING !== undefined) context.skip(`not recorded: ${NO_RECORDING}`);
    const before = tracingState();
    const child = await startRecorder("killed.ebb", []);
    expect(await ended(child, "SIGKILL")).toBe("SIGKILL");
    expect(recorderInstances(tracingState())).toContain(`ebb-${child.pid}`);
    expect(contentOf("killed.ebb").events.length).toBeGreaterThan(0);
    const cleanup = ebb.run(["record", "--cleanup"]);
    expect(cleanup.status).toBe(0);
    expect(cleanup.stdout).toContain(`ebb-${child.pid}  removed\n`);
    expect(tracingState()).toBe(before);
    expect(ebb.run(["record", "--cleanup"]).stdout).not.toContain("removed");
    const { status } = ebb.run(["record", "-o", "killed.ebb", "--append", "--seconds", "0.1"]);
    expect(status).toBe(0);
    expect(contentOf("killed.ebb").problems).toEqual([]);
  });

  test("a command that fails, and one that is none", (context) => {
    if (NO_RECORDING !== undefined) context.skip(`not recorded: ${NO_RECORDING}`);
    const failing = ebb.run(["record", "-o", "failing.ebb", "--after", "0", "--", "sh", "-c", "exit 3"]);
    expect(failing.status).toBe(1);
    expect(failing.stderr).toContain("command   ended with status 3");
    const none = ebb.run(["record", "-o", "none.ebb", "--", "no-such-program"]);
    expect(none.status).toBe(2);
    expect(none.stderr).toContain("no-such-program: error: the command could not be run");
    expect(existsSync(path("none.ebb"))).toBe(false);
  });
});

describe("a host made of files", () => {
  const root = mkdtempSync(join(tmpdir(), "ebb-fake-"));
  const env = { EBB_FAKE_ROOT: root };
  buildFakeHost(root);
  const nowNs = process.hrtime.bigint();
  fillFakeBuffer(root, 0, rawPage([{ timeNs: nowNs, pid: 7, offBytes: 64 }]));
  fillFakeBuffer(root, 1, rawPage([{ timeNs: nowNs + 9n, pid: 8, offBytes: 128 }]));
  afterAll(() => rmSync(root, { recursive: true }));

  test("is recorded until a signal comes", async () => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      const child = await startRecorder(`${signal}.ebb`, ["--root", root, "--interval", "0"], env);
      expect(fakeInstances(root)).toEqual([`ebb-${child.pid}`, "other"]);
      expect(await ended(child, signal)).toBe(0);
      expect(fakeInstances(root)).toEqual(["other"]);
      const { events, problems, texts } = contentOf(`${signal}.ebb`);
      expect(events.map(({ timeNs, task, offBytes }) => [timeNs, task, offBytes])).toEqual([
        [0, "worker", 64],
        [9, "<...>", 128],
      ]);
      expect(problems).toEqual([]);
      expect(texts.filter(({ key }) => key === "/proc/meminfo").map(({ stage }) => stage)).toEqual(["start", "end"]);
    }
  });

  test("is left as it was by a recorder that breaks down", async () => {
    const child = await startRecorder("broken.ebb", ["--root", root], { ...env, NODE_OPTIONS: BREAKS_DOWN });
    expect(fakeInstances(root)).toEqual([`ebb-${child.pid}`, "other"]);
    expect(await ended(child, "SIGUSR2")).toBe(1);
    expect(fakeInstances(root)).toEqual(["other"]);
    expect(contentOf("broken.ebb").events).toHaveLength(2);
  });

  test("is cleaned up after kill -9 of the recorder", async () => {
    const child = await startRecorder("fake.ebb", ["--root", root], env);
    expect(await ended(child, "SIGKILL")).toBe("SIGKILL");
    expect(fakeInstances(root)).toEqual([`ebb-${child.pid}`, "other"]);
    expect(contentOf("fake.ebb").events).toHaveLength(2);
    const args = ["--import", "tsx", "--import", FAKE_HOST_MODULE, ebb.program, "record", "--cleanup", "--root", root];
    const cleanup = spawn(process.execPath, args, { env: { PATH: process.env.PATH, ...env }, stdio: "ignore" });
    expect(await new Promise((resolve) => cleanup.once("exit", resolve))).toBe(0);
    expect(fakeInstances(root)).toEqual(["other"]);
  });
});

function checkRefused(args: readonly string[], message: string): void {
  const { status, stderr } = ebb.run(["record", ...args]);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
}

test("called wrongly, or where nothing can be recorded", () => {
  ebb.file("there.ebb", "x");
  checkRefused(["-o", "there.ebb"], "there.ebb: error: there is such a file");
  checkRefused(["-o", "there.ebb", "--append"], "there.ebb: error: cannot be gone on with");
  checkRefused(["-o", "none/a.ebb"], "none/a.ebb: error: cannot be written");
  checkRefused(["--root", ebb.folder, "-o", "a.ebb"], "the kernel's tracing files are not there");
  checkRefused(["--cleanup", "--root", ebb.folder], "the kernel's tracing files are not there");
  checkRefused(["--seconds", "-1"], "not a number of seconds");
  checkRefused(["--buffer-kb", "1"], "not a whole number of kB");
  expect(existsSync(path("a.ebb"))).toBe(false);
  expect(readFileSync(path("there.ebb"), "latin1")).toBe("x");
});
