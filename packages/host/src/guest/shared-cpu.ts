/**
 * The program and the thread that answers it take turns, so they are best off on one CPU: a request then costs no waking of
 * another that sleeps. Measured with `npm run bench -- --only fuse`: twice the directories per second, or more.
 */

import { spawnSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { readText } from "../host-files.ts";
import { fieldsBehindName } from "./process-stat.ts";

/** Where in /proc/PID/stat, counted behind the name in brackets, the CPU stands. */
const CPU_FIELD = 36;

/** Keeps the calling thread on the CPU it runs on now, and answers which; undefined where that cannot be. */
export function stayOnCpu(): number | undefined {
  let thread: string;
  try {
    thread = readlinkSync("/proc/thread-self");
  } catch {
    // Not Linux, or no /proc.
    return undefined;
  }
  const stat = readText(`/proc/${thread}/stat`) ?? "";
  const cpu = Number(fieldsBehindName(stat)[CPU_FIELD]);
  if (!Number.isInteger(cpu)) return undefined;
  const id = thread.slice(thread.lastIndexOf("/") + 1);
  const { status } = spawnSync("taskset", ["-p", "-c", String(cpu), id], { stdio: "ignore" });
  return status === 0 ? cpu : undefined;
}
