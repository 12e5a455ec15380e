/** Simple commands: assignments, functions, builtins and programs, with their redirections. */

import type { Running } from "../process/command.ts";
import { runAssignments } from "./assignment.ts";
import { BUILTINS, DECLARATIONS, type DeclarationArgument } from "./builtins/table.ts";
import { literalWord } from "./compile-word.ts";
import { runCommand } from "./execute.ts";
import { forkTask } from "./execute-process.ts";
import { expandArgument, expandText } from "./expand.ts";
import type { AssignmentIr, SimpleIr, WordIr } from "./ir.ts";
import type { CommandEvent } from "./machine.ts";
import { runLoaded, runProgram } from "./program.ts";
import { applyRedirects, SavedFds } from "./redirect.ts";
import type { Shell, ShellFunction } from "./shell.ts";
import { trace } from "./trace.ts";
import { tracedWord } from "./transform.ts";
import { runTrap } from "./traps.ts";
import { VariableError } from "./variables.ts";

/** A simple command after expansion. */
interface Call {
  readonly command: SimpleIr;
  readonly name: string;
  readonly args: readonly string[];
  readonly declared: readonly DeclarationArgument[] | undefined;
  readonly inPlace: boolean;
}

/** Functions may call one another this deep: what the stack of the host bears with room to spare. bash has no limit. */
const MAX_CALL_DEPTH = 400;

/**
 * Runs a simple command.
 *
 * @param inPlace nothing comes after it in this process: a program takes the process over instead of forking
 */
export function* runSimple(shell: Shell, command: SimpleIr, inPlace: boolean): Running<number> {
  shell.line = command.line;
  shell.column = command.column;
  shell.substitutionStatus = -1;
  const nrFds = shell.substitutedFds.length;
  let args = command.literalArgs;
  let declared: DeclarationArgument[] | undefined;
  if (args === undefined) {
    const expanded: string[] = [];
    declared = yield* expandWords(shell, command.words, expanded);
    args = expanded;
  }
  if (shell.options.xtrace && args.length > 0) trace(shell, (declared ?? args).map(tracedArgument).join(" "));
  const call: Call = { command, name: args[0] ?? "", args, declared, inPlace: inPlace && !shell.traps.has("EXIT") };
  const result = args.length === 0 ? runBare(shell, command) : runCall(shell, call);
  const status = typeof result === "number" ? result : yield* result;
  if (shell.substitutedFds.length > nrFds) closeSubstituted(shell, nrFds);
  return status;
}

/** Closes the pipes of process substitutions: they live as long as the command that was given their paths. */
export function closeSubstituted(shell: Shell, nrKept: number): void {
  for (const fd of shell.substitutedFds.splice(nrKept)) shell.files.set(fd, undefined);
}

/** Runs a call; as an event of the script when it is one. */
function runCall(shell: Shell, call: Call): number | Running<number> {
  const { onCommand } = shell.machine;
  if (!shell.emitsEvents || onCommand === undefined || shell.functions.has(call.name)) return runNamed(shell, call);
  return runAsEvent(shell, call, onCommand);
}

function* runAsEvent(shell: Shell, call: Call, onCommand: (event: CommandEvent) => void): Running<number> {
  const startNs = shell.machine.host.nowNs();
  const outer = shell.process.record;
  const record = { stdout: "" };
  shell.process.record = record;
  let status = shell.lastStatus;
  try {
    const result = runNamed(shell, call);
    status = typeof result === "number" ? result : yield* result;
  } finally {
    shell.process.record = outer;
    if (outer !== undefined) outer.stdout += record.stdout;
    const endNs = shell.machine.host.nowNs();
    onCommand({ text: call.args.join(" "), line: call.command.line, status, stdout: record.stdout, startNs, endNs });
  }
  return status;
}

function* expandWords(
  shell: Shell,
  words: readonly (WordIr | AssignmentIr)[],
  out: string[],
): Running<DeclarationArgument[] | undefined> {
  let declared: DeclarationArgument[] | undefined;
  for (const word of words) {
    if (!("kind" in word)) {
      declared ??= [...out];
      declared.push(yield* withValue(shell, word));
      continue;
    }
    const nrBefore = out.length;
    const waiting = expandArgument(shell, word, out);
    if (waiting !== undefined) yield* waiting;
    if (declared !== undefined) for (let i = nrBefore; i < out.length; i++) declared.push(out[i] ?? "");
  }
  return declared;
}

/** The value of an argument such as `x=$y` of `declare` is expanded with all other arguments, before any is set. */
function* withValue(shell: Shell, assignment: AssignmentIr): Running<AssignmentIr> {
  const { value } = assignment;
  if (value === undefined || (value.kind === "literal" && value.segments.length === 0)) return assignment;
  return { ...assignment, value: literalWord(yield* expandText(shell, value)) };
}

function tracedArgument(argument: DeclarationArgument): string {
  if (typeof argument === "string") return tracedWord(argument);
  if (argument.value === undefined || argument.subscript !== undefined) return argument.text;
  return `${argument.name}${argument.append ? "+" : ""}=${argument.value.literal === "" ? "" : tracedWord(argument.value.literal)}`;
}

/** Assignments and redirections without a command. */
function* runBare(shell: Shell, command: SimpleIr): Running<number> {
  const saved = new SavedFds();
  try {
    yield* runAssignments(shell, command.assignments);
    if (command.redirects.length > 0 && !(yield* applyRedirects(shell, command.redirects, saved))) return 1;
  } finally {
    saved.restore(shell);
  }
  const status = Math.max(shell.substitutionStatus, 0);
  shell.pipeStatus = [status];
  return status;
}

function runNamed(shell: Shell, call: Call): number | Running<number> {
  shell.lastArgument = call.args[call.args.length - 1] ?? "";
  return call.command.redirects.length === 0 ? dispatch(shell, call) : runRedirected(shell, call);
}

function* runRedirected(shell: Shell, call: Call): Running<number> {
  const saved = new SavedFds();
  try {
    const isOpen = isOwnProcess(shell, call)
      ? yield* redirectForked(shell, call, saved)
      : yield* applyRedirects(shell, call.command.redirects, saved);
    if (!isOpen) return 1;
    const result = dispatch(shell, call);
    const status = typeof result === "number" ? result : yield* result;
    // `exec` without a program keeps its redirections.
    if (call.name === "exec" && call.args.length === 1) saved.forget();
    return status;
  } finally {
    saved.restore(shell);
  }
}

/** The call is a program that gets a process of its own. */
function isOwnProcess(shell: Shell, { name, inPlace }: Call): boolean {
  if (inPlace || shell.functions.has(name) || shell.loaded.has(name)) return false;
  return !isBuiltin(name);
}

function isBuiltin(name: string): boolean {
  return BUILTINS.has(name) || DECLARATIONS.has(name);
}

/** The child opens what its redirections name. False after an error, which has ended it. */
function* redirectForked(shell: Shell, call: Call, saved: SavedFds): Running<boolean> {
  const pid = yield* forkTask(shell);
  let isOpen = false;
  shell.forkedPid = pid;
  try {
    isOpen = yield* applyRedirects(shell, call.command.redirects, saved);
  } finally {
    if (!isOpen) {
      shell.forkedPid = undefined;
      shell.machine.host.exit(pid);
    }
  }
  return isOpen;
}

function dispatch(shell: Shell, call: Call): number | Running<number> {
  const { name, args } = call;
  const found = shell.functions.get(name);
  const temporary = call.command.assignments;
  if (found === undefined && shell.loaded.has(name)) return runLoadedWith(shell, call, temporary);
  if (found === undefined && !isBuiltin(name)) {
    if (temporary.length === 0) return runProgram(shell, args, undefined, call.inPlace);
    return runWithEnvironment(shell, call, temporary);
  }
  return temporary.length === 0 ? invoke(shell, call, found) : invokeWithAssignments(shell, call, found, temporary);
}

function* runLoadedWith(shell: Shell, call: Call, temporary: readonly AssignmentIr[]): Running<number> {
  const env = temporary.length === 0 ? shell.environment() : yield* temporaryEnvironment(shell, temporary);
  return yield* runLoaded(shell, call.args, env);
}

function* runWithEnvironment(shell: Shell, call: Call, temporary: readonly AssignmentIr[]): Running<number> {
  const env = yield* temporaryEnvironment(shell, temporary);
  return yield* runProgram(shell, call.args, env, call.inPlace);
}

/** The assignments before a builtin or function last as long as it runs. */
function* invokeWithAssignments(
  shell: Shell,
  call: Call,
  found: ShellFunction | undefined,
  temporary: readonly AssignmentIr[],
): Running<number> {
  const { variables } = shell;
  variables.pushFrame(false);
  try {
    for (const assignment of temporary) {
      if (variables.find(assignment.name)?.readonly === true) {
        shell.report(`${assignment.name}: readonly variable`);
        return 1;
      }
      const before = assignment.append ? variables.get(assignment.name) : undefined;
      variables.hide(assignment.name, false);
      if (before !== undefined) variables.set(assignment.name, before);
      yield* runAssignments(shell, [assignment]);
      variables.own(assignment.name).exported = true;
      variables.exportEpoch++;
    }
    const result = invoke(shell, call, found);
    return typeof result === "number" ? result : yield* result;
  } finally {
    variables.popFrame();
  }
}

function invoke(shell: Shell, call: Call, found: ShellFunction | undefined): number | Running<number> {
  if (found !== undefined) return callFunction(shell, found, call.args.slice(1));
  const result = callBuiltin(shell, call.name, call.args.slice(1), call.declared?.slice(1));
  if (typeof result === "number") shell.pipeStatus = result === 0 ? SUCCEEDED : [result];
  return result;
}

const SUCCEEDED: readonly number[] = [0];

/** Runs builtin `name`; its messages carry its name. */
export function callBuiltin(
  shell: Shell,
  name: string,
  args: readonly string[],
  declared: readonly DeclarationArgument[] | undefined,
): number | Running<number> {
  const before = shell.builtin;
  shell.builtin = name;
  let result: number | Running<number>;
  try {
    result = BUILTINS.get(name)?.(shell, args, name) ?? DECLARATIONS.get(name)?.(shell, declared ?? args, name) ?? 0;
  } catch (error) {
    return failBuiltin(shell, name, before, error);
  }
  if (typeof result !== "number") return finishBuiltin(shell, name, before, result);
  shell.builtin = before;
  return result;
}

function* finishBuiltin(shell: Shell, name: string, before: string, body: Running<number>): Running<number> {
  try {
    const status = yield* body;
    shell.pipeStatus = [status];
    return status;
  } catch (error) {
    return failBuiltin(shell, name, before, error);
  } finally {
    shell.builtin = before;
  }
}

/** An error of a builtin fails just it when it is about a variable; others go on up. */
function failBuiltin(shell: Shell, name: string, before: string, error: unknown): number {
  const isVariable = error instanceof VariableError;
  if (isVariable && !DECLARATIONS.has(name)) shell.builtin = "";
  const translated = shell.translate(error);
  shell.builtin = before;
  if (isVariable) return 1;
  throw translated;
}

/** Calls a function with positional parameters and local variables of its own. */
function* callFunction(shell: Shell, found: ShellFunction, args: readonly string[]): Running<number> {
  if (shell.calls.length >= MAX_CALL_DEPTH) {
    shell.report(`${found.name}: maximum function nesting level exceeded (${MAX_CALL_DEPTH})`);
    return 1;
  }
  const { params, loopDepth, builtin, line } = shell;
  shell.params = args;
  shell.loopDepth = 0;
  shell.builtin = "";
  shell.calls.push({ name: found.name, line: shell.line, source: shell.name, isFunction: true });
  shell.variables.pushFrame(true);
  try {
    let status = yield* runCommand(shell, found.body);
    if (shell.flow === "return") {
      shell.flow = "none";
      status = shell.lastStatus;
    }
    yield* runReturnTrap(shell);
    return status;
  } finally {
    shell.variables.popFrame();
    shell.calls.pop();
    shell.params = params;
    shell.loopDepth = loopDepth;
    shell.builtin = builtin;
    shell.line = line;
  }
}

function* runReturnTrap(shell: Shell): Running<void> {
  if (!shell.traps.has("RETURN") || !shell.options.has("functrace")) return;
  yield* runTrap(shell, "RETURN");
}

/** The environment of a program that has assignments before it. */
function* temporaryEnvironment(shell: Shell, assignments: readonly AssignmentIr[]): Running<Map<string, string>> {
  const env = new Map(shell.environment());
  for (const assignment of assignments) {
    if (assignment.value === undefined || assignment.subscript !== undefined) continue;
    const value = yield* expandText(shell, assignment.value);
    env.set(assignment.name, assignment.append ? (shell.variables.get(assignment.name) ?? "") + value : value);
  }
  return env;
}
