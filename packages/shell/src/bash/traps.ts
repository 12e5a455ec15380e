/** Traps: what a shell runs on signals, on errors and when it ends. */

import type { Running } from "../process/command.ts";
import { defaultAction, signalName } from "../process/signals.ts";
import { compileScript } from "./compile.ts";
import { runTop } from "./execute-process.ts";
import type { ScriptIr } from "./ir.ts";
import { type Shell, ShellError } from "./shell.ts";

const MAX_CACHED = 256;
const cache = new Map<string, ScriptIr | undefined>();

/** Runs the actions of signals that came while a command ran. */
export function* runPendingTraps(shell: Shell): Running<void> {
  while (shell.pendingSignals.length > 0) {
    const signal = shell.pendingSignals.shift();
    if (signal === undefined) return;
    const name = signalName(signal) ?? "";
    if (!shell.traps.has(name) && defaultAction(signal) === "terminate") {
      shell.fatalSignal = signal;
      throw new ShellError("exit", 128 + signal);
    }
    yield* runTrap(shell, name);
  }
}

/** Runs the action set for `name`; `$?` is afterwards what it was before, unless the action left the shell. */
export function* runTrap(shell: Shell, name: string): Running<void> {
  const action = shell.traps.get(name);
  if (action === undefined || action === "" || shell.trapsRunning.has(name)) return;
  const script = compiled(shell, action, name);
  if (script === undefined) return;
  const status = shell.lastStatus;
  const pipeStatus = shell.pipeStatus;
  const builtin = shell.builtin;
  shell.builtin = "";
  shell.trapsRunning.add(name);
  try {
    yield* runTop(shell, script.statements);
  } finally {
    shell.trapsRunning.delete(name);
    shell.builtin = builtin;
  }
  if (shell.flow !== "exit") {
    shell.lastStatus = status;
    shell.pipeStatus = pipeStatus;
  }
}

function compiled(shell: Shell, action: string, name: string): ScriptIr | undefined {
  const key = `${shell.line}:${action}`;
  if (cache.has(key)) return cache.get(key);
  const { script, errors } = compileScript(action, shell.line);
  const first = errors[0];
  if (first !== undefined) shell.report(`${name.toLowerCase()} trap: line ${first.line}: ${first.message}`);
  if (cache.size >= MAX_CACHED) cache.clear();
  cache.set(key, first === undefined ? script : undefined);
  return cache.get(key);
}
