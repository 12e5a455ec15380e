/** Real processes as tasks, by what they ask for: a host of made-up processes. */

import { describe, expect, test } from "vitest";
import { testVm } from "../machine/test-vm.ts";
import { GuestTasks } from "./guest-tasks.ts";
import type { HostProcesses, SeenProcess } from "./host-processes.ts";

const ROOT_ID = 5000;

/** Processes by number; own numbers are 4000 less, as in a namespace. */
class MadeUpHost implements HostProcesses {
  readonly alive = new Map<number, SeenProcess>();
  readonly threads = new Map<number, number>();

  fork(id: number, parentId: number): void {
    const comm = this.alive.get(parentId)?.comm ?? "bash";
    this.alive.set(id, { id, parentId, ownPid: id - 4000, started: String(id), comm });
  }

  look(threadId: number): SeenProcess | undefined {
    return this.alive.get(this.threads.get(threadId) ?? threadId);
  }

  stateOf({ id }: Pick<SeenProcess, "id">): "gone" | "waits" {
    return this.alive.has(id) ? "waits" : "gone";
  }

  childrenOf(id: number): readonly number[] {
    return [...this.alive.values()].filter(({ parentId }) => parentId === id).map((process) => process.id);
  }

  waitsForAnswer(): boolean {
    return false;
  }

  waitsForChildren(): undefined {}
  linkOf(): undefined {}
  filesOf(): readonly string[] {
    return [];
  }
}

function started() {
  const host = new MadeUpHost();
  const vm = testVm();
  const tasks = new GuestTasks(vm.host, host);
  host.fork(ROOT_ID, 1);
  tasks.begin(ROOT_ID, vm.pid);
  const nrTasks = () => vm.machine.cgroups.nrTasks[0];
  return { host, tasks, nrTasks, first: vm.pid, nextPid: () => vm.machine.nextPid };
}

describe("a process that asks", () => {
  test("is a task of its parent's from then on, and leaves when another asks after its end", () => {
    const { host, tasks, nrTasks, first } = started();
    host.fork(5001, ROOT_ID);
    expect(tasks.taskOf(5001)?.pid).toBe(first + 1);
    expect(nrTasks()).toBe(2);
    host.alive.delete(5001);
    expect(tasks.taskOf(ROOT_ID)?.pid).toBe(first);
    expect(nrTasks()).toBe(1);
    expect(tasks.byOwnPid(1001)).toBeUndefined();
  });

  test("brings its forebears along, and brothers with lower numbers, in their order", () => {
    const { host, tasks, first } = started();
    host.fork(5001, ROOT_ID);
    host.fork(5002, ROOT_ID);
    host.fork(5003, 5002);
    expect(tasks.taskOf(5003)?.pid).toBe(first + 3);
    expect([5001, 5002, 5003].map((id) => tasks.byOwnPid(id - 4000)?.pid)).toEqual([first + 1, first + 2, first + 3]);
  });

  test("tells of forks that ended unseen by the numbers that are skipped", () => {
    const { host, tasks, nrTasks, first, nextPid } = started();
    host.fork(5004, ROOT_ID);
    expect(tasks.taskOf(5004)?.pid).toBe(first + 4);
    expect(nrTasks()).toBe(2);
    expect(nextPid()).toBe(first + 5);
  });

  test("by another thread is the same task", () => {
    const { host, tasks, first, nrTasks } = started();
    host.threads.set(5001, ROOT_ID);
    expect(tasks.taskOf(5001)?.pid).toBe(first);
    expect(nrTasks()).toBe(1);
  });

  test("whose parent has ended is the first one's", () => {
    const { host, tasks, first } = started();
    host.fork(5001, 1);
    expect(tasks.taskOf(5001)?.pid).toBe(first + 1);
  });

  test("that is not of the kin is nobody, and the kernel is", () => {
    const { host, tasks, nrTasks } = started();
    host.alive.set(77, { id: 77, parentId: 1, ownPid: 77, started: "77", comm: "top" });
    expect(tasks.taskOf(77)).toBeUndefined();
    expect(tasks.taskOf(0)).toBeUndefined();
    expect(tasks.taskOf(99)).toBeUndefined();
    expect(nrTasks()).toBe(1);
  });
});

test("a number that is used again is another process", () => {
  const { host, tasks, first } = started();
  host.fork(5001, ROOT_ID);
  tasks.taskOf(5001);
  host.alive.delete(5001);
  tasks.taskOf(ROOT_ID);
  host.fork(5001, ROOT_ID);
  expect(tasks.taskOf(5001)?.pid).toBe(first + 2);
});

test("all leave at the end", () => {
  const { host, tasks, nrTasks } = started();
  for (const id of [5001, 5002, 5003]) {
    host.fork(id, ROOT_ID);
    tasks.taskOf(id);
  }
  tasks.endAll();
  expect(nrTasks()).toBe(0);
});
