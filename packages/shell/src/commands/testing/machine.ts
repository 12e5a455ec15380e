/**
 * The smallest machine commands run on, for tests: a real file tree, a clock that jumps to what is waited for, and
 * text collected from the streams. It runs one command at a time; runShell knows words and semicolons.
 */

import { EPIPE, type Errno, isErrno } from "../../errno.ts";
import type {
  Command,
  CommandContext,
  InputStream,
  OutputStream,
  Running,
  RunOptions,
  TaskHost,
} from "../../process/command.ts";
import { createDevices } from "../../vfs/devices.ts";
import { FileTree } from "../../vfs/file-tree.ts";
import { createTmpfs } from "../../vfs/tmpfs.ts";
import type { Vfs } from "../../vfs/vfs.ts";
import { splitWords } from "./corpus-format.ts";

export interface Machine {
  readonly vfs: Vfs;
  readonly host: TaskHost;
  /** Signals sent: `pid signal`. */
  readonly signals: string[];
  run(argv: readonly string[], stdin?: string): MachineResult;
}

interface MachineResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

interface MachineOptions {
  readonly env?: ReadonlyMap<string, string>;
  /** After this many bytes stdout has no reader. */
  readonly stdoutLimit?: number;
  /** stdout is thrown away, as by /dev/null. */
  readonly forgetful?: boolean;
  readonly cwd?: string;
}

/** stdin from a text. */
class TextInput implements InputStream {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  // biome-ignore lint/correctness/useYield: a text never waits
  *read(maxBytes: number): Running<string | Errno> {
    const piece = this.#text.slice(this.#at, this.#at + maxBytes);
    this.#at += piece.length;
    return piece;
  }

  // biome-ignore lint/correctness/useYield: as above
  *readLine(): Running<string | undefined | Errno> {
    if (this.#at >= this.#text.length) return undefined;
    const newline = this.#text.indexOf("\n", this.#at);
    const end = newline < 0 ? this.#text.length : newline + 1;
    const line = this.#text.slice(this.#at, end);
    this.#at = end;
    return line;
  }

  // biome-ignore lint/correctness/useYield: as above
  *readAll(): Running<string | Errno> {
    const rest = this.#text.slice(this.#at);
    this.#at = this.#text.length;
    return rest;
  }
}

/** Collects text; answers EPIPE once `limit` bytes are in. */
class TextOutput implements OutputStream {
  text = "";
  readonly #limit: number;
  readonly #forgetful: boolean;

  constructor(limit = Number.POSITIVE_INFINITY, forgetful = false) {
    this.#limit = limit;
    this.#forgetful = forgetful;
  }

  write(text: string): Errno | undefined {
    if (this.text.length >= this.#limit) return EPIPE;
    if (!this.#forgetful) this.text += text;
    return undefined;
  }

  *drain(): Running<void> {}

  hasRoom(): boolean {
    return true;
  }
}

function createHost(): TaskHost {
  let nowNs = 1_000_000_000;
  return {
    nowNs: () => nowNs,
    advanceTo: (timeNs) => {
      nowNs = Math.max(nowNs, timeNs);
    },
    bootEpochSeconds: 1_700_000_000,
    nrCpus: 4,
    hostName: "ebb",
    kernelRelease: "6.1.0",
    execNs: 0,
    callNs: 0,
    returnFromCall: () => undefined,
    cpusOf: () => [0, 4],
    setCpus: () => undefined,
    fork: () => 2,
    exec: () => undefined,
    exit: () => undefined,
  };
}

export function createMachine(commands: ReadonlyMap<string, Command>, options: MachineOptions = {}): Machine {
  const host = createHost();
  const vfs = new FileTree(createTmpfs(host.nowNs));
  const signals: string[] = [];
  const stderr = new TextOutput();
  const env =
    options.env ??
    new Map([
      ["PATH", "/usr/bin:/bin:/usr/sbin:/sbin"],
      ["LC_ALL", "C"],
      ["HOME", "/root"],
      ["TZ", "UTC"],
    ]);
  const cwd = options.cwd ?? "/w";

  function start(argv: readonly string[], base: RunOptions): number | Running<number> {
    const [name = "", ...args] = argv;
    const command = commands.get(name);
    if (command === undefined) {
      stderr.write(`${name}: command not found\n`);
      return 127;
    }
    const context: CommandContext = {
      name,
      args,
      pid: 42,
      stdin: base.stdin ?? new TextInput(""),
      stdout: base.stdout ?? new TextOutput(),
      stderr,
      env: base.env ?? env,
      cwd,
      vfs,
      host,
      run: (childArgv, more) => finish(start(childArgv, { ...base, ...more })),
      runShell: (script, more) => runSequence(script, { ...base, ...more }),
      detach: () => 43,
      signal: (pid, signal) => {
        signals.push(`${pid} ${signal}`);
        return undefined;
      },
    };
    return command(context);
  }

  function* runSequence(script: string, base: RunOptions): Running<number> {
    let status = 0;
    for (const part of script.split(";")) status = yield* finish(start(splitWords(part), base));
    return status;
  }

  function run(argv: readonly string[], stdin = ""): MachineResult {
    stderr.text = "";
    const stdout = new TextOutput(options.stdoutLimit, options.forgetful);
    const status = toEnd(start(argv, { stdin: new TextInput(stdin), stdout }), host);
    return { stdout: stdout.text, stderr: stderr.text, status };
  }

  if (isErrno(vfs.mkdir("/w", "/", 0o755))) throw new Error("cannot make the working directory");
  vfs.mkdir("/tmp", "/", 0o1777);
  vfs.mkdir("/dev", "/", 0o755);
  vfs.mount({ path: "/dev", type: "devtmpfs", source: "udev", options: "rw", root: createDevices(host.nowNs, 1) });
  return { vfs, host, signals, run };
}

function* finish(outcome: number | Running<number>): Running<number> {
  return typeof outcome === "number" ? outcome : yield* outcome;
}

function toEnd(outcome: number | Running<number>, host: TaskHost): number {
  if (typeof outcome === "number") return outcome;
  for (;;) {
    const step = outcome.next();
    if (step.done === true) return step.value;
    if (step.value.kind === "until") host.advanceTo(step.value.timeNs);
    else if (step.value.holds()) continue;
    else if (step.value.deadlineNs !== undefined) host.advanceTo(step.value.deadlineNs);
    else throw new Error("a command waits for what cannot happen");
  }
}
