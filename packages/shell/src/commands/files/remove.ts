/** rm, unlink. */

import { EISDIR, ENOENT, ENOTDIR, type Errno, isErrno } from "../../errno.ts";
import type { CommandContext } from "../../process/command.ts";
import { optionTable, parseOptions } from "../support/options.ts";
import { complain, complainUsage, quoteForShell } from "../support/report.ts";

const OPTIONS = optionTable({
  short: "dfrRv",
  long: ["dir d", "force f", "recursive r", "verbose v", "preserve-root=? preserve", "no-preserve-root"],
  refusedShort: "iI",
  refusedLong: ["interactive", "one-file-system"],
});

const UNLINK_OPTIONS = optionTable({});

interface RemoveHow {
  readonly recursive: boolean;
  readonly emptyDirectories: boolean;
  readonly force: boolean;
  readonly verbose: boolean;
}

/** Removes files and, with -r, trees. */
export function rm(context: CommandContext): number {
  const options = parseOptions(context, OPTIONS);
  if (typeof options === "number") return options;
  const how: RemoveHow = {
    recursive: options.last("rR") !== "",
    emptyDirectories: options.has("d"),
    force: options.has("f"),
    verbose: options.has("v"),
  };
  if (options.operands.length === 0) {
    if (how.force) return 0;
    complainUsage(context, "missing operand");
    return 1;
  }
  let status = 0;
  for (const path of options.operands) {
    const name = path.replace(/\/+$/, "").replace(/^.*\//, "");
    if (how.recursive && /^\/+$/.test(path) && !options.has("no-preserve-root")) {
      complain(context, "it is dangerous to operate recursively on '/'");
      complain(context, "use --no-preserve-root to override this failsafe");
      status = 1;
    } else if (how.recursive && (name === "." || name === "..")) {
      complain(context, `refusing to remove '.' or '..' directory: skipping ${quoteForShell(path)}`);
      status = 1;
    } else if (!remove(context, path, how)) status = 1;
  }
  return status;
}

/** Removes one name, as the system call does. */
export function unlink(context: CommandContext): number {
  const options = parseOptions(context, UNLINK_OPTIONS);
  if (typeof options === "number") return options;
  const [path, extra] = options.operands;
  if (path === undefined || extra !== undefined) {
    complainUsage(context, path === undefined ? "missing operand" : `extra operand ${quoteForShell(extra ?? "")}`);
    return 1;
  }
  const errno = context.vfs.unlink(path, context.cwd);
  if (errno === undefined) return 0;
  complain(context, `cannot unlink ${quoteForShell(path)}: ${errno.message}`);
  return 1;
}

function refused(context: CommandContext, path: string, errno: Errno): boolean {
  complain(context, `cannot remove ${quoteForShell(path)}: ${errno.message}`);
  return false;
}

function remove(context: CommandContext, path: string, how: RemoveHow): boolean {
  const { vfs, cwd } = context;
  const node = vfs.lookup(path, cwd, { follow: false });
  if (isErrno(node)) {
    if (how.force && (node === ENOENT || node === ENOTDIR)) return true;
    return refused(context, path, node);
  }
  if (node.kind !== "directory") {
    const errno = vfs.unlink(path, cwd);
    if (errno !== undefined) return refused(context, path, errno);
    if (how.verbose) context.stdout.write(`removed ${quoteForShell(path)}\n`);
    return true;
  }
  if (how.recursive) {
    const names = vfs.readdir(path, cwd);
    if (isErrno(names)) return refused(context, path, names);
    let emptied = true;
    for (const name of [...names]) {
      if (!remove(context, `${path.replace(/\/+$/, "")}/${name}`, how)) emptied = false;
    }
    if (!emptied) return false;
  } else if (!how.emptyDirectories) return refused(context, path, EISDIR);
  const errno = vfs.rmdir(path, cwd);
  if (errno !== undefined) return refused(context, path, errno);
  if (how.verbose) context.stdout.write(`removed directory ${quoteForShell(path)}\n`);
  return true;
}
