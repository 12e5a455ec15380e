/** `ebb why`: one script on one machine, and why its dying cgroups are still there. */

import {
  type Experiment,
  explainDying,
  isSound,
  machineOptions,
  printFindings,
  printLedger,
  runExperiment,
  whyJson,
} from "@ebb/lab";
import { buildCommand } from "@stricli/core";
import { readScript } from "./input.ts";
import {
  DEFAULT_KERNEL,
  environmentOf,
  MACHINE_FLAGS,
  type MachineFlags,
  SCRIPT_AND_ARGS,
  SETTINGS_HELP,
  toggle,
} from "./machine-flags.ts";
import { EXIT_FINDING, failUsage, fromByteString, toByteString, untilClosed, writeError, writeOut } from "./output.ts";
import { Progress } from "./progress.ts";

interface WhyFlags extends MachineFlags {
  readonly policy: string | undefined;
  readonly json?: boolean;
  readonly output?: boolean;
}

const DESCRIPTION = `Runs a bash script as \`ebb run\` does and explains the cgroups that are dying when it has ended: removed, but still
held by something. For each group of alike ones: how many, since when, what pins them, what they hold. Then what would
bring memory back, each action measured on a copy of the machine, 2 s of virtual time later (more where the destroy
queue is long), against the same time without it; and what makes each kind of pin go.

What the script prints is not shown; with --output it goes to standard error. Its own standard error always does.

The exit code is 0 when nothing is dying, 1 when something is, or when the script failed or asked for a command or an
option that ebb does not have, and 2 when the script has a syntax error or ebb was called wrongly.

EXAMPLES
  ebb why experiments/dying-memcg.sh --kernel 5.0
  ebb why experiments/dying-memcg.sh --kernel 6.1 --env DIR=/root --env N=200
  ebb why my.sh --kernel 5.0 --policy early-release --json

${SETTINGS_HELP}`;

export const whyCommand = buildCommand({
  func(flags: WhyFlags, path: string, ...args: string[]) {
    untilClosed(() => why(flags, path, args));
  },
  parameters: {
    flags: {
      ...MACHINE_FLAGS,
      policy: {
        kind: "parsed",
        parse: String,
        placeholder: "P",
        optional: true,
        brief: "Policies; `ebb policies` lists them [the kernel's own]",
      },
      json: toggle("One JSON document instead of text"),
      output: toggle("Show what the script prints, on standard error"),
    },
    positional: SCRIPT_AND_ARGS,
  },
  docs: {
    brief: "Explain the cgroups that a script leaves dying",
    fullDescription: DESCRIPTION,
    customUsage: [
      `SCRIPT|- [--kernel ${DEFAULT_KERNEL}] [--policy P] [--cpus N] [--nodes N] [--set name=value]... [-- ARGS]`,
    ],
  },
});

/** Answers the exit code. */
function why(flags: WhyFlags, path: string, args: readonly string[]): number {
  const { kernel, policy, cpus, nodes } = flags;
  const machine = machineOptions({ kernel, policy, cpus, nodes, settings: flags.set ?? [] });
  if ("severity" in machine) return failUsage(machine);
  const env = environmentOf(flags.env);
  if ("severity" in env) return failUsage(env);
  const script = readScript(path);
  if ("severity" in script) return failUsage(script);
  const progress = new Progress();
  const passOn = (text: string) => {
    progress.clear();
    writeError(text);
  };
  const experiment = runExperiment({
    machine,
    source: script.text,
    name: script.name,
    args: args.map(toByteString),
    env,
    stdout: flags.output === true ? passOn : () => undefined,
    stderr: passOn,
    onProgress: (nrCommands, timeNs) => progress.tickScript(nrCommands, timeNs),
  });
  progress.clear();
  return "severity" in experiment ? failUsage(experiment) : explain(experiment, flags.json === true);
}

/** Prints the ledger of the experiment's machine; answers the exit code. */
function explain(experiment: Experiment, asJson: boolean): number {
  const ledger = explainDying(experiment.machine);
  writeOut(asJson ? toByteString(whyJson(experiment, fromByteString, ledger)) : printLedger(ledger));
  if (experiment.status !== 0) writeError(`${experiment.scriptName}: exit status ${experiment.status}\n`);
  writeError(printFindings(experiment));
  return ledger.groups.length === 0 && isSound(experiment) ? 0 : EXIT_FINDING;
}
