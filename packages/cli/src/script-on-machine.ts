/** From the command line to an experiment that has run: what `ebb run` and `ebb why` have in common. */

import { type Experiment, runExperiment } from "@ebb/lab";
import { askedMachine, type PolicyFlags } from "./asked-machine.ts";
import { readScript } from "./input.ts";
import { failUsage, isOutputClosed, toByteString } from "./output.ts";
import { Progress } from "./progress.ts";

/** Who takes the script's output as it appears; what nobody takes is kept in the experiment. */
interface Streams {
  readonly stdout?: (text: string) => void;
  readonly stderr?: (text: string) => void;
}

/** The machine and the script that the flags ask for, run to the end; the exit code when something was wrong with them. */
export function runScriptFile(
  flags: PolicyFlags,
  path: string,
  args: readonly string[],
  streams: Streams,
): Experiment | number {
  const machine = askedMachine(flags);
  if ("severity" in machine) return failUsage(machine);
  const script = readScript(path);
  if ("severity" in script) return failUsage(script);
  const progress = new Progress();
  const passOn = (write: (text: string) => void) => (text: string) => {
    progress.clear();
    write(text);
  };
  const { stdout, stderr } = streams;
  const experiment = runExperiment({
    machine: machine.options,
    source: script.text,
    name: script.name,
    args: args.map(toByteString),
    env: machine.environment,
    ...(stdout === undefined ? {} : { stdout: passOn(stdout) }),
    ...(stderr === undefined ? {} : { stderr: passOn(stderr) }),
    onProgress: (nrCommands, timeNs) => progress.tickScript(nrCommands, timeNs),
    shouldStop: isOutputClosed,
  });
  progress.clear();
  return "severity" in experiment ? failUsage(experiment) : experiment;
}
