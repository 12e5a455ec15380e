/** Making shell processes: the copy that a subshell is, and the computed variables every shell has. */

import type { FdTable } from "../process/fd-table.ts";
import { Process } from "../process/scheduler.ts";
import { defaultAction, SIGINT, SIGQUIT, signalName, signalNumber } from "../process/signals.ts";
import { IndexedArray } from "./arrays.ts";
import { JobTable } from "./jobs.ts";
import type { Machine } from "./machine.ts";
import { Shell } from "./shell.ts";

/** Seed of $RANDOM when the caller gives none. */
const DEFAULT_SEED = 1;
const NS_PER_SECOND = 1_000_000_000;
const NS_PER_MICROSECOND = 1000;

/** A subshell of `shell` in the task `pid`: everything is copied, traps are reset but ignored signals stay so. */
export function makeSubshell(shell: Shell, pid: number, title: string): Shell {
  const process = new Process(pid, shell.process.pid, title);
  const child = new Shell({
    machine: shell.machine,
    process,
    inherited: shell.variables,
    files: shell.files.fork(),
    jobs: new JobTable(),
    cwd: shell.cwd,
    name: shell.name,
    params: shell.params,
  });
  child.functions = new Map(shell.functions);
  child.loaded = new Set(shell.loaded);
  child.options = shell.options.fork();
  child.lastStatus = shell.lastStatus;
  child.pipeStatus = shell.pipeStatus;
  child.lastBackgroundPid = shell.lastBackgroundPid;
  child.line = shell.line;
  child.errexitIgnored = shell.errexitIgnored;
  child.calls = [...shell.calls];
  child.umask = shell.umask;
  child.emitsEvents = shell.emitsEvents;
  child.isSubshell = true;
  child.isCommandString = shell.isCommandString;
  child.depth = shell.depth + 1;
  child.traceLevel = shell.traceLevel;
  child.scriptPid = shell.scriptPid;
  child.inheritedJobs = shell.jobs;
  child.random = shell.random;
  child.startSeconds = shell.startSeconds;
  child.ignoredSignals = ignoredBy(shell);
  for (const [name, action] of shell.traps) if (action === "" || name === "ERR") child.traps.set(name, action);
  if (!shell.options.has("errtrace")) child.traps.delete("ERR");
  process.record = shell.process.record;
  attach(child);
  return child;
}

/** A shell that runs a script of its own: from `bash x.sh`, or the run itself. */
export function makeShell(
  machine: Machine,
  process: Process,
  start: { readonly files: FdTable; readonly cwd: string; readonly name: string; readonly args: readonly string[] },
  env: ReadonlyMap<string, string>,
): Shell {
  const { files, cwd, name, args } = start;
  const shell = new Shell({
    machine,
    process,
    inherited: undefined,
    files,
    jobs: new JobTable(),
    cwd,
    name,
    params: args,
  });
  for (const [variable, value] of env) {
    shell.variables.set(variable, value);
    shell.variables.own(variable).exported = true;
  }
  defineVariables(shell);
  attach(shell);
  return shell;
}

/** Signals the shell does not react to: a child starts with them ignored. */
export function ignoredBy(shell: Shell): ReadonlySet<number> {
  let ignored: Set<number> | undefined;
  for (const [name, action] of shell.traps) {
    const signal = action === "" ? signalNumber(name) : undefined;
    if (signal === undefined) continue;
    ignored ??= new Set(shell.ignoredSignals);
    ignored.add(signal);
  }
  return ignored ?? shell.ignoredSignals;
}

/** What background commands of a script ignore. */
export function withBackgroundSignals(ignored: ReadonlySet<number>): ReadonlySet<number> {
  return new Set([...ignored, SIGINT, SIGQUIT]);
}

/** Connects signals sent to the process with the traps of the shell. */
function attach(shell: Shell): void {
  const { process } = shell;
  process.disposition = (signal) => {
    const action = shell.traps.get(signalName(signal) ?? "");
    if (action === "") return "ignore";
    if (action !== undefined) return "catch";
    if (shell.ignoredSignals.has(signal)) return "ignore";
    // A shell with an EXIT trap runs it before it dies.
    return shell.traps.has("EXIT") && defaultAction(signal) === "terminate" ? "catch" : "default";
  };
  process.onSignal = (signal) => shell.pendingSignals.push(signal);
  process.onExit = () => shell.files.closeAll();
}

function defineVariables(shell: Shell): void {
  const { variables } = shell;
  const setIfUnset = (name: string, value: string): void => {
    if (variables.get(name) === undefined) variables.set(name, value);
  };
  setIfUnset("IFS", " \t\n");
  variables.set("IFS", " \t\n");
  variables.own("IFS").exported = false;
  setIfUnset("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
  setIfUnset("PS4", "+ ");
  setIfUnset("OPTIND", "1");
  variables.set("OPTIND", "1");
  setIfUnset("HOSTNAME", shell.machine.host.hostName);
  setIfUnset("HOSTTYPE", "x86_64");
  setIfUnset("MACHTYPE", "x86_64-pc-linux-gnu");
  setIfUnset("OSTYPE", "linux-gnu");
  setIfUnset("BASH", "/bin/bash");
  setIfUnset("BASH_VERSION", "5.2.15(1)-release");
  variables.set("PWD", shell.cwd);
  variables.own("PWD").exported = true;
  const level = Number(variables.get("SHLVL") ?? "0");
  variables.set("SHLVL", String((Number.isInteger(level) ? level : 0) + 1));
  variables.own("SHLVL").exported = true;
  for (const name of ["EUID", "UID", "PPID"]) {
    variables.set(name, name === "PPID" ? String(shell.process.parentPid) : "0");
    variables.own(name).integer = true;
    variables.own(name).readonly = true;
  }
  const versinfo = variables.makeArray("BASH_VERSINFO", false);
  versinfo.indexed = IndexedArray.of(["5", "2", "15", "1", "release", "x86_64-pc-linux-gnu"]);
  defineComputed(shell);
}

function defineComputed(shell: Shell): void {
  const { variables } = shell;
  const seconds = (at: Shell): number => Math.floor(at.machine.host.nowNs() / NS_PER_SECOND);
  shell.startSeconds = seconds(shell);
  shell.random = { state: DEFAULT_SEED };
  variables.define("RANDOM", {
    get: (at) => String(nextRandom(at)),
    set: (at, value) => {
      at.random = { state: Number(value) >>> 0 };
    },
  });
  variables.define("SRANDOM", { get: (at) => String(nextRandom(at) * 65536 + nextRandom(at)) });
  variables.define("SECONDS", {
    get: (at) => String(seconds(at) - at.startSeconds),
    set: (at, value) => {
      at.startSeconds = seconds(at) - (Number(value) || 0);
    },
  });
  variables.define("LINENO", { get: (at) => String(at.line) });
  variables.define("BASHPID", { get: (at) => String(at.process.pid) });
  variables.define("BASH_SUBSHELL", { get: (at) => String(at.depth) });
  variables.define("EPOCHSECONDS", { get: (at) => String(epochNs(at).seconds) });
  variables.define("EPOCHREALTIME", {
    get: (at) => `${epochNs(at).seconds}.${String(epochNs(at).microseconds).padStart(6, "0")}`,
  });
  const functionNames = (at: Shell): readonly string[] => {
    const names = at.calls.map((frame) => frame.name).reverse();
    return at.calls.some((frame) => frame.isFunction) ? [...names, "main"] : [];
  };
  variables.define("FUNCNAME", { get: (at) => functionNames(at)[0] ?? "", list: functionNames });
  const sources = (at: Shell): readonly string[] => [...at.calls.map((frame) => frame.source).reverse(), at.name];
  variables.define("BASH_SOURCE", { get: (at) => sources(at)[0] ?? "", list: sources });
  const lines = (at: Shell): readonly string[] => [...at.calls.map((frame) => String(frame.line)).reverse(), "0"];
  variables.define("BASH_LINENO", { get: (at) => lines(at)[0] ?? "", list: lines });
  variables.define("PIPESTATUS", {
    get: (at) => String(at.pipeStatus[0] ?? 0),
    list: (at) => at.pipeStatus.map(String),
  });
  const groups = (): readonly string[] => ["0"];
  variables.define("GROUPS", { get: () => "0", list: groups });
}

function epochNs(shell: Shell): { readonly seconds: number; readonly microseconds: number } {
  const nowNs = shell.machine.host.nowNs();
  const seconds = shell.machine.host.bootEpochSeconds + Math.floor(nowNs / NS_PER_SECOND);
  return { seconds, microseconds: Math.floor((nowNs % NS_PER_SECOND) / NS_PER_MICROSECOND) };
}

/**
 * bash's generator: Park and Miller's "minimal standard" (16807, 2^31 - 1), folded to 15 bits, never the same twice
 * in a row.
 */
function nextRandom(shell: Shell): number {
  const random = shell.random;
  let value: number;
  do {
    let state = random.state === 0 ? 123459876 : random.state;
    const high = Math.trunc(state / 127773);
    const low = state - 127773 * high;
    state = 16807 * low - 2836 * high;
    random.state = state < 0 ? state + 0x7fffffff : state;
    value = ((random.state >>> 16) ^ (random.state & 65535)) & 32767;
  } while (value === shell.lastRandom);
  shell.lastRandom = value;
  return value;
}
