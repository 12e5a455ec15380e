/** mkswap, swapon and swapoff of util-linux, on files. The header is the real one: "SWAPSPACE2" at the end of page 0. */

import { ENOMEM, EOPNOTSUPP, type Errno, isErrno } from "../../errno.ts";
import type { CommandContext } from "../../process/command.ts";
import { PAGE_BYTES } from "../../vfs/byte-pages.ts";
import { optionTable, parseOptions } from "../support/options.ts";
import { complain, refuse } from "../support/report.ts";
import type { SwapArea, System } from "../support/system.ts";

const SIGNATURE = "SWAPSPACE2";
const SIGNATURE_AT = PAGE_BYTES - SIGNATURE.length;
const MIN_PAGES = 10;
const FAILED = 255;
const SAFE_MODE = 0o600;

const MKSWAP_OPTIONS = optionTable({
  short: "fL:qU:",
  long: ["force f", "label= L", "quiet q", "uuid= U"],
  refusedShort: "ceopv",
  refusedLong: ["check", "endianness", "offset", "pagesize", "swapversion", "verbose", "lock", "size", "file"],
});
const SWAPON_OPTIONS = optionTable({
  short: "fp:sv",
  long: ["fixpgsz f", "priority= p", "summary s", "verbose v", "show=?", "noheadings", "bytes"],
  refusedShort: "adeoLTU",
  refusedLong: ["all", "discard", "ifexists", "options", "raw", "fstab"],
});
const SWAPOFF_OPTIONS = optionTable({ short: "av", long: ["all a", "verbose v"], refusedShort: "LU", refusedLong: [] });

/** Writes the swap header into a file. */
export function mkswap(context: CommandContext): number {
  const options = parseOptions(context, MKSWAP_OPTIONS);
  if (typeof options === "number") return options;
  const [path, extra] = options.operands;
  if (path === undefined) {
    complain(context, "error: Nowhere to set up swap on?");
    return 1;
  }
  if (extra !== undefined) return refuse(context, "size");
  const opened = context.vfs.open(path, context.cwd, { read: true, write: true }, context.pid);
  if (isErrno(opened)) {
    complain(context, `cannot open ${path}: ${opened.message}`);
    return 1;
  }
  const { node, handle } = opened;
  const nrPages = Math.floor(node.sizeBytes() / PAGE_BYTES);
  if (nrPages < MIN_PAGES) {
    handle.close();
    complain(context, `error: swap area needs to be at least ${(MIN_PAGES * PAGE_BYTES) / 1024} KiB`);
    return 1;
  }
  if (!options.has("q") && (node.mode & 0o077) !== 0) {
    complain(context, `${path}: insecure permissions ${octal(node.mode)}, fix with: chmod 0600 ${path}`);
  }
  const written = handle.write(SIGNATURE_AT, SIGNATURE);
  handle.close();
  if (isErrno(written)) {
    complain(context, `${path}: unable to write signature page: ${written.message}`);
    return 1;
  }
  const uuid = options.value("U") ?? uuidOf(node.ino, nrPages);
  const label = options.value("L");
  if (!options.has("q")) {
    const bytes = (nrPages - 1) * PAGE_BYTES;
    context.stdout.write(`Setting up swapspace version 1, size = ${humanBytes(bytes)} (${bytes} bytes)\n`);
    context.stdout.write(`${label === undefined ? "no label" : `LABEL=${label}`}, UUID=${uuid}\n`);
  }
  return 0;
}

/** A UUID that is the same in each run of a script. */
function uuidOf(ino: number, nrPages: number): string {
  const digits = (value: number, n: number) => value.toString(16).padStart(n, "0").slice(-n);
  return `${digits(ino, 8)}-${digits(nrPages, 4)}-4000-8000-${digits(ino * 65_537 + nrPages, 12)}`;
}

function octal(mode: number): string {
  return `0${(mode & 0o777).toString(8).padStart(3, "0")}`;
}

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/** One decimal, none when it is 0. */
function humanBytes(bytes: number): string {
  let power = 0;
  let value = bytes;
  while (value >= 1024 && power < UNITS.length - 1) {
    value /= 1024;
    power++;
  }
  const text = value.toFixed(1);
  return `${text.endsWith(".0") ? text.slice(0, -2) : text} ${UNITS[power]}`;
}

export function createSwapon(system: System): (context: CommandContext) => number {
  return (context) => {
    const options = parseOptions(context, SWAPON_OPTIONS);
    if (typeof options === "number") return options;
    const show = options.value("show");
    if (options.has("s")) return summary(context, system);
    if (show !== undefined || options.operands.length === 0) {
      if (show !== undefined && show !== "") return refuse(context, `--show=${show}`);
      showAreas(context, system.swapAreas(), options.has("noheadings"), options.has("bytes"));
      return 0;
    }
    const priority = options.value("p");
    if (priority !== undefined && !/^[0-9]+$/.test(priority)) {
      complain(context, `failed to parse priority: '${priority}'`);
      return FAILED;
    }
    let status = 0;
    for (const operand of options.operands) {
      if (swapOnFile(context, system, operand, priority === undefined ? undefined : Number(priority))) {
        if (options.has("v")) context.stdout.write(`${context.name} ${operand}\n`);
      } else status = FAILED;
    }
    return status;
  };
}

function swapOnFile(context: CommandContext, system: System, operand: string, priority: number | undefined): boolean {
  const { vfs, cwd, pid } = context;
  const path = vfs.realPath(operand, cwd);
  const opened = vfs.open(operand, cwd, { read: true }, pid);
  if (isErrno(path) || isErrno(opened)) {
    const errno = isErrno(path) ? path : opened;
    complain(context, `cannot open ${operand}: ${isErrno(errno) ? errno.message : ""}`);
    return false;
  }
  const signature = opened.handle.read(SIGNATURE_AT, SIGNATURE.length);
  opened.handle.close();
  const { node } = opened;
  if ((node.mode & 0o077) !== 0) {
    complain(context, `${operand}: insecure permissions ${octal(node.mode)}, ${octal(SAFE_MODE)} suggested.`);
  }
  if (signature !== SIGNATURE) {
    complain(context, `${operand}: read swap header failed`);
    return false;
  }
  const refused = system.swapOn(path, Math.floor(node.sizeBytes() / PAGE_BYTES) - 1, priority);
  if (refused !== undefined) complain(context, `${operand}: swapon failed: ${refused.message}`);
  return refused === undefined;
}

function summary(context: CommandContext, system: System): number {
  if (system.swapAreas().length === 0) return 0;
  const opened = context.vfs.open("/proc/swaps", "/", { read: true }, context.pid);
  if (isErrno(opened)) return 1;
  const text = opened.handle.read(0, 1 << 20);
  opened.handle.close();
  if (!isErrno(text)) context.stdout.write(text);
  return 0;
}

function showAreas(context: CommandContext, areas: readonly SwapArea[], noHead: boolean, inBytes: boolean): void {
  if (areas.length === 0) return;
  const size = (kb: number) => (inBytes ? String(kb * 1024) : shortSize(kb));
  const rows = areas.map((a) => [a.path, "file", size(a.sizeKb), size(a.usedKb), String(a.priority)]);
  if (!noHead) rows.unshift(["NAME", "TYPE", "SIZE", "USED", "PRIO"]);
  const widths = [0, 1, 2, 3, 4].map((i) => Math.max(...rows.map((row) => (row[i] ?? "").length)));
  for (const row of rows) {
    const cells = row.map((cell, i) => (i < 2 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)));
    context.stdout.write(`${cells.join(" ")}\n`);
  }
}

/** As util-linux shows sizes: 2G, 64M, 0B. */
function shortSize(kb: number): string {
  if (kb === 0) return "0B";
  const text = humanBytes(kb * 1024);
  return text.replace(/ (.).*$/, "$1");
}

const OUT_OF_MEMORY = 2;
const FAILED_OFF = 4;

export function createSwapoff(system: System): (context: CommandContext) => number {
  return (context) => {
    const options = parseOptions(context, SWAPOFF_OPTIONS);
    if (typeof options === "number") return options;
    const all = options.has("a");
    if (!all && options.operands.length === 0) {
      complain(context, "bad usage");
      context.stderr.write("Try 'swapoff --help' for more information.\n");
      return 1;
    }
    let status = 0;
    for (const operand of all ? system.swapAreas().map((area) => area.path) : options.operands) {
      const path = context.vfs.realPath(operand, context.cwd);
      const errno = isErrno(path) ? path : system.swapOff(path, context.pid);
      if (options.has("v")) context.stdout.write(`${context.name} ${operand}\n`);
      if (errno === undefined) continue;
      status = reportOff(context, operand, errno);
    }
    return status;
  };
}

function reportOff(context: CommandContext, operand: string, errno: Errno): number {
  if (errno === EOPNOTSUPP) return refuse(context, "swapoff of one of several areas");
  complain(context, `${operand}: swapoff failed: ${errno.message}`);
  return errno === ENOMEM ? OUT_OF_MEMORY : FAILED_OFF;
}
