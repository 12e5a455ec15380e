/** cp, mv, ln. */

import { EEXIST, EISDIR, type Errno, EXDEV, isErrno } from "../../errno.ts";
import type { CommandContext } from "../../process/command.ts";
import type { Node } from "../../vfs/node.ts";
import { linkTarget } from "../support/file-facts.ts";
import { optionTable, type ParsedOptions, parseOptions } from "../support/options.ts";
import { complain, complainUsage, quote, quoteForShell, refuse } from "../support/report.ts";
import { slurpFile, writeFile } from "../support/streams.ts";

const CP_OPTIONS = optionTable({
  short: "adfnpPrRLt:Tuv",
  long: [
    "archive a",
    "force f",
    "no-clobber n",
    "no-dereference P",
    "dereference L",
    "recursive R",
    "target-directory= t",
    "no-target-directory T",
    "update u",
    "verbose v",
    "preserve=? p",
  ],
  refusedShort: "bHilsSxZ",
  refusedLong: [
    "backup",
    "interactive",
    "link",
    "symbolic-link",
    "suffix",
    "parents",
    "reflink",
    "sparse",
    "attributes-only",
  ],
});
const MV_OPTIONS = optionTable({
  short: "fnt:Tuv",
  long: ["force f", "no-clobber n", "target-directory= t", "no-target-directory T", "update u", "verbose v"],
  refusedShort: "biSZ",
  refusedLong: ["backup", "interactive", "suffix", "strip-trailing-slashes"],
});
const LN_OPTIONS = optionTable({
  short: "fnst:Tv",
  long: ["force f", "no-dereference n", "symbolic s", "target-directory= t", "no-target-directory T", "verbose v"],
  refusedShort: "bdFiLPrS",
  refusedLong: ["backup", "directory", "interactive", "logical", "physical", "relative", "suffix"],
});

interface Job {
  readonly from: string;
  readonly to: string;
}

/** What is to go where; a number after a complaint. */
function jobsOf(context: CommandContext, options: ParsedOptions): readonly Job[] | number {
  const operands = [...options.operands];
  let directory = options.value("t");
  if (directory === undefined) {
    const [first] = operands;
    if (first === undefined) return usage(context, "missing file operand");
    if (operands.length === 1) return usage(context, `missing destination file operand after ${quote(first)}`);
    const last = operands[operands.length - 1] ?? "";
    const isDirectory = !options.has("T") && kindOf(context, last) === "directory";
    if (!isDirectory) {
      if (operands.length > 2) {
        if (options.has("T")) return usage(context, `extra operand ${quote(operands[2] ?? "")}`);
        complain(
          context,
          kindOf(context, last) === undefined
            ? `target ${quoteForShell(last)}: No such file or directory`
            : `target ${quoteForShell(last)}: Not a directory`,
        );
        return 1;
      }
      return [{ from: first, to: last }];
    }
    operands.pop();
    directory = last;
  }
  if (operands.length === 0) return usage(context, "missing file operand");
  return operands.map((from) => ({ from, to: `${(directory ?? "").replace(/\/+$/, "")}/${baseName(from)}` }));
}

function usage(context: CommandContext, text: string): number {
  complainUsage(context, text);
  return 1;
}

function baseName(path: string): string {
  return path.replace(/\/+$/, "").replace(/^.*\//, "");
}

function kindOf(context: CommandContext, path: string): Node["kind"] | undefined {
  const node = context.vfs.lookup(path, context.cwd);
  return isErrno(node) ? undefined : node.kind;
}

/** With -n an existing target stays, with -u one that is not older. */
function isKept(context: CommandContext, job: Job, options: ParsedOptions): boolean {
  const target = context.vfs.lookup(job.to, context.cwd);
  if (isErrno(target)) return false;
  if (options.has("n")) return true;
  if (!options.has("u")) return false;
  const source = context.vfs.lookup(job.from, context.cwd);
  return !isErrno(source) && target.mtimeNs >= source.mtimeNs;
}

export function cp(context: CommandContext): number {
  const options = parseOptions(context, CP_OPTIONS);
  if (typeof options === "number") return options;
  const jobs = jobsOf(context, options);
  if (typeof jobs === "number") return jobs;
  let status = 0;
  for (const job of jobs)
    if (!isKept(context, job, options) && !copy(context, job.from, job.to, options, true)) status = 1;
  return status;
}

function copy(context: CommandContext, from: string, to: string, options: ParsedOptions, isOperand: boolean): boolean {
  const { vfs, cwd } = context;
  const recursive = options.last("rRa") !== "";
  const follow = options.has("L") || (!recursive && options.last("Pd") === "");
  const node = vfs.lookup(from, cwd, { follow });
  if (isErrno(node)) return fault(context, `cannot stat ${quoteForShell(from)}: ${node.message}`);
  if (node.kind === "directory") {
    if (!recursive) return fault(context, `-r not specified; omitting directory ${quoteForShell(from)}`);
    return copyDirectory(context, from, to, options, node);
  }
  const target = vfs.lookup(to, cwd);
  if (!isErrno(target)) {
    if (target === node) return fault(context, `${quoteForShell(from)} and ${quoteForShell(to)} are the same file`);
    if (target.kind === "directory") {
      return fault(context, `cannot overwrite directory ${quoteForShell(to)} with non-directory`);
    }
  }
  const errno = copyOne(context, from, to, node, options, recursive && !isOperand);
  if (errno !== undefined) return false;
  if (options.has("v")) context.stdout.write(`${quoteForShell(from)} -> ${quoteForShell(to)}\n`);
  return true;
}

function copyOne(
  context: CommandContext,
  from: string,
  to: string,
  node: Node,
  options: ParsedOptions,
  asNode: boolean,
): boolean | undefined {
  const { vfs, cwd } = context;
  if (node.kind === "symlink" || (asNode && node.kind === "fifo")) {
    if (!isErrno(vfs.lookup(to, cwd, { follow: false }))) vfs.unlink(to, cwd);
    const errno = node.kind === "symlink" ? vfs.symlink(linkTarget(node), to, cwd) : vfs.mkfifo(to, cwd, node.mode);
    if (errno !== undefined)
      fault(
        context,
        `cannot create ${node.kind === "fifo" ? "fifo" : "symbolic link"} ${quoteForShell(to)}: ${errno.message}`,
      );
    return errno === undefined ? undefined : false;
  }
  const text = slurpFile(context, from);
  if (isErrno(text)) {
    fault(context, `cannot open ${quoteForShell(from)} for reading: ${text.message}`);
    return false;
  }
  const isNew = isErrno(vfs.lookup(to, cwd));
  const errno = writeFile(context, to, text);
  if (errno !== undefined) {
    fault(
      context,
      `cannot create regular file ${quoteForShell(to)}: ${errno === EISDIR ? "Not a directory" : errno.message}`,
    );
    return false;
  }
  const made = vfs.lookup(to, cwd);
  if (isErrno(made)) return undefined;
  const preserve = options.last("pa") !== "";
  if (isNew || preserve) made.mode = preserve ? node.mode : node.mode & 0o755;
  if (preserve) made.mtimeNs = node.mtimeNs;
  return undefined;
}

function fault(context: CommandContext, text: string): false {
  complain(context, text);
  return false;
}

function copyDirectory(context: CommandContext, from: string, to: string, options: ParsedOptions, node: Node): boolean {
  const { vfs, cwd } = context;
  const target = vfs.lookup(to, cwd);
  if (!isErrno(target) && target.kind !== "directory") {
    return fault(context, `cannot overwrite non-directory ${quoteForShell(to)} with directory ${quoteForShell(from)}`);
  }
  const names = vfs.readdir(from, cwd);
  if (isErrno(names)) return fault(context, `cannot access ${quoteForShell(from)}: ${names.message}`);
  const list = [...names];
  const fromPath = vfs.realPath(from, cwd);
  const toParent = vfs.realPath(to.replace(/\/*[^/]+\/*$/, "") || ".", cwd);
  if (!isErrno(fromPath) && !isErrno(toParent) && `${toParent}/`.startsWith(`${fromPath}/`)) {
    return fault(context, `cannot copy a directory, ${quoteForShell(from)}, into itself, ${quoteForShell(to)}`);
  }
  if (isErrno(target)) {
    const errno = vfs.mkdir(to, cwd, node.mode);
    if (errno !== undefined) return fault(context, `cannot create directory ${quoteForShell(to)}: ${errno.message}`);
    if (options.has("v")) context.stdout.write(`${quoteForShell(from)} -> ${quoteForShell(to)}\n`);
  }
  let all = true;
  for (const name of list) {
    const child = `${from.replace(/\/+$/, "")}/${name}`;
    if (!copy(context, child, `${to.replace(/\/+$/, "")}/${name}`, options, false)) all = false;
  }
  return all;
}

export function mv(context: CommandContext): number {
  const options = parseOptions(context, MV_OPTIONS);
  if (typeof options === "number") return options;
  const jobs = jobsOf(context, options);
  if (typeof jobs === "number") return jobs;
  let status = 0;
  for (const job of jobs) {
    if (isKept(context, job, options)) continue;
    if (!move(context, job)) status = 1;
    else if (options.has("v")) context.stdout.write(`renamed ${quoteForShell(job.from)} -> ${quoteForShell(job.to)}\n`);
  }
  return status;
}

function move(context: CommandContext, job: Job): boolean {
  const { vfs, cwd } = context;
  const { from, to } = job;
  const source = vfs.lookup(from, cwd, { follow: false });
  if (isErrno(source)) return fault(context, `cannot stat ${quoteForShell(from)}: ${source.message}`);
  const target = vfs.lookup(to, cwd, { follow: false });
  if (!isErrno(target)) {
    if (target === source) return fault(context, `${quoteForShell(from)} and ${quoteForShell(to)} are the same file`);
    if (target.kind === "directory" && source.kind !== "directory") {
      return fault(context, `cannot overwrite directory ${quoteForShell(to)} with non-directory`);
    }
    if (target.kind !== "directory" && source.kind === "directory") {
      return fault(
        context,
        `cannot overwrite non-directory ${quoteForShell(to)} with directory ${quoteForShell(from)}`,
      );
    }
  }
  const errno = vfs.rename(from, to, cwd);
  if (errno === undefined) return true;
  if (errno === EXDEV && source.kind !== "directory") return moveAcross(context, from, to);
  const selfMove = errno.code === "EINVAL" && source.kind === "directory";
  if (selfMove)
    return fault(context, `cannot move ${quoteForShell(from)} to a subdirectory of itself, ${quoteForShell(to)}`);
  return fault(context, `cannot move ${quoteForShell(from)} to ${quoteForShell(to)}: ${errno.message}`);
}

/** To another file system: a copy, then the original goes. */
function moveAcross(context: CommandContext, from: string, to: string): boolean {
  const text = slurpFile(context, from);
  const failed: Errno | undefined = isErrno(text) ? text : writeFile(context, to, text);
  if (failed !== undefined)
    return fault(context, `cannot move ${quoteForShell(from)} to ${quoteForShell(to)}: ${failed.message}`);
  const errno = context.vfs.unlink(from, context.cwd);
  return errno === undefined || fault(context, `cannot remove ${quoteForShell(from)}: ${errno.message}`);
}

export function ln(context: CommandContext): number {
  const options = parseOptions(context, LN_OPTIONS);
  if (typeof options === "number") return options;
  if (!options.has("s")) return refuse(context, "hard links, without -s");
  const [only] = options.operands;
  const single = options.operands.length === 1 && only !== undefined && !options.has("t");
  const jobs = single ? [{ from: only, to: `./${baseName(only)}` }] : linkJobs(context, options);
  if (typeof jobs === "number") return jobs;
  let status = 0;
  for (const { from, to } of jobs) {
    const shown = single ? baseName(from) : to;
    let errno = context.vfs.symlink(from, to, context.cwd);
    if (errno === EEXIST && options.has("f")) {
      errno = context.vfs.unlink(to, context.cwd) ?? context.vfs.symlink(from, to, context.cwd);
    }
    if (errno !== undefined) {
      complain(
        context,
        `failed to create symbolic link ${quoteForShell(single ? `./${shown}` : shown)}: ${errno.message}`,
      );
      status = 1;
    } else if (options.has("v")) context.stdout.write(`${quoteForShell(shown)} -> ${quoteForShell(from)}\n`);
  }
  return status;
}

/** -n: a link to a directory is replaced, not entered. */
function linkJobs(context: CommandContext, options: ParsedOptions): readonly Job[] | number {
  const [from, to, extra] = options.operands;
  if (from === undefined || to === undefined || extra !== undefined || !options.has("n"))
    return jobsOf(context, options);
  const node = context.vfs.lookup(to, context.cwd, { follow: false });
  return !isErrno(node) && node.kind === "symlink" ? [{ from, to }] : jobsOf(context, options);
}
