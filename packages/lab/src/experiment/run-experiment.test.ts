/** The experiment of mail 000 and its relatives, against published figures; sources stand beside the numbers. */

import { fixtureFolder, readFixture } from "@ebb/testkit";
import { describe, expect, test } from "vitest";
import { summarize } from "./compare.ts";
import { machineOptions } from "./machine-options.ts";
import { type Experiment, type ExperimentOptions, runExperiment } from "./run-experiment.ts";

const MAIL_000 = readFixture(fixtureFolder("scripts"), "mail-000.sh") ?? "";
const CHURN = readFixture(fixtureFolder("../experiments"), "percpu-churn.sh") ?? "";

function run(source: string, kernel: string, policy: string, more: Partial<ExperimentOptions> = {}): Experiment {
  const machine = machineOptions({ kernel, policy, cpus: undefined, nodes: undefined, settings: [] });
  if ("severity" in machine) throw new Error(machine.message);
  const experiment = runExperiment({ machine, source, name: "test.sh", args: [], ...more });
  if ("severity" in experiment) throw new Error(experiment.message);
  return experiment;
}

/** The difference of `found` from `expected`, in per cent of `expected`. */
function offPercent(found: number, expected: number): number {
  return (Math.abs(found - expected) / expected) * 100;
}

/** kB and allowed difference in per cent, for the readings full and after. */
type Figure = readonly [kb: number, tolerancePercent: number];

function check(source: string, kernel: string, policy: string, full: Figure, after: Figure): void {
  const experiment = run(source, kernel, policy);
  expect([experiment.status, experiment.findings, experiment.stderr]).toEqual([0, [], ""]);
  expect(experiment.readings.map((reading) => reading.figures.nrOnline)).toEqual([1, 11001, 1001]);
  const summary = summarize(experiment.readings);
  expect(offPercent(summary?.fullKb ?? 0, full[0])).toBeLessThanOrEqual(full[1]);
  expect(offPercent(summary?.afterKb ?? 0, after[0])).toBeLessThanOrEqual(after[1]);
  expect(summary?.liveShare).toBeCloseTo(1 / 11, 10);
}

describe("11,000 cgroups, ten of eleven removed", () => {
  // Full and after as in mail 000 (vanilla, rfc) and the cover letters of the re-postings of 1 and 7 April 2021. What
  // lived in the chunks before is not published, nor the exact grace periods: hence the tolerances.
  const FULL: Figure = [481024, 0.2];
  test.each<[string, Figure]>([
    ["vanilla", [481024, 0.2]],
    ["rfc", [153920, 2.5]],
    ["v1", [159488, 1.5]],
    ["v3", [135552, 1.5]],
  ])("5.12, %s", (policy, after) => {
    check(MAIL_000, "5.12", policy, FULL, after);
    check(CHURN, "5.12", policy, FULL, after);
  });

  // Recorded on Linux 6.1.192 with 32 CPUs, stock and with depopulation taken out.
  test.each<[string, Figure]>([
    ["vanilla", [632320, 0.05]],
    ["upstream", [200704, 3]],
  ])("6.1, %s", (policy, after) => {
    check(MAIL_000, "6.1", policy, [632320, 0.05], after);
  });

  test("vanilla gives nothing back", () => {
    const kb = run(MAIL_000, "5.12", "vanilla").readings.map((reading) => reading.percpuKb);
    expect(kb[2]).toBe(kb[1]);
  });
});

describe("a run", () => {
  test("is the same every time", () => {
    const env = new Map([["KEEP", "40"]]);
    const [one, two] = [run(CHURN, "5.12", "rfc", { env }), run(CHURN, "5.12", "rfc", { env })];
    const { machine: _one, ...first } = one;
    const { machine: _two, ...second } = two;
    expect(first).toEqual(second);
  });

  test("starts as root in /root, with its name, arguments, variables and standard input", () => {
    const source = 'echo "$0 $# $2 $PWD $HOME $USER $KEEP $(id -u 2>/dev/null || echo 0)"; cat; exit 3';
    const e = run(source, "5.12", "vanilla", { args: ["a", "b c"], env: new Map([["KEEP", "7"]]), stdin: "in\n" });
    expect([e.stdout, e.status]).toEqual(["test.sh 2 b c /root /root root 7 0\nin\n", 3]);
  });

  test("reports each command as it ends and can be stopped", () => {
    let nrSeen = 0;
    const e = run("while :; do echo x; done", "5.12", "vanilla", {
      onProgress: (nrCommands) => {
        nrSeen = nrCommands;
      },
      shouldStop: () => nrSeen >= 100,
    });
    expect([e.status, nrSeen >= 100, e.nrCommands]).toEqual([137, true, nrSeen]);
  });

  test("hands output on as it appears", () => {
    const pieces: string[] = [];
    const passOn = (text: string) => pieces.push(text);
    const e = run("echo one; echo two >&2; echo three", "5.12", "vanilla", { stdout: passOn, stderr: passOn });
    expect([pieces, e.stdout, e.stderr]).toEqual([["one\n", "two\n", "three\n"], "", ""]);
  });

  test("says what it does not have", () => {
    const e = run("true\n  frobnicate --now\n", "5.12", "vanilla");
    expect(e.findings).toMatchObject([{ kind: "unknown-command", script: "test.sh", line: 2, column: 3 }]);
  });

  test("does not begin with a syntax error in it", () => {
    const machine = machineOptions({ kernel: "5.12", policy: undefined, cpus: "1", nodes: undefined, settings: [] });
    if ("severity" in machine) throw new Error(machine.message);
    const stdout = () => expect.unreachable();
    const got = runExperiment({ machine, source: "echo x\nif\n", name: "a.sh", args: [], stdout });
    expect(got).toMatchObject({ severity: "error", file: expect.stringMatching(/^a\.sh:\d+:\d+$/) });
  });
});
