/** Programs that run another with something changed: env, printenv, nice, nohup, timeout. */

import type { CommandContext, Running, TaskHost, Wait } from "../../process/command.ts";
import { optionTable, parseOptions } from "../support/options.ts";
import { complain, complainUsage, quote, refuse } from "../support/report.ts";
import { parseDurationNs } from "../support/sizes.ts";

const ENV_OPTIONS = optionTable({
  short: "i0u:",
  long: ["ignore-environment i", "null 0", "unset= u"],
  refusedShort: "CSv",
  refusedLong: [
    "chdir",
    "split-string",
    "debug",
    "default-signal",
    "ignore-signal",
    "block-signal",
    "list-signal-handling",
  ],
  stopAtOperand: true,
  status: 125,
});
const NICE_OPTIONS = optionTable({ short: "n:", long: ["adjustment= n"], stopAtOperand: true, status: 125 });
const NOHUP_OPTIONS = optionTable({ stopAtOperand: true, status: 125 });
const TIMEOUT_OPTIONS = optionTable({
  short: "k:s:",
  long: ["kill-after= k", "signal= s", "foreground"],
  refusedShort: "v",
  refusedLong: ["preserve-status", "verbose"],
  stopAtOperand: true,
  status: 125,
});

const USAGE_STATUS = 125;
const TIMED_OUT = 124;

export function* env(context: CommandContext): Running<number> {
  const options = parseOptions(context, ENV_OPTIONS);
  if (typeof options === "number") return options;
  let words = options.operands;
  const fresh = options.has("i") || words[0] === "-";
  if (words[0] === "-") words = words.slice(1);
  const variables = new Map(fresh ? [] : context.env);
  for (const option of options.list) if (option.name === "u") variables.delete(option.value);
  let nrAssignments = 0;
  for (const word of words) {
    const equals = word.indexOf("=");
    if (equals < 1) break;
    variables.set(word.slice(0, equals), word.slice(equals + 1));
    nrAssignments++;
  }
  const command = words.slice(nrAssignments);
  if (command.length > 0) return yield* context.run(command, { env: variables });
  const end = options.has("0") ? "\0" : "\n";
  for (const [name, value] of variables) context.stdout.write(`${name}=${value}${end}`);
  return 0;
}

export function printenv(context: CommandContext): number {
  const { args } = context;
  if (args[0]?.startsWith("-") === true) return refuse(context, args[0]);
  if (args.length === 0) {
    for (const [name, value] of context.env) context.stdout.write(`${name}=${value}\n`);
    return 0;
  }
  let status = 0;
  for (const name of args) {
    const value = context.env.get(name);
    if (value === undefined) status = 1;
    else context.stdout.write(`${value}\n`);
  }
  return status;
}

/** Priorities change nothing here; the command is run. */
export function* nice(context: CommandContext): Running<number> {
  const args = context.args.map((word, i) => (i === 0 && /^-[-+]?\d+$/.test(word) ? `-n${word.slice(1)}` : word));
  const options = parseOptions(context, NICE_OPTIONS, args);
  if (typeof options === "number") return options;
  const adjustment = options.value("n");
  if (adjustment !== undefined && !/^[-+]?\d+$/.test(adjustment)) {
    complain(context, `invalid adjustment ${quote(adjustment)}`);
    return USAGE_STATUS;
  }
  if (options.operands.length > 0) return yield* context.run(options.operands);
  if (adjustment !== undefined) {
    complainUsage(context, "a command must be given with an adjustment");
    return USAGE_STATUS;
  }
  context.stdout.write("0\n");
  return 0;
}

export function* nohup(context: CommandContext): Running<number> {
  const options = parseOptions(context, NOHUP_OPTIONS);
  if (typeof options === "number") return options;
  if (options.operands.length > 0) return yield* context.run(options.operands);
  complainUsage(context, "missing operand");
  return USAGE_STATUS;
}

/** Ends a command that runs past its time with SIGTERM: status 124. Which signal was asked for makes no difference. */
export function* timeout(context: CommandContext): Running<number> {
  const options = parseOptions(context, TIMEOUT_OPTIONS);
  if (typeof options === "number") return options;
  const [duration, ...command] = options.operands;
  if (duration === undefined || command.length === 0) {
    context.stderr.write(`Try '${context.name} --help' for more information.\n`);
    return USAGE_STATUS;
  }
  const limitNs = parseDurationNs(duration);
  if (limitNs === undefined) {
    complainUsage(context, `invalid time interval ${quote(duration)}`);
    return USAGE_STATUS;
  }
  const { host } = context;
  const deadlineNs = limitNs === 0 ? Number.POSITIVE_INFINITY : host.nowNs() + limitNs;
  const child = context.run(command);
  for (;;) {
    const step = child.next();
    if (step.done === true) return step.value;
    if (yield* waitUntil(step.value, deadlineNs, host)) continue;
    // to abandon a run is to kill what it runs
    child.return(TIMED_OUT);
    return TIMED_OUT;
  }
}

/** Waits as the child does, at most until the deadline; false when that came first. */
function* waitUntil(wait: Wait, deadlineNs: number, host: TaskHost): Running<boolean> {
  if (wait.kind === "until") {
    yield { kind: "until", timeNs: Math.min(wait.timeNs, deadlineNs) };
    return wait.timeNs <= deadlineNs;
  }
  if (deadlineNs === Number.POSITIVE_INFINITY) {
    yield wait;
    return true;
  }
  const limitNs = Math.min(deadlineNs, wait.deadlineNs ?? deadlineNs);
  yield { kind: "condition", holds: wait.holds, deadlineNs: limitNs };
  return wait.holds() || host.nowNs() < deadlineNs;
}
