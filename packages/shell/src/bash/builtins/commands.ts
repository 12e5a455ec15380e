/** Builtins about names of commands, and test, cd, pwd. */

import { evaluateTest } from "../../commands/test-expression.ts";
import { isErrno } from "../../errno.ts";
import type { Running } from "../../process/command.ts";
import { isDirectory, shellTest, testContext } from "../conditional.ts";
import { callBuiltin } from "../execute-simple.ts";
import { runLoaded, runProgram } from "../program.ts";
import { programPath } from "../program-path.ts";
import type { Shell } from "../shell.ts";
import { writeOut } from "./output.ts";
import { isBuiltin } from "./table.ts";

const USAGE_STATUS = 2;
const KEYWORDS = new Set(
  "if then else elif fi case esac for select while until do done in function time { } ! [[ ]] coproc".split(" "),
);

export function testBuiltin(shell: Shell, args: readonly string[], name: string): number {
  let words = args;
  if (name === "[") {
    if (args.at(-1) !== "]") {
      shell.report("missing `]'");
      return 2;
    }
    words = args.slice(0, -1);
  }
  const special = ownTest(shell, words);
  if (special !== undefined) return special ? 0 : 1;
  const result = evaluateTest(words, testContext(shell));
  if (typeof result === "boolean") return result ? 0 : 1;
  shell.report(result.error);
  return 2;
}

/** Tests of the shell's own state, which only it can answer. */
function ownTest(shell: Shell, words: readonly string[]): boolean | undefined {
  const [first = "", second = ""] = words;
  if (words.length === 2) return shellTest(shell, first, second);
  if (words.length !== 3 || first !== "!") return undefined;
  const inner = shellTest(shell, second, words[2] ?? "");
  return inner === undefined ? undefined : !inner;
}

/** `builtin name args` */
export function runBuiltin(shell: Shell, args: readonly string[]): number | Running<number> {
  const [name, ...rest] = args[0] === "--" ? args.slice(1) : args;
  if (name === undefined) return 0;
  if (isBuiltin(name)) return callBuiltin(shell, name, rest, undefined);
  if (shell.loaded.has(name)) return runLoaded(shell, [name, ...rest], shell.environment());
  shell.report(`${name}: not a shell builtin`);
  return 1;
}

interface SplitFlags {
  readonly flags: readonly string[];
  readonly rest: readonly string[];
}

/** The leading words that are flags, and what follows them or the `--` that ends them. */
function splitFlags(args: readonly string[], flag: RegExp): SplitFlags {
  let at = 0;
  while (flag.test(args[at] ?? "")) at++;
  return { flags: args.slice(0, at), rest: args.slice(args[at] === "--" ? at + 1 : at) };
}

/** `command name args`: functions are passed over. */
export function commandBuiltin(shell: Shell, args: readonly string[]): number | Running<number> {
  const { flags, rest } = splitFlags(args, /^-[pvV]+$/);
  let mode = "";
  for (const word of flags) {
    if (word.includes("v")) mode = "v";
    if (word.includes("V")) mode = "V";
  }
  if (mode !== "") return describeAll(shell, rest, mode === "v" ? "short" : "long");
  const [name] = rest;
  if (name === undefined) return 0;
  if (isBuiltin(name)) return callBuiltin(shell, name, rest.slice(1), undefined);
  if (shell.loaded.has(name)) return runLoaded(shell, rest, shell.environment());
  shell.builtin = "";
  return runProgram(shell, rest, undefined, false);
}

type DescriptionStyle = "short" | "long" | "kind" | "path";

function* describeAll(shell: Shell, names: readonly string[], style: DescriptionStyle): Running<number> {
  let status = 0;
  for (const name of names) {
    const text = describe(shell, name, style);
    if (text === undefined) {
      status = 1;
      if (style === "long") shell.report(`${name}: not found`);
      continue;
    }
    if (text === "") continue;
    const written = writeOut(shell, `${text}\n`);
    if (typeof written !== "number") yield* written;
  }
  return status;
}

/** What `name` would run; undefined when nothing. */
function describe(shell: Shell, name: string, style: DescriptionStyle): string | undefined {
  const say = (short: string, long: string, kind: string, path = ""): string =>
    style === "short" ? short : style === "long" ? long : style === "kind" ? kind : path;
  if (KEYWORDS.has(name)) return say(name, `${name} is a shell keyword`, "keyword");
  const found = shell.functions.get(name);
  if (found !== undefined) return say(name, `${name} is a function\n${name} () \n${found.text}`, "function");
  if (isBuiltinHere(shell, name)) return say(name, `${name} is a shell builtin`, "builtin");
  const path = programPath(shell.machine, name, shell.cwd, shell.variables.get("PATH") ?? "");
  return path === undefined ? undefined : say(path, `${name} is ${path}`, "file", path);
}

export function* typeBuiltin(shell: Shell, args: readonly string[]): Running<number> {
  let style: DescriptionStyle = "long";
  const { flags, rest } = splitFlags(args, /^-[aftpP]+$/);
  for (const word of flags) {
    if (word.includes("t")) style = "kind";
    if (/[pP]/.test(word)) style = "path";
  }
  return yield* describeAll(shell, rest, style);
}

/** Nothing is remembered, so there is nothing to forget; unknown names are reported. */
export function hashBuiltin(shell: Shell, args: readonly string[]): number {
  let status = 0;
  if (args.length === 0) shell.write("hash: hash table empty\n");
  for (const name of args) {
    if (name.startsWith("-") || isBuiltinHere(shell, name) || shell.functions.has(name)) continue;
    if (programPath(shell.machine, name, shell.cwd, shell.variables.get("PATH") ?? "") !== undefined) continue;
    shell.report(`${name}: not found`);
    status = 1;
  }
  return status;
}

/** `enable -f FILE NAME ...` loads commands into the shell, `enable -d NAME ...` takes them out again. */
export function enableBuiltin(shell: Shell, args: readonly string[]): number {
  if (args[0] === "-f") return loadBuiltins(shell, args[1], args.slice(2));
  if (args[0] === "-d") return unloadBuiltins(shell, args.slice(1));
  for (const name of args) {
    if (name.startsWith("-") || isBuiltinHere(shell, name)) continue;
    shell.report(`${name}: not a shell builtin`);
    return 1;
  }
  return 0;
}

/** The file's own name tells which command it is: bash's loadable builtins are a file each. */
function loadBuiltins(shell: Shell, path: string | undefined, names: readonly string[]): number {
  if (path === undefined) {
    shell.report("-f: option requires an argument");
    return USAGE_STATUS;
  }
  const base = path.slice(path.lastIndexOf("/") + 1);
  for (const name of names) {
    if (name === base && shell.machine.commands.has(name)) {
      shell.loaded.add(name);
      continue;
    }
    const message = `cannot open shared object ${path}: ${path}: cannot open shared object file: No such file or directory`;
    shell.report(message);
    shell.find("unknown-command", `enable -f: ${name}: no such command to load from ${path}`);
    return 1;
  }
  return 0;
}

function unloadBuiltins(shell: Shell, names: readonly string[]): number {
  let status = 0;
  for (const name of names) {
    if (shell.loaded.delete(name)) continue;
    shell.report(`${name}: ${isBuiltin(name) ? "not dynamically loaded" : "not a shell builtin"}`);
    status = 1;
  }
  return status;
}

/** The name of a builtin, bash's own or a loaded one. */
function isBuiltinHere(shell: Shell, name: string): boolean {
  return isBuiltin(name) || shell.loaded.has(name);
}

export function cdBuiltin(shell: Shell, args: readonly string[]): number | Running<number> {
  let at = 0;
  let physical = shell.options.has("physical");
  for (; at < args.length && /^-[LPe@]+$/.test(args[at] ?? ""); at++) physical = args[at]?.includes("P") === true;
  if (args[at] === "--") at++;
  if (args.length > at + 1) {
    shell.report("too many arguments");
    return 1;
  }
  let target = args[at];
  let prints = false;
  if (target === undefined) {
    target = shell.variables.get("HOME");
    if (target === undefined) {
      shell.report("HOME not set");
      return 1;
    }
  } else if (target === "-") {
    target = shell.variables.get("OLDPWD");
    prints = true;
    if (target === undefined) {
      shell.report("OLDPWD not set");
      return 1;
    }
  }
  if (target === "") return 0;
  const found = cdPath(shell, target);
  if (found !== undefined) {
    target = found;
    prints = true;
  }
  const failure = changeDirectory(shell, target, physical);
  if (failure !== undefined) {
    shell.report(`${target}: ${failure}`);
    return 1;
  }
  return prints ? writeOut(shell, `${shell.cwd}\n`) : 0;
}

function cdPath(shell: Shell, target: string): string | undefined {
  const path = shell.variables.get("CDPATH");
  if (path === undefined || path === "" || /^\.{0,2}\//.test(target) || target === "." || target === "..")
    return undefined;
  for (const directory of path.split(":")) {
    if (directory !== "" && directory !== "." && isDirectory(shell, `${directory}/${target}`))
      return `${directory}/${target}`;
  }
  return undefined;
}

/** Why it failed; undefined when done. */
function changeDirectory(shell: Shell, target: string, physical: boolean): string | undefined {
  const { vfs } = shell.machine;
  const logical = target.startsWith("/") ? target : `${shell.cwd === "/" ? "" : shell.cwd}/${target}`;
  const normal = physical ? target : normalPath(logical);
  const node = vfs.lookup(normal, shell.cwd);
  if (isErrno(node)) return node.message;
  if (node.kind !== "directory") return "Not a directory";
  const reached = physical ? vfs.realPath(normal, shell.cwd) : normal;
  if (isErrno(reached)) return reached.message;
  shell.variables.set("OLDPWD", shell.variables.get("PWD") ?? shell.cwd);
  shell.variables.own("OLDPWD").exported = true;
  shell.cwd = reached;
  shell.variables.set("PWD", reached);
  shell.variables.exportEpoch++;
  return undefined;
}

/** `path` without ".", ".." and doubled slashes. */
function normalPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return `/${parts.join("/")}`;
}

export function pwdBuiltin(shell: Shell, args: readonly string[]): number | Running<number> {
  if (args[0] !== "-P") return writeOut(shell, `${shell.cwd}\n`);
  const real = shell.machine.vfs.realPath(".", shell.cwd);
  if (!isErrno(real)) return writeOut(shell, `${real}\n`);
  shell.report(`error retrieving current directory: getcwd: cannot access parent directories: ${real.message}`);
  return 1;
}
