/** kill, and signals by name. */

import { isErrno } from "../../errno.ts";
import type { CommandContext } from "../../process/command.ts";
import { complain, refuse } from "../support/report.ts";

const SIGTERM = 15;

/** By number from 1. */
const SIGNALS = [
  "HUP",
  "INT",
  "QUIT",
  "ILL",
  "TRAP",
  "ABRT",
  "BUS",
  "FPE",
  "KILL",
  "USR1",
  "SEGV",
  "USR2",
  "PIPE",
  "ALRM",
  "TERM",
  "STKFLT",
  "CHLD",
  "CONT",
  "STOP",
  "TSTP",
  "TTIN",
  "TTOU",
  "URG",
  "XCPU",
  "XFSZ",
  "VTALRM",
  "PROF",
  "WINCH",
  "POLL",
  "PWR",
  "SYS",
];
const NAMES_PER_LINE = 16;

function signalNumber(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) <= 64 ? Number(text) : undefined;
  const at = SIGNALS.indexOf(text.toUpperCase().replace(/^SIG/, ""));
  return at < 0 ? undefined : at + 1;
}

/** Sends a signal to processes. */
export function kill(context: CommandContext): number {
  const { args } = context;
  const [first = ""] = args;
  if (first === "-l" || first === "--list") return list(context, args[1]);
  let at = 0;
  let signalText = "TERM";
  if (first === "-s" || first === "--signal" || first === "-n") {
    signalText = args[1] ?? "";
    at = 2;
  } else if (first === "--") at = 1;
  else if (/^--|^-[qL]$/.test(first)) return refuse(context, first);
  else if (/^-./.test(first)) {
    signalText = first.slice(1);
    at = 1;
  }
  if (args[at] === "--") at++;
  const signal = signalNumber(signalText) ?? (signalText === "" ? SIGTERM : undefined);
  if (signal === undefined) {
    complain(context, `invalid argument ${signalText}`);
    return 1;
  }
  const pids = args.slice(at);
  if (pids.length === 0) {
    complain(context, "not enough arguments");
    return 1;
  }
  let status = 0;
  for (const text of pids) {
    if (!/^-?\d+$/.test(text)) {
      complain(context, `failed to parse argument: '${text}'`);
      status = 1;
      continue;
    }
    const errno = context.signal(Number(text), signal);
    if (isErrno(errno)) {
      complain(context, `(${text}): ${errno.message}`);
      status = 1;
    }
  }
  return status;
}

function list(context: CommandContext, which: string | undefined): number {
  if (which === undefined) {
    for (let at = 0; at < SIGNALS.length; at += NAMES_PER_LINE) {
      context.stdout.write(`${SIGNALS.slice(at, at + NAMES_PER_LINE).join(" ")}\n`);
    }
    return 0;
  }
  const number = signalNumber(which);
  // a status above 128 is that of a process ended by a signal
  const name = /^\d+$/.test(which)
    ? SIGNALS[(Number(which) % 128) - 1]
    : number === undefined
      ? undefined
      : String(number);
  if (name === undefined) {
    complain(context, `unknown signal name ${which}`);
    return 1;
  }
  context.stdout.write(`${name}\n`);
  return 0;
}
