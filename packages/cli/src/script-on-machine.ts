/** From the command line to an experiment that has run: what `ebb run` and `ebb why` have in common. */

import { type Experiment, machineOptions, runExperiment } from "@ebb/lab";
import { readScript } from "./input.ts";
import { environmentOfFlags, kernelOf, type MachineFlags } from "./machine-flags.ts";
import { failUsage, isOutputClosed, toByteString } from "./output.ts";
import { Progress } from "./progress.ts";

export interface ScriptFlags extends MachineFlags {
  readonly policy: string | undefined;
}

/** Who takes the script's output as it appears; what nobody takes is kept in the experiment. */
interface Streams {
  readonly stdout?: (text: string) => void;
  readonly stderr?: (text: string) => void;
}

/** The machine and the script that the flags ask for, run to the end; the exit code when something was wrong with them. */
export function runScriptFile(
  flags: ScriptFlags,
  path: string,
  args: readonly string[],
  streams: Streams,
): Experiment | number {
  const { policy, cpus, nodes } = flags;
  const kernel = kernelOf(flags.kernel);
  if ("severity" in kernel) return failUsage(kernel);
  const machine = machineOptions({ kernel, policy, cpus, nodes, settings: flags.set ?? [] });
  if ("severity" in machine) return failUsage(machine);
  const env = environmentOfFlags(flags.env);
  if ("severity" in env) return failUsage(env);
  const script = readScript(path);
  if ("severity" in script) return failUsage(script);
  const progress = new Progress();
  const passOn = (write: (text: string) => void) => (text: string) => {
    progress.clear();
    write(text);
  };
  const { stdout, stderr } = streams;
  const experiment = runExperiment({
    machine,
    source: script.text,
    name: script.name,
    args: args.map(toByteString),
    env,
    ...(stdout === undefined ? {} : { stdout: passOn(stdout) }),
    ...(stderr === undefined ? {} : { stderr: passOn(stderr) }),
    onProgress: (nrCommands, timeNs) => progress.tickScript(nrCommands, timeNs),
    shouldStop: isOutputClosed,
  });
  progress.clear();
  return "severity" in experiment ? failUsage(experiment) : experiment;
}
