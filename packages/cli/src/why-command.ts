/** `ebb why`: one script on one machine, and why its dying cgroups are still there. */

import { type Experiment, explainDying, isSound, printFindings, printLedger, whyJson } from "@ebb/lab";
import { buildCommand } from "@stricli/core";
import type { PolicyFlags } from "./asked-machine.ts";
import { DEFAULT_KERNEL, MACHINE_FLAGS, POLICY_FLAG, SCRIPT_AND_ARGS, SETTINGS_HELP, toggle } from "./machine-flags.ts";
import { EXIT_FINDING, fromByteString, toByteString, untilClosed, writeError, writeOut } from "./output.ts";
import { runScriptFile } from "./script-on-machine.ts";

interface WhyFlags extends PolicyFlags {
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
      policy: POLICY_FLAG,
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
  const stdout = flags.output === true ? writeError : () => undefined;
  const experiment = runScriptFile(flags, path, args, { stdout, stderr: writeError });
  return typeof experiment === "number" ? experiment : explain(experiment, flags.json === true);
}

/** Prints the ledger of the experiment's machine; answers the exit code. */
function explain(experiment: Experiment, asJson: boolean): number {
  const ledger = explainDying(experiment.machine);
  writeOut(asJson ? toByteString(whyJson(experiment, fromByteString, ledger)) : printLedger(ledger));
  if (experiment.status !== 0) writeError(`${experiment.scriptName}: exit status ${experiment.status}\n`);
  writeError(printFindings(experiment));
  return ledger.groups.length === 0 && isSound(experiment) ? 0 : EXIT_FINDING;
}
