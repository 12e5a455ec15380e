/**
 * All processes of the virtual machine share one thread. A process is a generator that yields what it waits for; the
 * scheduler resumes one at a time, in a fixed order, and lets virtual time pass only when none can run:
 *
 *     queue (ready, first in first out) --resume--> yields until(t)      --> timers, ordered by (t, seq)
 *                                              \--> yields condition(f)  --> pollers, in the order they began to wait,
 *                                                                             and timers if it has a deadline
 *
 * After each step every poller whose condition holds joins the queue, as does every timer that is due. With an empty
 * queue the clock moves to the earliest timer. No timer and only pollers is a deadlock, which is reported.
 *
 * The same input gives the same order: nothing here reads a clock or depends on how fast a step ran.
 */

import { type Errno, ESRCH } from "../errno.ts";
import type { Running, TaskHost, Wait } from "./command.ts";
import { defaultAction, SIGCONT, SIGKILL, SIGSTOP } from "./signals.ts";

/** A wait that is over at once: lets the others run first. */
export const YIELD: Wait = { kind: "until", timeNs: 0 };

/** How a process takes a signal it has not left to the default. */
type Disposition = "default" | "ignore" | "catch";

/** What the standard output of the script received while one command of it ran. */
export interface OutputRecord {
  stdout: string;
}

export class Process {
  readonly pid: number;
  readonly parentPid: number;
  /** As `jobs` and deadlock reports name it. */
  readonly title: string;
  /** Exit status once it has ended. */
  status: number | undefined;
  /** The signal that ended it, 0 for none. */
  termSignal = 0;
  stopped = false;
  /** Signals for which the owner asked to be told instead of dying. */
  disposition: (signal: number) => Disposition = () => "default";
  /** Called for a signal with disposition "catch"; must only note it. */
  onSignal: (signal: number) => void = () => {};
  /** Called once when it has ended: closes its files. */
  onExit: () => void = () => {};
  /** Where writes to the script's standard output are accounted. */
  record: OutputRecord | undefined;
  body: Running<number> | undefined;
  wait: Wait | undefined;

  constructor(pid: number, parentPid: number, title: string) {
    this.pid = pid;
    this.parentPid = parentPid;
    this.title = title;
  }

  get alive(): boolean {
    return this.status === undefined;
  }
}

/** Why `Scheduler.run` came back. */
type RunOutcome = "done" | "deadlock" | "stopped" | "idle";

interface Timer {
  readonly timeNs: number;
  readonly seq: number;
  readonly process: Process;
  /** The wait it ends; a timer whose process waits for something else by now is left over. */
  readonly wait: Wait;
}

export class Scheduler {
  readonly host: TaskHost;
  /** Live processes by pid. */
  readonly processes = new Map<number, Process>();
  current: Process | undefined;
  #queue: Process[] = [];
  #pollers: Process[] = [];
  #timers: Timer[] = [];
  #seq = 0;

  constructor(host: TaskHost) {
    this.host = host;
  }

  /** Makes `process` known and ready; its pid is a live task of the host already. */
  start(process: Process, body: Running<number>): void {
    process.body = body;
    this.processes.set(process.pid, process);
    this.#queue.push(process);
  }

  /** Makes known a process whose body has already run up to its first wait. */
  adopt(process: Process, body: Running<number>, wait: Wait): void {
    process.body = body;
    this.processes.set(process.pid, process);
    this.#park(process, wait);
  }

  /** True when some other process could run now: long-running bodies then yield. */
  hasReady(): boolean {
    if (this.#queue.length > 0) return true;
    const first = this.#timers[0];
    if (first !== undefined && first.timeNs <= this.host.nowNs()) return true;
    const nowNs = this.host.nowNs();
    for (const process of this.#pollers) if (conditionHolds(process, nowNs)) return true;
    return false;
  }

  /**
   * Resumes processes until `done` holds.
   *
   * @param mayAdvance false: stop ("idle") instead of letting time pass
   */
  run(done: () => boolean, shouldStop: () => boolean, mayAdvance = true): RunOutcome {
    while (!done()) {
      if (shouldStop()) return "stopped";
      if (!this.step(mayAdvance)) return mayAdvance ? "deadlock" : "idle";
    }
    return "done";
  }

  /** Resumes one process, letting time pass if it must. False when nothing can run. */
  step(mayAdvance: boolean): boolean {
    this.#collectReady();
    if (this.#queue.length === 0) {
      const first = this.#timers[0];
      if (first === undefined || !mayAdvance) return false;
      this.host.advanceTo(first.timeNs);
      this.#collectReady();
    }
    const process = this.#queue.shift();
    if (process === undefined) return true;
    if (process.alive) this.#resume(process);
    return true;
  }

  /** Sends `signal` to `pid`; 0 only asks whether it is there. */
  signal(pid: number, signal: number): Errno | undefined {
    const process = this.processes.get(pid);
    if (process === undefined) return ESRCH;
    if (signal === 0) return undefined;
    if (signal === SIGCONT) process.stopped = false;
    const disposition = signal === SIGKILL || signal === SIGSTOP ? "default" : process.disposition(signal);
    if (disposition === "ignore") return undefined;
    if (disposition === "catch") {
      process.onSignal(signal);
      return undefined;
    }
    const action = defaultAction(signal);
    if (action === "stop") process.stopped = true;
    else if (action === "terminate") this.kill(process, signal);
    return undefined;
  }

  /** Ends `process` by `signal`. One that is running right now ends at its next step. */
  kill(process: Process, signal: number): void {
    if (!process.alive) return;
    process.termSignal = signal;
    if (process === this.current) return;
    process.body?.return(0);
    this.finish(process, 128 + signal);
  }

  /** Ends `process` with `status`: its task leaves the host. */
  finish(process: Process, status: number): void {
    if (!process.alive) return;
    process.status = status;
    this.processes.delete(process.pid);
    this.#remove(process);
    process.onExit();
    this.host.exit(process.pid);
  }

  /** Processes that wait and for whom nothing will come, for a deadlock report. */
  blocked(): readonly Process[] {
    return this.#pollers;
  }

  #resume(process: Process): void {
    const body = process.body;
    if (body === undefined) return;
    this.current = process;
    if (process.wait?.kind === "condition" && process.wait.deadlineNs !== undefined) this.#dropTimer(process);
    process.wait = undefined;
    const result = body.next();
    this.current = undefined;
    if (process.termSignal !== 0 && process.alive) {
      if (result.done !== true) body.return(0);
      this.finish(process, 128 + process.termSignal);
    } else if (result.done === true) this.finish(process, result.value);
    else this.#park(process, result.value);
  }

  #park(process: Process, wait: Wait): void {
    process.wait = wait;
    if (wait.kind === "condition") {
      this.#pollers.push(process);
      if (wait.deadlineNs !== undefined) this.#addTimer({ timeNs: wait.deadlineNs, seq: this.#seq++, process, wait });
    } else if (wait.timeNs <= this.host.nowNs()) this.#queue.push(process);
    else this.#addTimer({ timeNs: wait.timeNs, seq: this.#seq++, process, wait });
  }

  #collectReady(): void {
    const nowNs = this.host.nowNs();
    let stopped: Timer[] | undefined;
    for (let first = this.#timers[0]; first !== undefined && first.timeNs <= nowNs; first = this.#timers[0]) {
      this.#popTimer();
      // The end of a wait with a deadline is seen by the pollers below.
      if (!first.process.alive || first.process.wait !== first.wait || first.wait.kind === "condition") continue;
      if (first.process.stopped) {
        stopped ??= [];
        stopped.push(first);
      } else this.#queue.push(first.process);
    }
    for (const timer of stopped ?? []) this.#parkStopped(timer.process);
    if (this.#pollers.length === 0) return;
    let nrKept = 0;
    for (const process of this.#pollers) {
      if (process.alive && conditionHolds(process, nowNs)) this.#queue.push(process);
      else if (process.alive) this.#pollers[nrKept++] = process;
    }
    this.#pollers.length = nrKept;
  }

  /** A stopped process whose time has come waits for SIGCONT instead. */
  #parkStopped(process: Process): void {
    process.wait = { kind: "condition", holds: () => true };
    this.#pollers.push(process);
  }

  #remove(process: Process): void {
    const inPollers = this.#pollers.indexOf(process);
    if (inPollers >= 0) this.#pollers.splice(inPollers, 1);
    this.#dropTimer(process);
  }

  #dropTimer(process: Process): void {
    const { wait } = process;
    if (wait === undefined || (wait.kind === "condition" && wait.deadlineNs === undefined)) return;
    const at = this.#timers.findIndex((timer) => timer.process === process);
    if (at < 0) return;
    const last = this.#timers.pop();
    if (last !== undefined && at < this.#timers.length) {
      this.#timers[at] = last;
      this.#siftDown(at);
      this.#siftUp(at);
    }
  }

  #addTimer(timer: Timer): void {
    this.#timers.push(timer);
    this.#siftUp(this.#timers.length - 1);
  }

  #popTimer(): void {
    const last = this.#timers.pop();
    if (last === undefined || this.#timers.length === 0) return;
    this.#timers[0] = last;
    this.#siftDown(0);
  }

  #siftUp(from: number): void {
    const timers = this.#timers;
    for (let at = from; at > 0; ) {
      const up = (at - 1) >> 1;
      const [child, parent] = [timers[at], timers[up]];
      if (child === undefined || parent === undefined || !isEarlier(child, parent)) return;
      timers[at] = parent;
      timers[up] = child;
      at = up;
    }
  }

  #siftDown(from: number): void {
    const timers = this.#timers;
    for (let at = from; ; ) {
      let least = at;
      for (const down of [2 * at + 1, 2 * at + 2]) {
        const [child, best] = [timers[down], timers[least]];
        if (child !== undefined && best !== undefined && isEarlier(child, best)) least = down;
      }
      const [here, there] = [timers[at], timers[least]];
      if (least === at || here === undefined || there === undefined) return;
      timers[at] = there;
      timers[least] = here;
      at = least;
    }
  }
}

function isEarlier(a: Timer, b: Timer): boolean {
  return a.timeNs < b.timeNs || (a.timeNs === b.timeNs && a.seq < b.seq);
}

function conditionHolds(process: Process, nowNs: number): boolean {
  const { wait } = process;
  if (process.stopped) return false;
  if (wait === undefined || wait.kind === "until" || wait.holds()) return true;
  return wait.deadlineNs !== undefined && wait.deadlineNs <= nowNs;
}
