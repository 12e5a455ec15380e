/** Which program a name means. */

import { isErrno } from "../errno.ts";
import type { Command } from "../process/command.ts";
import type { Machine } from "./machine.ts";

/** Directories in which every registered command is found. */
const STANDARD_DIRECTORIES = new Set(["/bin", "/usr/bin", "/sbin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"]);
const SHELLS = new Set(["bash", "sh", "dash"]);
const NOT_FOUND = 127;
const NOT_EXECUTABLE = 126;
const MAX_SCRIPT_BYTES = 1 << 26;

export type Resolved =
  | { readonly kind: "command"; readonly name: string; readonly command: Command }
  /** A shell: `script` is the file it was started by, undefined for `bash ...` itself. */
  | { readonly kind: "shell"; readonly script: { readonly path: string; readonly text: string } | undefined }
  | { readonly kind: "error"; readonly status: number; readonly message: string; readonly isUnknown: boolean };

/** Finds `name` as execvp would. */
export function resolveProgram(machine: Machine, name: string, cwd: string, path: string): Resolved {
  if (name.includes("/")) return resolvePath(machine, name, cwd);
  for (const directory of searchPath(path)) {
    if (STANDARD_DIRECTORIES.has(directory)) {
      const found = registered(machine, name);
      if (found !== undefined) return found;
    }
    if (name === "") break;
    const candidate = `${directory}/${name}`;
    const node = machine.vfs.lookup(candidate, cwd);
    if (!isErrno(node) && node.kind === "file" && (node.mode & 0o111) !== 0)
      return resolvePath(machine, candidate, cwd);
  }
  return { kind: "error", status: NOT_FOUND, message: "command not found", isUnknown: true };
}

/** The path a registered command is shown with (`type`, `command -v`); undefined when there is none. */
export function programPath(machine: Machine, name: string, cwd: string, path: string): string | undefined {
  if (name.includes("/")) return resolvePath(machine, name, cwd).kind === "error" ? undefined : name;
  for (const directory of searchPath(path)) {
    if (STANDARD_DIRECTORIES.has(directory) && registered(machine, name) !== undefined) return `/usr/bin/${name}`;
    const node = machine.vfs.lookup(`${directory}/${name}`, cwd);
    if (!isErrno(node) && node.kind === "file" && (node.mode & 0o111) !== 0) return `${directory}/${name}`;
  }
  return undefined;
}

let lastPath = "";
let lastDirectories: readonly string[] = [];

/** Directories of $PATH; standard ones after the first are left out, for they hold the same. */
function searchPath(path: string): readonly string[] {
  if (path === lastPath) return lastDirectories;
  lastPath = path;
  lastDirectories = path.split(":").map((directory) => (directory === "" ? "." : directory));
  return lastDirectories;
}

function registered(machine: Machine, name: string): Resolved | undefined {
  const command = machine.commands.get(name);
  if (command !== undefined) return { kind: "command", name, command };
  return SHELLS.has(name) ? { kind: "shell", script: undefined } : undefined;
}

function resolvePath(machine: Machine, path: string, cwd: string): Resolved {
  const slash = path.lastIndexOf("/");
  const directory = path.slice(0, slash);
  if (STANDARD_DIRECTORIES.has(directory)) {
    const found = registered(machine, path.slice(slash + 1));
    if (found !== undefined) return found.kind === "command" ? { ...found, name: path } : found;
  }
  const node = machine.vfs.lookup(path, cwd);
  if (isErrno(node))
    return { kind: "error", status: NOT_FOUND, message: node.message, isUnknown: STANDARD_DIRECTORIES.has(directory) };
  if (node.kind === "directory") return failure("Is a directory");
  if (node.kind !== "file" || (node.mode & 0o111) === 0) return failure("Permission denied");
  const opened = machine.vfs.open(path, cwd, { read: true }, 0);
  if (isErrno(opened)) return failure(opened.message);
  const text = opened.handle.read(0, MAX_SCRIPT_BYTES);
  opened.handle.close();
  if (isErrno(text)) return failure(text.message);
  return interpret(machine, path, text);
}

/** What a file's first line asks for. */
function interpret(machine: Machine, path: string, text: string): Resolved {
  if (!text.startsWith("#!")) return { kind: "shell", script: { path, text } };
  const line = text.slice(2, text.indexOf("\n") < 0 ? undefined : text.indexOf("\n")).trim();
  const words = line.split(/[ \t]+/);
  const program = words[0] ?? "";
  const base = program.slice(program.lastIndexOf("/") + 1);
  const interpreter = base === "env" ? (words[1] ?? "") : base;
  if (SHELLS.has(interpreter)) return { kind: "shell", script: { path, text } };
  const command = machine.commands.get(interpreter);
  if (command === undefined) {
    return {
      kind: "error",
      status: NOT_EXECUTABLE,
      message: `${program}: bad interpreter: No such file or directory`,
      isUnknown: true,
    };
  }
  const given = base === "env" ? words.slice(2) : words.slice(1);
  return {
    kind: "command",
    name: interpreter,
    command: (context) => command(withArguments(context, [...given, path, ...context.args])),
  };
}

function withArguments<T extends { readonly args: readonly string[] }>(context: T, args: readonly string[]): T {
  return Object.create(context, { args: { value: args } }) as T;
}

function failure(message: string): Resolved {
  return { kind: "error", status: NOT_EXECUTABLE, message, isUnknown: false };
}
