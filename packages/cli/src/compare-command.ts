/** `ebb compare`: one script under several policies, side by side. */

import type { Problem } from "@ebb/formats";
import {
  compareExperiments,
  comparisonJson,
  defaultPolicies,
  type Experiment,
  isSound,
  machineOptions,
  policySetName,
  printComparison,
  printCoverLetter,
  printFindings,
  runExperiment,
} from "@ebb/lab";
import type { MachineOptions } from "@ebb/model";
import { buildCommand } from "@stricli/core";
import { type InputText, readScript } from "./input.ts";
import {
  DEFAULT_KERNEL,
  environmentOfFlags,
  kernelOf,
  MACHINE_FLAGS,
  type MachineFlags,
  SCRIPT_AND_ARGS,
  SETTINGS_HELP,
  toggle,
} from "./machine-flags.ts";
import { EXIT_FINDING, failUsage, fromByteString, toByteString, untilClosed, writeError, writeOut } from "./output.ts";
import { Progress } from "./progress.ts";

interface CompareFlags extends MachineFlags {
  readonly policy: string | undefined;
  readonly json?: boolean;
  readonly coverLetter?: boolean;
}

const DESCRIPTION = `Runs a bash script once under each policy, each time on a fresh machine, and shows its readings of Percpu side by
side: each time the script printed a row "Percpu:  N kB", as from grep Percpu /proc/meminfo. Rows "Slab:  N kB" and
"nr_dying_descendants N" (cgroup.stat) are shown too where the script printed them.

  came back   (full - after) / (full - start): start is the first reading, full the highest, after the last
  ideal       start + (full - start) x the part of the added cgroups that is online at the last reading
  x ideal     after / ideal

The exit code is 1 when the script failed, printed no reading, or asked for a command or an option that ebb does
not have, under any policy.

EXAMPLES
  ebb compare experiments/percpu-churn.sh
  ebb compare experiments/percpu-churn.sh --policy vanilla,upstream --kernel 6.1 --cover-letter
  ebb compare experiments/percpu-churn.sh --env KEEP=100 --json
  ebb compare experiments/dying-memcg.sh --kernel 5.0 --policy vanilla,early-release

${SETTINGS_HELP}`;

export const compareCommand = buildCommand({
  func(flags: CompareFlags, path: string, ...args: string[]) {
    untilClosed(() => compare(flags, path, args));
  },
  parameters: {
    flags: {
      ...MACHINE_FLAGS,
      policy: {
        kind: "parsed",
        parse: String,
        placeholder: "A,B,C",
        optional: true,
        brief: "Policies, in the order of the columns [all that were tried on this kernel]",
      },
      json: toggle("One JSON document instead of the table"),
      coverLetter: toggle("The readings as a kernel patch's cover letter shows them"),
    },
    positional: SCRIPT_AND_ARGS,
  },
  docs: {
    brief: "Run a script under several policies and compare",
    fullDescription: DESCRIPTION,
    customUsage: [
      `SCRIPT|- [--policy A,B,C] [--kernel ${DEFAULT_KERNEL}] [--cpus N] [--nodes N] [--set name=value]... [-- ARGS]`,
    ],
  },
});

/** Answers the exit code. */
function compare(flags: CompareFlags, path: string, args: readonly string[]): number {
  const machines = machinesOf(flags);
  if ("severity" in machines) return failUsage(machines);
  const env = environmentOfFlags(flags.env);
  if ("severity" in env) return failUsage(env);
  const script = readScript(path);
  if ("severity" in script) return failUsage(script);
  const experiments = runAll(machines, script, args, env);
  if ("severity" in experiments) return failUsage(experiments);
  const comparison = compareExperiments(experiments);
  if (flags.json === true) writeOut(toByteString(comparisonJson(comparison, fromByteString)));
  else if (comparison.rows.length > 0)
    writeOut(flags.coverLetter === true ? printCoverLetter(comparison) : printComparison(comparison));
  reportUnsound(experiments);
  if (comparison.rows.length === 0) reportNoReading(script.name);
  return comparison.rows.length > 0 && experiments.every(isSound) ? 0 : EXIT_FINDING;
}

/** One machine for each policy asked for, in that order, each policy once. */
function machinesOf(flags: CompareFlags): readonly MachineOptions[] | Problem {
  const profile = kernelOf(flags.kernel);
  if ("severity" in profile) return profile;
  const machines: MachineOptions[] = [];
  for (const policy of new Set(flags.policy?.split(",") ?? defaultPolicies(profile))) {
    const { cpus, nodes } = flags;
    const machine = machineOptions({ kernel: profile, policy, cpus, nodes, settings: flags.set ?? [] });
    if ("severity" in machine) return machine;
    machines.push(machine);
  }
  return machines;
}

function runAll(
  machines: readonly MachineOptions[],
  script: InputText,
  args: readonly string[],
  env: ReadonlyMap<string, string>,
): readonly Experiment[] | Problem {
  const progress = new Progress();
  const experiments: Experiment[] = [];
  for (const machine of machines) {
    const what = `${policySetName(machine)}: `;
    const experiment = runExperiment({
      machine,
      source: script.text,
      name: script.name,
      args: args.map(toByteString),
      env,
      // Readings carry what is shown of it.
      stdout: () => undefined,
      onProgress: (nrCommands, timeNs) => progress.tickScript(nrCommands, timeNs, what),
    });
    if ("severity" in experiment) {
      progress.clear();
      return experiment;
    }
    experiments.push(experiment);
  }
  progress.clear();
  return experiments;
}

/** What went wrong under each policy; a line that was printed already is not printed again. */
function reportUnsound(experiments: readonly Experiment[]): void {
  const printed = new Set<string>();
  for (const experiment of experiments) {
    if (isSound(experiment)) continue;
    writeError(`under ${policySetName(experiment.options)}: exit status ${experiment.status}\n`);
    for (const line of (experiment.stderr + printFindings(experiment)).split(/(?<=\n)/)) {
      if (!printed.has(line)) writeError(line);
      printed.add(line);
    }
  }
}

function reportNoReading(name: string): void {
  writeError(
    `${name}: error: the script printed no reading of Percpu\n` +
      "  expected  a row like `Percpu:             7296 kB` on its standard output\n" +
      "  to do     let it run `grep Percpu /proc/meminfo` where a figure is wanted\n",
  );
}
