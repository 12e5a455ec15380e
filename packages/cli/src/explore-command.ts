/** `ebb explore`: every order in which concurrent steps can happen, and the rules that must hold in each state. */

import {
  EXPLORE_SCENARIOS,
  type ExploreReport,
  type ExploreRequest,
  explorationJson,
  exploreScenario,
  printExploration,
} from "@ebb/lab";
import { SLAB_FAULTS, STATS_FAULTS } from "@ebb/model";
import { buildCommand } from "@stricli/core";
import { toggle } from "./machine-flags.ts";
import { EXIT_FINDING, failUsage, untilClosed, writeOut } from "./output.ts";
import { Progress } from "./progress.ts";

interface ExploreFlags extends ExploreRequest {
  readonly json?: boolean;
}

const SCENARIOS = EXPLORE_SCENARIOS.map(({ name, title }) => `  ${name.padEnd(15)}${title}`).join("\n");

const DESCRIPTION = `Takes the steps of a scenario in every order that is possible and checks its rules after each step. States that
several orders lead to are visited once. When a rule breaks, a shortest way there is told step by step and the
exit code is 1.

SCENARIOS
${SCENARIOS}

FAULTS of early-release; the first four are those of the series as posted, H1 and H2 bring a parent into it
  S1  hotplug follows the parked pointer instead of live
  S2  hotplug adds a residue to the sum and leaves it where it was
  S3  hotplug takes the residue of the CPU it runs on, not the dead CPU's
  S4  a css that fails before it was online leaves its block behind
  H1  as S3, where sums are those of a subtree
  H2  hotplug adds a residue once per level to the same memcg, and to no ancestor

VARIANTS of array-cache: when the tuner interrupts the other CPUs and waits for them
  always-ipi            for the first arrays too, as before 4.12
  no-first-ipi          when there were arrays before: mail 004, 4.12 and later
  never-ipi             wrong

VARIANTS of dead-caches: what its work item does while a dead cache has pages
  s003-v5               shrinks it, and tries again every 60 s (mail 003)
  v3.8-merged           shrinks it once
  dead-caches-kept      nothing
FAULT of dead-caches
  G1  a page count of 0 asks for a run although one is asked for: mail 003 without its guard

EXAMPLES
  ebb explore early-release
  ebb explore early-release --fault S2
  ebb explore early-release --writers 3 --cpus 3 --hotplugs 2 --json
  ebb explore array-cache --variant never-ipi
  ebb explore dead-caches --fault G1`;

export const exploreCommand = buildCommand({
  func(flags: ExploreFlags, scenario: string) {
    untilClosed(() => explore(flags, scenario));
  },
  parameters: {
    flags: {
      fault: {
        kind: "parsed",
        parse: String,
        placeholder: "F",
        optional: true,
        brief: `Switch on faults, with commas between: ${[...STATS_FAULTS, ...SLAB_FAULTS].join(", ")}`,
      },
      writers: count("Writers, each with two updates, 0 to 4 [2]"),
      cpus: count("Possible CPUs, 1 to 4 [2]"),
      hotplugs: count("CPUs that go away, one after the other, 0 to 3 [1]"),
      readers: count("Readers, each reading once, 0 to 3 [1]"),
      variant: {
        kind: "parsed",
        parse: String,
        placeholder: "V",
        optional: true,
        brief: "array-cache: a policy [no-first-ipi]; dead-caches: a policy [s003-v5]",
      },
      json: toggle("One JSON document"),
    },
    positional: {
      kind: "tuple",
      parameters: [{ parse: String, placeholder: "SCENARIO", brief: "What to explore; SCENARIOS below" }],
    },
  },
  docs: {
    brief: "Try every order of concurrent steps",
    fullDescription: DESCRIPTION,
    customUsage: [
      "early-release [--fault F] [--writers N] [--cpus N] [--hotplugs N] [--readers N] [--json]",
      "array-cache [--variant V] [--cpus N] [--json]",
      "dead-caches [--variant V] [--fault F] [--json]",
    ],
  },
});

function count(brief: string) {
  return { kind: "parsed", parse: String, placeholder: "N", optional: true, brief } as const;
}

/** Answers the exit code. */
function explore(flags: ExploreFlags, name: string): number {
  const scenario = exploreScenario(name);
  if ("severity" in scenario) return failUsage(scenario);
  const progress = new Progress();
  const report = scenario.run(flags, (nrStates) => progress.tick(() => `${nrStates} states`));
  progress.clear();
  if ("severity" in report) return failUsage(report);
  writeOut(flags.json === true ? explorationJson(report) : printExploration(report));
  return isSound(report) ? 0 : EXIT_FINDING;
}

function isSound(report: ExploreReport): boolean {
  return report.exploration.violation === undefined;
}
