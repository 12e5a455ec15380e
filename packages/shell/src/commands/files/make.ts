/** touch, truncate, mkfifo, mktemp, chmod, chown: programs that make files or change what stat shows. */

import { EEXIST, EINVAL, type Errno, isErrno } from "../../errno.ts";
import type { CommandContext } from "../../process/command.ts";
import { parseDate } from "../machine/parse-date.ts";
import { changeMode } from "../support/mode.ts";
import { optionTable, type ParsedOptions, parseOptions } from "../support/options.ts";
import { complain, complainUsage, quote, quoteForShell } from "../support/report.ts";
import { parseSize } from "../support/sizes.ts";

const TOUCH_OPTIONS = optionTable({
  short: "acd:fmr:t:",
  long: ["no-create c", "date= d", "reference= r", "time= which"],
  refusedShort: "h",
  refusedLong: ["no-dereference"],
});
const TRUNCATE_OPTIONS = optionTable({
  short: "cs:r:",
  long: ["no-create c", "size= s", "reference= r"],
  refusedShort: "o",
  refusedLong: ["io-blocks"],
});
const MKFIFO_OPTIONS = optionTable({ short: "m:", long: ["mode= m"], refusedShort: "Z", refusedLong: ["context"] });
const MKTEMP_OPTIONS = optionTable({
  short: "dp:qtu",
  long: ["directory d", "tmpdir=? p", "quiet q", "dry-run u", "suffix="],
});
const CHMOD_OPTIONS = optionTable({
  short: "cfRv",
  long: ["recursive R", "silent f", "quiet f", "reference= r"],
  refusedLong: ["changes", "verbose", "preserve-root", "no-preserve-root"],
});
const CHOWN_OPTIONS = optionTable({
  short: "fhR",
  long: ["recursive R", "silent f", "quiet f", "no-dereference h"],
  refusedShort: "cvHLP",
  refusedLong: ["changes", "verbose", "from", "reference", "dereference", "preserve-root"],
});

const FIFO_MODE = 0o644;
const NAME_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

function usage(context: CommandContext, text: string): number {
  complainUsage(context, text);
  return 1;
}

/** Sets modification times; makes files that are missing. Access times are not kept. */
export function touch(context: CommandContext): number {
  const options = parseOptions(context, TOUCH_OPTIONS);
  if (typeof options === "number") return options;
  if (options.operands.length === 0) return usage(context, "missing file operand");
  const timeNs = touchTime(context, options);
  if (timeNs === undefined) return 1;
  const { vfs, cwd, pid } = context;
  let status = 0;
  for (const path of options.operands) {
    const known = vfs.lookup(path, cwd);
    if (isErrno(known)) {
      if (options.has("c")) continue;
      const opened = vfs.open(path, cwd, { write: true, create: true }, pid);
      if (isErrno(opened)) {
        complain(context, `cannot touch ${quoteForShell(path)}: ${opened.message}`);
        status = 1;
        continue;
      }
      opened.handle.close();
      opened.node.mtimeNs = timeNs;
    } else if (!options.has("a") || options.has("m")) known.mtimeNs = timeNs;
  }
  return status;
}

function touchTime(context: CommandContext, options: ParsedOptions): number | undefined {
  const { host } = context;
  const reference = options.value("r");
  if (reference !== undefined) {
    const node = context.vfs.lookup(reference, context.cwd);
    if (!isErrno(node)) return node.mtimeNs;
    complain(context, `failed to get attributes of ${quoteForShell(reference)}: ${node.message}`);
    return undefined;
  }
  const stamp = options.value("t");
  const text = options.value("d") ?? (stamp === undefined ? undefined : stampToDate(stamp));
  if (text === undefined) return host.nowNs();
  const wall = parseDate(text, host.bootEpochSeconds + Math.floor(host.nowNs() / 1e9), host.nowNs() % 1e9);
  if (wall !== undefined) return (wall.seconds - host.bootEpochSeconds) * 1e9 + wall.ns;
  complain(context, `invalid date format ${quote(stamp ?? text)}`);
  return undefined;
}

/** [[CC]YY]MMDDhhmm[.ss] in a form parseDate reads. */
function stampToDate(stamp: string): string {
  const match = /^(\d{2})?(\d{2})?(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{2}))?$/.exec(stamp);
  if (match === null) return "";
  const [, first, second, month, day, hour, minute, seconds = "00"] = match;
  const year = second === undefined ? `20${first ?? "00"}` : `${first ?? ""}${second}`;
  return `${year}-${month}-${day} ${hour}:${minute}:${seconds}`;
}

/** Cuts or extends files. */
export function truncate(context: CommandContext): number {
  const options = parseOptions(context, TRUNCATE_OPTIONS);
  if (typeof options === "number") return options;
  const sizeText = options.value("s");
  if (sizeText === undefined && !options.has("r")) {
    return usage(context, "you must specify either '--size' or '--reference'");
  }
  if (options.operands.length === 0) return usage(context, "missing file operand");
  const match = /^([-+<>/%]?)(.*)$/.exec(sizeText ?? referenceSize(context, options.value("r") ?? ""));
  const size = parseSize(match?.[2] ?? "");
  if (size === undefined) {
    complain(context, `Invalid number: ${quote(sizeText ?? "")}`);
    return 1;
  }
  let status = 0;
  for (const path of options.operands) {
    const create = !options.has("c");
    const opened = context.vfs.open(path, context.cwd, { write: true, create }, context.pid);
    if (isErrno(opened)) {
      if (!create && opened.code === "ENOENT") continue;
      complain(context, `cannot open ${quoteForShell(path)} for writing: ${opened.message}`);
      status = 1;
      continue;
    }
    const { node, handle } = opened;
    const wanted = newSize(node.sizeBytes(), match?.[1] ?? "", size);
    const failed = handle.truncate === undefined ? EINVAL : handle.truncate(wanted);
    handle.close();
    if (failed !== undefined) {
      complain(context, `failed to truncate ${quoteForShell(path)} at ${wanted} bytes: ${failed.message}`);
      status = 1;
    }
  }
  return status;
}

function referenceSize(context: CommandContext, path: string): string {
  const node = context.vfs.lookup(path, context.cwd);
  return isErrno(node) ? "" : String(node.sizeBytes());
}

function newSize(before: number, operator: string, size: number): number {
  switch (operator) {
    case "+":
      return before + size;
    case "-":
      return Math.max(0, before - size);
    case "<":
      return Math.min(before, size);
    case ">":
      return Math.max(before, size);
    case "/":
      return before - (before % size);
    case "%":
      return Math.ceil(before / size) * size;
    default:
      return size;
  }
}

export function mkfifo(context: CommandContext): number {
  const options = parseOptions(context, MKFIFO_OPTIONS);
  if (typeof options === "number") return options;
  if (options.operands.length === 0) return usage(context, "missing operand");
  const modeText = options.value("m");
  const mode = modeText === undefined ? FIFO_MODE : changeMode(modeText, 0o666, false);
  if (mode === undefined) {
    complain(context, "invalid mode");
    return 1;
  }
  let status = 0;
  for (const path of options.operands) {
    const errno = context.vfs.mkfifo(path, context.cwd, mode);
    if (errno === undefined) continue;
    complain(context, `cannot create fifo ${quoteForShell(path)}: ${errno.message}`);
    status = 1;
  }
  return status;
}

/** A name for try number `n` of a template; the same machine makes the same names. */
function uniqueName(template: string, n: number): string {
  let state = (n * 2654435761 + 12345) % 4294967296;
  return template.replace(/X+(?=[^X]*$)/, (run) => {
    let name = "";
    for (let i = 0; i < run.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      name += NAME_CHARACTERS.charAt((state >>> 16) % NAME_CHARACTERS.length);
    }
    return name;
  });
}

/** Makes files with new names. One per set of commands, so that names depend on nothing but the calls before. */
export function createMktemp(): (context: CommandContext) => number {
  let nrMade = 0;
  return (context) => {
    const options = parseOptions(context, MKTEMP_OPTIONS);
    if (typeof options === "number") return options;
    const suffix = options.value("suffix") ?? "";
    const [given, extra] = options.operands;
    if (extra !== undefined) return usage(context, "too many templates");
    const template = given ?? "tmp.XXXXXXXXXX";
    if (!/XXX/.test(suffix === "" ? template : template.slice(-3))) {
      complain(context, `too few X's in template ${quote(template)}`);
      return 1;
    }
    const inTmp = given === undefined || options.has("p") || options.has("t");
    const directory = options.value("p") || context.env.get("TMPDIR") || "/tmp";
    const pattern = (inTmp ? `${directory.replace(/\/$/, "")}/${template}` : template) + suffix;
    for (;;) {
      nrMade++;
      const path = uniqueName(pattern, nrMade);
      const failure = options.has("u") ? undefined : makeTemporary(context, path, options.has("d"));
      if (failure === EEXIST) continue;
      if (failure === undefined) {
        context.stdout.write(`${path}\n`);
        return 0;
      }
      const kind = options.has("d") ? "directory" : "file";
      if (!options.has("q"))
        complain(context, `failed to create ${kind} via template ${quoteForShell(pattern)}: ${failure.message}`);
      return 1;
    }
  };
}

function makeTemporary(context: CommandContext, path: string, directory: boolean): Errno | undefined {
  if (directory) return context.vfs.mkdir(path, context.cwd, 0o700);
  const opened = context.vfs.open(
    path,
    context.cwd,
    { write: true, create: true, exclusive: true, mode: 0o600 },
    context.pid,
  );
  if (isErrno(opened)) return opened;
  opened.handle.close();
  return undefined;
}

export function chmod(context: CommandContext): number {
  const { args } = context;
  // a mode such as -w is no option
  const modeAt = args.findIndex((word) => /^-[rwxXstugo]/.test(word));
  const guarded = modeAt < 0 ? args : [...args.slice(0, modeAt), "--", ...args.slice(modeAt)];
  const options = parseOptions(context, CHMOD_OPTIONS, guarded);
  if (typeof options === "number") return options;
  const [mode, ...paths] = options.has("r") ? ["", ...options.operands] : options.operands;
  if (mode === undefined) return usage(context, "missing operand");
  if (paths.length === 0) return usage(context, `missing operand after ${quote(mode)}`);
  if (changeMode(mode, 0, false) === undefined) return usage(context, `invalid mode: ${quote(mode)}`);
  let status = 0;
  for (const path of paths)
    if (
      !eachPath(context, path, options, (node) => {
        node.mode = changeMode(mode, node.mode, node.kind === "directory") ?? node.mode;
      })
    )
      status = 1;
  return status;
}

/** Everybody is root and everything root's: only the operands are checked. */
export function chown(context: CommandContext): number {
  const options = parseOptions(context, CHOWN_OPTIONS);
  if (typeof options === "number") return options;
  const [owner, ...paths] = options.operands;
  if (owner === undefined) return usage(context, "missing operand");
  if (paths.length === 0) return usage(context, `missing operand after ${quote(owner)}`);
  let status = 0;
  for (const path of paths) if (!eachPath(context, path, options, () => undefined)) status = 1;
  return status;
}

type Change = (node: { mode: number; readonly kind: string }) => void;

function eachPath(context: CommandContext, path: string, options: ParsedOptions, change: Change): boolean {
  const node = context.vfs.lookup(path, context.cwd);
  if (isErrno(node)) {
    if (!options.has("f")) complain(context, `cannot access ${quoteForShell(path)}: ${node.message}`);
    return false;
  }
  change(node);
  if (!options.has("R") || node.kind !== "directory") return true;
  const names = context.vfs.readdir(path, context.cwd);
  if (isErrno(names)) return false;
  let all = true;
  for (const name of names) if (!eachPath(context, `${path.replace(/\/+$/, "")}/${name}`, options, change)) all = false;
  return all;
}
