/** `ebb exec`: a real program on a virtual machine. */

import { buildCommand } from "@stricli/core";
import { askedMachine, type PolicyFlags } from "./asked-machine.ts";
import { needsUserNamespace, runInUserNamespace } from "./exec/rootless.ts";
import { runGuest } from "./exec/run-guest.ts";
import { DEFAULT_KERNEL, MACHINE_FLAGS, POLICY_FLAG, SETTINGS_HELP, toggle } from "./machine-flags.ts";
import { EXIT_FINDING, failUsage, fromByteString, untilClosedAsync, writeError, writeOut } from "./output.ts";

interface ExecFlags extends PolicyFlags {
  readonly tmp?: boolean;
  readonly realTime?: boolean;
  readonly allCpus?: boolean;
  readonly map?: boolean;
  readonly explain?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

const DESCRIPTION = `Runs a real program on a virtual machine: /sys, /proc and /mnt are the machine's, and with --tmp also /tmp, whose files
then pin cgroups. Everything else is this host's. The processes of the program are tasks of the machine: they live in
its cgroups, and what they do is charged there. A report of what the machine came to goes to standard error.

Time is virtual: sleep, date and Python's time.sleep let it pass at once, when no process of the program runs; starting a
program takes what the profile says. With --real-time it is the time of the clock on the wall.

It needs Linux with FUSE, as root or where user namespaces may be made; \`ebb run\` needs neither. Mounts and processes
are in namespaces of their own: outside nothing changes, and nothing is left when ebb ends, by whatever.

The exit code is the program's, and 2 when ebb was called wrongly or the program could not begin.

EXAMPLES
  ebb exec -- bash experiments/percpu-churn.sh
  ebb exec --kernel 5.4 --tmp -- python3 experiments/slab-ipis.py
  ebb exec --cpus 64 --policy vanilla -- watch -n 1 grep Percpu /proc/meminfo
  ebb exec --kernel 5.0 --tmp --explain --env N=100 --env LEAVE=1 -- bash experiments/dying-memcg.sh

${SETTINGS_HELP}`;

export const execCommand = buildCommand({
  async func(flags: ExecFlags, ...program: string[]) {
    await untilClosedAsync(() => exec(flags, program));
  },
  parameters: {
    flags: {
      ...MACHINE_FLAGS,
      policy: POLICY_FLAG,
      env: { ...MACHINE_FLAGS.env, brief: "Give the program a variable, over those of your environment" },
      tmp: toggle("/tmp is the machine's too"),
      realTime: toggle("The machine's time is that of the clock on the wall"),
      allCpus: toggle("Let the program run on all CPUs of this host, not only on that of the thread that serves it"),
      map: toggle("Add a map of all percpu chunks to the report"),
      explain: toggle("End with the ledger of dying cgroups; see `ebb why`"),
      json: toggle("One JSON document instead of output and report"),
      quiet: toggle("No report"),
    },
    positional: {
      kind: "array",
      minimum: 1,
      parameter: { parse: String, placeholder: "PROGRAM [ARGS]", brief: "The program and what it is given, after --" },
    },
  },
  docs: {
    brief: "Run a real program on a virtual machine",
    fullDescription: DESCRIPTION,
    customUsage: [
      `[--kernel ${DEFAULT_KERNEL}] [--policy P] [--cpus N] [--nodes N] [--tmp] [--real-time] -- PROGRAM [ARGS]`,
    ],
  },
});

/** Answers the exit code. */
async function exec(flags: ExecFlags, program: readonly string[]): Promise<number> {
  const machine = askedMachine(flags);
  if ("severity" in machine) return failUsage(machine);
  if (needsUserNamespace()) {
    const status = await runInUserNamespace();
    return typeof status === "number" ? status : failUsage(status);
  }
  const run = await runGuest({
    machine: machine.words,
    program,
    environment: machine.environment,
    realTime: flags.realTime === true,
    isShell: false,
    onOneCpu: flags.allCpus !== true,
    withTmp: flags.tmp === true,
    withMap: flags.map === true,
    withLedger: flags.explain === true,
    keepOutput: flags.json === true,
  });
  if ("severity" in run) return failUsage(run);
  const { status, summary, stdout } = run;
  const { violations, report, json } = summary;
  if (flags.json === true) {
    const document = { format: "ebb-exec/1", program, status, stdout: fromByteString(stdout), ...json };
    writeOut(`${JSON.stringify(document, undefined, 2)}\n`);
  } else if (flags.quiet !== true) writeError(`\n${report}`);
  for (const rule of violations) writeError(`ebb exec: error: the machine is not sound: ${rule}\n`);
  return status === 0 && violations.length > 0 ? EXIT_FINDING : status;
}
