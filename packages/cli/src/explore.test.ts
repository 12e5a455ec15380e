/** `ebb explore` as a user runs it. */

import { afterAll, describe, expect, test } from "vitest";
import { BundledEbb, printedProblem } from "./testing/bundled-ebb.ts";

const ebb = new BundledEbb();
afterAll(() => ebb.remove());

function check(args: readonly string[], status: number, stdout: string, stderr: string): void {
  expect(ebb.run(args)).toEqual({ status, stdout, stderr });
}

describe("ebb explore", () => {
  const FAULTS = "S1, S2, S3, S4, H1, H2";
  const settings = (faults: string) =>
    [
      "early-release",
      "machinery    batch-local, batch 1",
      `faults       ${faults}`,
      "writers      2, storing +1 +1, +1 -3",
      "CPUs         2",
      "hotplugs     1",
      "readers      1",
      "",
    ].join("\n");

  test("finds nothing where nothing is wrong", () => {
    const { status, stdout, stderr } = ebb.run(["explore", "early-release"]);
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(
      /\nstates {7}[0-9]+\ntransitions {2}[0-9]+\norders {7}[0-9]{9,}\nresult {7}every rule holds in every state\n$/,
    );
    expect(stdout.startsWith(`${settings("none")}\n`)).toBe(true);
  });

  test("tells a shortest story of a fault", () => {
    const story = [
      "broken       no block is left behind: expected 0, found 1",
      "",
      "#  who  did                                           block   CPU 0  CPU 1  sum  truth",
      "1  css  its allocation fails after that of the block  live        0      0    0      0",
      "2  css  is freed                                      leaked      0      0    0      0",
      "",
    ].join("\n");
    const { status, stdout, stderr } = ebb.run(["explore", "early-release", "--fault", "S4"]);
    expect([status, stderr]).toEqual([1, ""]);
    expect(stdout.startsWith(`${settings("S4")}\nstates `)).toBe(true);
    expect(stdout.slice(stdout.indexOf("broken"))).toBe(story);
  });

  test("as JSON", () => {
    const sound = ["explore", "early-release", "--writers", "1", "--hotplugs", "0", "--readers", "0", "--json"];
    expect(JSON.parse(ebb.run(sound).stdout)).toMatchObject({ format: "ebb-explore/1", broken: [], story: [] });
    const { status, stdout } = ebb.run(["explore", "early-release", "--fault", "H2", "--json"]);
    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      orders: null,
      settings: { faults: "H2" },
      columns: ["block", "CPU 0", "CPU 1", "sum", "parent's sum", "truth"],
    });
  });

  test("array-cache: sound with the barrier of either era", () => {
    for (const args of [[], ["--variant", "always-ipi"]]) {
      const { status, stdout, stderr } = ebb.run(["explore", "array-cache", ...args]);
      expect([status, stderr]).toEqual([0, ""]);
      expect(stdout).toMatch(
        /^array-cache\npolicy {7}(always-ipi|no-first-ipi)\n[\s\S]*every rule holds in every state\n$/,
      );
    }
  });

  test("array-cache without the barrier: who uses a freed array, and how it came to that", () => {
    const { status, stdout, stderr } = ebb.run(["explore", "array-cache", "--variant", "never-ipi"]);
    expect([status, stderr]).toEqual([1, ""]);
    expect(stdout).toContain("\nbroken       nobody uses an array after its free: CPU 1 does\n");
    expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/^10 {2}CPU 1 {2}allocates an object through it /);
    const json = JSON.parse(ebb.run(["explore", "array-cache", "--variant", "never-ipi", "--json"]).stdout);
    expect(json).toMatchObject({ format: "ebb-explore/1", scenario: "array-cache", orders: null });
    expect(json.story).toHaveLength(10);
  });

  test.each<[readonly string[], string]>([
    [
      ["array-cache", "--variant", "sometimes"],
      printedProblem(
        "--variant sometimes: error: no such variant",
        "always-ipi, no-first-ipi, never-ipi",
        "sometimes",
        "name one of these",
      ),
    ],
    [
      ["early-release", "--variant", "never"],
      printedProblem(
        "--variant never: error: not an option of early-release",
        "no such option",
        "never",
        "leave it out",
      ),
    ],
    [
      ["late-release"],
      printedProblem(
        "late-release: error: no such scenario",
        "early-release, array-cache, dead-caches",
        "late-release",
        "name one of these",
      ),
    ],
    [
      ["early-release", "--fault", "S2,S9"],
      printedProblem(
        "--fault S9: error: no such fault",
        FAULTS,
        "S9",
        "name one of these, or several with commas between",
      ),
    ],
    [
      ["early-release", "--writers", "two"],
      printedProblem(
        "--writers two: error: not a number that can be explored",
        "0 to 4",
        "two",
        "give a whole number in that range",
      ),
    ],
    [
      ["early-release", "--cpus", "1", "--hotplugs", "1"],
      printedProblem(
        "--hotplugs 1: error: no CPU would survive",
        "0 with one CPU",
        "1",
        "give --cpus 2 or more, or no --hotplugs",
      ),
    ],
  ])("called wrongly: %j", (args, stderr) => check(["explore", ...args], 2, "", stderr));
});
