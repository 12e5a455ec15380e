/**
 * Directories through FUSE: one busybox makes and removes so many cgroups of a machine by the virtual machine's mount, the
 * whole `ebb exec` as it is shipped. Nothing is measured where it cannot run.
 */

import { spawnSync } from "node:child_process";

export interface FuseSpeed {
  /** Undefined where real programs cannot run on a machine. */
  readonly mkdirsPerSecond: number | undefined;
  readonly rmdirsPerSecond: number | undefined;
  readonly cgroups: number;
  readonly requests: number;
}

const PROGRAM = "packages/cli/bin/ebb.js";

/** bash tells the time of the wall; busybox mkdir and rmdir are one process for all names. */
const SCRIPT = `cd /sys/fs/cgroup || exit 1
names() { for ((i = 0; i < $1; i++)); do echo c$i; done > /tmp/names; }
names $1
a=$EPOCHREALTIME
busybox xargs -n 100000 busybox mkdir < /tmp/names || exit 1
b=$EPOCHREALTIME
busybox xargs -n 100000 busybox rmdir < /tmp/names || exit 1
echo $a $b $EPOCHREALTIME`;

export function benchFuse(cgroups: number): FuseSpeed {
  const program = ["bash", "--norc", "-c", SCRIPT, "bash", String(cgroups)];
  const { status, stdout } = spawnSync(process.execPath, [PROGRAM, "exec", "--json", "--tmp", "--", ...program], {
    encoding: "utf8",
  });
  const none = { mkdirsPerSecond: undefined, rmdirsPerSecond: undefined, cgroups, requests: 0 };
  if (status !== 0) return none;
  const run: { readonly stdout: string; readonly requests: number } = JSON.parse(stdout);
  const [a = 0, b = 0, c = 0] = run.stdout.trim().split(" ").map(Number);
  return { mkdirsPerSecond: cgroups / (b - a), rmdirsPerSecond: cgroups / (c - b), cgroups, requests: run.requests };
}
