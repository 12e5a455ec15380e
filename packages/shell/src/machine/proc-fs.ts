/** /proc over a live machine: the files that scripts of this kind read. Written from proc(5). */

import { cgroupPath, type Machine, NO_CGROUP, ROOT_CGROUP, taskCgroup } from "@ebb/model";
import type { System } from "../commands/support/system.ts";
import { EINVAL, type Errno } from "../errno.ts";
import { fixedDirectory, generatedDirectory, generatedFile } from "../vfs/generated.ts";
import type { DirectoryNode, Node } from "../vfs/node.ts";
import type { MountEntry } from "../vfs/vfs.ts";
import { dropInodes, dropPageCache } from "./calls.ts";
import { cpuOf } from "./machine-page-cache.ts";
import { meminfo, vmstat } from "./meminfo.ts";
import { openedKernelFile } from "./opened-files.ts";
import { interrupts, slabinfo, writeSlabinfo } from "./slab-files.ts";
import { cpusThatAre } from "./sys-fs.ts";
import type { TaskNames } from "./task-names.ts";

interface ProcOptions {
  readonly machine: Machine;
  readonly hostName: string;
  readonly mounts: () => readonly MountEntry[];
  readonly system: System;
  readonly names: TaskNames;
}

const KB_PER_PAGE = 4;
/** Hierarchy number of the v1 memory hierarchy: the first one mounted. */
const V1_NUMBER = 1;

let nextIno = 1;

type Render = (pid: number) => string;
type Write = (text: string, pid: number) => Errno | undefined;

function readOnly(m: Machine, render: Render): Node {
  return generatedFile({ ino: nextIno++, mode: 0o444, render, opened: (pid) => openedKernelFile(m, pid) });
}

function readWrite(m: Machine, render: Render, write: Write): Node {
  return generatedFile({ ino: nextIno++, mode: 0o644, render, write, opened: (pid) => openedKernelFile(m, pid) });
}

/** Cgroups of a hierarchy, dying ones too: that is how v1 users saw them. */
function nrCgroups(m: Machine, root: number): number {
  return 1 + (m.cgroups.nrDescendants[root] ?? 0) + (m.cgroups.nrDying[root] ?? 0);
}

function procCgroups(m: Machine): string {
  const isV1 = m.v1Root !== NO_CGROUP;
  const memory = `memory\t${isV1 ? V1_NUMBER : 0}\t${nrCgroups(m, isV1 ? m.v1Root : ROOT_CGROUP)}\t1\n`;
  return `#subsys_name\thierarchy\tnum_cgroups\tenabled\n${memory}perf_event\t0\t${nrCgroups(m, ROOT_CGROUP)}\t1\n`;
}

/** The cgroup of a task in each hierarchy, v1 first. */
function taskCgroups(m: Machine, pid: number): string {
  const v2 = `0::${cgroupPath(m.cgroups, Math.max(taskCgroup(m, pid), ROOT_CGROUP))}\n`;
  if (m.v1Root === NO_CGROUP) return v2;
  return `${V1_NUMBER}:memory:${cgroupPath(m.cgroups, m.tasks.v1Cgroup[pid] ?? m.v1Root)}\n${v2}`;
}

function printMounts(mounts: readonly MountEntry[]): string {
  return mounts.map((m) => `${m.source} ${m.path} ${m.type} ${m.options} 0 0\n`).join("");
}

function printSwaps(system: System): string {
  let text = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";
  for (const { path, sizeKb, usedKb, priority } of system.swapAreas()) {
    text += `${path.padEnd(40)}file\t\t${paddedKb(sizeKb)}\t${paddedKb(usedKb)}\t${priority}\n`;
  }
  return text;
}

/** A short number takes a second tab to reach the next column. */
function paddedKb(kb: number): string {
  return kb < 10_000_000 ? `${kb}\t` : String(kb);
}

function uptime(m: Machine): string {
  const seconds = (m.nowNs / 1e9).toFixed(2);
  return `${seconds} ${seconds}\n`;
}

function cpuinfo(m: Machine): string {
  return cpusThatAre(m, true)
    .map((cpu) => `processor\t: ${cpu}\nmodel name\t: ebb virtual CPU\n\n`)
    .join("");
}

/** 1: clean page cache; 2: unused inodes and dentries; 3: both; 4 only silences the message in the log. */
function dropCaches(m: Machine): Node {
  let last = "0";
  return readWrite(
    m,
    () => `${last}\n`,
    (text, pid) => {
      const word = text.trim();
      if (!/^[1-4]$/.test(word)) return EINVAL;
      last = word;
      if (word === "1" || word === "3") dropPageCache(m, cpuOf(m, pid));
      if (word === "2" || word === "3") dropInodes(m, cpuOf(m, pid));
      return undefined;
    },
  );
}

/** Only root may read it, and write to it where arrays can be tuned. */
function slabinfoFile(m: Machine): Node {
  return generatedFile({
    ino: nextIno++,
    mode: 0o600,
    render: () => slabinfo(m),
    write: (text, pid) => writeSlabinfo(m, text, pid),
    opened: (pid) => openedKernelFile(m, pid),
  });
}

function filesystems(m: Machine): string {
  const nodev = ["sysfs", "tmpfs", "proc", "cgroup", "cgroup2", "devtmpfs", "debugfs"];
  const { name, memoryOnly } = m.profile.tmpFileSystem;
  return `${nodev.map((type) => `nodev\t${type}\n`).join("")}${memoryOnly ? "" : `\t${name}\n`}`;
}

/** Anonymous pages of a task, kB. */
function residentKb(m: Machine, pid: number): number {
  let nrPages = 0;
  for (let page = m.tasks.firstPage[pid] ?? -1; page >= 0; page = m.pages.nextInHolder[page] ?? -1) {
    if (m.pages.inSwap[page] === 0) nrPages += m.pages.nrPages[page] ?? 0;
  }
  return nrPages * KB_PER_PAGE;
}

/** Files of one task; `of` tells which, from who opens. */
function taskFiles(o: ProcOptions, of: (pid: number) => number): [string, Node][] {
  const { machine, names } = o;
  const status = (pid: number): string =>
    `Name:\t${names.commOf(pid)}\nState:\tS (sleeping)\nTgid:\t${pid}\nPid:\t${pid}\nPPid:\t${names.parentOf(pid)}\n` +
    `VmRSS:\t${String(residentKb(machine, pid)).padStart(8)} kB\n`;
  return [
    ["cgroup", readOnly(machine, (pid) => taskCgroups(machine, of(pid)))],
    ["comm", readOnly(machine, (pid) => `${names.commOf(of(pid))}\n`)],
    ["mounts", readOnly(machine, () => printMounts(o.mounts()))],
    ["status", readOnly(machine, (pid) => status(of(pid)))],
  ];
}

/** Directories of the tasks by pid; each stays the same as long as its task lives. */
class TaskDirectories {
  readonly #options: ProcOptions;
  readonly #known = new Map<number, DirectoryNode>();

  constructor(options: ProcOptions) {
    this.#options = options;
  }

  lookup(name: string): DirectoryNode | undefined {
    const pid = /^[1-9][0-9]*$/.test(name) ? Number(name) : 0;
    if (!this.#options.names.has(pid)) {
      this.#known.delete(pid);
      return undefined;
    }
    let directory = this.#known.get(pid);
    if (directory === undefined) {
      directory = fixedDirectory(taskFiles(this.#options, () => pid));
      this.#known.set(pid, directory);
    }
    return directory;
  }

  names(): readonly string[] {
    return this.#options.names.pids().map(String);
  }
}

export function createProcFs(o: ProcOptions): DirectoryNode {
  const { machine } = o;
  const kernel = fixedDirectory([
    ["hostname", readOnly(machine, () => `${o.hostName}\n`)],
    ["osrelease", readOnly(machine, () => `${machine.profile.release}\n`)],
    ["ostype", readOnly(machine, () => "Linux\n")],
    ["pid_max", readOnly(machine, () => "32768\n")],
  ]);
  const vm = fixedDirectory([["drop_caches", dropCaches(machine)]]);
  const sys = fixedDirectory([
    ["kernel", kernel],
    ["vm", vm],
  ]);
  const fixed = new Map<string, Node>([
    ["cgroups", readOnly(machine, () => procCgroups(machine))],
    ["cpuinfo", readOnly(machine, () => cpuinfo(machine))],
    ["interrupts", readOnly(machine, () => interrupts(machine))],
    ["filesystems", readOnly(machine, () => filesystems(machine))],
    ["loadavg", readOnly(machine, () => "0.00 0.00 0.00 1/1 1\n")],
    ["meminfo", readOnly(machine, () => meminfo(machine))],
    ["mounts", readOnly(machine, () => printMounts(o.mounts()))],
    ["slabinfo", slabinfoFile(machine)],
    ["self", fixedDirectory(taskFiles(o, (pid) => pid))],
    ["swaps", readOnly(machine, () => printSwaps(o.system))],
    ["sys", sys],
    ["uptime", readOnly(machine, () => uptime(machine))],
    ["vmstat", readOnly(machine, () => vmstat(machine))],
    ["version", readOnly(machine, () => `Linux version ${machine.profile.release} (ebb) #1 SMP\n`)],
  ]);
  const tasks = new TaskDirectories(o);
  return generatedDirectory({
    onNew: "not found",
    lookup: (name) => fixed.get(name) ?? tasks.lookup(name),
    names: () => [...tasks.names(), ...fixed.keys()],
  });
}
