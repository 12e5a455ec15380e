/** External programs: finding them, starting them as tasks, and what they see of the machine. */

import { EPIPE, type Errno, isErrno } from "../errno.ts";
import type {
  Command,
  CommandContext,
  InputStream,
  OutputStream,
  Running,
  RunOptions,
  TaskHost,
  Wait,
} from "../process/command.ts";
import { FdTable } from "../process/fd-table.ts";
import { type OpenFile, StreamFile, TextSource, WOULD_BLOCK } from "../process/open-file.ts";
import { type OutputRecord, Process, YIELD } from "../process/scheduler.ts";
import { defaultAction, SIGPIPE, SIGTERM, signalDescription, signalName } from "../process/signals.ts";
import { FileInput, FileOutput } from "../process/streams.ts";
import { forkTask } from "./execute-process.ts";
import type { Machine } from "./machine.ts";
import { type Resolved, resolveProgram } from "./program-path.ts";
import { ProgramVfs } from "./program-vfs.ts";
import { type Shell, tellsOfRefusedOption } from "./shell.ts";
import { runShellProgram } from "./shell-program.ts";
import { ignoredBy } from "./subshell.ts";

/** Where a program comes from: what it inherits, and whom to name in findings. */
export interface ProgramStart {
  readonly machine: Machine;
  readonly files: FdTable;
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly ignored: ReadonlySet<number>;
  readonly record: OutputRecord | undefined;
  readonly umask: number;
  /** True when the one who waits for the program must not wait any longer. */
  readonly interrupted: () => boolean;
  /** Notes something missing, at the command's place in the script. */
  readonly find: (kind: "unknown-command" | "unsupported-option", message: string) => void;
}

/**
 * Runs a program and waits for it.
 *
 * @param env     its environment when assignments precede it
 * @param inPlace it takes this process over: no task is made
 */
export function* runProgram(
  shell: Shell,
  args: readonly string[],
  env: ReadonlyMap<string, string> | undefined,
  inPlace: boolean,
): Running<number> {
  const { machine } = shell;
  const name = args[0] ?? "";
  const environment = env ?? shell.environment();
  const resolved = resolveProgram(
    machine,
    name,
    shell.cwd,
    environment.get("PATH") ?? shell.variables.get("PATH") ?? "",
  );
  if (resolved.kind === "error") {
    // The child that fails to start the program prints the message, after the parent has forked it.
    if (!inPlace) machine.host.exit(yield* forkedTask(shell));
    shell.report(`${name}: ${shell.builtin === "exec" && resolved.isUnknown ? "not found" : resolved.message}`);
    if (resolved.isUnknown) shell.find("unknown-command", `${name}: ${resolved.message}`);
    shell.pipeStatus = [resolved.status];
    return resolved.status;
  }
  if (shell.substitutedFds.length > 0) yield* untilSubstituted(shell, args);
  const start = startOf(shell, environment);
  shell.nrStarts++;
  const pid = inPlace ? shell.process.pid : yield* forkedTask(shell);
  const child = inPlace ? shell.process : new Process(pid, shell.process.pid, args.join(" "));
  const status = yield* startProgram(start, resolved, args, child, inPlace);
  if (child.termSignal !== 0 && !inPlace) reportSignal(shell, child);
  shell.pipeStatus = [status];
  return status;
}

/** The task of a program: the one that has opened its redirections, if it has any. */
function* forkedTask(shell: Shell): Running<number> {
  const pid = shell.forkedPid ?? (yield* forkTask(shell));
  shell.forkedPid = undefined;
  return pid;
}

/** What a program started by `shell` inherits. */
function startOf(shell: Shell, env: ReadonlyMap<string, string>): ProgramStart {
  return {
    machine: shell.machine,
    files: shell.files,
    env,
    cwd: shell.cwd,
    ignored: ignoredBy(shell),
    record: shell.process.record,
    umask: shell.umask,
    interrupted: () => isDying(shell),
    find: (kind, message) => shell.find(kind, message),
  };
}

/**
 * Runs a command that was loaded into the shell (`enable -f`): as calls of the shell itself, without a task or a program
 * of its own. Each that makes or removes a name takes the time of a call; a command without any, that of one.
 */
export function* runLoaded(shell: Shell, args: readonly string[], env: ReadonlyMap<string, string>): Running<number> {
  const { host, commands } = shell.machine;
  const name = args[0] ?? "";
  const context = new ProgramContext(startOf(shell, env), name, args, shell.process);
  shell.nrStarts++;
  let nrCalls = 0;
  const endCall = () => {
    nrCalls++;
    host.advanceTo(host.nowNs() + host.callNs);
    host.returnFromCall(shell.process.pid);
  };
  context.onChange(endCall);
  const result = commands.get(name)?.(context) ?? 0;
  const status = typeof result === "number" ? result : yield* result;
  if (nrCalls === 0) endCall();
  shell.pipeStatus = [status & 255];
  return status & 255;
}

/** A program opens the path of `<(...)` like a file, so what the pipe carries must be there before it starts. */
function* untilSubstituted(shell: Shell, args: readonly string[]): Running<void> {
  for (const fd of shell.substitutedFds) {
    const file = shell.files.get(fd);
    if (file === undefined || !args.includes(`/dev/fd/${fd}`)) continue;
    const chunks: string[] = [];
    for (;;) {
      const bytes = file.tryRead(1 << 20);
      if (bytes === WOULD_BLOCK) yield { kind: "condition", holds: () => file.canRead() };
      else if (isErrno(bytes)) break;
      else if (bytes === "") {
        shell.files.set(fd, new TextSource(chunks.join("")));
        break;
      } else chunks.push(bytes);
    }
  }
}

/** Says on stderr which signal ended a child, as bash does for all but INT and PIPE. */
export function reportSignal(shell: Shell, child: Process): void {
  const description = signalDescription(child.termSignal);
  if (description === undefined) return;
  // Debian builds bash so that SIGTERM is not worth the whole line.
  if (child.termSignal === SIGTERM) {
    shell.writeError(`${description}\n`);
    return;
  }
  shell.writeError(
    `${shell.name}: line ${shell.line}: ${String(child.pid).padStart(5)} ${description.padEnd(23)} ${child.title}\n`,
  );
}

/** Starts `resolved` as `child` and waits for it; the task leaves the host at the end unless it is in place. */
function* startProgram(
  start: ProgramStart,
  resolved: Exclude<Resolved, { kind: "error" }>,
  args: readonly string[],
  child: Process,
  inPlace: boolean,
): Running<number> {
  const { host, scheduler } = start.machine;
  host.exec(child.pid, resolved.kind === "command" ? resolved.name : (args[0] ?? "bash"));
  host.advanceTo(host.nowNs() + host.execNs);
  if (scheduler.hasReady()) yield* letOthersRun(host, child, inPlace);
  if (resolved.kind === "shell") return yield* runShellProgram(start, resolved, args, child, inPlace);
  const context = new ProgramContext(start, resolved.name, args, child);
  if (inPlace) return yield* runBodyInPlace(resolved.command, context, child);
  const ignored = start.ignored;
  child.disposition = (signal) => (ignored.has(signal) ? "ignore" : "default");
  let body: Running<number>;
  let wait: Wait;
  let finished = false;
  try {
    const result = resolved.command(context);
    if (typeof result === "number") return endStatus(child, result);
    const step = result.next();
    if (step.done === true) return endStatus(child, step.value);
    body = result;
    wait = step.value;
    finished = true;
  } finally {
    if (!finished) host.exit(child.pid);
  }
  scheduler.adopt(child, body, wait);
  yield* untilEnded(start, child);
  return endStatus(child, child.status ?? 0);
}

/** Yields once; the task made for `child` leaves when this is where the one who started it is killed. */
function* letOthersRun(host: TaskHost, child: Process, inPlace: boolean): Running<void> {
  let resumed = false;
  try {
    yield YIELD;
    resumed = true;
  } finally {
    if (!resumed && !inPlace) host.exit(child.pid);
  }
}

/** Waits for `child`; takes it along when the wait is abandoned, but not when the one who waits dies of a signal. */
export function* untilEnded(start: ProgramStart, child: Process): Running<void> {
  let resumed = false;
  try {
    yield { kind: "condition", holds: () => !child.alive || start.interrupted() };
    resumed = true;
  } finally {
    if (child.alive && !resumed) start.machine.scheduler.kill(child, SIGTERM);
  }
}

/** A signal came that ends the shell, though its EXIT trap runs first. */
function isDying(shell: Shell): boolean {
  return shell.pendingSignals.some(
    (signal) => !shell.traps.has(signalName(signal) ?? "") && defaultAction(signal) === "terminate",
  );
}

function endStatus(child: Process, status: number): number {
  return child.termSignal !== 0 ? 128 + child.termSignal : status & 255;
}

/** The program is the whole rest of this process: its waits are the process's own. */
function* runBodyInPlace(command: Command, context: ProgramContext, child: Process): Running<number> {
  const { ignored } = context;
  child.disposition = (signal) => (ignored.has(signal) ? "ignore" : "default");
  const result = command(context);
  const status = typeof result === "number" ? result : yield* result;
  return endStatus(child, status);
}

class ProgramContext implements CommandContext {
  readonly name: string;
  readonly args: readonly string[];
  readonly pid: number;
  readonly env: ReadonlyMap<string, string>;
  readonly cwd: string;
  readonly host: TaskHost;
  readonly #start: ProgramStart;
  readonly #process: Process;
  #vfs: ProgramVfs | undefined;
  #stdin: InputStream | undefined;
  #stdout: OutputStream | undefined;
  #stderr: OutputStream | undefined;

  constructor(start: ProgramStart, name: string, args: readonly string[], process: Process) {
    this.#start = start;
    this.#process = process;
    this.name = name;
    this.args = args.slice(1);
    this.pid = process.pid;
    this.env = start.env;
    this.cwd = start.cwd;
    this.host = start.machine.host;
  }

  get ignored(): ReadonlySet<number> {
    return this.#start.ignored;
  }

  get vfs(): ProgramVfs {
    this.#vfs ??= new ProgramVfs(this.#start.machine.vfs, this.#start.files, this.#start.umask, this.pid);
    return this.#vfs;
  }

  /** Tells of each name made or removed. */
  onChange(told: () => void): void {
    this.vfs.onChange = told;
  }

  get stdin(): InputStream {
    this.#stdin ??= new FileInput(this.#start.files.get(0));
    return this.#stdin;
  }

  get stdout(): OutputStream {
    this.#stdout ??= this.#output(1);
    return this.#stdout;
  }

  get stderr(): OutputStream {
    this.#stderr ??= this.#output(2);
    return this.#stderr;
  }

  *run(argv: readonly string[], options?: RunOptions): Running<number> {
    const start = yield* this.#childStart(options);
    const { machine } = start;
    const resolved = resolveProgram(machine, argv[0] ?? "", this.cwd, start.env.get("PATH") ?? "/bin");
    if (resolved.kind === "error") {
      this.stderr.write(
        `${this.name}: ${argv[0] ?? ""}: ${resolved.isUnknown ? "No such file or directory" : resolved.message}\n`,
      );
      if (resolved.isUnknown) start.find("unknown-command", `${this.name}: ${argv[0] ?? ""}: command not found`);
      return resolved.status;
    }
    const pid = machine.host.fork(this.pid);
    if (isErrno(pid)) {
      this.stderr.write(`${this.name}: fork: ${pid.message}\n`);
      return 1;
    }
    return yield* startProgram(start, resolved, argv, new Process(pid, this.pid, argv.join(" ")), false);
  }

  *runShell(script: string, options?: RunOptions): Running<number> {
    return yield* this.run(["sh", "-c", script], options);
  }

  detach(title: string, body: (pid: number) => Running<number>): number | Errno {
    const { host, scheduler } = this.#start.machine;
    const pid = host.fork(this.pid);
    if (!isErrno(pid)) scheduler.start(new Process(pid, 1, title), body(pid));
    return pid;
  }

  signal(pid: number, signal: number): Errno | undefined {
    return this.#start.machine.scheduler.signal(pid, signal);
  }

  *#childStart(options: RunOptions | undefined): Running<ProgramStart> {
    const start = this.#start;
    if (options === undefined) return start;
    const files = new FdTable();
    for (const fd of [0, 1, 2]) files.set(fd, start.files.get(fd));
    let record = start.record;
    if (options.stdin !== undefined) files.set(0, yield* inputFile(options.stdin));
    const { stdout } = options;
    if (stdout !== undefined) {
      files.set(1, stdout instanceof ProgramOutput ? stdout.file : new StreamFile(stdout));
      record = undefined;
    }
    return { ...start, files, record, env: options.env ?? start.env };
  }

  #output(fd: number): OutputStream {
    const start = this.#start;
    const file = start.files.get(fd);
    const note = fd === 2 ? (text: string): void => noteRefusal(start, this.name, text) : undefined;
    const record = fd === 1 && file === start.machine.output ? start.record : undefined;
    return new ProgramOutput(file, record, note, () => {
      if (!start.ignored.has(SIGPIPE)) this.#process.termSignal = SIGPIPE;
    });
  }
}

function noteRefusal(start: ProgramStart, name: string, text: string): void {
  if (!tellsOfRefusedOption(text)) return;
  const message = text.startsWith(name) ? text : `${name}: ${text}`;
  start.find("unsupported-option", message.split("\n")[0] ?? message);
}

/** All of a stream of another program's making, as a file for a child. */
function* inputFile(stream: InputStream): Running<OpenFile | undefined> {
  if (stream instanceof FileInput) return stream.file;
  const text = yield* stream.readAll();
  return new TextSource(isErrno(text) ? "" : text);
}

/** A program's output: accounts to the running command what reaches the script's output. */
class ProgramOutput extends FileOutput {
  readonly #record: OutputRecord | undefined;
  readonly #note: ((text: string) => void) | undefined;

  constructor(
    file: OpenFile | undefined,
    record: OutputRecord | undefined,
    note: ((text: string) => void) | undefined,
    onBrokenPipe: () => void,
  ) {
    super(file, onBrokenPipe);
    this.#record = record;
    this.#note = note;
  }

  override write(text: string): Errno | undefined {
    const answer = super.write(text);
    if (answer === undefined && this.#record !== undefined) this.#record.stdout += text;
    if (this.#note !== undefined && answer !== EPIPE) this.#note(text);
    return answer;
  }
}
