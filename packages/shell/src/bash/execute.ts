/**
 * Runs the commands of `ir.ts`: lists and compound commands. Simple commands are in `execute-simple.ts`, everything
 * that makes processes in `execute-process.ts`.
 *
 * A body returns the exit status. `shell.flow` says when a break, continue, return or exit is under way: each list
 * stops then, and loops and functions take what is theirs. Errors that give up more than a command are thrown
 * (`ShellError`).
 */

import type { Running, Wait } from "../process/command.ts";
import { YIELD } from "../process/scheduler.ts";
import { evaluateText, isTrue } from "./arithmetic.ts";
import { ArithmeticError } from "./arithmetic-parse.ts";
import { runConditional } from "./conditional.ts";
import { runBody, runPipeline, runSubshell, startBackground } from "./execute-process.ts";
import { closeSubstituted, runSimple } from "./execute-simple.ts";
import { expandArgument, expandDocument, expandPattern, expandText } from "./expand.ts";
import type { CommandIr, ListIr, StatementIr, TextIr } from "./ir.ts";
import { compilePattern, matchesWhole } from "./pattern.ts";
import { applyRedirects, SavedFds } from "./redirect.ts";
import { type Shell, ShellError } from "./shell.ts";
import { trace } from "./trace.ts";
import { runPendingTraps, runTrap } from "./traps.ts";
import { VariableError } from "./variables.ts";

/** What one turn of a loop without any program costs in virtual time, so that waiting loops end. A decision of ebb. */
const LOOP_TURN_NS = 1000;
/** Turns after which a loop lets the other processes run. */
const TURNS_PER_YIELD = 128;

/** Runs the statements of a body. */
export function* runList(shell: Shell, list: ListIr): Running<number> {
  let status = 0;
  for (const statement of list.statements) {
    status = yield* runStatement(shell, statement);
    if (shell.flow !== "none") return status;
  }
  return status;
}

/** Runs one statement, in the background if it says so. */
export function runStatement(shell: Shell, statement: StatementIr): Running<number> {
  if (shell.options.noexec) return finished(0);
  return statement.background ? startBackground(shell, statement) : runCommand(shell, statement.command);
}

// biome-ignore lint/correctness/useYield: a body that has nothing to do
function* finished(status: number): Running<number> {
  return status;
}

/**
 * Runs one command; afterwards `$?` is its status.
 *
 * @param inPlace nothing comes after it in this process
 * @param negated its failure is asked for by `!`
 */
export function* runCommand(shell: Shell, command: CommandIr, inPlace = false, negated = false): Running<number> {
  if (shell.pendingSignals.length > 0) {
    yield* runPendingTraps(shell);
    if (shell.flow !== "none") return shell.lastStatus;
  }
  if (shell.process.termSignal !== 0) throw new ShellError("exit", 128 + shell.process.termSignal);
  let status: number;
  let canFail = !negated;
  switch (command.kind) {
    case "simple":
      status = yield* runSimple(shell, command, inPlace);
      break;
    case "pipeline":
      status = yield* runPipeline(shell, command);
      canFail = !command.negated;
      break;
    case "subshell":
      // In place it is this process itself, whose end nobody here checks.
      if (inPlace) canFail = false;
      status = inPlace ? yield* runBody(shell, command.body.statements) : yield* runSubshell(shell, command);
      break;
    case "test":
      shell.line = command.line;
      status = yield* runConditional(shell, command.expression);
      shell.pipeStatus = [status];
      break;
    case "arithmetic":
      shell.line = command.line;
      status = yield* runArithmetic(shell, command.expression);
      shell.pipeStatus = [status];
      break;
    default:
      status = yield* compoundBody(shell, command);
      canFail = command.kind === "redirected" && status !== 0 && shell.redirectFailed;
  }
  // `exit` and `return` have set the status; the commands around them only pass it on.
  if (shell.flow === "exit" || shell.flow === "return") return shell.lastStatus;
  shell.lastStatus = status;
  if (status !== 0 && canFail && shell.errexitIgnored === 0) yield* failed(shell, status);
  return status;
}

/** A command failed where that counts: the ERR trap, and the end of the shell under `set -e`. */
function* failed(shell: Shell, status: number): Running<void> {
  const hasTrap = shell.traps.has("ERR");
  if (hasTrap && (shell.calls.length === 0 || shell.options.has("errtrace"))) yield* runTrap(shell, "ERR");
  shell.lastStatus = status;
  if (shell.options.errexit) throw new ShellError("exit", status);
}

/** The body of a compound command; it keeps no frame of its own, so that functions can nest deeply. */
function compoundBody(shell: Shell, command: CommandIr): Running<number> {
  switch (command.kind) {
    case "and-or":
      return runAndOr(shell, command);
    case "if":
      return runIf(shell, command);
    case "for":
      return runFor(shell, command);
    case "arithmetic-for":
      return runArithmeticFor(shell, command);
    case "while":
      return runWhile(shell, command);
    case "case":
      return runCase(shell, command);
    case "group":
      return runList(shell, command.body);
    case "redirected":
      return runRedirected(shell, command);
    case "function":
      shell.functions.set(command.name, { name: command.name, body: command.body, text: command.text });
      return finished(0);
    case "unsupported":
      shell.line = command.line;
      shell.column = command.column;
      shell.find("unsupported-syntax", `${command.what} is not modelled by ebb`);
      shell.writeError(`${shell.name}: line ${shell.line}: ${command.what} is not modelled by ebb\n`);
      return finished(2);
    default:
      return finished(0);
  }
}

type Of<K extends CommandIr["kind"]> = Extract<CommandIr, { kind: K }>;

function* runAndOr(shell: Shell, command: Of<"and-or">): Running<number> {
  const last = command.commands.length - 1;
  let status = 0;
  for (let i = 0; i <= last; i++) {
    const part = command.commands[i];
    if (part === undefined) break;
    if (i > 0 && (command.operators[i - 1] === "&&") !== (status === 0)) continue;
    if (i < last) shell.errexitIgnored++;
    try {
      status = yield* runCommand(shell, part);
    } finally {
      if (i < last) shell.errexitIgnored--;
    }
    if (shell.flow !== "none") return status;
  }
  return status;
}

/** Runs a test list: failure there never ends the shell. */
function* runTest(shell: Shell, list: ListIr): Running<number> {
  shell.errexitIgnored++;
  try {
    return yield* runList(shell, list);
  } finally {
    shell.errexitIgnored--;
  }
}

function* runIf(shell: Shell, command: Of<"if">): Running<number> {
  for (const branch of command.branches) {
    const status = yield* runTest(shell, branch.test);
    if (shell.flow !== "none") return status;
    if (status === 0) return yield* runList(shell, branch.body);
  }
  return command.otherwise === undefined ? 0 : yield* runList(shell, command.otherwise);
}

function* runFor(shell: Shell, command: Of<"for">): Running<number> {
  const values: string[] = [];
  shell.line = command.line;
  if (command.words === undefined) values.push(...shell.params);
  else {
    for (const word of command.words) {
      const waiting = expandArgument(shell, word, values);
      if (waiting !== undefined) yield* waiting;
    }
  }
  let status = 0;
  shell.loopDepth++;
  try {
    for (const value of values) {
      shell.line = command.line;
      if (shell.options.xtrace)
        trace(shell, `for ${command.name} in ${(command.words ?? []).map((word) => word.text).join(" ")}`);
      if (!setLoopVariable(shell, command.name, value)) return 1;
      status = yield* runList(shell, command.body);
      if (shell.flow !== "none" && leavesLoop(shell)) break;
      const wait = loopTurn(shell);
      if (wait !== undefined) yield wait;
    }
  } finally {
    shell.loopDepth--;
  }
  return status;
}

function setLoopVariable(shell: Shell, name: string, value: string): boolean {
  try {
    shell.variables.set(name, value);
    return true;
  } catch (error) {
    const translated = shell.translate(error);
    if (error instanceof VariableError) return false;
    throw translated;
  }
}

function* runWhile(shell: Shell, command: Of<"while">): Running<number> {
  let status = 0;
  shell.loopDepth++;
  try {
    for (;;) {
      const test = yield* runTest(shell, command.test);
      if (shell.flow !== "none") {
        if (leavesLoop(shell)) break;
        continue;
      }
      if ((test === 0) === command.until) break;
      status = yield* runList(shell, command.body);
      if (shell.flow !== "none" && leavesLoop(shell)) break;
      const wait = loopTurn(shell);
      if (wait !== undefined) yield wait;
    }
  } finally {
    shell.loopDepth--;
  }
  return status;
}

function* runArithmeticFor(shell: Shell, command: Of<"arithmetic-for">): Running<number> {
  let status = 0;
  shell.loopDepth++;
  try {
    if (command.initialize !== undefined) yield* loopArithmetic(shell, command.initialize, command.line);
    for (;;) {
      if (command.test !== undefined && !isTrue(yield* loopArithmetic(shell, command.test, command.line))) break;
      status = yield* runList(shell, command.body);
      if (shell.flow !== "none" && leavesLoop(shell)) break;
      if (command.update !== undefined) yield* loopArithmetic(shell, command.update, command.line);
      const wait = loopTurn(shell);
      if (wait !== undefined) yield wait;
    }
  } finally {
    shell.loopDepth--;
  }
  return status;
}

function* loopArithmetic(shell: Shell, expression: TextIr, line: number): Running<number | bigint> {
  shell.line = line;
  const text = expression.constant ?? (yield* expandDocument(shell, expression));
  return shell.arithmetic(text);
}

/** What a loop does about the flow under way: true to end, false to go on with its next turn. */
function leavesLoop(shell: Shell): boolean {
  if (shell.flow !== "break" && shell.flow !== "continue") return true;
  if (shell.flowCount > 1) {
    shell.flowCount--;
    return true;
  }
  const isBreak = shell.flow === "break";
  shell.flow = "none";
  shell.flowCount = 0;
  return isBreak;
}

/** After many turns, what to wait for so that others may run and time passes. */
function loopTurn(shell: Shell): Wait | undefined {
  shell.nrTurns++;
  if (shell.nrTurns < TURNS_PER_YIELD) return undefined;
  const { host } = shell.machine;
  const wait: Wait =
    shell.nrStarts > 0 ? YIELD : { kind: "until", timeNs: host.nowNs() + shell.nrTurns * LOOP_TURN_NS };
  shell.nrTurns = 0;
  shell.nrStarts = 0;
  return wait;
}

function* runCase(shell: Shell, command: Of<"case">): Running<number> {
  shell.line = command.line;
  if (shell.options.xtrace) trace(shell, `case ${command.word.text} in`);
  const subject = yield* expandText(shell, command.word);
  const options = shell.patternOptions();
  const text = options.ignoreCase ? subject.toLowerCase() : subject;
  let status = 0;
  let falls = false;
  for (const item of command.items) {
    let matches = falls;
    for (const word of item.patterns) {
      if (matches) break;
      const source =
        word.kind === "literal" && word.segments.length === 0 ? word.literal : yield* expandPattern(shell, word);
      matches = matchesWhole(compilePattern(source, options), text);
    }
    if (!matches) continue;
    status = yield* runList(shell, item.body);
    if (shell.flow !== "none" || item.terminator === ";;") return status;
    falls = item.terminator === ";&";
  }
  return status;
}

function* runRedirected(shell: Shell, command: Of<"redirected">): Running<number> {
  const saved = new SavedFds();
  const nrFds = shell.substitutedFds.length;
  shell.line = command.line;
  try {
    const done = yield* applyRedirects(shell, command.redirects, saved);
    shell.redirectFailed = !done;
    if (!done) return 1;
    return yield* runCommand(shell, command.command);
  } finally {
    saved.restore(shell);
    closeSubstituted(shell, nrFds);
  }
}

/** `(( ... ))`: 0 when the value is not 0; an error only fails the command. */
function* runArithmetic(shell: Shell, expression: TextIr): Running<number> {
  const text = expression.constant ?? (yield* expandDocument(shell, expression));
  if (shell.options.xtrace) trace(shell, `(( ${text.trim()} ))`);
  const before = shell.builtin;
  try {
    return isTrue(evaluateText(text, shell)) ? 0 : 1;
  } catch (error) {
    shell.builtin = "((";
    const translated = shell.translate(error);
    if (error instanceof ArithmeticError) return 1;
    throw translated;
  } finally {
    shell.builtin = before;
  }
}
