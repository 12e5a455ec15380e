/**
 * A machine for real programs: its file tree behind a FUSE session, their processes as its tasks.
 *
 *     FuseSession ---> Vfs ---> Machine <--- GuestTasks <--- real processes
 *                       /proc/.ebb: begin, call, answer, bin/, python/, loader-index
 */

import { createMachine, type Machine, type MachineOptions } from "@ebb/model";
import { createCommands } from "../commands/index.ts";
import { isErrno } from "../errno.ts";
import { type Callers, FuseSession, type Send } from "../fuse/session.ts";
import { exitTask, startTask } from "../machine/calls.ts";
import { createVirtualMachine } from "../machine/virtual-machine.ts";
import type { Command, TaskHost } from "../process/command.ts";
import { fixedDirectory, generatedFile } from "../vfs/generated.ts";
import type { DirectoryNode, FileHandle, FileNode, Node } from "../vfs/node.ts";
import { NO_PID } from "../vfs/page-cache.ts";
import type { Vfs } from "../vfs/vfs.ts";
import { GuestClock } from "./guest-clock.ts";
import { GuestCommands } from "./guest-commands.ts";
import { createGuestProc } from "./guest-proc.ts";
import { type GuestTask, GuestTasks } from "./guest-tasks.ts";
import type { HostProcesses, SeenProcess } from "./host-processes.ts";
import { BASH_START, COMMAND_SHIM, pythonShim, SHIMMED_CLOCKS, SHIMMED_COMMANDS } from "./shims.ts";
import { staticFile } from "./static-file.ts";

interface GuestOptions {
  readonly machine: MachineOptions;
  readonly processes: HostProcesses;
  /** What the dynamic loader reads first (/etc/ld.so.cache), a byte string; undefined where it reads nothing. */
  readonly loaderIndex: string | undefined;
  /** Time of a clock on the wall, ns; undefined for virtual time. */
  readonly wallNs: (() => number) | undefined;
  /** The program is a shell at a prompt: while it waits for a line, no time passes. */
  readonly isShell: boolean;
  readonly send: Send;
  /** What a shell's prompt tells of the machine. */
  readonly prompt: (machine: Machine) => string;
  /** Commands beside the shims, made for the machine. */
  readonly ownCommands?: (machine: Machine) => ReadonlyMap<string, Command>;
}

let nextIno = 1 << 24;

export class GuestMachine {
  readonly machine: Machine;
  readonly session: FuseSession;
  readonly #options: GuestOptions;
  readonly #host: TaskHost;
  readonly #tasks: GuestTasks;
  readonly #clock: GuestClock;
  readonly #commands: GuestCommands;
  readonly #commandNames: ReadonlySet<string>;
  readonly #startNs: number;
  #thread = NO_PID;
  /** The program's own image has been started. */
  #hasStarted = false;

  constructor(options: GuestOptions) {
    this.#options = options;
    this.machine = createMachine(options.machine);
    this.#startNs = options.wallNs?.() ?? 0;
    const vm = createVirtualMachine(this.machine);
    this.#host = vm.host;
    this.#clock = new GuestClock(vm.host);
    this.#tasks = new GuestTasks(vm.host, options.processes);
    const commands = createCommands({ mountFileSystem: vm.mountFileSystem, system: vm.system });
    this.#commandNames = new Set(commands.keys());
    const own = options.ownCommands?.(this.machine) ?? new Map<string, Command>();
    this.#commands = new GuestCommands({
      commands: new Map([...commands, ...own]),
      vfs: vm.vfs,
      host: vm.host,
      tasks: this.#tasks,
      clock: this.#clock,
    });
    const control = this.#controlDirectory([...own.keys()]);
    replaceProc(vm.vfs, (machine) =>
      createGuestProc({ machine, tasks: this.#tasks, processes: options.processes, control }),
    );
    this.session = new FuseSession(vm.vfs, vm.host.bootEpochSeconds, this.#callers(), options.send);
  }

  /** The program has begun. */
  get hasBegun(): boolean {
    return this.#tasks.root !== undefined;
  }

  /** Somebody waits for virtual time to pass. */
  get hasSleepers(): boolean {
    return this.#clock.hasSleepers;
  }

  /** Nobody of the kin runs: all wait. A shell at its prompt waits for somebody who does not live in virtual time. */
  isIdle(): boolean {
    const { processes, isShell } = this.#options;
    const { root } = this.#tasks;
    if (root === undefined) return false;
    const { id } = root.process;
    if (isShell && processes.waitsForChildren(id) === false) return false;
    return this.#waits(root.process);
  }

  /** The process and its descendants wait, and none of them for an answer that we owe it. */
  #waits(process: Pick<SeenProcess, "id" | "started">): boolean {
    const { processes } = this.#options;
    const { id } = process;
    if (processes.stateOf(process) === "runs") return false;
    if (processes.waitsForAnswer(id) && !this.session.isWaiting(id)) return false;
    for (const child of processes.childrenOf(id)) {
      const seen = processes.look(child);
      if (seen !== undefined && !this.#waits(seen)) return false;
    }
    return true;
  }

  /** Lets time pass to the first sleeper's. */
  wakeNext(): void {
    this.#clock.wakeNext();
  }

  /** The program has ended: what is left of its kin leaves the machine. */
  end(): void {
    this.session.close();
    this.#tasks.endAll();
  }

  #callers(): Callers {
    return {
      taskOf: (threadId, startsProgram) => this.#taskOf(threadId, startsProgram),
      changedDirectory: (threadId) => this.#changedDirectory(threadId),
      ownPids: (handle, pid) => this.#ownPids(handle, pid),
    };
  }

  #taskOf(threadId: number, startsProgram: boolean): number {
    this.#thread = threadId;
    this.#followWall();
    const task = this.#tasks.taskOf(threadId);
    if (task === undefined) return NO_PID;
    if (startsProgram) this.#started(task);
    return task.pid;
  }

  #followWall(): void {
    const { wallNs } = this.#options;
    if (wallNs === undefined) return;
    const nowNs = wallNs() - this.#startNs;
    if (nowNs > this.machine.nowNs) this.#host.advanceTo(nowNs);
    this.#clock.wakeDue();
  }

  /** What a program costs to start, as under the evaluator; that of the first lies before the beginning. */
  #started(task: GuestTask): void {
    this.#tasks.started(task);
    if (this.#hasStarted) this.#spend(this.#host.execNs);
    this.#hasStarted = true;
  }

  /** A call of a program that lives on, such as a shell's loaded builtin: it costs the time of a call. */
  #changedDirectory(threadId: number): void {
    const task = this.#tasks.taskOf(threadId);
    if (task === undefined || this.#commandNames.has(task.comm)) return;
    this.#spend(this.#host.callNs);
    this.#host.returnFromCall(task.pid);
  }

  #spend(ns: number): void {
    if (this.#options.wallNs !== undefined) return;
    this.#host.advanceTo(this.machine.nowNs + ns);
    this.#clock.wakeDue();
  }

  /** The process that asks is the program whose kin the machine runs. */
  #begin(): void {
    if (this.hasBegun) return;
    const pid = startTask(this.machine);
    if (!this.#tasks.begin(this.#thread, pid)) exitTask(this.machine, pid);
  }

  #controlDirectory(ownCommands: readonly string[]): DirectoryNode {
    const virtualTime = this.#options.wallNs === undefined;
    const shims = [...SHIMMED_COMMANDS, ...(virtualTime ? SHIMMED_CLOCKS : []), ...ownCommands];
    const begin: FileNode = {
      ...staticFile(nextIno++, ""),
      open: () => {
        this.#begin();
        return { read: () => "", write: (_, bytes) => bytes.length, close: () => undefined };
      },
    };
    const entries: [string, Node][] = [
      ["begin", begin],
      ["call", this.#commands.callFile(nextIno++)],
      ["answer", this.#commands.answerFile(nextIno++)],
      ["bin", directory(shims.map((name) => [name, staticFile(nextIno++, COMMAND_SHIM, 0o755)]))],
      ["bashrc", staticFile(nextIno++, BASH_START)],
      ["prompt", this.#promptFile()],
      ["python", directory([["sitecustomize.py", staticFile(nextIno++, pythonShim(virtualTime))]])],
    ];
    const { loaderIndex } = this.#options;
    if (loaderIndex !== undefined) {
      const index: FileNode = { ...staticFile(nextIno++, loaderIndex), startsProgram: true };
      entries.push(["loader-index", index]);
    }
    return directory(entries);
  }

  /** For PS1 of bash, which adds the directory. */
  #promptFile(): FileNode {
    const { prompt } = this.#options;
    return generatedFile({ ino: nextIno++, mode: 0o444, render: () => `${prompt(this.machine)} \\w\\$ \n` });
  }

  /** cgroup.procs and its like: pids as the kin know them. */
  #ownPids(handle: FileHandle, pid: number): FileHandle {
    let shown: string | undefined;
    return {
      read: (position, maxBytes) => {
        if (shown === undefined || position === 0) {
          const text = handle.read(0, Number.MAX_SAFE_INTEGER);
          if (isErrno(text)) return text;
          shown = text.replace(/\d+/g, (own) => String(this.#tasks.byPid(Number(own))?.process.ownPid ?? own));
        }
        return shown.slice(position, position + maxBytes);
      },
      write: (position, bytes) => {
        const word = bytes.trim();
        const own = word === "0" ? pid : this.#tasks.byOwnPid(Number(word))?.pid;
        const taken = handle.write(position, /^\d+$/.test(word) ? `${own ?? NO_SUCH_PID}\n` : bytes);
        return isErrno(taken) ? taken : bytes.length;
      },
      close: () => handle.close(),
    };
  }
}

/** More than any pid: answers ESRCH. */
const NO_SUCH_PID = 1 << 30;

/** Mounts another /proc, made of the one there is, in its place. */
function replaceProc(vfs: Vfs, make: (own: DirectoryNode) => DirectoryNode): void {
  const mount = vfs.mounts().find(({ path }) => path === "/proc");
  if (mount === undefined) return;
  vfs.umount(mount.path, "/");
  vfs.mount({ ...mount, root: make(mount.root) });
}

function directory(entries: readonly (readonly [string, Node])[]): DirectoryNode {
  return fixedDirectory(entries, { ino: nextIno++ });
}
