/** ls, as it prints to what is not a terminal: one name per line, or with -l a table. */

import { isErrno } from "../../errno.ts";
import type { CommandContext } from "../../process/command.ts";
import type { Node } from "../../vfs/node.ts";
import { compareText, compareVersions } from "../sort/keys.ts";
import { allocatedBytes, deviceNumbers, kindMark, linkTarget, modeLetters } from "../support/file-facts.ts";
import { optionTable, type ParsedOptions, parseOptions } from "../support/options.ts";
import { complain, quoteForShell } from "../support/report.ts";
import { humanSize } from "../support/sizes.ts";
import { Output } from "../support/streams.ts";
import { formatDate, momentOf } from "../support/strftime.ts";

const OPTIONS = optionTable({
  short: "1aAdfFghiklLnoprRsStUvX",
  long: [
    "all a",
    "almost-all A",
    "directory d",
    "classify=? F",
    "human-readable h",
    "inode i",
    "dereference L",
    "numeric-uid-gid n",
    "reverse r",
    "recursive R",
    "size s",
    "color=?",
    "full-time full",
    "si",
  ],
  refusedShort: "bBcCDGHINmqQTuwxZ",
  refusedLong: [
    "sort",
    "time",
    "time-style",
    "format",
    "hide",
    "ignore",
    "group-directories-first",
    "quoting-style",
    "zero",
  ],
  status: 2,
});

/** A date older than this, or in the future, is shown with its year. */
const RECENT_SECONDS = 31_556_952 / 2;

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly node: Node;
}

interface LsHow {
  readonly long: boolean;
  readonly all: boolean;
  readonly almostAll: boolean;
  readonly options: ParsedOptions;
}

export function ls(context: CommandContext): number {
  const options = parseOptions(context, OPTIONS);
  if (typeof options === "number") return options;
  const color = options.value("color");
  if (color === "always") {
    complain(context, "option '--color=always' is not modelled by ebb");
    return 2;
  }
  const how: LsHow = {
    long: options.last("lgon") !== "" || options.has("full"),
    all: options.has("a") || options.has("f"),
    almostAll: options.has("A"),
    options,
  };
  const output = new Output(context);
  const files: Entry[] = [];
  const directories: Entry[] = [];
  let status = 0;
  for (const path of options.operands.length === 0 ? ["."] : options.operands) {
    const follow = !options.has("d") && (!how.long || options.has("L"));
    const found = context.vfs.lookup(path, context.cwd, { follow });
    const node = isErrno(found) && follow ? context.vfs.lookup(path, context.cwd, { follow: false }) : found;
    if (isErrno(node)) {
      complain(context, `cannot access ${quoteForShell(path)}: ${node.message}`);
      status = 2;
    } else (node.kind === "directory" && !options.has("d") ? directories : files).push({ name: path, path, node });
  }
  if (files.length > 0) output.write(printEntries(context, sortEntries(files, options), how, false));
  const headed = options.operands.length > 1 || options.has("R");
  let separator = files.length > 0 ? "\n" : "";
  for (const directory of sortEntries(directories, options)) {
    status = Math.max(status, listDirectory(context, directory.path, how, headed, separator, output, true));
    separator = "\n";
  }
  return output.finish(status, 2);
}

function listDirectory(
  context: CommandContext,
  path: string,
  how: LsHow,
  headed: boolean,
  separator: string,
  output: Output,
  isOperand: boolean,
): number {
  const names = context.vfs.readdir(path, context.cwd);
  if (isErrno(names)) {
    output.flush();
    complain(context, `cannot open directory ${quoteForShell(path)}: ${names.message}`);
    return isOperand ? 2 : 1;
  }
  if (headed) output.write(`${separator}${path}:\n`);
  const dots = how.all ? [".", ".."] : [];
  const shown = names.filter((name) => how.all || how.almostAll || !name.startsWith("."));
  const entries: Entry[] = [];
  for (const name of [...dots, ...shown]) {
    const child = path === "/" ? `/${name}` : `${path.replace(/\/+$/, "")}/${name}`;
    const node = context.vfs.lookup(child, context.cwd, { follow: how.options.has("L") });
    if (!isErrno(node)) entries.push({ name, path: child, node });
  }
  const sorted = sortEntries(entries, how.options);
  output.write(printEntries(context, sorted, how, true));
  let status = 0;
  if (!how.options.has("R")) return status;
  for (const entry of sorted) {
    if (entry.node.kind !== "directory" || entry.name === "." || entry.name === "..") continue;
    status = Math.max(status, listDirectory(context, entry.path, how, true, "\n", output, false));
  }
  return status;
}

function sortEntries(entries: Entry[], options: ParsedOptions): Entry[] {
  const order = options.last("StUfvX");
  if (order === "U" || order === "f") return entries;
  const byName = (a: Entry, b: Entry): number => compareText(a.name, b.name);
  const extension = (entry: Entry): string => /\.[^.]*$/.exec(entry.name)?.[0] ?? "";
  const compare = (a: Entry, b: Entry): number => {
    if (order === "S") return b.node.sizeBytes() - a.node.sizeBytes() || byName(a, b);
    if (order === "t") return b.node.mtimeNs - a.node.mtimeNs || byName(a, b);
    if (order === "v") return compareVersions(a.name, b.name);
    if (order === "X") return compareText(extension(a), extension(b)) || byName(a, b);
    return byName(a, b);
  };
  const sign = options.has("r") ? -1 : 1;
  return [...entries].sort((a, b) => sign * compare(a, b));
}

function printEntries(context: CommandContext, entries: readonly Entry[], how: LsHow, isDirectory: boolean): string {
  const { options } = how;
  const human = options.has("h") ? 1024 : options.has("si") ? 1000 : 0;
  const blocks = (node: Node): string => {
    const bytes = allocatedBytes(node);
    return human > 0 ? humanSize(bytes, human) : String(Math.ceil(bytes / 1024));
  };
  const total = entries.reduce((sum, entry) => sum + allocatedBytes(entry.node), 0);
  const totalText = human > 0 ? humanSize(total, human) : String(Math.ceil(total / 1024));
  let out = isDirectory && (how.long || options.has("s")) ? `total ${totalText}\n` : "";
  const rows = entries.map((entry) => {
    const head: string[] = [];
    if (options.has("i")) head.push(String(entry.node.ino));
    if (options.has("s")) head.push(blocks(entry.node));
    if (how.long) head.push(...longColumns(context, entry, options, human));
    return { head, tail: nameColumn(entry, options, how.long) };
  });
  const widths: number[] = [];
  for (const { head } of rows)
    head.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  for (const { head, tail } of rows) {
    const cells = head.map((cell, i) =>
      /^[a-z]+$/.test(cell) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0),
    );
    out += `${[...cells, tail].join(" ")}\n`;
  }
  return out;
}

function longColumns(context: CommandContext, entry: Entry, options: ParsedOptions, human: number): string[] {
  const { node } = entry;
  const columns = [modeLetters(node), String(node.nlink)];
  const name = options.has("n") ? "0" : "root";
  if (!options.has("g")) columns.push(name);
  if (!options.has("o")) columns.push(name);
  if (node.kind === "character-device") columns.push(deviceNumbers(entry.path).join(", "));
  else columns.push(human > 0 ? humanSize(node.sizeBytes(), human) : String(node.sizeBytes()));
  const { host } = context;
  const seconds = host.bootEpochSeconds + Math.floor(node.mtimeNs / 1e9);
  const ageSeconds = host.bootEpochSeconds + host.nowNs() / 1e9 - seconds;
  const recent = ageSeconds >= 0 && ageSeconds < RECENT_SECONDS;
  const format = options.has("full") ? "%Y-%m-%d %H:%M:%S.%N %z" : recent ? "%b %e %H:%M" : "%b %e  %Y";
  columns.push(formatDate(format, momentOf(seconds, ((node.mtimeNs % 1e9) + 1e9) % 1e9)));
  return columns;
}

function nameColumn(entry: Entry, options: ParsedOptions, long: boolean): string {
  const mark = options.has("F") ? kindMark(entry.node) : options.has("p") && entry.node.kind === "directory" ? "/" : "";
  if (!long || entry.node.kind !== "symlink") return entry.name + mark;
  return `${entry.name} -> ${linkTarget(entry.node)}`;
}
