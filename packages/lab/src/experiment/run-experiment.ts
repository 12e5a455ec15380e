/**
 * One experiment: a script on a fresh machine, its output, and what the machine came to.
 *
 *     options + script --> machine, files, tasks --> script in virtual time --> readings, figures, findings
 *
 * Same options, script and arguments: same result, byte for byte.
 */

import type { Problem } from "@ebb/formats";
import { createMachine, type Machine, type MachineOptions } from "@ebb/model";
import {
  createCommands,
  createVirtualMachine,
  exitTask,
  type Finding,
  type ScriptEnd,
  type ScriptSyntaxError,
  startScript,
  startTask,
} from "@ebb/shell";
import { type MachineFigures, machineFigures } from "./machine-figures.ts";
import { type Reading, ReadingLog } from "./readings.ts";

export interface ExperimentOptions {
  readonly machine: MachineOptions;
  /** The script, a byte string. */
  readonly source: string;
  /** Name of the script as the user gave it: its `$0`. */
  readonly name: string;
  readonly args: readonly string[];
  readonly stdin?: string;
  /** Variables of the script's environment, over the machine's own. */
  readonly env?: ReadonlyMap<string, string>;
  /** Takes the script's output as it appears; it is then not kept. */
  readonly stdout?: (text: string) => void;
  readonly stderr?: (text: string) => void;
  /** Called after each command, with the commands so far and the virtual time. */
  readonly onProgress?: (nrCommands: number, timeNs: number) => void;
  /** Called with the machine before anything happens on it. */
  readonly onMachine?: (machine: Machine) => void;
  /** Called for each reading as it is taken. */
  readonly onReading?: (reading: Reading) => void;
  /** True ends the run. */
  readonly shouldStop?: () => boolean;
}

export interface Experiment {
  readonly scriptName: string;
  readonly options: MachineOptions;
  /** Exit status of the script. */
  readonly status: number;
  /** Output that nobody took. */
  readonly stdout: string;
  readonly stderr: string;
  readonly readings: readonly Reading[];
  /** What the script asked for that ebb does not have: with any, the figures are not to be trusted. */
  readonly findings: readonly Finding[];
  /** Processes that waited for each other for ever when the run was given up, by title; most often none. */
  readonly deadlocked: readonly string[];
  /** Background processes alive when the script ended. */
  readonly nrLeftRunning: number;
  readonly nrCommands: number;
  readonly endNs: number;
  /** The machine when the script ended. */
  readonly figures: MachineFigures;
  readonly machine: Machine;
}

/** Status of an experiment that was given up: 128 + SIGKILL, as for a script that someone killed. */
const GIVEN_UP = 137;
/** Where a script starts. */
export const HOME = "/root";
/** The variables a script has. */
export const ENVIRONMENT: readonly (readonly [name: string, value: string])[] = [
  ["HOME", HOME],
  ["LOGNAME", "root"],
  ["PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
  ["SHELL", "/bin/bash"],
  ["USER", "root"],
];

/** Runs the script to its end; a Problem when it has a syntax error, and nothing of it has run. */
export function runExperiment(o: ExperimentOptions): Experiment | Problem {
  const run = startExperiment(o);
  if ("severity" in run) return run;
  for (;;) {
    const experiment = run.step();
    if (experiment !== undefined) return experiment;
  }
}

/** An experiment under way. */
export interface ExperimentRun {
  /** Resumes one process, letting time pass if none is ready. The result once the script has ended. */
  step(): Experiment | undefined;
}

/** Prepares an experiment; nothing of the script has run yet. */
export function startExperiment(o: ExperimentOptions): ExperimentRun | Problem {
  const machine = createMachine(o.machine);
  o.onMachine?.(machine);
  const vm = createVirtualMachine(machine);
  const pid = startTask(machine);
  vm.host.exec(pid, "bash");
  const gathered: Gathered = { log: new ReadingLog(), stdout: [], stderr: [], nrCommands: 0 };
  const { log, stdout, stderr } = gathered;
  const script = startScript({
    source: o.source,
    name: o.name,
    args: o.args,
    vfs: vm.vfs,
    host: vm.host,
    commands: createCommands({ mountFileSystem: vm.mountFileSystem, system: vm.system }),
    env: new Map([...ENVIRONMENT, ...(o.env ?? [])]),
    cwd: HOME,
    pid,
    stdout: o.stdout ?? ((text) => stdout.push(text)),
    stderr: o.stderr ?? ((text) => stderr.push(text)),
    ...(o.stdin === undefined ? {} : { stdin: o.stdin }),
    onCommand: (event) => {
      gathered.nrCommands++;
      const reading = log.add(event, () => machineFigures(machine));
      if (reading !== undefined) o.onReading?.(reading);
      o.onProgress?.(gathered.nrCommands, machine.nowNs);
    },
    ...(o.shouldStop === undefined ? {} : { shouldStop: o.shouldStop }),
  });
  if ("kind" in script) return syntaxProblem(o.name, script);
  return {
    step() {
      const result = script.step();
      if (result === undefined) return undefined;
      exitTask(machine, pid);
      return experimentOf(o, machine, gathered, result);
    },
  };
}

/** What a run has come to so far. */
interface Gathered {
  readonly log: ReadingLog;
  readonly stdout: string[];
  readonly stderr: string[];
  nrCommands: number;
}

function experimentOf(o: ExperimentOptions, machine: Machine, gathered: Gathered, result: ScriptEnd): Experiment {
  return {
    scriptName: o.name,
    options: o.machine,
    status: result.kind === "exited" ? result.status : GIVEN_UP,
    stdout: gathered.stdout.join(""),
    stderr: gathered.stderr.join(""),
    readings: gathered.log.readings,
    findings: result.findings,
    deadlocked: result.kind === "deadlock" ? result.waiting.map(({ title }) => title) : [],
    nrLeftRunning: result.kind === "exited" ? result.nrLeftRunning : 0,
    nrCommands: gathered.nrCommands,
    endNs: machine.nowNs,
    figures: machineFigures(machine),
    machine,
  };
}

function syntaxProblem(name: string, error: ScriptSyntaxError): Problem {
  return {
    severity: "error",
    file: `${name}:${error.line}:${error.column}`,
    line: 0,
    message: `syntax error: ${error.message}`,
    expected: "a script that bash 5 accepts",
    found: error.sourceLine,
    toDo: "correct the script; nothing of it has been run",
  };
}
