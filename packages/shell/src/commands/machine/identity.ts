/** What the machine says of itself: uname, hostname, nproc, getconf, uptime, whoami, id. */

import { isErrno } from "../../errno.ts";
import type { CommandContext } from "../../process/command.ts";
import { optionTable, parseOptions } from "../support/options.ts";
import { complain, complainUsage, quote, refuse } from "../support/report.ts";
import { slurpFile } from "../support/streams.ts";
import { formatDate, momentOf } from "../support/strftime.ts";

const UNAME_OPTIONS = optionTable({
  short: "asnrvmpio",
  long: [
    "all a",
    "kernel-name s",
    "nodename n",
    "kernel-release r",
    "kernel-version v",
    "machine m",
    "processor p",
    "hardware-platform i",
    "operating-system o",
  ],
});
const NPROC_OPTIONS = optionTable({ long: ["all", "ignore="] });
const ID_OPTIONS = optionTable({
  short: "ugGnra",
  long: ["user u", "group g", "groups G", "name n", "real r"],
  refusedShort: "zZ",
  refusedLong: ["zero", "context"],
});
const UPTIME_OPTIONS = optionTable({ short: "ps", long: ["pretty p", "since s"] });
const NO_OPTIONS = optionTable({});

export function uname(context: CommandContext): number {
  const options = parseOptions(context, UNAME_OPTIONS);
  if (typeof options === "number") return options;
  const [extra] = options.operands;
  if (extra !== undefined) {
    complainUsage(context, `extra operand ${quote(extra)}`);
    return 1;
  }
  const version = slurpFile(context, "/proc/sys/kernel/version");
  const values: readonly (readonly [string, string])[] = [
    ["s", "Linux"],
    ["n", context.host.hostName],
    ["r", context.host.kernelRelease],
    ["v", isErrno(version) ? "#1 SMP" : version.trim()],
    ["m", "x86_64"],
    ["p", "unknown"],
    ["i", "unknown"],
    ["o", "GNU/Linux"],
  ];
  const all = options.has("a");
  const shown = values.filter(([letter, value]) => {
    if (all) return value !== "unknown";
    return options.has(letter) || (options.list.length === 0 && letter === "s");
  });
  context.stdout.write(`${shown.map(([, value]) => value).join(" ")}\n`);
  return 0;
}

export function hostname(context: CommandContext): number {
  const [first] = context.args;
  if (first !== undefined && first !== "-s" && first !== "--short") return refuse(context, first);
  context.stdout.write(`${context.host.hostName}\n`);
  return 0;
}

export function nproc(context: CommandContext): number {
  const options = parseOptions(context, NPROC_OPTIONS);
  if (typeof options === "number") return options;
  const ignore = options.value("ignore") ?? "0";
  if (!/^\d+$/.test(ignore)) {
    complain(context, `invalid number: ${quote(ignore)}`);
    return 1;
  }
  const nrCpus = options.has("all") ? context.host.nrCpus : nrOnlineCpus(context);
  context.stdout.write(`${Math.max(1, nrCpus - Number(ignore))}\n`);
  return 0;
}

/** CPUs that the kernel lists as online, e.g. `0-3,5`. */
function nrOnlineCpus(context: CommandContext): number {
  const list = slurpFile(context, "/sys/devices/system/cpu/online");
  if (isErrno(list)) return context.host.nrCpus;
  let nrCpus = 0;
  for (const range of list.trim().split(",")) {
    const [first, last] = range.split("-").map(Number);
    nrCpus += (last ?? first ?? 0) - (first ?? 0) + 1;
  }
  return nrCpus;
}

export function getconf(context: CommandContext): number {
  const values: ReadonlyMap<string, number> = new Map([
    ["PAGESIZE", 4096],
    ["PAGE_SIZE", 4096],
    ["_NPROCESSORS_ONLN", nrOnlineCpus(context)],
    ["_NPROCESSORS_CONF", context.host.nrCpus],
    ["CLK_TCK", 100],
    ["LONG_BIT", 64],
    ["ARG_MAX", 2_097_152],
    ["NAME_MAX", 255],
    ["PATH_MAX", 4096],
    ["PIPE_BUF", 4096],
  ]);
  const [name] = context.args;
  if (name === undefined || name.startsWith("-")) return refuse(context, name ?? "without a variable");
  const value = values.get(name);
  if (value === undefined) {
    complain(context, `Unrecognized variable \`${name}'`);
    return 2;
  }
  context.stdout.write(`${value}\n`);
  return 0;
}

export function uptime(context: CommandContext): number {
  const options = parseOptions(context, UPTIME_OPTIONS);
  if (typeof options === "number") return options;
  const { host } = context;
  const seconds = Math.floor(host.nowNs() / 1e9);
  if (options.has("s")) {
    context.stdout.write(`${formatDate("%F %T", momentOf(host.bootEpochSeconds, 0))}\n`);
    return 0;
  }
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3600) % 24;
  const minutes = Math.floor(seconds / 60) % 60;
  if (options.has("p")) {
    context.stdout.write(`up ${prettySpan(days, hours, minutes)}\n`);
    return 0;
  }
  const clock = formatDate("%H:%M:%S", momentOf(host.bootEpochSeconds + seconds, 0));
  const dayText = days === 0 ? "" : `${days} day${days === 1 ? "" : "s"}, `;
  const span = hours > 0 ? `${String(hours).padStart(2)}:${String(minutes).padStart(2, "0")}` : `${minutes} min`;
  const load = slurpFile(context, "/proc/loadavg");
  const loads = isErrno(load) ? ["0.00", "0.00", "0.00"] : load.split(" ").slice(0, 3);
  context.stdout.write(` ${clock} up ${dayText}${span},  0 users,  load average: ${loads.join(", ")}\n`);
  return 0;
}

function prettySpan(days: number, hours: number, minutes: number): string {
  const part = (count: number, unit: string): string[] =>
    count === 0 ? [] : [`${count} ${unit}${count === 1 ? "" : "s"}`];
  const parts = [
    ...part(Math.floor(days / 7), "week"),
    ...part(days % 7, "day"),
    ...part(hours, "hour"),
    ...part(minutes, "minute"),
  ];
  return parts.length === 0 ? "0 minutes" : parts.join(", ");
}

export function whoami(context: CommandContext): number {
  const options = parseOptions(context, NO_OPTIONS);
  if (typeof options === "number") return options;
  context.stdout.write("root\n");
  return 0;
}

export function id(context: CommandContext): number {
  const options = parseOptions(context, ID_OPTIONS);
  if (typeof options === "number") return options;
  const [user] = options.operands;
  if (user !== undefined && user !== "root" && user !== "0") {
    complain(context, `${quote(user)}: no such user`);
    return 1;
  }
  const single = options.last("ugG") !== "";
  if (!single && (options.has("n") || options.has("r"))) {
    complain(context, "cannot print only names or real IDs in default format");
    return 1;
  }
  const one = options.has("n") ? "root" : "0";
  context.stdout.write(single ? `${one}\n` : "uid=0(root) gid=0(root) groups=0(root)\n");
  return 0;
}
