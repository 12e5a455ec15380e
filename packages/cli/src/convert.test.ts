/** `ebb convert` as a user runs it: between formats, on bad input, interrupted. */

import { spawn } from "node:child_process";
import { copyFileSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { createTraceImporter, EbbReader, type RecordedText } from "@ebb/formats";
import { filesIn, fixtureFolder, importTrace } from "@ebb/testkit";
import { afterAll, expect, test } from "vitest";
import { BundledEbb } from "./testing/bundled-ebb.ts";

const ebb = new BundledEbb();
afterAll(() => ebb.remove());

const TRACES = fixtureFolder("traces");
const ALL_TRACES = filesIn(TRACES).filter((name) => name.endsWith(".trace.txt.gz"));
const TRACE = "6.18-slub-2cpu-memcg-v1-n200-python.trace.txt.gz";
const TEXT = gunzipSync(readFileSync(join(TRACES, TRACE)));

function path(name: string): string {
  return join(ebb.folder, name);
}

function readEbb(name: string) {
  return importTrace((sink) => new EbbReader(name, sink), readFileSync(path(name)));
}

/** Files of the working directory that a test has not put there. */
function leftovers(): readonly string[] {
  return readdirSync(ebb.folder).filter((name) => name.includes(".part"));
}

test("a trace of text becomes an event file of the same events, and so does what Parquet makes of it", () => {
  copyFileSync(join(TRACES, TRACE), path("t.gz"));
  const first = ebb.run(["convert", "t.gz", "t.ebb"]);
  expect(first).toMatchObject({ status: 0, stderr: "" });
  expect(first.stdout).toContain("7061 lines or records: 7049 events");
  expect(ebb.run(["convert", "t.ebb", "t.parquet"]).status).toBe(0);
  expect(ebb.run(["convert", "t.parquet", "again.ebb"]).status).toBe(0);
  const text = importTrace((sink) => createTraceImporter({ file: "t.gz" }, sink), TEXT);
  const { names, chunks, originNs } = text.names;
  expect(readEbb("t.ebb")).toEqual({ ...text, names: { names, chunks, originNs } });
  const again = readEbb("again.ebb");
  expect(again.events).toEqual(text.events);
  expect(again.totals).toEqual(text.totals);
  expect(again.names.originNs).toBe(text.names.originNs);
  expect(ebb.run(["convert", "again.ebb", "again.parquet"]).status).toBe(0);
  expect(readFileSync(path("again.parquet"))).toEqual(readFileSync(path("t.parquet")));
});

test("recorded traces take 8 bytes an event at most", () => {
  for (const name of ALL_TRACES) {
    copyFileSync(join(TRACES, name), path("in.gz"));
    const { stdout, status } = ebb.run(["convert", "in.gz", "out.ebb", "--json"]);
    expect(status).toBe(0);
    const { bytes, events, bad } = JSON.parse(stdout);
    expect(bytes / events).toBeLessThan(8);
    expect(bytes).toBe(readFileSync(path("out.ebb")).length);
    expect(bad).toBe(0);
  }
});

test("standard input, plain and gzip, and several parts", () => {
  const half = TEXT.indexOf("\n", TEXT.length / 2) + 1;
  ebb.file("1.txt", TEXT.subarray(0, half));
  ebb.file("2.txt.gz", gzipSync(TEXT.subarray(half)));
  expect(ebb.shell(`cat 1.txt | ebb convert - part1.ebb && ebb convert - part2.ebb < 2.txt.gz`).status).toBe(0);
  expect(ebb.run(["convert", "part1.ebb", "part2.ebb", "joined.ebb"]).status).toBe(0);
  expect(ebb.run(["convert", "1.txt", "2.txt.gz", "whole.ebb"]).status).toBe(0);
  const absolute = (name: string) => {
    const { events, names } = readEbb(name);
    return events.map(({ timeNs, chunk, offBytes }) => [
      BigInt(timeNs) + names.originNs,
      names.chunks[chunk],
      offBytes,
    ]);
  };
  expect(absolute("joined.ebb")).toEqual(absolute("t.ebb"));
  expect(absolute("whole.ebb")).toEqual(absolute("t.ebb"));
  expect(readEbb("whole.ebb").events.at(-1)?.input).toBe(1);
});

test("the summary as JSON", () => {
  const { stdout } = ebb.run(["convert", "t.ebb", "again.ebb", "--json"]);
  expect(JSON.parse(stdout)).toEqual({
    format: "ebb-convert/1",
    out: "again.ebb",
    bytes: readFileSync(path("again.ebb")).length,
    read: 7061,
    events: 7049,
    other: 12,
    foreign: 0,
    bad: 0,
    lost: 0,
    texts: 0,
    problems: { info: 0, dataLoss: 0, error: 0 },
  });
});

test("damage is told, counted, and kept from the strict", () => {
  const damaged = readFileSync(path("t.ebb"));
  damaged[9000] = (damaged[9000] ?? 0) ^ 4;
  ebb.file("damaged.ebb", damaged);
  const loose = ebb.run(["convert", "damaged.ebb", "loose.ebb", "--json"]);
  expect(loose.status).toBe(1);
  expect(loose.stderr).toContain("damaged.ebb:");
  const { events, bad, problems } = JSON.parse(loose.stdout);
  expect([events + bad, bad > 0, problems.dataLoss]).toEqual([7049, true, 2]);
  const second = ebb.run(["convert", "loose.ebb", "second.ebb", "--json"]);
  expect(second.status).toBe(1);
  expect(JSON.parse(second.stdout)).toMatchObject({ bad, problems });
  const strict = ebb.run(["convert", "damaged.ebb", "strict.ebb", "--strict"]);
  expect(strict.status).toBe(1);
  expect(strict.stdout).toContain("written   nothing");
  expect(readdirSync(ebb.folder)).not.toContain("strict.ebb");
  expect(leftovers()).toEqual([]);
});

test("what lies beside a trace goes with it when asked for", () => {
  copyFileSync(join(TRACES, TRACE), path("run.trace.txt.gz"));
  ebb.file("run.percpu_stats.boot.txt", "Percpu Memory Statistics\n");
  ebb.file("run.slabinfo.1.txt.gz", gzipSync("slabinfo - version: 2.1\n"));
  ebb.file("run.stages.txt", "== stage boot\nPercpu: 1 kB\n[    0.158486] percpu: Embedded 51 pages/cpu s1 r0 d1 u2\n");
  ebb.file("run.early-allocs.txt", "early\n");
  ebb.file("running.percpu_stats.boot.txt", "of another\n");
  const texts: RecordedText[] = [];
  const convert = (args: readonly string[]) => {
    texts.length = 0;
    const { status } = ebb.run(["convert", ...args, "run.trace.txt.gz", "run.ebb"]);
    expect(status).toBe(0);
    importTrace(
      (sink) => new EbbReader("run.ebb", { ...sink, text: (text) => texts.push(text) }),
      readFileSync(path("run.ebb")),
    );
  };
  convert([]);
  expect(texts).toEqual([]);
  convert(["--beside"]);
  expect(texts).toEqual([
    { key: "early-allocs", stage: "", timeNs: undefined, text: "early\n" },
    { key: "/sys/kernel/debug/percpu_stats", stage: "boot", timeNs: undefined, text: "Percpu Memory Statistics\n" },
    { key: "/proc/slabinfo", stage: "1", timeNs: undefined, text: "slabinfo - version: 2.1\n" },
    {
      key: "/dev/kmsg",
      stage: "",
      timeNs: undefined,
      text: "[    0.158486] percpu: Embedded 51 pages/cpu s1 r0 d1 u2\n",
    },
  ]);
});

function checkRefused(args: readonly string[], message: string): void {
  const { status, stdout, stderr } = ebb.run(["convert", ...args]);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  expect(stderr).toContain(message);
  expect(leftovers()).toEqual([]);
}

test("called wrongly, or with what cannot be read or written", () => {
  mkdirSync(path("folder.ebb"));
  ebb.file("cut.gz", gzipSync(TEXT).subarray(0, 3000));
  checkRefused(["t.ebb"], "Expected at least 2 argument(s)");
  checkRefused(["t.ebb", "t.txt"], "what to write is told by the ending of the name");
  checkRefused(["none.txt", "new.ebb"], "none.txt: error: no such file");
  checkRefused(["t.ebb", "folder.ebb"], "folder.ebb: error: cannot be written");
  checkRefused(["t.ebb", "none/new.ebb"], "none/new.ebb: error: cannot be written");
  checkRefused(["folder.ebb", "new.ebb"], "folder.ebb: error: not a file");
  expect(readdirSync(ebb.folder)).not.toContain("new.ebb");
});

test("of a packed trace that is cut off, what there is; nothing for the strict", () => {
  const { status, stdout, stderr } = ebb.run(["convert", "cut.gz", "cut.ebb", "--json"]);
  expect(status).toBe(1);
  expect(stderr).toContain("cut.gz: error: the gzip file is cut off");
  expect(JSON.parse(stdout).events).toBeGreaterThan(50);
  expect(ebb.run(["convert", "cut.gz", "strict.ebb", "--strict"]).status).toBe(1);
  expect(readdirSync(ebb.folder)).not.toContain("strict.ebb");
});

test("every format of one recording", () => {
  const formats = join(TRACES, "formats");
  const count = (name: string) =>
    JSON.parse(ebb.run(["convert", join(formats, name), "f.ebb", "--json"]).stdout).events;
  expect(
    ["6.18-instance.tracefs.txt.gz", "6.18-instance-v6.dat.gz", "6.18-instance-v7-zstd.dat.gz"].map(count),
  ).toEqual([1928, 1928, 1928]);
});

test("a full disk is told, and leaves nothing", () => {
  const { status, stderr } = ebb.shell(`ulimit -f 8; trap '' XFSZ; ebb convert t.ebb full.ebb`);
  expect(status).toBe(2);
  expect(stderr).toContain("full.ebb: error: cannot be written");
  expect(leftovers()).toEqual([]);
  expect(readdirSync(ebb.folder)).not.toContain("full.ebb");
});

test("a file in the way is replaced, behind a link too", () => {
  ebb.file("old.ebb", "old");
  symlinkSync("old.ebb", path("link.ebb"));
  expect(ebb.run(["convert", "t.ebb", "link.ebb"]).status).toBe(0);
  expect(lstatSync(path("link.ebb")).isSymbolicLink()).toBe(true);
  expect(readEbb("old.ebb").events).toHaveLength(7049);
});

test("interrupted: nothing is left, and the signal is what ended it", async () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    const child = spawn(process.execPath, [ebb.program, "convert", "-", "interrupted.ebb"], {
      cwd: ebb.folder,
      stdio: ["pipe", "ignore", "ignore"],
    });
    const ended = new Promise((resolve) => child.once("exit", (_, by) => resolve(by)));
    child.stdin.on("error", () => undefined);
    child.stdin.write(TEXT);
    while (leftovers().length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill(signal);
    expect(await ended).toBe(signal);
    expect(leftovers()).toEqual([]);
    expect(readdirSync(ebb.folder)).not.toContain("interrupted.ebb");
  }
});
