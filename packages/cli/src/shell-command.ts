/** `ebb shell`: a shell on a virtual machine, to play in. */

import { printProblem } from "@ebb/formats";
import { buildCommand } from "@stricli/core";
import { askedMachine, type PolicyFlags } from "./asked-machine.ts";
import { evaluatedShell } from "./exec/evaluated-shell.ts";
import { needsUserNamespace, runInUserNamespace } from "./exec/rootless.ts";
import { runGuest } from "./exec/run-guest.ts";
import { DEFAULT_KERNEL, MACHINE_FLAGS, POLICY_FLAG, SETTINGS_HELP, toggle } from "./machine-flags.ts";
import { failUsage, untilClosedAsync, writeError } from "./output.ts";

interface ShellFlags extends PolicyFlags {
  readonly tmp?: boolean;
  readonly realTime?: boolean;
  readonly evaluator?: boolean;
}

const DESCRIPTION = `Starts an interactive shell on a virtual machine: bash, with the machine's /proc, /sys and /mnt, as under \`ebb exec\`. Where
real programs cannot run on one, or with --evaluator, it is ebb's own evaluator of bash with its own commands. The prompt
shows virtual time and policy; time passes while sleep waits, and when told to.

COMMANDS OF EBB
  ebb-step [SECONDS]  lets virtual time pass [1]: deferred work that falls due runs
  ebb-map             the map of all percpu chunks
  ebb-why             the ledger of dying cgroups: what pins them, what brings memory back
  ebb-policy [P]      the machine, its policy, and what it has come to; or the same calls under policy P beside it

EXAMPLES
  ebb shell
  ebb shell --kernel 5.4 --cpus 32 --policy vanilla --tmp
  echo 'mkdir /sys/fs/cgroup/a; ebb-step 2; ebb-map' | ebb shell --evaluator

${SETTINGS_HELP}`;

export const shellCommand = buildCommand({
  async func(flags: ShellFlags) {
    await untilClosedAsync(() => shell(flags));
  },
  parameters: {
    flags: {
      ...MACHINE_FLAGS,
      policy: POLICY_FLAG,
      env: { ...MACHINE_FLAGS.env, brief: "Give the shell a variable, over those of your environment" },
      tmp: toggle("/tmp is the machine's too"),
      realTime: toggle("The machine's time is that of the clock on the wall"),
      evaluator: toggle("ebb's own evaluator, also where bash could run"),
    },
  },
  docs: {
    brief: "Play in a shell on a virtual machine",
    fullDescription: DESCRIPTION,
    customUsage: [`[--kernel ${DEFAULT_KERNEL}] [--policy P] [--cpus N] [--nodes N] [--tmp] [--evaluator]`],
  },
});

/** Answers the exit code. */
async function shell(flags: ShellFlags): Promise<number> {
  const machine = askedMachine(flags);
  if ("severity" in machine) return failUsage(machine);
  const { options, words, environment } = machine;
  if (flags.evaluator === true) return await evaluatedShell(options, words, environment);
  const result = needsUserNamespace()
    ? await runInUserNamespace()
    : await runGuest({
        machine: words,
        program: ["bash", "--rcfile", "/proc/.ebb/bashrc", ...(process.stdin.isTTY === true ? ["-i"] : ["-s"])],
        environment,
        realTime: flags.realTime === true,
        isShell: true,
        onOneCpu: true,
        withTmp: flags.tmp === true,
        withMap: false,
        withLedger: false,
        keepOutput: false,
      });
  if (typeof result === "number") return result;
  if ("summary" in result) return result.status;
  writeError(
    `${printProblem({ ...result, severity: "info", toDo: "nothing: ebb's own evaluator answers instead" })}\n`,
  );
  return await evaluatedShell(options, words, environment);
}
