/** What the host's tracing looks like from outside, and whether it can be recorded at all. */

import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Looks at tracing in a mount namespace of its own, so that looking changes nothing. */
const LOOK = `
mountpoint -q /sys/kernel/tracing || mount -t tracefs nodev /sys/kernel/tracing || exit 1
cd /sys/kernel/tracing
ls instances events/percpu
cat tracing_on trace_clock current_tracer buffer_size_kb set_event events/enable kprobe_events
grep . events/percpu/*/enable events/cgroup/*/enable instances/*/tracing_on
exit 0`;

/** Everything that a recorder might leave changed, as text. */
export function tracingState(): string {
  const inside = execFileSync("unshare", ["-m", "sh", "-c", LOOK], {
    encoding: "latin1",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return `${inside}${readFileSync("/proc/mounts", "latin1")}`;
}

/** Why this host cannot be recorded; undefined when it can. */
export function whyNoRecording(): string | undefined {
  if (process.getuid?.() !== 0) return "needs root";
  try {
    if (!tracingState().includes("percpu_alloc_percpu")) return "this kernel has no percpu trace events";
  } catch {
    return "no tracefs on this host, or no right to mount it";
  }
  return cgroupFolder() === undefined ? "no cgroup hierarchy that can be written" : undefined;
}

/** Where cgroups with memory can be made; undefined when nowhere. */
export function cgroupFolder(): string | undefined {
  const mounts = readFileSync("/proc/mounts", "latin1").split("\n");
  const points = mounts.map((row) => row.split(" "));
  const memory = points.find(([, , type, options]) => type === "cgroup" && options?.split(",").includes("memory"));
  const unified = points.find(([, , type]) => type === "cgroup2");
  const folder = (memory ?? unified)?.[1];
  return folder !== undefined && statSync(folder).isDirectory() ? folder : undefined;
}

/** Trace instances of recorders, seen from outside. */
export function recorderInstances(state: string): readonly string[] {
  return state.split("\n").filter((row) => /^ebb-\d+$/.test(row));
}

/** Cgroups that a test has left in `folder`. */
export function leftCgroups(folder: string, prefix: string): readonly string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith(prefix))
    .map((name) => join(folder, name));
}
