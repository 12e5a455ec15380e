/**
 * Where the kernel's tracing files are. A host that has not mounted tracefs or debugfs keeps it so: another process
 * mounts them in a mount namespace of its own and we look through /proc/PID/root. The namespace goes with that process,
 * and that goes with us, however we end.
 */

import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import type { Problem } from "@ebb/formats";
import { mountPoint } from "./mounts.ts";

export interface TracingPlace {
  readonly tracefs: string;
  /** Has percpu_stats; undefined when the kernel has no debugfs. */
  readonly debugfs: string | undefined;
  /** What was mounted for us goes. */
  close(): void;
}

/** Mounts what it can, says so, and stays until its standard input ends. */
const KEEPER = `mount -t tracefs nodev /sys/kernel/tracing && echo tracefs
mount -t debugfs nodev /sys/kernel/debug && echo debugfs
echo ready
exec cat`;
const KEEPER_MOUNTS = { tracefs: "sys/kernel/tracing", debugfs: "sys/kernel/debug" } as const;

/**
 * The tracing files of the host whose files are below `root`.
 *
 * @param root "/"; another folder is taken as it is, and nothing is mounted
 */
export async function findTracing(root: string): Promise<TracingPlace | Problem> {
  const tracefs = mountPoint(root, "tracefs");
  const debugfs = mountPoint(root, "debugfs");
  if (tracefs !== undefined && (debugfs !== undefined || root !== "/"))
    return { tracefs, debugfs, close: () => undefined };
  if (root !== "/") return noTracing(root, "no tracefs in its proc/mounts");
  const keeper = spawn("unshare", ["-m", "sh", "-c", KEEPER], {
    stdio: ["pipe", "pipe", "pipe"],
    // What a terminal sends to us is not for it: it goes when we do.
    detached: true,
  });
  const { mounted, said } = await whatItMounted(keeper);
  const below = (type: keyof typeof KEEPER_MOUNTS) => {
    return mounted.includes(type) ? `/proc/${keeper.pid}/root/${KEEPER_MOUNTS[type]}` : undefined;
  };
  const ownTracefs = tracefs ?? below("tracefs");
  if (ownTracefs === undefined) {
    endKeeper(keeper);
    return noTracing(join(root, KEEPER_MOUNTS.tracefs), said || "unshare and mount did not answer");
  }
  return { tracefs: ownTracefs, debugfs: debugfs ?? below("debugfs"), close: () => endKeeper(keeper) };
}

/** The types it could mount, and what it said about the others. */
function whatItMounted(keeper: ChildProcess): Promise<{ readonly mounted: readonly string[]; readonly said: string }> {
  let out = "";
  let said = "";
  return new Promise((resolve) => {
    const done = () => resolve({ mounted: out.split("\n"), said: said.trim() });
    keeper.stdout?.on("data", (bytes) => {
      out += bytes;
      if (out.includes("ready\n")) done();
    });
    keeper.stderr?.on("data", (bytes) => {
      said += bytes;
    });
    keeper.on("error", (error) => {
      said += error.message;
      done();
    });
    keeper.on("exit", done);
  });
}

function endKeeper(keeper: ChildProcess): void {
  keeper.stdin?.end();
  keeper.stdout?.destroy();
  keeper.stderr?.destroy();
  keeper.unref();
}

function noTracing(file: string, found: string): Problem {
  return {
    severity: "error",
    file,
    line: 0,
    message: "the kernel's tracing files are not there",
    expected: "tracefs mounted, or a kernel that has it and root's right to mount it",
    found,
    toDo: "as root: mount -t tracefs nodev /sys/kernel/tracing; in a container: give it the host's /sys, or record outside",
  };
}
