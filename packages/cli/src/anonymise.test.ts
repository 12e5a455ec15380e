/** `ebb anonymise` as a user runs it. */

import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { EbbReader } from "@ebb/formats";
import { fixtureFolder, importTrace } from "@ebb/testkit";
import { afterAll, expect, test } from "vitest";
import { BundledEbb } from "./testing/bundled-ebb.ts";

const ebb = new BundledEbb();
afterAll(() => ebb.remove());

const TRACE = "6.18-slub-2cpu-memcg-v1-n200-python.trace.txt.gz";
copyFileSync(join(fixtureFolder("traces"), TRACE), join(ebb.folder, "t.gz"));

function events(name: string) {
  const { names, ...trace } = importTrace((sink) => new EbbReader(name, sink), readFileSync(join(ebb.folder, name)));
  return { ...trace, names };
}

test("a recorded trace: names go, requests and placements stay", () => {
  const { status, stdout } = ebb.run(["anonymise", "t.gz", "-o", "anon.ebb"]);
  expect(status).toBe(0);
  expect(stdout.split("\n").slice(0, 3)).toEqual([
    expect.stringMatching(/^renamed {3}\d+ tasks, \d+ pids, 0 cgroups, 0 marks, 1 stages$/),
    expect.stringMatching(/^ +1 addresses of chunks, 0 callers$/),
    "left out  no text",
  ]);
  ebb.run(["convert", "t.gz", "t.ebb"]);
  const [before, after] = [events("t.ebb"), events("anon.ebb")];
  const plain = ({ task, pid, text, ...rest }: (typeof before.events)[number]) => rest;
  expect(after.events.map(plain)).toEqual(before.events.map(plain));
  expect(after.totals).toEqual(before.totals);
  expect(readFileSync(join(ebb.folder, "t.ebb"), "latin1")).toContain("python3");
  expect(readFileSync(join(ebb.folder, "anon.ebb"), "latin1")).not.toContain("python3");
  expect(readFileSync(join(ebb.folder, "anon.ebb"), "latin1")).toContain("mem_cgroup_css_alloc");
});

test("callers too, and the summary as JSON", () => {
  const { status, stdout } = ebb.run(["anonymise", "t.gz", "-o", "all.ebb", "--all", "--json"]);
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    format: "ebb-anonymise/1",
    events: 7049,
    stripped: { chunkAddresses: 1, textsLeftOut: [] },
  });
  expect(readFileSync(join(ebb.folder, "all.ebb"), "latin1")).not.toContain("mem_cgroup_css_alloc");
});

test("called wrongly", () => {
  expect(ebb.run(["anonymise", "t.gz"]).status).toBe(2);
  expect(ebb.run(["anonymise", "t.gz", "-o", "t.txt"]).status).toBe(2);
  expect(ebb.run(["anonymise", "none", "-o", "n.ebb"]).status).toBe(2);
});
