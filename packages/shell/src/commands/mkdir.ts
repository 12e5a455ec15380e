/** mkdir and rmdir. Scripts call them by the ten thousand, so the plain form does without the option parser. */

import { EBUSY, EEXIST, EISDIR, ENOTDIR, ENOTEMPTY, type Errno, isErrno } from "../errno.ts";
import type { CommandContext } from "../process/command.ts";
import { changeMode } from "./support/mode.ts";
import { optionTable, parseOptions } from "./support/options.ts";
import { complain, complainUsage, quote, quoteForShell } from "./support/report.ts";

const DIRECTORY_MODE = 0o755;

const MKDIR_OPTIONS = optionTable({
  short: "pm:v",
  long: ["parents p", "mode= m", "verbose v"],
  refusedShort: "Z",
  refusedLong: ["context"],
});

const RMDIR_OPTIONS = optionTable({
  short: "pv",
  long: ["ignore-fail-on-non-empty ignore", "parents p", "verbose v"],
});

interface MkdirHow {
  readonly parents: boolean;
  readonly verbose: boolean;
  readonly mode: number;
  /** The mode was asked for, so it holds for the last directory only. */
  readonly modeGiven: boolean;
}

/** Makes directories. */
export function mkdir(context: CommandContext): number {
  const { args } = context;
  if (!args.some(isOption) && args.length > 0) return mkdirPlain(context, args);
  const options = parseOptions(context, MKDIR_OPTIONS);
  if (typeof options === "number") return options;
  const modeText = options.value("m");
  const mode = modeText === undefined ? DIRECTORY_MODE : changeMode(modeText, 0o777, true);
  if (mode === undefined) {
    complain(context, `invalid mode ${quote(modeText ?? "")}`);
    return 1;
  }
  if (options.operands.length === 0) return missingOperand(context);
  const how: MkdirHow = {
    parents: options.has("p"),
    verbose: options.has("v"),
    mode,
    modeGiven: modeText !== undefined,
  };
  let status = 0;
  for (const path of options.operands)
    if (!(how.parents ? makeParents(context, path, how) : make(context, path, how))) status = 1;
  return status;
}

function isOption(word: string): boolean {
  return word.charCodeAt(0) === 0x2d && word.length > 1;
}

function missingOperand(context: CommandContext): number {
  complainUsage(context, "missing operand");
  return 1;
}

function mkdirPlain(context: CommandContext, paths: readonly string[]): number {
  let status = 0;
  for (const path of paths) {
    const errno = context.vfs.mkdir(path, context.cwd, DIRECTORY_MODE);
    if (errno !== undefined) {
      complainMkdir(context, path, errno);
      status = 1;
    }
  }
  return status;
}

function complainMkdir(context: CommandContext, path: string, errno: Errno): void {
  complain(context, `cannot create directory ${quote(path)}: ${errno.message}`);
}

function make(context: CommandContext, path: string, how: MkdirHow): boolean {
  const errno = context.vfs.mkdir(path, context.cwd, how.mode);
  if (errno !== undefined) {
    complainMkdir(context, path, errno);
    return false;
  }
  if (how.verbose) context.stdout.write(`${context.name}: created directory ${quoteForShell(path)}\n`);
  return true;
}

/** Makes what is missing of the path; one that is there is no error. */
function makeParents(context: CommandContext, path: string, how: MkdirHow): boolean {
  const { vfs, cwd } = context;
  let end = 0;
  while (end < path.length) {
    while (path[end] === "/") end++;
    const slash = path.indexOf("/", end);
    end = slash < 0 ? path.length : slash;
    const last = path.slice(end).replace(/\/+/g, "") === "";
    const prefix = path.slice(0, last ? path.length : end);
    const errno = vfs.mkdir(prefix, cwd, last ? how.mode : DIRECTORY_MODE);
    if (errno === undefined) {
      if (how.verbose) context.stdout.write(`${context.name}: created directory ${quoteForShell(prefix)}\n`);
    } else {
      const node = vfs.lookup(prefix, cwd);
      if (isErrno(node) || node.kind !== "directory") {
        complainMkdir(context, prefix, errno === EEXIST && !last ? ENOTDIR : errno);
        return false;
      }
    }
    if (last) break;
  }
  return path !== "" || make(context, path, how);
}

/** Removes empty directories. A cgroup's control files do not keep it from going. */
export function rmdir(context: CommandContext): number {
  const { args } = context;
  if (!args.some(isOption) && args.length > 0) {
    let plainStatus = 0;
    for (const path of args) if (!removeOne(context, path, false, "")) plainStatus = 1;
    return plainStatus;
  }
  const options = parseOptions(context, RMDIR_OPTIONS);
  if (typeof options === "number") return options;
  if (options.operands.length === 0) return missingOperand(context);
  const ignore = options.has("ignore");
  const verbose = options.has("v");
  let status = 0;
  for (const operand of options.operands) {
    let path = operand;
    for (let kind = ""; ; kind = "directory ") {
      if (verbose) context.stdout.write(`${context.name}: removing directory, ${quoteForShell(path)}\n`);
      const outcome = removeOne(context, path, ignore, kind);
      if (outcome === false) status = 1;
      if (outcome !== true || !options.has("p")) break;
      const bare = path.replace(/\/+$/, "");
      const slash = bare.lastIndexOf("/");
      path = bare.slice(0, slash).replace(/\/+$/, "");
      if (slash <= 0 || path === "") break;
    }
  }
  return status;
}

/** True when removed, false when refused with a message, undefined when the refusal is to be ignored. */
function removeOne(context: CommandContext, path: string, ignore: boolean, kind: string): boolean | undefined {
  const errno = context.vfs.rmdir(path, context.cwd);
  if (errno === undefined) return true;
  if (ignore && (errno === ENOTEMPTY || errno === EEXIST || (errno === EBUSY && hasEntries(context, path))))
    return undefined;
  const shown = errno === EISDIR ? ENOTDIR : errno;
  complain(context, `failed to remove ${kind}${quoteForShell(path)}: ${shown.message}`);
  return false;
}

function hasEntries(context: CommandContext, path: string): boolean {
  const names = context.vfs.readdir(path, context.cwd);
  return !isErrno(names) && names.length > 0;
}
