/** cgroup.procs and its kin, the same in both hierarchies. */

import { type Machine, tasksOf } from "@ebb/model";
import { EINVAL, type Errno } from "../errno.ts";
import { attachTask } from "./calls.ts";
import { kernelErrno } from "./kernel-errno.ts";

export function printTasks(m: Machine, cgroup: number): string {
  return tasksOf(m, cgroup)
    .map((pid) => `${pid}\n`)
    .join("");
}

/** Pid as the kernel reads it: decimal digits; 0 is the writer itself. */
export function writeTasks(m: Machine, cgroup: number, text: string, pid: number): Errno | undefined {
  const word = text.trim();
  if (!/^[0-9]+$/.test(word)) return EINVAL;
  const target = Number(word);
  return kernelErrno(attachTask(m, target === 0 ? pid : target, cgroup));
}
