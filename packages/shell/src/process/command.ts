/**
 * The seam between the processes of the virtual machine and the programs that run in them.
 *
 * A command is a function of its context. One that never waits returns its exit status; one that may wait (for a
 * pipe, a child, the clock) is a generator that yields what it waits for and is resumed by the scheduler, so that all
 * processes share one thread, one virtual clock and one deterministic order.
 *
 * All text is a byte string (see `vfs/node.ts`).
 */

import type { Errno } from "../errno.ts";
import type { Vfs } from "../vfs/vfs.ts";

/** What a process waits for. The scheduler resumes it when the condition holds. */
export type Wait =
  | { readonly kind: "until"; readonly timeNs: number }
  | {
      readonly kind: "condition";
      readonly holds: () => boolean;
      /** Time at which the wait ends even though the condition does not hold. */
      readonly deadlineNs?: number;
    };

/** The body of a process: yields while it waits, returns its exit status (0..255). */
export type Running<T> = Generator<Wait, T, void>;

export interface InputStream {
  /** Next bytes, at most `maxBytes`; "" at end of file. Waits while a pipe is empty and has writers. */
  read(maxBytes: number): Running<string | Errno>;
  /** Next line with its newline (the last may lack it); undefined at end of file. */
  readLine(): Running<string | undefined | Errno>;
  /** Everything up to end of file. */
  readAll(): Running<string | Errno>;
}

export interface OutputStream {
  /** One write(2) of the whole text. Never waits; a pipe buffers. EPIPE when no reader is left. */
  write(text: string): Errno | undefined;
  /** Waits until a pipe's buffer has room again; producers of much text call it now and then. */
  drain(): Running<void>;
  /** False while a pipe's buffer is full and somebody may still read it. */
  hasRoom(): boolean;
}

/** The machine as processes see it: its clock and its task table. */
export interface TaskHost {
  /** Virtual time since boot, ns. */
  nowNs(): number;
  /** Lets virtual time pass; deferred kernel work that falls due is run on the way, in its order. */
  advanceTo(timeNs: number): void;
  /** Wall clock at boot, seconds since 1970. */
  readonly bootEpochSeconds: number;
  readonly nrCpus: number;
  readonly hostName: string;
  /** As `uname -r` prints it. */
  readonly kernelRelease: string;
  /** What starting one external program costs in virtual time, ns (a profile input). */
  readonly execNs: number;
  /** What a system call by a command within the shell costs in virtual time, ns (a profile input). */
  readonly callNs: number;
  /** Makes a task, a member of its parent's cgroup. Returns its pid, or the kernel's refusal. */
  fork(parentPid: number): number | Errno;
  /** Task `pid` starts `program` in place of what it ran. */
  exec(pid: number, program: string): void;
  /** Task `pid` comes back from a system call: it may go on at another CPU. */
  returnFromCall(pid: number): void;
  /** CPUs `[from, end)` that task `pid` may run on, or the kernel's refusal. */
  cpusOf(pid: number): readonly [from: number, end: number] | Errno;
  /** Lets task `pid` run on CPUs `[from, end)` alone. Answers the kernel's refusal. */
  setCpus(pid: number, from: number, end: number): Errno | undefined;
  exit(pid: number): void;
}

export interface RunOptions {
  readonly stdin?: InputStream;
  readonly stdout?: OutputStream;
  readonly env?: ReadonlyMap<string, string>;
}

/** Everything a command may use. */
export interface CommandContext {
  /** Name it was called by (argv[0]). */
  readonly name: string;
  /** Arguments after the name. */
  readonly args: readonly string[];
  readonly pid: number;
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: ReadonlyMap<string, string>;
  /** Absolute path of the working directory. */
  readonly cwd: string;
  readonly vfs: Vfs;
  readonly host: TaskHost;
  /** Runs another program as a child and waits for it: xargs, find -exec, timeout, env. */
  run(argv: readonly string[], options?: RunOptions): Running<number>;
  /** Runs shell text as `sh -c` does: awk's system() and "cmd" | getline. */
  runShell(script: string, options?: RunOptions): Running<number>;
  /** Makes a child that runs `body` by itself, as daemon(3) does; it inherits nothing that is open. Answers its pid. */
  detach(title: string, body: (pid: number) => Running<number>): number | Errno;
  /** Sends a signal by number (kill). */
  signal(pid: number, signal: number): Errno | undefined;
}

export type Command = (context: CommandContext) => number | Running<number>;
