/** A million operations through FUSE, as `ebb exec` is shipped: nothing that the kernel has forgotten is kept. */

import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Names made and removed again in one round. */
const ROUND = 1000;
/** Files the kernel may still know at the end: those on the way to what is open, and what it has not yet forgotten. */
const MAX_INODES_LEFT = 200;

/** Each round: so many mkdir and rmdir, and a file in each written, read and removed through /tmp. */
const SCRIPT = `cd /sys/fs/cgroup
for ((i = 0; i < ${ROUND}; i++)); do echo c$i; done > /tmp/names
for ((round = 0; round < $1; round++)); do
  busybox xargs busybox mkdir < /tmp/names && busybox xargs busybox rmdir < /tmp/names || exit 1
  sleep 20 # the ids of dying memcgs come back
done
rm /tmp/names`;

/** Prints what was left over; true when that is nothing, and the machine is sound. */
export function runFuse(nrOperations: number, print: (row: string) => void): boolean {
  const rounds = Math.ceil(nrOperations / (2 * ROUND));
  const scratch = mkdtempSync(join(tmpdir(), "ebb-fuse-"));
  const ebb = join(scratch, "bin", "ebb.mjs");
  try {
    execFileSync(process.execPath, ["--import", "tsx", "scripts/build.ts", ebb]);
    const program = ["bash", "--norc", "-c", SCRIPT, "bash", String(rounds)];
    const run = spawnSync(process.execPath, [ebb, "exec", "--json", "--tmp", "--", ...program], { encoding: "utf8" });
    if (run.status !== 0) {
      print(`fuse: not run: ${run.stderr}`);
      return false;
    }
    const { requests, inodesLeft, handlesLeft, peakMb, figures } = JSON.parse(run.stdout);
    print(`fuse: ${requests} requests; left over: ${inodesLeft} inodes, ${handlesLeft} handles; peak ${peakMb} MB`);
    return handlesLeft === 0 && inodesLeft <= MAX_INODES_LEFT && figures.online === 0;
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
