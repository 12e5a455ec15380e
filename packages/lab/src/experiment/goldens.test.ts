/** Everything that is printed of one small churn of cgroups, compared whole. */

import { PERCPU_POLICIES } from "@ebb/model";
import { expect, test } from "vitest";
import { chunkMap } from "./chunk-map.ts";
import { compareExperiments } from "./compare.ts";
import { comparisonJson, experimentJson } from "./json.ts";
import { machineOptions } from "./machine-options.ts";
import { printComparison } from "./print-comparison.ts";
import { printCoverLetter } from "./print-cover-letter.ts";
import { printReport } from "./report.ts";
import { type Experiment, runExperiment } from "./run-experiment.ts";

const SCRIPT = `cd /sys/fs/cgroup
mkdir top
echo +memory > top/cgroup.subtree_control
percpu() { grep Percpu /proc/meminfo; }
percpu
for i in {1..12}; do
  mkdir top/keep$i top/churn$i-{1..10}
done
cat /proc/meminfo | grep -E 'MemFree|Percpu'
rmdir top/churn*
sleep 10
percpu
exit 4
`;

const EXPERIMENTS: ReadonlyMap<string, Experiment> = new Map(PERCPU_POLICIES.map(({ name }) => [name, run(name)]));

function run(policy: string): Experiment {
  const machine = machineOptions({ kernel: "5.12", policy, cpus: undefined, nodes: undefined, settings: [] });
  if ("severity" in machine) throw new Error(machine.message);
  const experiment = runExperiment({ machine, source: SCRIPT, name: "some/churn.sh", args: [] });
  if ("severity" in experiment) throw new Error(experiment.message);
  return experiment;
}

function experiments(...policies: readonly string[]): readonly Experiment[] {
  return policies.flatMap((policy) => EXPERIMENTS.get(policy) ?? []);
}

/** Compares a printed text whole, line by line. */
function check(printed: string, expected: readonly string[]): void {
  expect(printed.split("\n")).toEqual([...expected, ""]);
}

test("the report of a run", () => {
  const [v3] = experiments("v3");
  check(v3 === undefined ? "" : printReport(v3), [
    "kernel        5.12 (5.12.0)",
    "policy        v3, 2 kinds, empty pages perkind",
    "machine       16 CPUs, 1 node",
    "exit status   4",
    "virtual time  10.019 s",
    "commands      21",
    "reading       line 4 at 0.002 s: Percpu 7616 kB; 1 online, 0 dying",
    "reading       line 9 at 0.016 s: MemFree 15716228 kB, Percpu 13376 kB; 133 online, 0 dying",
    "reading       line 4 at 10.019 s: Percpu 12096 kB; 13 online, 0 dying",
    "percpu        12096 kB in 4 chunks; 266944 bytes live in each unit",
    "pages         189 populated in each unit, 58 of them empty",
    "cgroups       13 online, 0 dying",
  ]);
});

test("the chunk map of a run", () => {
  const [v3] = experiments("v3");
  check(v3 === undefined ? "" : chunkMap(v3.machine.percpu), [
    "cR kind 0 reserved          |..|",
    "c0 slot 0 kind 0 first      |#######|",
    "c1 slot 13 kind 0           |##################################################++++.....~~~~~|",
    "c2 slot 12 kind 1           |+......+......+......+......+......+......++.....++.....++.....+|",
    "c3 slot 18 kind 1 sidelined |+~~~~~++~~~~~++~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~|",
    "# full  + partly used  . populated and empty  ~ unpopulated; one character is one page of one unit",
    "5 chunks, 201 pages: 57 full, 22 partly used, 58 empty, 64 unpopulated",
  ]);
});

test("the table of a comparison", () => {
  check(printComparison(compareExperiments([...EXPERIMENTS.values()])), [
    "some/churn.sh on 5.12, 16 CPUs, 1 node; Percpu in kB",
    "",
    "                                                    vanilla        rfc          v1          v3   upstream",
    "kinds, empty pages counted                        2, global  2, global  2, perkind  2, perkind  1, global",
    "line 4 at 0.0 s  grep Percpu /proc/meminfo             7360       7360        7616        7616       7360",
    "line 9  cat /proc/meminfo | grep -E 'MemFree|Pe…      12992      12992       13376       13376      13056",
    "line 4 (2) at 10.0 s  grep Percpu /proc/meminfo       12992      12992       12352       12096      10304",
    "came back                                             0.0 %      0.0 %      17.8 %      22.2 %     48.3 %",
    "ideal                                                  7872       7872        8140        8140       7878",
    "x ideal                                                1.65       1.65        1.52        1.49       1.31",
    "exit status                                               4          4           4           4          4",
  ]);
});

test("the cover letter of a comparison", () => {
  check(printCoverLetter(compareExperiments(experiments("vanilla", "upstream"))), [
    "vanilla:",
    "    $ ./churn.sh",
    "    Percpu:             7360 kB",
    "    Percpu:            12992 kB",
    "    Percpu:            12992 kB",
    "",
    "with upstream:",
    "    $ ./churn.sh",
    "    Percpu:             7360 kB",
    "    Percpu:            13056 kB",
    "    Percpu:            10304 kB",
  ]);
});

/** The keys of a JSON value, one path a line; of arrays those of the first element. */
function keysOf(value: unknown, path: string, out: string[]): readonly string[] {
  if (Array.isArray(value)) keysOf(value[0], `${path}[]`, out);
  else if (value !== null && typeof value === "object") {
    for (const [key, inner] of Object.entries(value)) keysOf(inner, path === "" ? key : `${path}.${key}`, out);
  } else out.push(path);
  return out;
}

const FIGURE_KEYS = [
  ...["online", "dying", "percpuKb", "chunks", "populatedPages", "emptyPages", "liveBytes"],
  ...["deadCaches", "deadCachePages", "ipisCpu0", "ipis"],
];
const READING_KEYS = [
  "line",
  "occurrence",
  "command",
  "virtualNs",
  "output",
  "percpuKb",
  "rows.Percpu",
  ...FIGURE_KEYS.map((key) => `figures.${key}`),
];

test("the JSON of a run has its keys, in their order", () => {
  const [v3] = experiments("v3");
  const json = v3 === undefined ? "" : experimentJson(v3, (bytes) => bytes);
  expect(JSON.parse(json)).toMatchObject({ format: "ebb-run/1", script: "some/churn.sh", policy: "v3", status: 4 });
  expect(keysOf(JSON.parse(json), "", [])).toEqual([
    ...["format", "script", "kernel", "release", "policy", "kinds", "empty", "cpus", "nodes", "status", "virtualNs"],
    ...["commands", "stdout", "stderr"],
    ...READING_KEYS.map((key) => `readings[].${key}`),
    ...["findings[]", "deadlocked[]", "leftRunning"],
    ...FIGURE_KEYS.map((key) => `figures.${key}`),
    "stateHash",
  ]);
});

test("the JSON of a comparison has its keys, in their order", () => {
  const json = comparisonJson(compareExperiments(experiments("vanilla", "v3")), (bytes) => bytes);
  expect(JSON.parse(json)).toMatchObject({
    format: "ebb-comparison/1",
    columns: [{ policy: "vanilla" }, { policy: "v3" }],
  });
  expect(keysOf(JSON.parse(json), "", [])).toEqual([
    ...["format", "script", "kernel", "cpus", "nodes", "rows[].line", "rows[].occurrence", "rows[].command"],
    ...["policy", "kinds", "empty", "status", "virtualNs", "findings[]", "deadlocked[]"].map(
      (key) => `columns[].${key}`,
    ),
    ...READING_KEYS.map((key) => `columns[].readings[].${key}`),
    ...["startKb", "fullKb", "afterKb", "cameBack", "liveShare", "idealKb", "timesIdeal"].map(
      (key) => `columns[].summary.${key}`,
    ),
  ]);
});
