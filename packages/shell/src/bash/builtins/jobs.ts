/** Processes and signals: wait, jobs, kill, trap, and the limits scripts set. */

import { isErrno } from "../../errno.ts";
import type { Running } from "../../process/command.ts";
import { SIGTERM, signalName, signalNumber } from "../../process/signals.ts";
import { isRunning, type Job, lastProcess } from "../jobs.ts";
import { reportSignal } from "../program.ts";
import { type Shell, ShellError } from "../shell.ts";
import { singleQuoted } from "../transform.ts";
import { writeOut } from "./output.ts";

const NOT_A_CHILD = 127;

export function* waitBuiltin(shell: Shell, args: readonly string[]): Running<number> {
  let any = false;
  let pidVariable: string | undefined;
  let at = 0;
  for (; at < args.length && /^-[nfp]/.test(args[at] ?? ""); at++) {
    const word = args[at] ?? "";
    if (word.includes("n")) any = true;
    if (word.includes("p")) pidVariable = args[++at];
  }
  const specs = args.slice(at);
  if (any) return yield* waitAny(shell, specs, pidVariable);
  if (specs.length === 0) return yield* waitAll(shell);
  let status = 0;
  for (const spec of specs) {
    const job = findJob(shell, spec);
    if (job === undefined) {
      if (!/^([0-9]+|%.*)$/.test(spec)) shell.report(`\`${spec}': not a pid or valid job spec`);
      else shell.report(spec.startsWith("%") ? `${spec}: no such job` : `pid ${spec} is not a child of this shell`);
      status = NOT_A_CHILD;
      continue;
    }
    const interrupted = yield* until(shell, () => !isRunning(job));
    if (interrupted !== undefined) return interrupted;
    status = finished(shell, job);
    if (pidVariable !== undefined) shell.variables.set(pidVariable, String(lastProcess(job)?.pid ?? 0));
  }
  return status;
}

function findJob(shell: Shell, spec: string): Job | undefined {
  return spec.startsWith("%") ? shell.jobs.bySpec(spec) : shell.jobs.byPid(Number(spec));
}

/** Waits until `holds`, or a trapped signal comes: then the status for that. */
function* until(shell: Shell, holds: () => boolean): Running<number | undefined> {
  if (!holds()) yield { kind: "condition", holds: () => holds() || shell.pendingSignals.length > 0 };
  const [signal] = shell.pendingSignals;
  return signal === undefined || holds() ? undefined : 128 + signal;
}

/** Status of an ended job. It stays known, for another `wait` with its pid. */
function finished(shell: Shell, job: Job): number {
  const process = lastProcess(job);
  if (process !== undefined && !job.reported && process.termSignal !== SIGTERM) reportSignal(shell, process);
  job.reported = true;
  return process?.status ?? 0;
}

function* waitAll(shell: Shell): Running<number> {
  const interrupted = yield* until(shell, () => !shell.jobs.all.some(isRunning));
  if (interrupted !== undefined) return interrupted;
  for (const job of shell.jobs.all) finished(shell, job);
  return 0;
}

function* waitAny(shell: Shell, specs: readonly string[], pidVariable: string | undefined): Running<number> {
  const jobs =
    specs.length === 0 ? shell.jobs.all : specs.map((spec) => findJob(shell, spec)).filter((job) => job !== undefined);
  const candidates = jobs.filter((job) => !job.reported);
  if (candidates.length === 0) return NOT_A_CHILD;
  const interrupted = yield* until(shell, () => candidates.some((job) => !isRunning(job)));
  if (interrupted !== undefined) return interrupted;
  const ended = candidates.find((job) => !isRunning(job));
  if (ended === undefined) return NOT_A_CHILD;
  if (pidVariable !== undefined) shell.variables.set(pidVariable, String(lastProcess(ended)?.pid ?? 0));
  return finished(shell, ended);
}

export function jobsBuiltin(shell: Shell, args: readonly string[]): number | Running<number> {
  const letters = args.filter((word) => word.startsWith("-")).join("");
  const table = shell.jobs.all.length === 0 ? (shell.inheritedJobs ?? shell.jobs) : shell.jobs;
  const jobs = table.all.filter((job) => !job.reported);
  let text = "";
  for (const job of jobs) {
    const running = isRunning(job);
    if (!running) job.reported = true;
    if ((letters.includes("r") && !running) || letters.includes("s")) continue;
    const pid = lastProcess(job)?.pid ?? 0;
    if (letters.includes("p")) {
      text += `${pid}\n`;
      continue;
    }
    const mark = job === jobs.at(-1) ? "+" : job === jobs.at(-2) ? "-" : " ";
    const status = lastProcess(job)?.status ?? 0;
    const state = running ? "Running" : status === 0 ? "Done" : `Exit ${status}`;
    const shownPid = letters.includes("l") ? `${String(pid).padStart(5)} ` : " ";
    text += `[${job.number}]${mark} ${shownPid}${state.padEnd(24)}${job.text}${running ? " &" : ""}\n`;
  }
  return writeOut(shell, text);
}

export function killBuiltin(shell: Shell, args: readonly string[]): number | Running<number> {
  let signal = SIGTERM;
  let at = 0;
  const first = args[0] ?? "";
  if (first === "-l" || first === "-L") return listSignals(shell, args.slice(1));
  if (first === "-s" || first === "-n") {
    signal = signalNumber(args[1] ?? "") ?? -1;
    at = 2;
  } else if (first !== "--" && /^-./.test(first)) {
    signal = signalNumber(first.slice(1)) ?? -1;
    at = 1;
  }
  if (signal < 0) {
    shell.report(`${at === 2 ? (args[1] ?? "") : first.slice(1)}: invalid signal specification`);
    return 1;
  }
  if (args[at] === "--") at++;
  if (at >= args.length) {
    shell.writeError("kill: usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]\n");
    return 2;
  }
  let status = 0;
  for (const spec of args.slice(at)) if (!killOne(shell, spec, signal)) status = 1;
  if (shell.process.termSignal !== 0) throw new ShellError("exit", 128 + shell.process.termSignal);
  return status;
}

function killOne(shell: Shell, spec: string, signal: number): boolean {
  if (spec.startsWith("%")) {
    const job = shell.jobs.bySpec(spec);
    if (job === undefined) {
      shell.report(`${spec}: no such job`);
      return false;
    }
    for (const process of job.processes) shell.machine.scheduler.signal(process.pid, signal);
    return true;
  }
  if (!/^-?[0-9]+$/.test(spec)) {
    shell.report(`${spec}: arguments must be process or job IDs`);
    return false;
  }
  const pid = Number(spec);
  // All processes of a script are one group, which 0 and its negative number mean.
  const targets = pid === 0 || pid === -shell.scriptPid ? [...shell.machine.scheduler.processes.keys()] : [pid];
  for (const target of targets) {
    const answer = shell.machine.scheduler.signal(target, signal);
    if (isErrno(answer)) {
      shell.report(`(${spec}) - ${answer.message}`);
      return false;
    }
  }
  return true;
}

const NR_LISTED = 31;

function listSignals(shell: Shell, specs: readonly string[]): number | Running<number> {
  if (specs.length === 0) {
    let text = "";
    for (let signal = 1; signal <= NR_LISTED; signal++) {
      text += `${String(signal).padStart(2)}) SIG${signalName(signal) ?? ""}${signal % 5 === 0 || signal === NR_LISTED ? "\n" : "\t"}`;
    }
    return writeOut(shell, text);
  }
  let text = "";
  for (const spec of specs) {
    const number = Number(spec);
    const name = Number.isInteger(number)
      ? signalName(number > 128 ? number - 128 : number)
      : String(signalNumber(spec) ?? "");
    if (name === undefined || name === "") {
      shell.report(`${spec}: invalid signal specification`);
      return 1;
    }
    text += `${name}\n`;
  }
  return writeOut(shell, text);
}

export function trapBuiltin(shell: Shell, args: readonly string[]): number | Running<number> {
  const words = args[0] === "--" ? args.slice(1) : args;
  if (words.length === 0 || words[0] === "-p") return writeOut(shell, trapsText(shell, words.slice(1)));
  if (words[0] === "-l") return listSignals(shell, []);
  const [action = "", ...names] = words;
  const resets = action === "-" || (names.length === 0 && trapName(action) !== undefined) || /^[0-9]+$/.test(action);
  let status = 0;
  for (const spec of names.length === 0 || (/^[0-9]+$/.test(action) && resets) ? words : names) {
    const name = trapName(spec);
    if (name === undefined) {
      shell.report(`${spec}: invalid signal specification`);
      status = 1;
    } else if (name === "DEBUG" && !resets) {
      shell.report("DEBUG is not modelled by ebb");
      status = 1;
    } else if (!shell.ignoredSignals.has(signalNumber(name) ?? -1)) {
      if (resets) shell.traps.delete(name);
      else shell.traps.set(name, action);
    }
  }
  return status;
}

function trapName(spec: string): string | undefined {
  const upper = spec.toUpperCase().replace(/^SIG/, "");
  if (upper === "0" || upper === "EXIT") return "EXIT";
  if (upper === "ERR" || upper === "DEBUG" || upper === "RETURN") return upper;
  const number = signalNumber(spec);
  return number === undefined ? undefined : signalName(number);
}

function trapsText(shell: Shell, specs: readonly string[]): string {
  const wanted = specs.map(trapName);
  const order = (name: string): number => signalNumber(name) ?? 100 + ["DEBUG", "ERR", "RETURN"].indexOf(name);
  const names = [...shell.traps.keys()].sort((a, b) => order(a) - order(b));
  let text = "";
  for (const name of names) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const shown = name === "EXIT" || order(name) >= 99 ? name : `SIG${name}`;
    text += `trap -- ${singleQuoted(shell.traps.get(name) ?? "")} ${shown}\n`;
  }
  return text;
}

/** Jobs of a script end with it or are counted as left; there is nothing to let go. */
export function disownBuiltin(): number {
  return 0;
}

/** No processor time is accounted. */
export function timesBuiltin(shell: Shell): number | Running<number> {
  return writeOut(shell, "0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n");
}

export function umaskBuiltin(shell: Shell, args: readonly string[]): number | Running<number> {
  const symbolic = args.includes("-S");
  const word = args.find((arg) => !/^-[pS]+$/.test(arg));
  if (word === undefined) {
    if (symbolic) return writeOut(shell, `${symbolicMask(shell.umask)}\n`);
    return writeOut(shell, `${args.includes("-p") ? "umask " : ""}${shell.umask.toString(8).padStart(4, "0")}\n`);
  }
  if (/^[0-7]+$/.test(word)) {
    shell.umask = Number.parseInt(word, 8) & 0o777;
    return 0;
  }
  const mask = applySymbolic(shell.umask, word);
  if (mask === undefined) {
    shell.report(
      /^[0-9]+$/.test(word)
        ? `${word}: octal number out of range`
        : `\`${word.charAt(0)}': invalid symbolic mode operator`,
    );
    return 1;
  }
  shell.umask = mask;
  return 0;
}

function symbolicMask(mask: number): string {
  return ["u", "g", "o"]
    .map((who, i) => {
      const allowed = ~(mask >> (6 - 3 * i)) & 7;
      return `${who}=${allowed & 4 ? "r" : ""}${allowed & 2 ? "w" : ""}${allowed & 1 ? "x" : ""}`;
    })
    .join(",");
}

function applySymbolic(mask: number, text: string): number | undefined {
  let allowed = ~mask & 0o777;
  for (const clause of text.split(",")) {
    const match = /^([ugoa]*)([-+=])([rwx]*)$/.exec(clause);
    if (match === null) return undefined;
    const who = match[1] === "" || match[1]?.includes("a") === true ? "ugo" : (match[1] ?? "");
    let bits = 0;
    for (const letter of match[3] ?? "") bits |= letter === "r" ? 4 : letter === "w" ? 2 : 1;
    for (const [i, letter] of [..."ugo"].entries()) {
      if (!who.includes(letter)) continue;
      const shift = 6 - 3 * i;
      if (match[2] === "=") allowed = (allowed & ~(7 << shift)) | (bits << shift);
      else if (match[2] === "+") allowed |= bits << shift;
      else allowed &= ~(bits << shift);
    }
  }
  return ~allowed & 0o777;
}

/** Limits are shown and taken but nothing is limited. */
export function ulimitBuiltin(shell: Shell, args: readonly string[]): number | Running<number> {
  const value = args.find((word) => !word.startsWith("-"));
  if (value !== undefined) return 0;
  const letters = args.join("").replaceAll("-", "").replace(/[HS]/g, "");
  return writeOut(shell, `${letters === "n" ? "1024" : letters === "s" ? "8192" : "unlimited"}\n`);
}
