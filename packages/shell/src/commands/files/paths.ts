/** basename, dirname, realpath, readlink: names, and where they lead. */

import { ENOENT, ENOTDIR, type Errno, isErrno } from "../../errno.ts";
import type { CommandContext } from "../../process/command.ts";
import { optionTable, parseOptions } from "../support/options.ts";
import { complainAbout, complainUsage, quote } from "../support/report.ts";

const BASENAME_OPTIONS = optionTable({
  short: "as:z",
  long: ["multiple a", "suffix= s", "zero z"],
  stopAtOperand: true,
});
const DIRNAME_OPTIONS = optionTable({ short: "z", long: ["zero z"], stopAtOperand: true });
const REALPATH_OPTIONS = optionTable({
  short: "emqsz",
  long: ["canonicalize-existing e", "canonicalize-missing m", "quiet q", "strip s", "no-symlinks s", "zero z"],
  refusedShort: "LP",
  refusedLong: ["relative-to", "relative-base", "logical", "physical"],
});
const READLINK_OPTIONS = optionTable({
  short: "efmnqsvz",
  long: [
    "canonicalize f",
    "canonicalize-existing e",
    "canonicalize-missing m",
    "no-newline n",
    "quiet q",
    "silent s",
    "verbose v",
    "zero z",
  ],
});

/** The last component, "/" for the root. */
function lastComponent(path: string): string {
  const bare = path.replace(/\/+$/, "");
  if (bare === "") return path === "" ? "" : "/";
  return bare.slice(bare.lastIndexOf("/") + 1);
}

function parentOf(path: string): string {
  const bare = path.replace(/\/+$/, "");
  if (bare === "") return path === "" ? "." : "/";
  const slash = bare.lastIndexOf("/");
  if (slash < 0) return ".";
  return bare.slice(0, slash).replace(/\/+$/, "") || "/";
}

export function basename(context: CommandContext): number {
  const options = parseOptions(context, BASENAME_OPTIONS);
  if (typeof options === "number") return options;
  const { operands } = options;
  const end = options.has("z") ? "\0" : "\n";
  const [first, second, extra] = operands;
  if (first === undefined) return usage(context, "missing operand");
  const multiple = options.has("a") || options.has("s");
  if (!multiple && extra !== undefined) return usage(context, `extra operand ${quote(extra)}`);
  const suffix = multiple ? (options.value("s") ?? "") : (second ?? "");
  for (const path of multiple ? operands : [first]) {
    const name = lastComponent(path);
    const cut = suffix !== "" && name !== suffix && name.endsWith(suffix);
    context.stdout.write((cut ? name.slice(0, -suffix.length) : name) + end);
  }
  return 0;
}

export function dirname(context: CommandContext): number {
  const options = parseOptions(context, DIRNAME_OPTIONS);
  if (typeof options === "number") return options;
  if (options.operands.length === 0) return usage(context, "missing operand");
  for (const path of options.operands) context.stdout.write(parentOf(path) + (options.has("z") ? "\0" : "\n"));
  return 0;
}

function usage(context: CommandContext, text: string): number {
  complainUsage(context, text);
  return 1;
}

type Missing = "none" | "last" | "all";

/** The absolute path behind `path`; how much of it may be missing is the caller's choice. */
function canonical(context: CommandContext, path: string, missing: Missing): string | Errno {
  if (path === "") return missing === "all" ? context.cwd : ENOENT;
  const whole = context.vfs.realPath(path, context.cwd);
  if (!isErrno(whole) || missing === "none" || (whole !== ENOENT && missing !== "all")) return whole;
  const link = context.vfs.lookup(path, context.cwd, { follow: false });
  const target = !isErrno(link) && link.kind === "symlink" && "target" in link ? String(link.target) : undefined;
  const next = target === undefined ? undefined : target.startsWith("/") ? target : `${parentOf(path)}/${target}`;
  if (next !== undefined) return canonical(context, next, missing);
  const parent = context.vfs.realPath(parentOf(path), context.cwd);
  if (!isErrno(parent)) {
    const node = context.vfs.lookup(parent, "/");
    if (!isErrno(node) && node.kind !== "directory" && missing === "last") return ENOTDIR;
    return `${parent === "/" ? "" : parent}/${lastComponent(path)}`;
  }
  return missing === "all" ? normalize(path, context.cwd) : parent;
}

/** Takes "." and ".." away without looking at the file tree. */
function normalize(path: string, cwd: string): string {
  const parts: string[] = [];
  for (const part of (path.startsWith("/") ? path : `${cwd}/${path}`).split("/")) {
    if (part === "" || part === ".") continue;
    if (part === "..") parts.pop();
    else parts.push(part);
  }
  return `/${parts.join("/")}`;
}

export function realpath(context: CommandContext): number {
  const options = parseOptions(context, REALPATH_OPTIONS);
  if (typeof options === "number") return options;
  if (options.operands.length === 0) return usage(context, "missing operand");
  const missing: Missing = options.last("em") === "e" ? "none" : options.has("m") ? "all" : "last";
  let status = 0;
  for (const path of options.operands) {
    const found = options.has("s") ? normalize(path, context.cwd) : canonical(context, path, missing);
    if (isErrno(found)) {
      if (!options.has("q")) complainAbout(context, path, found);
      status = 1;
    } else context.stdout.write(found + (options.has("z") ? "\0" : "\n"));
  }
  return status;
}

export function readlink(context: CommandContext): number {
  const options = parseOptions(context, READLINK_OPTIONS);
  if (typeof options === "number") return options;
  if (options.operands.length === 0) return usage(context, "missing operand");
  const how = options.last("efm");
  const end = options.has("z") ? "\0" : options.has("n") ? "" : "\n";
  let status = 0;
  for (const path of options.operands) {
    const found =
      how === ""
        ? linkTarget(context, path)
        : canonical(context, path, how === "e" ? "none" : how === "f" ? "last" : "all");
    if (found === undefined || isErrno(found)) {
      if (found !== undefined && options.has("v")) complainAbout(context, path, found);
      status = 1;
    } else context.stdout.write(found + end);
  }
  return status;
}

function linkTarget(context: CommandContext, path: string): string | undefined {
  const node = context.vfs.lookup(path, context.cwd, { follow: false });
  return !isErrno(node) && node.kind === "symlink" && "target" in node ? String(node.target) : undefined;
}
