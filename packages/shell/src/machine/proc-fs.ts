/** /proc and /sys over a live machine: the files that scripts of this kind read. Written from proc(5) and sysfs docs. */

import { printPercpuStats } from "@ebb/formats";
import { cgroupPath, type Machine, percpuStats, ROOT_CGROUP, taskCgroup } from "@ebb/model";
import { EINVAL, EIO, type Errno } from "../errno.ts";
import { fixedDirectory, generatedFile } from "../vfs/generated.ts";
import type { DirectoryNode, Node } from "../vfs/node.ts";
import type { MountEntry } from "../vfs/vfs.ts";
import { meminfo } from "./meminfo.ts";

interface ProcOptions {
  readonly machine: Machine;
  readonly hostName: string;
  /** Percpu memory when the experiment began, kB: what MemFree is reckoned from. */
  readonly bootPercpuKb: number;
  readonly mounts: () => readonly MountEntry[];
}

let nextIno = 1;

function readOnly(render: (pid: number) => string): Node {
  return generatedFile({ ino: nextIno++, mode: 0o444, render });
}

function readWrite(render: () => string, write: (text: string) => Errno | undefined): Node {
  return generatedFile({ ino: nextIno++, mode: 0o644, render, write });
}

/** The memory line counts dying cgroups too: that is how v1 users saw them. */
function procCgroups(m: Machine): string {
  const c = m.cgroups;
  const count = 1 + (c.nrDescendants[ROOT_CGROUP] ?? 0) + (c.nrDying[ROOT_CGROUP] ?? 0);
  return `#subsys_name\thierarchy\tnum_cgroups\tenabled\nmemory\t0\t${count}\t1\nperf_event\t0\t${count}\t1\n`;
}

function printMounts(mounts: readonly MountEntry[]): string {
  return mounts.map((m) => `${m.source} ${m.path} ${m.type} ${m.options} 0 0\n`).join("");
}

function uptime(m: Machine): string {
  const seconds = (m.nowNs / 1e9).toFixed(2);
  return `${seconds} ${seconds}\n`;
}

function cpuinfo(m: Machine): string {
  let text = "";
  for (let cpu = 0; cpu < m.options.nrCpus; cpu++) text += `processor\t: ${cpu}\nmodel name\t: ebb virtual CPU\n\n`;
  return text;
}

function dropCaches(): Node {
  let last = "0";
  return readWrite(
    () => `${last}\n`,
    (text) => {
      const word = text.trim();
      if (!/^[1-4]$/.test(word)) return EINVAL;
      last = word;
      return undefined;
    },
  );
}

export function createProcFs(o: ProcOptions): DirectoryNode {
  const { machine } = o;
  const kernel = fixedDirectory([
    ["hostname", readOnly(() => `${o.hostName}\n`)],
    ["osrelease", readOnly(() => `${machine.profile.release}\n`)],
    ["ostype", readOnly(() => "Linux\n")],
    ["pid_max", readOnly(() => "32768\n")],
  ]);
  const self = fixedDirectory([
    ["cgroup", readOnly((pid) => `0::${cgroupPath(machine.cgroups, Math.max(taskCgroup(machine, pid), 0))}\n`)],
    ["mounts", readOnly(() => printMounts(o.mounts()))],
  ]);
  return fixedDirectory([
    ["cgroups", readOnly(() => procCgroups(machine))],
    ["cpuinfo", readOnly(() => cpuinfo(machine))],
    ["filesystems", readOnly(() => "nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tcgroup2\nnodev\tdebugfs\n")],
    ["loadavg", readOnly(() => "0.00 0.00 0.00 1/1 1\n")],
    ["meminfo", readOnly(() => meminfo(machine, o.bootPercpuKb))],
    ["mounts", readOnly(() => printMounts(o.mounts()))],
    ["self", self],
    [
      "sys",
      fixedDirectory([
        ["kernel", kernel],
        ["vm", fixedDirectory([["drop_caches", dropCaches()]])],
      ]),
    ],
    ["uptime", readOnly(() => uptime(machine))],
    ["version", readOnly(() => `Linux version ${machine.profile.release} (ebb) #1 SMP\n`)],
  ]);
}

/** `0-15`, or `0` for one. */
function cpuRange(n: number): string {
  return n === 1 ? "0\n" : `0-${n - 1}\n`;
}

/** /sys without the cgroup mount: CPU and node ranges, and the directories that others are mounted on. */
export function createSysFs(machine: Machine): DirectoryNode {
  const ranges = (n: number) =>
    fixedDirectory(["possible", "present", "online"].map((name) => [name, readOnly(() => cpuRange(n))] as const));
  return fixedDirectory([
    [
      "devices",
      fixedDirectory([
        [
          "system",
          fixedDirectory([
            ["cpu", ranges(machine.options.nrCpus)],
            ["node", ranges(machine.options.nrNodes)],
          ]),
        ],
      ]),
    ],
    ["fs", fixedDirectory([["cgroup", fixedDirectory([])]])],
    ["kernel", fixedDirectory([["debug", fixedDirectory([])]])],
  ]);
}

/** /sys/kernel/debug: opening for write works for root, writing fails. */
export function createDebugFs(machine: Machine): DirectoryNode {
  return fixedDirectory([
    [
      "percpu_stats",
      generatedFile({
        ino: nextIno++,
        mode: 0o444,
        render: () => printPercpuStats(percpuStats(machine.percpu)),
        write: () => EIO,
      }),
    ],
  ]);
}
