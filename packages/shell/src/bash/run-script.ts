/**
 * Runs a bash script in virtual time: the entry point of the evaluator.
 *
 *     source --compile--> commands --execute--> processes in the scheduler --> files, tasks, output
 *
 * A script with a syntax error anywhere is not run at all. One that asks for something ebb does not have goes on as
 * bash would, but the result then carries findings, and is not to be trusted.
 */

import type { Command, TaskHost } from "../process/command.ts";
import { DelegatedHost } from "../process/delegated-host.ts";
import { FdTable } from "../process/fd-table.ts";
import { FifoTable } from "../process/fifo.ts";
import { NullDevice, Sink, TextSource } from "../process/open-file.ts";
import { Process, Scheduler } from "../process/scheduler.ts";
import type { Vfs } from "../vfs/vfs.ts";
import { compileScript } from "./compile.ts";
import { runShellBody, runTop, substitute, substituteProcess } from "./execute-process.ts";
import type { CommandEvent, Finding, Machine } from "./machine.ts";
import type { Shell } from "./shell.ts";
import { makeShell } from "./subshell.ts";

/** How much background processes that are ready may still do once the script has ended: a loop of theirs has no end. */
const NR_LAST_STARTS = 16;
const MAX_LAST_STEPS = 10_000;

export interface ScriptOptions {
  readonly source: string;
  /** `$0`, and how messages name the script. */
  readonly name: string;
  readonly args: readonly string[];
  readonly vfs: Vfs;
  readonly host: TaskHost;
  readonly commands: ReadonlyMap<string, Command>;
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  /** Task of the script's shell; the caller made it and takes it away. */
  readonly pid: number;
  readonly stdout: (text: string) => void;
  readonly stderr: (text: string) => void;
  readonly stdin?: string;
  readonly randomSeed?: number;
  readonly onCommand?: (event: CommandEvent) => void;
  /** Asked between steps; true ends the run. */
  readonly shouldStop?: () => boolean;
}

/** How a run ended. `nrLeftRunning`: background processes alive when the script ended; they are killed. */
export type ScriptEnd =
  | {
      readonly kind: "exited";
      readonly status: number;
      readonly findings: readonly Finding[];
      readonly nrLeftRunning: number;
    }
  | {
      readonly kind: "deadlock";
      readonly findings: readonly Finding[];
      readonly waiting: readonly { readonly pid: number; readonly title: string }[];
    }
  | { readonly kind: "stopped"; readonly findings: readonly Finding[] };

/** A script that is not run at all. */
export interface ScriptSyntaxError {
  readonly kind: "syntax-error";
  readonly line: number;
  readonly column: number;
  readonly message: string;
  readonly sourceLine: string;
}

/** @public What came of a script. */
export type ScriptResult = ScriptEnd | ScriptSyntaxError;

/** A script under way. */
interface RunningScript {
  /** Resumes one process, letting time pass if none is ready. The result once the script has ended. */
  step(): ScriptEnd | undefined;
  /** Runs to the end. */
  run(): ScriptEnd;
}

/** Runs a script from start to end. */
export function runScript(options: ScriptOptions): ScriptResult {
  const started = startScript(options);
  return "run" in started ? started.run() : started;
}

/** Prepares a script; nothing of it has run yet. A syntax error is the result at once. */
export function startScript(options: ScriptOptions): RunningScript | ScriptSyntaxError {
  const { script, errors } = compileScript(options.source);
  const [error] = errors;
  if (error !== undefined) return { kind: "syntax-error", ...error };
  const machine = makeMachine(options);
  const process = new Process(options.pid, 0, options.name);
  const shell = makeScriptShell(machine, process, options);
  machine.scheduler.start(
    process,
    runShellBody(shell, () => runTop(shell, script.statements)),
  );
  return new ScriptRun(machine, process);
}

class ScriptRun implements RunningScript {
  readonly #machine: Machine;
  readonly #process: Process;

  constructor(machine: Machine, process: Process) {
    this.#machine = machine;
    this.#process = process;
  }

  step(): ScriptEnd | undefined {
    const { scheduler, shouldStop, findings } = this.#machine;
    if (shouldStop()) return { kind: "stopped", findings };
    if (!scheduler.step(true)) return this.#deadlock();
    return this.#process.alive ? undefined : this.#end();
  }

  run(): ScriptEnd {
    for (;;) {
      const result = this.step();
      if (result !== undefined) return result;
    }
  }

  #deadlock(): ScriptEnd {
    const { scheduler, findings } = this.#machine;
    return { kind: "deadlock", findings, waiting: scheduler.blocked().map(({ pid, title }) => ({ pid, title })) };
  }

  /** What is ready still runs, as it would on a machine that is not idle; what waits for time is left. */
  #end(): ScriptEnd {
    const { scheduler, findings, shouldStop } = this.#machine;
    const { host } = scheduler;
    const lastNs = host.nowNs() + NR_LAST_STARTS * host.execNs;
    let nrSteps = 0;
    scheduler.run(() => host.nowNs() > lastNs || nrSteps++ > MAX_LAST_STEPS, shouldStop, false);
    const left = [...scheduler.processes.values()];
    for (const process of left) scheduler.kill(process, 9);
    return { kind: "exited", status: this.#process.status ?? 0, findings, nrLeftRunning: left.length };
  }
}

/** What the processes of one run share. */
export function makeMachine(options: ScriptOptions): Machine {
  return {
    vfs: options.vfs,
    host: options.host,
    commands: options.commands,
    scheduler: new Scheduler(new ScriptHost(options.host, options.pid)),
    fifos: new FifoTable(),
    executor: { substitute, substituteProcess },
    findings: [],
    output: new Sink(options.stdout),
    onCommand: options.onCommand,
    shouldStop: options.shouldStop ?? (() => false),
  };
}

/** The shell that a script's process is. */
export function makeScriptShell(machine: Machine, process: Process, options: ScriptOptions): Shell {
  const files = new FdTable();
  files.set(0, options.stdin === undefined ? new NullDevice() : new TextSource(options.stdin));
  files.set(1, machine.output);
  files.set(2, new Sink(options.stderr));
  const start = { files, cwd: options.cwd, name: options.name, args: options.args };
  const shell = makeShell(machine, process, start, options.env);
  if (options.randomSeed !== undefined) shell.random = { state: options.randomSeed >>> 0 };
  return shell;
}

/** The host with the task of the script itself left to the caller. */
class ScriptHost extends DelegatedHost {
  readonly #scriptPid: number;

  constructor(host: TaskHost, scriptPid: number) {
    super(host);
    this.#scriptPid = scriptPid;
  }

  override exit(pid: number): void {
    if (pid !== this.#scriptPid) super.exit(pid);
  }
}
