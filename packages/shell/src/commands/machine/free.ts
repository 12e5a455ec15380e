/** free and ps: tables made from /proc. */

import { isErrno } from "../../errno.ts";
import type { CommandContext } from "../../process/command.ts";
import { optionTable, type ParsedOptions, parseOptions } from "../support/options.ts";
import { complain } from "../support/report.ts";
import { slurpFile } from "../support/streams.ts";

const FREE_OPTIONS = optionTable({
  short: "bghkmtw",
  long: ["bytes b", "kibi k", "mebi m", "gibi g", "human h", "total t", "wide w"],
  refusedShort: "clLsv",
  refusedLong: [
    "count",
    "seconds",
    "si",
    "lohi",
    "committed",
    "tebi",
    "pebi",
    "kilo",
    "mega",
    "giga",
    "tera",
    "peta",
    "line",
  ],
});

const COLUMN_WIDTH = 12;
const KIB = 1024;

/** Memory as procps 4 shows it: used is total less available. */
export function free(context: CommandContext): number {
  const options = parseOptions(context, FREE_OPTIONS);
  if (typeof options === "number") return options;
  const text = slurpFile(context, "/proc/meminfo");
  if (isErrno(text)) {
    complain(context, "Error: /proc must be mounted");
    return 1;
  }
  const fields = new Map<string, number>();
  for (const match of text.matchAll(/^([^:\n]+):\s+(\d+)/gm)) fields.set(match[1] ?? "", Number(match[2]));
  const kb = (name: string): number => fields.get(name) ?? 0;
  const total = kb("MemTotal");
  const available = fields.get("MemAvailable") ?? kb("MemFree");
  const cached = kb("Cached") + kb("SReclaimable");
  const used = Math.max(0, total - available);
  const show = shower(options);
  const wide = options.has("w");
  const heads = wide
    ? ["total", "used", "free", "shared", "buffers", "cache", "available"]
    : ["total", "used", "free", "shared", "buff/cache", "available"];
  const caches = wide ? [kb("Buffers"), cached] : [kb("Buffers") + cached];
  const swap = [kb("SwapTotal"), kb("SwapTotal") - kb("SwapFree"), kb("SwapFree")];
  const row = (name: string, values: readonly number[]): string =>
    `${name.padEnd(8)}${values.map((value) => show(value).padStart(COLUMN_WIDTH)).join("")}\n`;
  let out = `${" ".repeat(8)}${heads.map((head) => head.padStart(COLUMN_WIDTH)).join("")}\n`;
  out += row("Mem:", [total, used, kb("MemFree"), kb("Shmem"), ...caches, available]);
  out += row("Swap:", swap);
  if (options.has("t")) {
    out += row("Total:", [total + (swap[0] ?? 0), used + (swap[1] ?? 0), kb("MemFree") + (swap[2] ?? 0)]);
  }
  context.stdout.write(out);
  return 0;
}

function shower(options: ParsedOptions): (kib: number) => string {
  switch (options.last("bghkm")) {
    case "b":
      return (kib) => String(kib * KIB);
    case "m":
      return (kib) => String(Math.floor(kib / KIB));
    case "g":
      return (kib) => String(Math.floor(kib / KIB / KIB));
    case "h":
      return human;
    default:
      return String;
  }
}

/** At most four characters and the unit. */
function human(kib: number): string {
  if (kib === 0) return "0B";
  let value = kib;
  for (const unit of ["Ki", "Mi", "Gi", "Ti"]) {
    const tenth = Math.trunc(value * 10) / 10;
    if (tenth < 10 && unit !== "Ki") return `${tenth.toFixed(1)}${unit}`;
    if (value < 1024) return `${Math.trunc(value)}${unit}`;
    value /= 1024;
  }
  return `${Math.trunc(value)}Pi`;
}

const PS_OPTIONS = optionTable({
  short: "Aeo:p:",
  long: ["pid= p", "format= o", "no-headers none"],
  refusedShort: "acCdfFgGHjlLMnNOqsStTuUVwyZ",
  refusedLong: ["ppid", "sort", "forest", "cols", "user", "headers"],
});

interface PsColumn {
  readonly head: string;
  readonly left: boolean;
  readonly width: number;
  readonly value: (pid: string) => string;
}

/** Processes as /proc names them. */
export function ps(context: CommandContext): number {
  // the BSD forms that list everything
  const args = context.args.map((word) => (word === "ax" ? "-e" : word === "h" ? "--no-headers" : word));
  const options = parseOptions(context, PS_OPTIONS, args);
  if (typeof options === "number") return options;
  const [extra] = options.operands;
  if (extra !== undefined) {
    complain(context, `option '${extra}' is not modelled by ebb`);
    return 2;
  }
  const columns = psColumns(context, options);
  if (columns === undefined) return 1;
  const names = context.vfs.readdir("/proc", "/");
  if (isErrno(names)) {
    complain(context, "Error, do this: mount -t proc proc /proc");
    return 1;
  }
  const wanted = options.value("p")?.split(/[, ]/);
  const pids = names.filter((name) => /^\d+$/.test(name) && (wanted === undefined || wanted.includes(name)));
  pids.sort((a, b) => Number(a) - Number(b));
  const rows = pids.map((pid) => columns.map((column) => column.value(pid)));
  if (!options.has("none") && columns.some((column) => column.head !== ""))
    rows.unshift(columns.map((column) => column.head));
  const cell = (text: string, i: number): string => {
    const column = columns[i];
    if (column === undefined) return text;
    if (column.left) return i === columns.length - 1 ? text : text.padEnd(column.width);
    return text.padStart(column.width);
  };
  for (const row of rows) context.stdout.write(`${row.map(cell).join(" ")}\n`);
  return wanted !== undefined && pids.length === 0 ? 1 : 0;
}

function psColumns(context: CommandContext, options: ParsedOptions): readonly PsColumn[] | undefined {
  const file = (pid: string, name: string): string => {
    const text = slurpFile(context, `/proc/${pid}/${name}`);
    return isErrno(text) ? "" : text;
  };
  const comm = (pid: string): string => file(pid, "comm").trim() || "?";
  const statusField = (pid: string, name: string): string =>
    new RegExp(`^${name}:\\s*(\\S+)`, "m").exec(file(pid, "status"))?.[1] ?? "0";
  const args = (pid: string): string =>
    file(pid, "cmdline").replace(/\0+$/, "").replaceAll("\0", " ") || `[${comm(pid)}]`;
  const known = new Map<string, PsColumn>([
    ["pid", { head: "PID", left: false, width: 5, value: (pid) => pid }],
    ["ppid", { head: "PPID", left: false, width: 7, value: (pid) => statusField(pid, "PPid") }],
    ["tty", { head: "TTY", left: true, width: 8, value: () => "?" }],
    ["time", { head: "TIME", left: false, width: 8, value: () => "00:00:00" }],
    ["comm", { head: "COMMAND", left: true, width: 15, value: comm }],
    ["ucmd", { head: "CMD", left: true, width: 15, value: comm }],
    ["args", { head: "COMMAND", left: true, width: 27, value: args }],
    ["cmd", { head: "CMD", left: true, width: 27, value: args }],
    ["rss", { head: "RSS", left: false, width: 5, value: (pid) => statusField(pid, "VmRSS") }],
    ["stat", { head: "STAT", left: true, width: 4, value: (pid) => statusField(pid, "State") }],
  ]);
  const formats = options.list.filter((option) => option.name === "o").flatMap((option) => option.value.split(/[, ]+/));
  const columns: PsColumn[] = [];
  for (const format of formats.length === 0 ? ["pid", "tty", "time", "ucmd"] : formats) {
    const [name = "", head] = format.split("=");
    const column = known.get(name === "command" ? "args" : name);
    if (column === undefined) {
      complain(context, `option '-o ${name}' is not modelled by ebb`);
      return undefined;
    }
    columns.push(head === undefined ? column : { ...column, head });
  }
  return columns;
}
