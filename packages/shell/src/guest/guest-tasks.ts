/**
 * Real processes as tasks of the machine. Nobody tells when a process forks, starts a program or ends; it is seen by what
 * it asks for, in the order in which it asks:
 *
 *     a number never seen      its parent forked it; numbers that its kin skipped were processes that asked for nothing
 *     the loader's index read  it starts a program (see FileNode.startsProgram)
 *     another one asks         those that have ended since are found
 *
 * A shell that waits for each command therefore leaves the same traces in the machine as under the evaluator.
 */

import { isErrno } from "../errno.ts";
import type { TaskHost } from "../process/command.ts";
import { NO_PID } from "../vfs/page-cache.ts";
import type { HostProcesses, SeenProcess } from "./host-processes.ts";

export interface GuestTask {
  readonly process: SeenProcess;
  /** Its pid in the machine. */
  readonly pid: number;
  /** What it runs, as far as it has been seen to start. */
  comm: string;
}

/** More skipped numbers than that are not one by one forks of a script. */
const MAX_SKIPPED = 1024;

export class GuestTasks {
  readonly #host: TaskHost;
  readonly #processes: HostProcesses;
  readonly #byId = new Map<number, GuestTask>();
  readonly #byOwnPid = new Map<number, GuestTask>();
  readonly #byPid = new Map<number, GuestTask>();
  /** Threads that are not the first of their process. */
  readonly #byThread = new Map<number, GuestTask>();
  #root: GuestTask | undefined = undefined;
  #lastThread = NO_PID;
  #lastTask: GuestTask | undefined = undefined;
  /** The highest number that the kin have used. */
  #lastOwnPid = 0;

  constructor(host: TaskHost, processes: HostProcesses) {
    this.#host = host;
    this.#processes = processes;
  }

  get root(): GuestTask | undefined {
    return this.#root;
  }

  /** All of them, in the order in which they were seen. */
  all(): Iterable<GuestTask> {
    return this.#byId.values();
  }

  /** From here on the process of `threadId` and its children are the machine's; `pid` is its task. */
  begin(threadId: number, pid: number): boolean {
    const process = this.#processes.look(threadId);
    if (process === undefined) return false;
    this.#root = this.#add(process, pid);
    this.#lastOwnPid = process.ownPid;
    return true;
  }

  /** The task that asks; undefined for the kernel itself, and for whoever is not of the kin. */
  taskOf(threadId: number): GuestTask | undefined {
    if (threadId === this.#lastThread && this.#lastTask !== undefined) return this.#lastTask;
    if (threadId === NO_PID || this.#root === undefined) return undefined;
    this.reap();
    const task = this.#byId.get(threadId) ?? this.#byThread.get(threadId) ?? this.#meet(threadId);
    this.#lastThread = threadId;
    this.#lastTask = task;
    return task;
  }

  /** The task whose number among the kin is `ownPid`. */
  byOwnPid(ownPid: number): GuestTask | undefined {
    const known = this.#byOwnPid.get(ownPid);
    if (known !== undefined || this.#root === undefined) return known;
    this.#meetChildren(this.#root.process.id, ownPid + 1);
    return this.#byOwnPid.get(ownPid);
  }

  byPid(pid: number): GuestTask | undefined {
    return this.#byPid.get(pid);
  }

  /** The task starts a program. */
  started(task: GuestTask): void {
    const seen = this.#processes.look(task.process.id);
    if (seen === undefined) return;
    task.comm = seen.comm;
    this.#host.exec(task.pid, seen.comm);
  }

  /** Those that have ended leave the machine. */
  reap(): void {
    for (const task of this.#byId.values()) {
      if (this.#processes.stateOf(task.process) === "gone") this.#end(task);
    }
  }

  /** All leave the machine, children first. */
  endAll(): void {
    for (const task of [...this.#byId.values()].reverse()) this.#end(task);
  }

  #end(task: GuestTask): void {
    const { id, ownPid } = task.process;
    this.#byId.delete(id);
    if (this.#byOwnPid.get(ownPid) === task) this.#byOwnPid.delete(ownPid);
    this.#byPid.delete(task.pid);
    for (const [thread, of] of this.#byThread) if (of === task) this.#byThread.delete(thread);
    if (this.#lastTask === task) this.#lastTask = undefined;
    this.#host.exit(task.pid);
  }

  #add(process: SeenProcess, pid: number): GuestTask {
    const task = { process, pid, comm: process.comm };
    this.#byId.set(process.id, task);
    this.#byOwnPid.set(process.ownPid, task);
    this.#byPid.set(pid, task);
    return task;
  }

  #meet(threadId: number): GuestTask | undefined {
    const process = this.#processes.look(threadId);
    if (process === undefined) return undefined;
    const known = this.#byId.get(process.id) ?? this.#forked(process);
    if (known !== undefined && process.id !== threadId) this.#byThread.set(threadId, known);
    return known;
  }

  /** A process that has not been seen: its forebears first, and those of the kin that were forked before it. */
  #forked(process: SeenProcess): GuestTask | undefined {
    const parent = this.#byId.get(process.parentId) ?? this.#parentOf(process);
    if (parent === undefined) return undefined;
    if (process.ownPid > this.#lastOwnPid + 1) this.#skipped(process, parent);
    return this.#fork(process, parent);
  }

  #fork(process: SeenProcess, parent: GuestTask): GuestTask | undefined {
    const pid = this.#host.fork(parent.pid);
    if (isErrno(pid)) return undefined;
    this.#lastOwnPid = Math.max(this.#lastOwnPid, process.ownPid);
    return this.#add(process, pid);
  }

  /** One whose parent has ended belongs to the first, as far as it is of the kin at all. */
  #parentOf(process: SeenProcess): GuestTask | undefined {
    const root = this.#root;
    if (root === undefined || process.ownPid === process.id || process.ownPid <= root.process.ownPid) return undefined;
    return this.#meet(process.parentId) ?? root;
  }

  /** Numbers between the last one seen and this one: brothers that are alive, and forks that have ended unseen. */
  #skipped(process: SeenProcess, parent: GuestTask): void {
    this.#meetChildren(parent.process.id, process.ownPid);
    const nrSkipped = process.ownPid - this.#lastOwnPid - 1;
    for (let i = 0; i < Math.min(nrSkipped, MAX_SKIPPED); i++) {
      const pid = this.#host.fork(parent.pid);
      if (!isErrno(pid)) this.#host.exit(pid);
    }
  }

  /** Descendants of `id` with numbers below `endOwnPid`, eldest first. */
  #meetChildren(id: number, endOwnPid: number): void {
    const unseen: SeenProcess[] = [];
    this.#gather(id, unseen);
    unseen.sort((a, b) => a.ownPid - b.ownPid);
    for (const process of unseen) {
      const parent = this.#byId.get(process.parentId);
      if (process.ownPid < endOwnPid && parent !== undefined) this.#fork(process, parent);
    }
  }

  #gather(id: number, unseen: SeenProcess[]): void {
    for (const child of this.#processes.childrenOf(id)) {
      if (!this.#byId.has(child)) {
        const process = this.#processes.look(child);
        if (process !== undefined) unseen.push(process);
      }
      this.#gather(child, unseen);
    }
  }
}
