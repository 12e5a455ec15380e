/** Builtins that decide what runs next: break, return, exit, eval, source, exec. */

import { isErrno } from "../../errno.ts";
import type { Running } from "../../process/command.ts";
import { runList } from "../execute.ts";
import { runTop } from "../execute-process.ts";
import { runProgram } from "../program.ts";
import { type Shell, ShellError } from "../shell.ts";
import { compileChecked } from "../shell-program.ts";

const SYNTAX_ERROR_STATUS = 2;
const MAX_SCRIPT_BYTES = 1 << 26;

export function succeedBuiltin(): number {
  return 0;
}

export function failBuiltin(): number {
  return 1;
}

export function breakBuiltin(shell: Shell, args: readonly string[]): number {
  return leaveLoops(shell, args, "break");
}

export function continueBuiltin(shell: Shell, args: readonly string[]): number {
  return leaveLoops(shell, args, "continue");
}

function leaveLoops(shell: Shell, args: readonly string[], flow: "break" | "continue"): number {
  const word = args[0];
  if (shell.loopDepth === 0) {
    shell.report("only meaningful in a `for', `while', or `until' loop");
    return 0;
  }
  let count = 1;
  if (word !== undefined) {
    if (!/^[-+]?[0-9]+$/.test(word)) {
      shell.report(`${word}: numeric argument required`);
      throw new ShellError("exit", 128);
    }
    count = Number(word);
    if (count < 1) {
      shell.report(`${word}: loop count out of range`);
      shell.flow = "break";
      shell.flowCount = shell.loopDepth;
      return 1;
    }
  }
  shell.flow = flow;
  shell.flowCount = Math.min(count, shell.loopDepth);
  return 0;
}

export function returnBuiltin(shell: Shell, args: readonly string[]): number {
  if (shell.calls.length === 0 && shell.trapsRunning.size === 0) {
    shell.report("can only `return' from a function or sourced script");
    return 2;
  }
  const status = statusArgument(shell, args);
  shell.flow = "return";
  shell.lastStatus = status;
  return status;
}

export function exitBuiltin(shell: Shell, args: readonly string[]): number {
  const status = args.length === 0 && shell.trapsRunning.has("EXIT") ? shell.lastStatus : statusArgument(shell, args);
  shell.flow = "exit";
  shell.lastStatus = status;
  return status;
}

function statusArgument(shell: Shell, args: readonly string[]): number {
  const word = args[0] === "--" ? args[1] : args[0];
  if (word === undefined) return shell.lastStatus;
  if (!/^[ \t]*[-+]?[0-9]+[ \t]*$/.test(word)) {
    shell.report(`${word}: numeric argument required`);
    return 2;
  }
  return Number(BigInt.asUintN(8, BigInt(word.trim().replace(/^\+/, ""))));
}

export function* evalBuiltin(shell: Shell, args: readonly string[]): Running<number> {
  const words = args[0] === "--" ? args.slice(1) : args;
  const text = words.join(" ");
  if (text.trim() === "") return 0;
  const { line } = shell;
  const script = compileChecked(shell, text, "eval: ", line);
  if (script === undefined) return SYNTAX_ERROR_STATUS;
  shell.builtin = "";
  shell.traceLevel++;
  let status: number;
  try {
    status = yield* runList(shell, script);
  } finally {
    shell.traceLevel--;
  }
  if (shell.flow === "none") shell.line = line;
  return status;
}

export function* sourceBuiltin(shell: Shell, args: readonly string[], name: string): Running<number> {
  const words = args[0] === "--" ? args.slice(1) : args;
  const [path, ...params] = words;
  if (path === undefined) {
    shell.report("filename argument required");
    shell.writeError(`${name}: usage: ${name} filename [arguments]\n`);
    return 2;
  }
  const text = readScript(shell, path);
  if (text === undefined) return 1;
  const outer = { line: shell.line, params: shell.params, builtin: shell.builtin };
  const script = compileChecked(shell, text, "");
  if (script === undefined) return SYNTAX_ERROR_STATUS;
  shell.builtin = "";
  if (params.length > 0) shell.params = params;
  const before = shell.params;
  shell.calls.push({ name: "source", line: shell.line, source: path, isFunction: false });
  const scriptName = shell.sourceName;
  shell.sourceName = path;
  shell.traceLevel++;
  try {
    let status = yield* runTop(shell, script.statements);
    if (shell.flow === "return") {
      shell.flow = "none";
      status = shell.lastStatus;
    }
    return status;
  } finally {
    shell.sourceName = scriptName;
    shell.traceLevel--;
    shell.calls.pop();
    if (params.length > 0 && shell.params === before) shell.params = outer.params;
    shell.line = outer.line;
    shell.builtin = outer.builtin;
  }
}

/** Text of the file to source: searched in $PATH when it has no slash. */
function readScript(shell: Shell, path: string): string | undefined {
  const { vfs } = shell.machine;
  const candidates = path.includes("/")
    ? [path]
    : [
        ...(shell.variables.get("PATH") ?? "")
          .split(":")
          .map((directory) => `${directory === "" ? "." : directory}/${path}`),
        path,
      ];
  for (const candidate of candidates) {
    const node = vfs.lookup(candidate, shell.cwd);
    if (isErrno(node)) continue;
    if (node.kind === "directory") {
      shell.report(`${candidate}: is a directory`);
      return undefined;
    }
    const opened = vfs.open(candidate, shell.cwd, { read: true }, shell.process.pid);
    const text = isErrno(opened) ? opened : opened.handle.read(0, MAX_SCRIPT_BYTES);
    if (!isErrno(opened)) opened.handle.close();
    if (!isErrno(text)) return text;
    shell.report(`${candidate}: ${text.message}`);
    return undefined;
  }
  shell.builtin = "";
  shell.report(`${path}: No such file or directory`);
  return undefined;
}

export function* execBuiltin(shell: Shell, args: readonly string[]): Running<number> {
  let at = 0;
  let env: Map<string, string> | undefined;
  for (; at < args.length && args[at]?.startsWith("-") === true; at++) {
    const option = args[at];
    if (option === "--") {
      at++;
      break;
    }
    if (option === "-c") env = new Map();
    else if (option === "-a") at++;
    else if (option !== "-l") {
      shell.report(`${option ?? ""}: invalid option`);
      return 2;
    }
  }
  const argv = args.slice(at);
  if (argv.length === 0) return 0;
  shell.traps.delete("EXIT");
  const status = yield* runProgram(shell, argv, env, true);
  shell.flow = "exit";
  shell.lastStatus = status;
  return status;
}
