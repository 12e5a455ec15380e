/** date, by the virtual clock, in UTC. */

import { isErrno } from "../../errno.ts";
import type { CommandContext } from "../../process/command.ts";
import { optionTable, type ParsedOptions, parseOptions } from "../support/options.ts";
import { complain, complainUsage, quote, quoteIfNeeded, refuse } from "../support/report.ts";
import { formatDate, momentOf } from "../support/strftime.ts";
import { parseDate, type WallTime } from "./parse-date.ts";

const OPTIONS = optionTable({
  short: "d:I::Rr:u",
  long: ["date= d", "iso-8601=? I", "rfc-email R", "rfc-3339= rfc3339", "reference= r", "utc u", "universal u"],
  refusedShort: "fs",
  refusedLong: ["file", "set", "debug", "resolution"],
});

const DEFAULT_FORMAT = "%a %b %e %H:%M:%S %Z %Y";
const ISO_FORMATS: ReadonlyMap<string, string> = new Map([
  ["", "%Y-%m-%d"],
  ["date", "%Y-%m-%d"],
  ["hours", "%Y-%m-%dT%H%:z"],
  ["minutes", "%Y-%m-%dT%H:%M%:z"],
  ["seconds", "%Y-%m-%dT%H:%M:%S%:z"],
  ["ns", "%Y-%m-%dT%H:%M:%S,%N%:z"],
]);
const RFC3339_FORMATS: ReadonlyMap<string, string> = new Map([
  ["date", "%Y-%m-%d"],
  ["seconds", "%Y-%m-%d %H:%M:%S%:z"],
  ["ns", "%Y-%m-%d %H:%M:%S.%N%:z"],
]);

export function date(context: CommandContext): number {
  const options = parseOptions(context, OPTIONS);
  if (typeof options === "number") return options;
  const [operand, extra] = options.operands;
  if (extra !== undefined) {
    complainUsage(context, `extra operand ${quote(extra)}`);
    return 1;
  }
  if (operand !== undefined && !operand.startsWith("+")) return refuse(context, "set the date");
  const format = operand === undefined ? optionFormat(options) : operand.slice(1);
  if (format === undefined) {
    complain(context, "invalid argument of --iso-8601 or --rfc-3339");
    return 1;
  }
  const wall = wallTime(context, options);
  if (wall === undefined) return 1;
  context.stdout.write(`${formatDate(format, momentOf(wall.seconds, wall.ns))}\n`);
  return 0;
}

function optionFormat(options: ParsedOptions): string | undefined {
  if (options.has("R")) return "%a, %d %b %Y %H:%M:%S %z";
  const iso = options.value("I");
  if (iso !== undefined) return ISO_FORMATS.get(iso);
  const rfc3339 = options.value("rfc3339");
  return rfc3339 === undefined ? DEFAULT_FORMAT : RFC3339_FORMATS.get(rfc3339);
}

function wallTime(context: CommandContext, options: ParsedOptions): WallTime | undefined {
  const { host } = context;
  const atNs = (ns: number): WallTime => ({
    seconds: host.bootEpochSeconds + Math.floor(ns / 1e9),
    ns: ((ns % 1e9) + 1e9) % 1e9,
  });
  const now = atNs(host.nowNs());
  const reference = options.value("r");
  if (reference !== undefined) {
    const node = context.vfs.lookup(reference, context.cwd);
    if (!isErrno(node)) return atNs(node.mtimeNs);
    complain(context, `${quoteIfNeeded(reference)}: ${node.message}`);
    return undefined;
  }
  const text = options.value("d");
  if (text === undefined) return now;
  const wall =
    text === "" ? { seconds: Math.floor(now.seconds / 86_400) * 86_400, ns: 0 } : parseDate(text, now.seconds, now.ns);
  if (wall === undefined) complain(context, `invalid date ${quote(text)}`);
  return wall;
}
