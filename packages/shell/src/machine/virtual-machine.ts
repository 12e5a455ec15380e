/**
 * A machine with its files mounted and its tasks ready to run programs: what a script is run on.
 */

import { type Machine, taskCgroup } from "@ebb/model";
import type { System } from "../commands/support/system.ts";
import { EINVAL, ENODEV, type Errno, ESRCH, isErrno } from "../errno.ts";
import type { TaskHost } from "../process/command.ts";
import { createDevices } from "../vfs/devices.ts";
import { FileTree } from "../vfs/file-tree.ts";
import type { DirectoryNode } from "../vfs/node.ts";
import { createTmpfs } from "../vfs/tmpfs.ts";
import type { Vfs } from "../vfs/vfs.ts";
import {
  advanceTo,
  execTask,
  exitTask,
  forkTask,
  mountMemoryV1,
  returnFromCall,
  setTaskCpus,
  unmountMemoryV1,
} from "./calls.ts";
import { createCgroupFs } from "./cgroup-fs.ts";
import { kernelErrno } from "./kernel-errno.ts";
import { machinePageCache } from "./machine-page-cache.ts";
import { createProcFs } from "./proc-fs.ts";
import { createDebugFs, createSysFs } from "./sys-fs.ts";
import { createSystem } from "./system-calls.ts";
import { TaskNames } from "./task-names.ts";

interface VirtualMachine {
  readonly machine: Machine;
  readonly vfs: Vfs;
  readonly host: TaskHost;
  readonly system: System;
  /** mount(2) for the `mount` command: file system `type` on `path`. */
  mountFileSystem(type: string, source: string, path: string, options: string): Errno | undefined;
}

const HOST_NAME = "ebb";
/** Wall clock at boot: 24 March 2021, 19:06:53 UTC. A fixed date, so that two runs print the same. */
const BOOT_EPOCH_SECONDS = 1616612813;
const ROOT_DIRECTORIES = ["bin", "dev", "etc", "home", "mnt", "proc", "root", "run", "sys", "tmp", "usr", "var"];
const RANDOM_SEED = 1;
/** The disk behind /tmp where that is not in memory. */
const TMP_DISK = "/dev/vdb";

/** Makes the root directory of a file system, by the options it is mounted with. */
type Maker = (options: string) => DirectoryNode | Errno;

/** Mounts /proc, /sys, /sys/fs/cgroup, /sys/kernel/debug, /dev, /tmp and a root on which files can be made. */
export function createVirtualMachine(machine: Machine): VirtualMachine {
  const nowNs = () => machine.nowNs;
  const fileSystem = (inMemory: boolean) => createTmpfs(nowNs, { pageCache: machinePageCache(machine, inMemory) });
  const root = fileSystem(true);
  for (const name of ROOT_DIRECTORIES) root.mkdir(name, 0o755);
  const vfs: Vfs = new FileTree(root);
  const system = createSystem(machine);
  const names = new TaskNames();
  const proc = { machine, hostName: HOST_NAME, mounts: () => vfs.mounts(), system, names };
  const cgroupV2 = createCgroupFs(machine);
  const makers: ReadonlyMap<string, Maker> = new Map<string, Maker>([
    ["proc", () => createProcFs(proc)],
    ["sysfs", () => createSysFs(machine)],
    ["cgroup", memoryV1Maker(machine)],
    ["cgroup2", () => cgroupV2],
    ["debugfs", () => createDebugFs(machine)],
    ["devtmpfs", () => createDevices(nowNs, RANDOM_SEED)],
    ["tmpfs", () => fileSystem(true)],
  ]);
  const mountFileSystem = (type: string, source: string, path: string, options: string): Errno | undefined => {
    const made = makers.get(type)?.(options) ?? ENODEV;
    if (isErrno(made)) return made;
    return vfs.mount({ path, type, source, options: shownOptions(options), root: made });
  };
  for (const [type, source, path] of SYSTEM_MOUNTS) mountFileSystem(type, source, path, MOUNT_OPTIONS);
  const { tmpFileSystem } = machine.profile;
  const { name } = tmpFileSystem;
  vfs.mount({
    path: "/tmp",
    type: name,
    source: tmpFileSystem.memoryOnly ? name : TMP_DISK,
    options: MOUNT_OPTIONS,
    root: fileSystem(false),
  });
  return { machine, vfs, host: taskHost(machine, names), system, mountFileSystem };
}

const MOUNT_OPTIONS = "rw,nosuid,nodev,noexec,relatime";
const SYSTEM_MOUNTS: readonly (readonly [type: string, source: string, path: string])[] = [
  ["proc", "proc", "/proc"],
  ["sysfs", "sysfs", "/sys"],
  ["devtmpfs", "udev", "/dev"],
  ["cgroup2", "cgroup2", "/sys/fs/cgroup"],
  ["debugfs", "debugfs", "/sys/kernel/debug"],
];
/** Options of a mount that say nothing about which controllers it has. */
const COMMON_OPTIONS = /^(rw|ro|nosuid|nodev|noexec|relatime|noatime|)$/;

/** Options as mount(8) lists them: how it may be written to and what its access times do come first. */
function shownOptions(options: string): string {
  const words = options.split(",").filter((word) => word !== "");
  const access = words.includes("ro") ? "ro" : "rw";
  const times = words.some((word) => word.endsWith("atime")) ? [] : ["relatime"];
  return [access, ...times, ...words.filter((word) => word !== "ro" && word !== "rw")].join(",");
}

/** The v1 memory hierarchy: the only one there is. All mounts of it show the same tree. */
function memoryV1Maker(machine: Machine): Maker {
  let mounted: { readonly row: number; readonly root: DirectoryNode } | undefined;
  return (options) => {
    const controllers = options.split(",").filter((word) => !COMMON_OPTIONS.test(word));
    if (controllers.join() !== "memory") return EINVAL;
    const row = mountMemoryV1(machine);
    const refused = kernelErrno(row);
    if (refused !== undefined) return refused;
    if (mounted?.row === row && machine.v1Root === row) return mounted.root;
    const root = createCgroupFs(machine, row);
    root.unmounted = () => {
      if (unmountMemoryV1(machine)) mounted = undefined;
    };
    mounted = { row, root };
    return root;
  };
}

function taskHost(machine: Machine, names: TaskNames): TaskHost {
  return {
    nowNs: () => machine.nowNs,
    advanceTo: (timeNs) => advanceTo(machine, timeNs),
    bootEpochSeconds: BOOT_EPOCH_SECONDS,
    nrCpus: machine.options.nrCpus,
    hostName: HOST_NAME,
    kernelRelease: machine.profile.release,
    execNs: machine.options.execNs,
    callNs: machine.profile.callNs,
    fork(parentPid) {
      const pid = forkTask(machine, parentPid);
      if (pid >= 0) names.fork(pid, parentPid);
      return kernelErrno(pid) ?? pid;
    },
    exec(pid, program) {
      names.exec(pid, program);
      execTask(machine, pid);
    },
    returnFromCall: (pid) => returnFromCall(machine, pid),
    cpusOf(pid) {
      const { cpuFrom, cpuEnd } = machine.tasks;
      if (taskCgroup(machine, pid) < 0) return ESRCH;
      return [cpuFrom[pid] ?? 0, cpuEnd[pid] ?? 0];
    },
    setCpus: (pid, from, end) => kernelErrno(setTaskCpus(machine, pid, from, end)),
    exit(pid) {
      names.exit(pid);
      exitTask(machine, pid);
    },
  };
}
