/** Shells started as programs: `bash -c text`, `bash script`, `sh -s`, and executable scripts. */

import { isErrno } from "../errno.ts";
import type { Running } from "../process/command.ts";
import type { Process } from "../process/scheduler.ts";
import { FileInput } from "../process/streams.ts";
import { compileScript } from "./compile.ts";
import { runShellBody, runTop } from "./execute-process.ts";
import type { ScriptIr } from "./ir.ts";
import { type ProgramStart, untilEnded } from "./program.ts";
import type { Resolved } from "./program-path.ts";
import type { Shell } from "./shell.ts";
import { SET_OPTIONS } from "./shell-options.ts";
import { makeShell } from "./subshell.ts";

const SYNTAX_ERROR_STATUS = 2;
const NOT_FOUND = 127;
const MAX_SCRIPT_BYTES = 1 << 26;

interface Invocation {
  /** `-c` text. */
  text: string | undefined;
  readonly options: [name: string, on: boolean][];
  /** Script and arguments. */
  rest: readonly string[];
  readsStdin: boolean;
}

/** Runs a shell as `child` and waits for it. */
export function* runShellProgram(
  start: ProgramStart,
  resolved: Extract<Resolved, { kind: "shell" }>,
  args: readonly string[],
  child: Process,
  inPlace: boolean,
): Running<number> {
  const { machine } = start;
  const invocation = parseArguments(args.slice(1), resolved.script !== undefined);
  const [first, ...others] = invocation.rest;
  const name = resolved.script?.path ?? first ?? args[0] ?? "bash";
  const params = resolved.script !== undefined ? args.slice(1) : others;
  const env = new Map(start.env);
  const shell = makeShell(machine, child, { files: start.files.fork(), cwd: start.cwd, name, args: params }, env);
  shell.umask = start.umask;
  shell.ignoredSignals = start.ignored;
  shell.emitsEvents = false;
  shell.isCommandString = invocation.text !== undefined && resolved.script === undefined;
  child.record = start.record;
  for (const [option, on] of invocation.options) shell.options.set(option, on);
  const body = runShellBody(shell, () => runText(shell, start, resolved, invocation));
  if (inPlace) return yield* body;
  machine.scheduler.start(child, body);
  yield* untilEnded(start, child);
  return child.status ?? 0;
}

function parseArguments(args: readonly string[], isScript: boolean): Invocation {
  const invocation: Invocation = { text: undefined, options: [], rest: args, readsStdin: false };
  if (isScript) return invocation;
  let takesText = false;
  let at = 0;
  for (; at < args.length; at++) {
    const word = args[at] ?? "";
    if (word === "--" || word === "-") {
      at++;
      break;
    }
    if (word.startsWith("--")) continue;
    if (!/^[-+]./.test(word)) break;
    const on = word.startsWith("-");
    for (const letter of word.slice(1)) {
      if (letter === "c") takesText = true;
      else if (letter === "s") invocation.readsStdin = true;
      else if (letter === "o" || letter === "O") invocation.options.push([args[++at] ?? "", on]);
      else {
        const option = SET_OPTIONS.find(([, candidate]) => candidate === letter);
        if (option !== undefined) invocation.options.push([option[0], on]);
      }
    }
  }
  if (takesText) invocation.text = args[at++] ?? "";
  invocation.rest = args.slice(at);
  if (invocation.readsStdin && !takesText) invocation.rest = ["bash", ...invocation.rest];
  return invocation;
}

function* runText(
  shell: Shell,
  start: ProgramStart,
  resolved: Extract<Resolved, { kind: "shell" }>,
  invocation: Invocation,
): Running<number> {
  const { machine } = start;
  let text = resolved.script?.text ?? invocation.text;
  const [path] = invocation.rest;
  if (text === undefined && path !== undefined && !invocation.readsStdin) {
    const opened = machine.vfs.open(path, shell.cwd, { read: true }, shell.process.pid);
    const read = isErrno(opened) ? opened : opened.handle.read(0, MAX_SCRIPT_BYTES);
    if (isErrno(read)) {
      shell.writeError(`bash: ${path}: ${read.message}\n`);
      return NOT_FOUND;
    }
    text = read;
  }
  if (text === undefined) {
    const input = yield* new FileInput(shell.files.get(0)).readAll();
    text = isErrno(input) ? "" : input;
  }
  const script = compileChecked(shell, text, "");
  if (script === undefined) return SYNTAX_ERROR_STATUS;
  return yield* runTop(shell, script.statements);
}

/**
 * Compiles text that the script itself makes (`eval`, `source`, `bash -c`); prints the first error.
 *
 * @param what put before the message, e.g. "eval: "
 */
export function compileChecked(shell: Shell, text: string, what: string, firstLine = 1): ScriptIr | undefined {
  const { script, errors } = compileScript(text, firstLine);
  const [first] = errors;
  if (first === undefined) return script;
  shell.writeError(`${shell.name}: ${what}line ${first.line}: syntax error: ${first.message}\n`);
  shell.writeError(`${shell.name}: ${what}line ${first.line}: \`${first.sourceLine}'\n`);
  return undefined;
}
