/** `ebb run`: one script on one machine. */

import {
  chunkMap,
  type Experiment,
  experimentJson,
  explainDying,
  isSound,
  printFindings,
  printLedger,
  printReport,
} from "@ebb/lab";
import { buildCommand } from "@stricli/core";
import type { PolicyFlags } from "./asked-machine.ts";
import { DEFAULT_KERNEL, MACHINE_FLAGS, POLICY_FLAG, SCRIPT_AND_ARGS, SETTINGS_HELP, toggle } from "./machine-flags.ts";
import {
  EXIT_FINDING,
  fromByteString,
  isOutputClosed,
  OutputClosed,
  toByteString,
  untilClosed,
  writeError,
  writeOut,
} from "./output.ts";
import { runScriptFile } from "./script-on-machine.ts";

interface RunFlags extends PolicyFlags {
  readonly map?: boolean;
  readonly explain?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const DESCRIPTION = `Runs a bash script on a simulated Linux machine, in virtual time. What the script prints goes to standard
output; a report of what the machine came to goes to standard error. The script starts in /root as root and
reads nothing: its standard input is empty.

The exit code is the script's. It is 1 instead of 0 when the script asked for a command or an option that ebb
does not have, and 2 when the script has a syntax error or ebb was called wrongly.

EXAMPLES
  ebb run experiments/percpu-churn.sh
  ebb run experiments/percpu-churn.sh --policy vanilla --env KEEP=100 --map
  ebb run experiments/dying-memcg.sh --kernel 5.0 --explain
  ebb run my.sh --kernel 6.1 --cpus 64 --set grace-period-ms=50 -- first second
  echo 'grep Percpu /proc/meminfo' | ebb run - --quiet

${SETTINGS_HELP}`;

export const runCommand = buildCommand({
  func(flags: RunFlags, path: string, ...args: string[]) {
    untilClosed(() => run(flags, path, args));
  },
  parameters: {
    flags: {
      ...MACHINE_FLAGS,
      policy: POLICY_FLAG,
      map: toggle("Add a map of all percpu chunks to the report"),
      explain: toggle("End with the ledger of dying cgroups: what pins them, what brings memory back; see `ebb why`"),
      json: toggle("One JSON document instead of output and report"),
      quiet: toggle("No report, only what ebb does not have"),
    },
    positional: SCRIPT_AND_ARGS,
  },
  docs: {
    brief: "Run a script on a simulated machine",
    fullDescription: DESCRIPTION,
    customUsage: [
      `SCRIPT|- [--kernel ${DEFAULT_KERNEL}] [--policy P] [--cpus N] [--nodes N] [--set name=value]... [-- ARGS]`,
    ],
  },
});

/** Answers the exit code. */
function run(flags: RunFlags, path: string, args: readonly string[]): number {
  const streams = flags.json === true ? {} : { stdout: writeWhileOpen, stderr: writeError };
  const experiment = runScriptFile(flags, path, args, streams);
  if (typeof experiment === "number") return experiment;
  if (isOutputClosed()) throw new OutputClosed("standard output is closed");
  const ledger = flags.explain === true ? explainDying(experiment.machine) : undefined;
  if (flags.json === true) writeOut(toByteString(experimentJson(experiment, fromByteString, ledger)));
  else {
    if (flags.quiet === true) writeError(printFindings(experiment));
    else writeReport(experiment, flags.map === true);
    if (ledger !== undefined) writeError(`\n${printLedger(ledger)}`);
  }
  return experiment.status === 0 && !isSound(experiment) ? EXIT_FINDING : experiment.status;
}

/** Inside a run nothing is thrown: `shouldStop` ends it. */
function writeWhileOpen(text: string): void {
  if (!isOutputClosed()) process.stdout.write(text, "latin1");
}

function writeReport(experiment: Experiment, withMap: boolean): void {
  writeError(`\n${printReport(experiment)}`);
  if (withMap) writeError(`\n${chunkMap(experiment.machine.percpu)}`);
}
