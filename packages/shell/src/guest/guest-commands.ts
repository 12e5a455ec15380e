/**
 * Commands that are ebb's, called by real programs. A shim writes its arguments and reads what it is to do:
 *
 *     printf '%s\0' sleep "$PWD" 10 > /proc/.ebb/call      the name, the working directory, the arguments
 *     . /proc/.ebb/answer                                  opens when the command is over: shell text
 *
 * The commands are the evaluator's, on the same machine and in the same virtual time.
 */

import { EAGAIN, EPERM, type Errno, ESRCH } from "../errno.ts";
import type { Command, CommandContext, InputStream, OutputStream, Running, TaskHost } from "../process/command.ts";
import { DelegatedHost } from "../process/delegated-host.ts";
import { FileInput } from "../process/streams.ts";
import type { FileHandle, FileNode } from "../vfs/node.ts";
import type { Vfs } from "../vfs/vfs.ts";
import type { GuestClock } from "./guest-clock.ts";
import type { GuestTasks } from "./guest-tasks.ts";

interface GuestCommandOptions {
  readonly commands: ReadonlyMap<string, Command>;
  readonly vfs: Vfs;
  readonly host: TaskHost;
  readonly tasks: GuestTasks;
  readonly clock: GuestClock;
}

/** One call of a task, from the writing of its arguments to the reading of its answer. */
interface GuestCall {
  args: string;
  /** Shell text once it is over. */
  answer: string | undefined;
}

const NOT_FOUND_STATUS = 127;
/** How long a command that waits for a condition waits before it asks again, virtual ns. */
const ASK_AGAIN_NS = 1_000_000;

export class GuestCommands {
  readonly #options: GuestCommandOptions;
  /** By the machine's pid. */
  readonly #calls = new Map<number, GuestCall>();

  constructor(options: GuestCommandOptions) {
    this.#options = options;
  }

  /** The file that takes a call's arguments, each ended by NUL. */
  callFile(ino: number): FileNode {
    return this.#file(ino, 0o222, (pid) => ({
      read: () => "",
      write: (_, bytes) => {
        const call = this.#calls.get(pid);
        if (call === undefined || call.answer !== undefined) this.#calls.set(pid, { args: bytes, answer: undefined });
        else call.args += bytes;
        return bytes.length;
      },
      close: () => undefined,
    }));
  }

  /** The file that opens once the call of the opener is over. */
  answerFile(ino: number): FileNode {
    const file = this.#file(ino, 0o444, (pid) => {
      const text = this.#calls.get(pid)?.answer ?? `exit ${NOT_FOUND_STATUS}\n`;
      this.#calls.delete(pid);
      return {
        read: (position, maxBytes) => text.slice(position, position + maxBytes),
        write: () => EPERM,
        close: () => undefined,
      };
    });
    file.waits = (pid) => {
      const call = this.#calls.get(pid);
      if (call === undefined || call.answer !== undefined) return undefined;
      return (done) => this.#run(pid, call, done);
    };
    return file;
  }

  #file(ino: number, mode: number, open: (pid: number) => FileHandle): FileNode {
    return {
      kind: "file",
      ino,
      mode,
      mtimeNs: 0,
      nlink: 1,
      sizeBytes: () => 0,
      open: (_, pid) => (this.#options.tasks.byPid(pid) === undefined ? EPERM : open(pid)),
    };
  }

  #run(pid: number, call: GuestCall, done: () => void): () => void {
    const [name = "", cwd = "/", ...args] = call.args.split("\0").slice(0, -1);
    const output = new CallOutput();
    const finish = (status: number) => {
      call.answer = output.shellText(status);
      done();
    };
    const command = this.#options.commands.get(name);
    if (command === undefined) {
      output.stderr.write(`${name}: not a command of ebb\n`);
      finish(NOT_FOUND_STATUS);
      return () => undefined;
    }
    const result = command(this.#context(pid, name, args, cwd, output));
    if (typeof result === "number") {
      finish(result);
      return () => undefined;
    }
    let giveUp: () => void = () => undefined;
    const resume = () => {
      const step = result.next();
      if (step.done === true) {
        finish(step.value);
        return;
      }
      const wait = step.value;
      const { clock, host } = this.#options;
      if (wait.kind === "until") giveUp = clock.sleepUntil(wait.timeNs, resume);
      else if (wait.holds()) resume();
      else giveUp = clock.sleepUntil(host.nowNs() + ASK_AGAIN_NS, resume);
    };
    resume();
    return () => {
      giveUp();
      this.#calls.delete(pid);
    };
  }

  #context(pid: number, name: string, args: readonly string[], cwd: string, output: CallOutput): CommandContext {
    const { vfs } = this.#options;
    return {
      name,
      args,
      pid,
      stdin: NO_INPUT,
      stdout: output.stdout,
      stderr: output.stderr,
      env: new Map(),
      cwd,
      vfs,
      host: new KinHost(this.#options.host, this.#options.tasks, pid),
      run: (argv) => output.replaceBy(argv),
      runShell: (script) => output.replaceBy(["sh", "-c", script]),
      detach: () => EAGAIN,
      signal: () => EPERM,
    };
  }
}

/** Nothing can be read: shims leave standard input to the program. */
const NO_INPUT: InputStream = new FileInput(undefined);

/** What a command prints, and the program it gives way to. */
class CallOutput {
  readonly #pieces: string[] = [];
  #program: readonly string[] | undefined = undefined;
  readonly stdout: OutputStream = this.#stream("");
  readonly stderr: OutputStream = this.#stream(" >&2");

  /** What the command would run it gives way to. */
  replaceBy(argv: readonly string[]): Running<number> {
    this.#program = argv;
    return atOnce(0);
  }

  /** Prints it again, and ends as the command did. */
  shellText(status: number): string {
    const last = this.#program === undefined ? `exit ${status}` : `exec ${this.#program.map(quoted).join(" ")}`;
    return `${this.#pieces.join("")}${last}\n`;
  }

  #stream(redirection: string): OutputStream {
    return {
      write: (text) => {
        this.#pieces.push(`printf %s ${quoted(text)}${redirection}\n`);
        return undefined;
      },
      drain: () => atOnce(undefined),
      hasRoom: () => true,
    };
  }
}

/** A body that is over at once. */
// biome-ignore lint/correctness/useYield: the interface is that of bodies that wait
function* atOnce<T>(result: T): Running<T> {
  return result;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The machine, for a command that is given pids as the kin know them, and makes no processes. */
class KinHost extends DelegatedHost {
  readonly #tasks: GuestTasks;
  readonly #pid: number;

  constructor(host: TaskHost, tasks: GuestTasks, pid: number) {
    super(host);
    this.#tasks = tasks;
    this.#pid = pid;
  }

  override fork(): Errno {
    return EAGAIN;
  }

  override exec(): void {}

  override exit(): void {}

  override cpusOf(pid: number): ReturnType<TaskHost["cpusOf"]> {
    const own = this.#own(pid);
    return own === undefined ? ESRCH : super.cpusOf(own);
  }

  override setCpus(pid: number, from: number, end: number): ReturnType<TaskHost["setCpus"]> {
    const own = this.#own(pid);
    return own === undefined ? ESRCH : super.setCpus(own, from, end);
  }

  /** A command asks about itself by the machine's pid, about others by theirs. */
  #own(pid: number): number | undefined {
    return pid === this.#pid ? pid : this.#tasks.byOwnPid(pid)?.pid;
  }
}
