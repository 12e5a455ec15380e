/** Commands that need processes: pipelines, subshells, background jobs, command and process substitution. */

import { isErrno } from "../errno.ts";
import type { Running } from "../process/command.ts";
import { NullDevice, Pipe, PipeEnd, Sink, WOULD_BLOCK } from "../process/open-file.ts";
import type { Process } from "../process/scheduler.ts";
import { runCommand, runStatement } from "./execute.ts";
import { expandText } from "./expand.ts";
import type { CommandIr, PipelineIr, ScriptIr, StatementIr } from "./ir.ts";
import { reportSignal } from "./program.ts";
import { openPath } from "./redirect.ts";
import { type Shell, ShellError } from "./shell.ts";
import { makeSubshell, withBackgroundSignals } from "./subshell.ts";
import { timeReport } from "./time-report.ts";
import { runPendingTraps, runTrap } from "./traps.ts";

/** Seconds bash waits between its attempts to fork. */
const FORK_RETRY_SECONDS: readonly number[] = [1, 2, 4, 8];
const NS_PER_SECOND = 1_000_000_000;
const FORK_FAILED_STATUS = 254;
const READ_BYTES = 65536;

/** Makes a task for a child of `shell`; retries as bash does, then gives the command up. */
export function* forkTask(shell: Shell): Running<number> {
  const { host } = shell.machine;
  let pid = host.fork(shell.process.pid);
  if (!isErrno(pid)) return pid;
  for (const seconds of FORK_RETRY_SECONDS) {
    shell.report(`fork: retry: ${pid.message}`);
    yield { kind: "until", timeNs: host.nowNs() + seconds * NS_PER_SECOND };
    pid = host.fork(shell.process.pid);
    if (!isErrno(pid)) return pid;
  }
  shell.report(`fork: ${pid.message}`);
  throw new ShellError("discard", FORK_FAILED_STATUS);
}

/** Runs statements at the top level of a script: an expansion error gives up those on the same line only. */
export function* runTop(shell: Shell, statements: readonly StatementIr[]): Running<number> {
  let status = 0;
  for (let i = 0; i < statements.length; i++) {
    const statement = statements[i];
    if (statement === undefined) break;
    try {
      status = yield* runStatement(shell, statement);
    } catch (error) {
      if (!(error instanceof ShellError) || error.reach === "exit" || shell.isSubshell || shell.isCommandString)
        throw error;
      status = error.status;
      shell.lastStatus = status;
      shell.builtin = "";
      while (statements[i + 1]?.unit === statement.unit) i++;
    }
    if (shell.flow !== "none") return status;
  }
  return status;
}

/** The whole life of a shell process: its commands, then the EXIT trap. Returns its exit status. */
export function* runShellBody(shell: Shell, body: () => Running<number>): Running<number> {
  let status: number;
  try {
    status = yield* body();
    if (shell.flow !== "none") status = shell.lastStatus;
    if (shell.pendingSignals.length > 0) yield* runPendingTraps(shell);
  } catch (error) {
    if (!(error instanceof ShellError)) throw error;
    status = error.status;
  }
  if (!shell.traps.has("EXIT") || shell.process.termSignal !== 0) return status & 255;
  shell.flow = "none";
  shell.builtin = "";
  shell.lastStatus = status;
  try {
    yield* runTrap(shell, "EXIT");
    // `exit` in the trap decides anew.
    if (shell.leaving) status = shell.lastStatus;
  } catch (error) {
    if (!(error instanceof ShellError)) throw error;
    status = error.status;
  }
  if (shell.fatalSignal !== 0) shell.process.termSignal = shell.fatalSignal;
  return status & 255;
}

/** Runs `child` to its end within the running process; kills it if that is abandoned. */
function* runInline(child: Shell, body: () => Running<number>): Running<number> {
  const { scheduler } = child.machine;
  const { process } = child;
  scheduler.processes.set(process.pid, process);
  try {
    const status = yield* runShellBody(child, body);
    scheduler.finish(process, process.termSignal !== 0 ? 128 + process.termSignal : status);
  } finally {
    scheduler.finish(process, 128);
  }
  return process.status ?? 0;
}

/** `( ... )` */
export function* runSubshell(shell: Shell, command: Extract<CommandIr, { kind: "subshell" }>): Running<number> {
  const child = makeSubshell(shell, yield* forkTask(shell), command.text);
  const status = yield* runInline(child, () => runBody(child, command.body.statements));
  if (child.process.termSignal !== 0) reportSignal(shell, child.process);
  shell.pipeStatus = [status];
  return status;
}

/** Statements of a subshell; a lone simple command needs no further process. */
export function* runBody(child: Shell, statements: readonly StatementIr[]): Running<number> {
  const only = statements.length === 1 ? statements[0] : undefined;
  if (only !== undefined && !only.background && only.command.kind === "simple")
    return yield* runCommand(child, only.command, true);
  return yield* runTop(child, statements);
}

/** `$(...)`. */
export function* substitute(shell: Shell, script: ScriptIr): Running<string> {
  const file = readsFileOnly(script);
  if (file !== undefined) return yield* readFileText(shell, file);
  const child = makeSubshell(shell, yield* forkTask(shell), "command substitution");
  child.emitsEvents = false;
  child.traceLevel = shell.traceLevel + 1;
  child.loopDepth = shell.loopDepth;
  if (!shell.options.has("inherit_errexit")) child.options.set("errexit", false);
  const chunks: string[] = [];
  const sink = new Sink((text) => chunks.push(text));
  child.files.set(1, sink);
  const status = yield* runInline(child, () => runBody(child, script.statements));
  // Background commands of the substitution keep its output open.
  if (sink.nrRefs > 0) yield { kind: "condition", holds: () => sink.nrRefs === 0 };
  shell.substitutionStatus = status;
  shell.lastStatus = status;
  return trimOutput(chunks.join(""));
}

function trimOutput(text: string): string {
  const clean = text.includes("\0") ? text.replaceAll("\0", "") : text;
  let end = clean.length;
  while (end > 0 && clean.charCodeAt(end - 1) === 10) end--;
  return end === clean.length ? clean : clean.slice(0, end);
}

/** The word of `$(< word)`. */
function readsFileOnly(script: ScriptIr): CommandIr | undefined {
  const only = script.statements.length === 1 ? script.statements[0] : undefined;
  const command = only?.command;
  if (command?.kind !== "simple" || command.words.length > 0 || command.assignments.length > 0) return undefined;
  return command.redirects.length === 1 && command.redirects[0]?.operator === "<" ? command : undefined;
}

function* readFileText(shell: Shell, command: CommandIr): Running<string> {
  const target = command.kind === "simple" ? command.redirects[0]?.target : undefined;
  if (target === undefined) return "";
  const path = yield* expandText(shell, target);
  const pid = yield* forkTask(shell);
  shell.machine.host.exit(pid);
  const file = yield* openPath(shell, path, { read: true });
  shell.substitutionStatus = 0;
  if (isErrno(file)) {
    shell.report(`${path}: ${file.message}`);
    shell.substitutionStatus = 1;
    return "";
  }
  const chunks: string[] = [];
  for (;;) {
    const bytes = file.tryRead(READ_BYTES);
    if (bytes === WOULD_BLOCK) yield { kind: "condition", holds: () => file.canRead() };
    else if (isErrno(bytes)) {
      shell.report(`${path}: ${bytes.message}`);
      shell.substitutionStatus = 1;
      break;
    } else if (bytes === "") break;
    else chunks.push(bytes);
  }
  if (file.nrRefs === 0) file.release();
  shell.lastStatus = shell.substitutionStatus;
  return trimOutput(chunks.join(""));
}

/** `<(...)` and `>(...)`: starts the commands and gives the path of their pipe. */
export function* substituteProcess(shell: Shell, script: ScriptIr, direction: "<" | ">"): Running<string> {
  const child = makeSubshell(shell, yield* forkTask(shell), "process substitution");
  child.emitsEvents = false;
  const pipe = new Pipe();
  child.files.set(direction === "<" ? 1 : 0, new PipeEnd(pipe, { read: direction === ">", write: direction === "<" }));
  let fd = 63;
  while (shell.files.get(fd) !== undefined) fd--;
  shell.files.set(fd, new PipeEnd(pipe, { read: direction === "<", write: direction === ">" }));
  shell.substitutedFds.push(fd);
  shell.lastBackgroundPid = child.process.pid;
  shell.machine.scheduler.start(
    child.process,
    runShellBody(child, () => runBody(child, script.statements)),
  );
  return `/dev/fd/${fd}`;
}

/** A pipeline: its commands run side by side, each in a process of its own. */
export function* runPipeline(shell: Shell, command: PipelineIr): Running<number> {
  const startNs = shell.machine.host.nowNs();
  // `set -e` does not hold inside `! ...` when it was on before.
  const ignores = command.negated && shell.options.errexit;
  if (ignores) shell.errexitIgnored++;
  let status: number;
  try {
    const only = command.commands.length === 1 ? command.commands[0] : undefined;
    if (only !== undefined) status = yield* runCommand(shell, only, false, command.negated);
    else if (command.commands.length === 0) status = 0;
    else status = yield* runStages(shell, command);
  } finally {
    if (ignores) shell.errexitIgnored--;
  }
  if (command.timed !== "") shell.writeError(timeReport(shell, command.timed, shell.machine.host.nowNs() - startNs));
  if (!command.negated || shell.leaving) return status;
  return status === 0 ? 1 : 0;
}

function* runStages(shell: Shell, command: PipelineIr): Running<number> {
  shell.line = command.line;
  shell.column = command.column;
  const { onCommand, host } = shell.machine;
  const emits = shell.emitsEvents && onCommand !== undefined;
  const outer = shell.process.record;
  const record = { stdout: "" };
  const startNs = host.nowNs();
  if (emits) shell.process.record = record;
  let status = 0;
  try {
    status = yield* runAllStages(shell, command);
  } finally {
    if (emits) {
      shell.process.record = outer;
      if (outer !== undefined) outer.stdout += record.stdout;
      onCommand({
        text: command.text,
        line: command.line,
        status,
        stdout: record.stdout,
        startNs,
        endNs: host.nowNs(),
      });
    }
  }
  return status;
}

function* runAllStages(shell: Shell, command: PipelineIr): Running<number> {
  const last = command.commands.length - 1;
  const usesLast = shell.options.has("lastpipe");
  const processes: Process[] = [];
  let input: PipeEnd | undefined;
  let lastStatus = -1;
  for (let i = 0; i <= last; i++) {
    const stage = command.commands[i];
    if (stage === undefined) break;
    if (i === last && usesLast) {
      lastStatus = yield* runLastHere(shell, stage, input);
      break;
    }
    const child = makeSubshell(shell, yield* forkTask(shell), command.text);
    child.emitsEvents = false;
    if (input !== undefined) child.files.set(0, input);
    if (i < last) {
      const pipe = new Pipe();
      const output = new PipeEnd(pipe, { read: false, write: true });
      child.files.set(1, output);
      if (command.withStderr[i] === true) child.files.set(2, output);
      input = new PipeEnd(pipe, { read: true, write: false });
    }
    processes.push(child.process);
    shell.machine.scheduler.start(
      child.process,
      runShellBody(child, () => runCommand(child, stage, true)),
    );
  }
  if (processes.some((process) => process.alive)) {
    yield { kind: "condition", holds: () => processes.every((process) => !process.alive) };
  }
  const statuses = processes.map((process) => process.status ?? 0);
  if (lastStatus >= 0) statuses.push(lastStatus);
  shell.pipeStatus = statuses;
  const failing = shell.options.pipefail ? statuses.findLast((status) => status !== 0) : undefined;
  return failing ?? statuses.at(-1) ?? 0;
}

/** The last command of a pipeline under `shopt -s lastpipe`. */
function* runLastHere(shell: Shell, stage: CommandIr, input: PipeEnd | undefined): Running<number> {
  const before = shell.files.get(0);
  if (before !== undefined) before.nrRefs++;
  if (input !== undefined) shell.files.set(0, input);
  try {
    return yield* runCommand(shell, stage);
  } finally {
    shell.files.set(0, before);
    if (before !== undefined) before.nrRefs--;
  }
}

/** `command &` */
export function* startBackground(shell: Shell, statement: StatementIr): Running<number> {
  shell.line = statement.line;
  const child = makeSubshell(shell, yield* forkTask(shell), statement.text);
  child.ignoredSignals = withBackgroundSignals(child.ignoredSignals);
  child.process.record = undefined;
  child.files.set(0, new NullDevice());
  const { command } = statement;
  shell.machine.scheduler.start(
    child.process,
    runShellBody(child, () => runCommand(child, command, true)),
  );
  shell.jobs.add([child.process], statement.text);
  shell.lastBackgroundPid = child.process.pid;
  shell.lastStatus = 0;
  return 0;
}
