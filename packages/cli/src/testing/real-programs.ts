/** Whether real programs can run on a virtual machine here, and what of this host they need. */

import { execFileSync, spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, readdirSync, readFileSync } from "node:fs";

/** Why they cannot; undefined when they can. Told on standard error, so that a test run says what it left out. */
export function whyNoRealPrograms(): string | undefined {
  return said(reason());
}

function reason(): string | undefined {
  if (process.platform !== "linux") return "this is not Linux";
  try {
    accessSync("/dev/fuse", constants.R_OK | constants.W_OK);
  } catch {
    return "there is no /dev/fuse that may be opened";
  }
  const probe = spawnSync("unshare", ["--mount", "--pid", "--fork", "true"], { encoding: "latin1" });
  return probe.status === 0 ? undefined : `no namespaces: ${probe.stderr ?? "no unshare"}`;
}

/** Why scripts that load builtins into bash cannot run; the builtins are installed where that may be. */
export function whyNoLoadables(): string | undefined {
  const words = ["scripts/install-package.sh", "/usr/lib/bash/mkdir", "bash-builtins"];
  const { status, stderr } = spawnSync("sh", words, { encoding: "latin1" });
  return said(status === 0 ? undefined : `scripts that load builtins into bash: ${stderr.trim().split("\n").at(-1)}`);
}

/** A Python of that major version as a program of its own, not a script that finds one. */
export function pythonProgram(major: 2 | 3): string | undefined {
  for (const folder of ["/usr/bin", "/usr/local/bin"]) {
    const path = `${folder}/python${major}`;
    if (existsSync(path)) return path;
  }
  said(`there is no Python ${major} in /usr/bin or /usr/local/bin`);
  return undefined;
}

function said(why: string | undefined): string | undefined {
  if (why !== undefined) process.stderr.write(`not tested here: ${why}\n`);
  return why;
}

/** What of the host a virtual machine must not change: mounts, and processes that are ours. */
export function hostState(marker: string): readonly string[] {
  const mounts = execFileSync("cat", ["/proc/self/mountinfo"], { encoding: "latin1" })
    .split("\n")
    .map((line) => line.split(" ").slice(3, 6).join(" "))
    .sort();
  return [...mounts, ...processesWith(marker)];
}

/** Processes whose command line has the marker. */
export function processesWith(marker: string): readonly string[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name) || Number(name) === process.pid) return [];
    try {
      return readFileSync(`/proc/${name}/cmdline`, "latin1").includes(marker) ? [name] : [];
    } catch {
      // It has ended meanwhile.
      return [];
    }
  });
}
