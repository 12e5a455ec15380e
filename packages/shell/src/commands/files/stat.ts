/** stat and du. */

import { isErrno } from "../../errno.ts";
import type { CommandContext } from "../../process/command.ts";
import type { Node } from "../../vfs/node.ts";
import { expandEscapes } from "../printf-format.ts";
import { allocatedBytes, deviceNumbers, kindName, linkTarget, modeLetters, rawMode } from "../support/file-facts.ts";
import { optionTable, type ParsedOptions, parseOptions } from "../support/options.ts";
import { complain, complainUsage, quote, quoteForShell } from "../support/report.ts";
import { humanSize } from "../support/sizes.ts";
import { formatDate, momentOf } from "../support/strftime.ts";

const STAT_OPTIONS = optionTable({
  short: "c:L",
  long: ["format= c", "printf=", "dereference L"],
  refusedShort: "ft",
  refusedLong: ["file-system", "terse", "cached"],
});
const DU_OPTIONS = optionTable({
  short: "abcd:hkms",
  long: ["all a", "bytes b", "apparent-size apparent", "total c", "max-depth= d", "human-readable h", "summarize s"],
  refusedShort: "0BDHLlPSxXt",
  refusedLong: ["block-size", "exclude", "si", "time", "threshold", "one-file-system", "inodes", "null"],
});

const SECTOR_BYTES = 512;
const DEVICE = 1;

const DEFAULT_FORMAT = `  File: %n
  Size: %-10s\tBlocks: %-10b IO Block: %-6o %F
Device: %Hd,%Ld\tInode: %-10i  Links: %h
Access: (%04a/%10.10A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)
Access: %x
Modify: %y
Change: %z
 Birth: -
`;

export function stat(context: CommandContext): number {
  const options = parseOptions(context, STAT_OPTIONS);
  if (typeof options === "number") return options;
  if (options.operands.length === 0) {
    complainUsage(context, "missing operand");
    return 1;
  }
  const format = options.value("c");
  const printf = options.value("printf");
  let status = 0;
  for (const path of options.operands) {
    const node = context.vfs.lookup(path, context.cwd, { follow: options.has("L") });
    if (isErrno(node)) {
      complain(context, `cannot statx ${quoteForShell(path)}: ${node.message}`);
      status = 1;
    } else if (printf !== undefined) context.stdout.write(expand(context, expandEscapes(printf).text, path, node));
    else if (format !== undefined) context.stdout.write(`${expand(context, format, path, node)}\n`);
    else context.stdout.write(expand(context, DEFAULT_FORMAT, path, node));
  }
  return status;
}

function expand(context: CommandContext, format: string, path: string, node: Node): string {
  return format.replace(
    /%([-0#+ ]*)(\d*)(?:\.(\d+))?([HL]?[a-zA-Z%])/g,
    (whole, flags: string, width: string, precision: string | undefined, letter: string) => {
      const value = field(context, letter, path, node);
      if (value === undefined) return whole;
      const cut = precision === undefined ? value : value.slice(0, Number(precision));
      if (flags.includes("-")) return cut.padEnd(Number(width));
      return cut.padStart(Number(width), flags.includes("0") ? "0" : " ");
    },
  );
}

function field(context: CommandContext, letter: string, path: string, node: Node): string | undefined {
  switch (letter) {
    case "n":
      return path;
    case "N":
      return node.kind === "symlink"
        ? `${quoteForShell(path)} -> ${quoteForShell(linkTarget(node))}`
        : quoteForShell(path);
    case "s":
      return String(node.sizeBytes());
    case "b":
      return String(allocatedBytes(node) / SECTOR_BYTES);
    case "B":
      return String(SECTOR_BYTES);
    case "o":
      return "4096";
    case "a":
      return node.mode.toString(8);
    case "A":
      return modeLetters(node);
    case "f":
      return rawMode(node).toString(16);
    case "F":
      return kindName(node);
    case "h":
      return String(node.nlink);
    case "i":
      return String(node.ino);
    case "u":
    case "g":
      return "0";
    case "U":
    case "G":
      return "root";
    case "d":
      return String(DEVICE);
    case "D":
      return DEVICE.toString(16);
    case "Hd":
      return "0";
    case "Ld":
      return String(DEVICE);
    case "t":
    case "T":
      return node.kind === "character-device" ? deviceNumbers(path)[letter === "t" ? 0 : 1].toString(16) : "0";
    case "m":
      return mountPointOf(context, path);
    case "%":
      return "%";
    default:
      return timeField(context, letter, node);
  }
}

/** All three times are the one that is kept. */
function timeField(context: CommandContext, letter: string, node: Node): string | undefined {
  const seconds = context.host.bootEpochSeconds + Math.floor(node.mtimeNs / 1e9);
  const ns = ((node.mtimeNs % 1e9) + 1e9) % 1e9;
  if (/^[XYZ]$/.test(letter)) return String(seconds);
  if (/^[xyz]$/.test(letter)) return formatDate("%Y-%m-%d %H:%M:%S.%N %z", momentOf(seconds, ns));
  if (letter === "W") return "0";
  return letter === "w" ? "-" : undefined;
}

function mountPointOf(context: CommandContext, path: string): string {
  const real = context.vfs.realPath(path, context.cwd);
  if (isErrno(real)) return "?";
  let best = "/";
  for (const { path: at } of context.vfs.mounts()) {
    if ((real === at || real.startsWith(`${at}/`)) && at.length >= best.length) best = at;
  }
  return best;
}

interface DuHow {
  readonly all: boolean;
  readonly depth: number;
  readonly size: (node: Node) => number;
  readonly show: (bytes: number) => string;
}

/** Sums up what files take. */
export function du(context: CommandContext): number {
  const options = parseOptions(context, DU_OPTIONS);
  if (typeof options === "number") return options;
  const how = duHow(context, options);
  if (how === undefined) return 1;
  let status = 0;
  let total = 0;
  for (const path of options.operands.length === 0 ? ["."] : options.operands) {
    const node = context.vfs.lookup(path, context.cwd, { follow: false });
    if (isErrno(node)) {
      complain(context, `cannot access ${quoteForShell(path)}: ${node.message}`);
      status = 1;
    } else total += measure(context, path, node, how, 0);
  }
  if (options.has("c")) context.stdout.write(`${how.show(total)}\ttotal\n`);
  return status;
}

function duHow(context: CommandContext, options: ParsedOptions): DuHow | undefined {
  const depthText = options.value("d");
  if (depthText !== undefined && !/^\d+$/.test(depthText)) {
    complain(context, `invalid maximum depth ${quote(depthText)}`);
    return undefined;
  }
  if (options.has("s") && options.has("a")) {
    complainUsage(context, "cannot both summarize and show all entries");
    return undefined;
  }
  const apparent = options.has("b") || options.has("apparent");
  const unit = options.last("bkm") === "b" ? 1 : options.last("bkm") === "m" ? 1_048_576 : 1024;
  const human = options.has("h");
  return {
    all: options.has("a"),
    depth: options.has("s") ? 0 : depthText === undefined ? Number.POSITIVE_INFINITY : Number(depthText),
    size: (node) => (apparent ? node.sizeBytes() : allocatedBytes(node)),
    show: (bytes) => (human ? humanSize(bytes, 1024) : String(Math.ceil(bytes / unit))),
  };
}

function measure(context: CommandContext, path: string, node: Node, how: DuHow, depth: number): number {
  let bytes = how.size(node);
  if (node.kind === "directory") {
    const names = context.vfs.readdir(path, context.cwd);
    if (!isErrno(names)) {
      for (const name of names) {
        const child = `${path.replace(/\/+$/, "")}/${name}`;
        const childNode = context.vfs.lookup(child, context.cwd, { follow: false });
        if (!isErrno(childNode)) bytes += measure(context, child, childNode, how, depth + 1);
      }
    }
  }
  if (depth <= how.depth && (node.kind === "directory" || how.all || depth === 0)) {
    context.stdout.write(`${how.show(bytes)}\t${path}\n`);
  }
  return bytes;
}
