/** taskset: the CPUs a command, or with -p a task that runs, may run on. One run of neighbouring CPUs, as the machine keeps. */

import { type Errno, isErrno } from "../../errno.ts";
import type { CommandContext, Running } from "../../process/command.ts";
import { optionTable, parseOptions } from "../support/options.ts";
import { complain, complainUsage, refuse } from "../support/report.ts";

const OPTIONS = optionTable({
  short: "cp",
  long: ["cpu-list c", "pid p"],
  refusedShort: "a",
  refusedLong: ["all-tasks"],
  stopAtOperand: true,
});
const LIST = /^\d+(-\d+)?(,\d+(-\d+)?)*$/;
const MASK = /^(0x)?[0-9a-fA-F]+(,[0-9a-fA-F]+)*$/;

/** CPUs `[from, end)`. */
type Range = readonly [from: number, end: number];

export function* taskset(context: CommandContext): Running<number> {
  const options = parseOptions(context, OPTIONS);
  if (typeof options === "number") return options;
  const [text, ...rest] = options.operands;
  if (text === undefined || rest.length === 0) {
    complainUsage(context, "bad usage");
    return 1;
  }
  const isList = options.has("c");
  if (!(isList ? LIST : MASK).test(text)) {
    complain(context, `failed to parse CPU ${isList ? "list" : "mask"}: ${text}`);
    return 1;
  }
  const cpus = isList ? cpusOfList(text) : cpusOfMask(text);
  const range = rangeOf(cpus);
  if (range === undefined) return refuse(context, text);
  if (options.has("p")) return move(context, Number(rest[0]), range, isList);
  const refused = context.host.setCpus(context.pid, ...range);
  if (refused === undefined) return yield* context.run(rest);
  return complainAbout(context, "set", context.pid, refused);
}

/** Tells a task that runs where it may run, and prints where it might before and may now. */
function move(context: CommandContext, pid: number, range: Range, isList: boolean): number {
  const { host, stdout } = context;
  const say = (when: string, [from, end]: Range) =>
    stdout.write(
      `pid ${pid}'s ${when} affinity ${isList ? `list: ${listOf(from, end)}` : `mask: ${maskOf(from, end)}`}\n`,
    );
  const before = host.cpusOf(pid);
  if (isErrno(before)) return complainAbout(context, "get", pid, before);
  say("current", before);
  const refused = host.setCpus(pid, ...range);
  if (refused !== undefined) return complainAbout(context, "set", pid, refused);
  const after = host.cpusOf(pid);
  if (!isErrno(after)) say("new", after);
  return 0;
}

function complainAbout(context: CommandContext, what: string, pid: number, errno: Errno): number {
  complain(context, `failed to ${what} pid ${pid}'s affinity: ${errno.message}`);
  return 1;
}

function listOf(from: number, end: number): string {
  return end - from === 1 ? String(from) : `${from}-${end - 1}`;
}

function maskOf(from: number, end: number): string {
  return (2n ** BigInt(end) - 2n ** BigInt(from)).toString(16);
}

function cpusOfList(text: string): number[] {
  return text.split(",").flatMap((part) => {
    const [first = 0, last = first] = part.split("-").map(Number);
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  });
}

function cpusOfMask(text: string): number[] {
  const bits = BigInt(`0x${text.replace(/^0x/, "").replaceAll(",", "")}`).toString(2);
  return [...bits].reverse().flatMap((bit, cpu) => (bit === "1" ? [cpu] : []));
}

/** The CPUs as one run; undefined when they are none, or several runs. */
function rangeOf(cpus: readonly number[]): Range | undefined {
  const sorted = [...new Set(cpus)].sort((a, b) => a - b);
  const [first] = sorted;
  const last = sorted.at(-1);
  if (first === undefined || last === undefined || last - first + 1 !== sorted.length) return undefined;
  return [first, last + 1];
}
