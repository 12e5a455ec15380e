/**
 * A machine with its files mounted and its tasks ready to run programs: what a script is run on.
 */

import { advanceTo, execTask, exitTask, type FileSystemSpec, forkTask, type Machine, percpuKb } from "@ebb/model";
import { ENODEV, type Errno } from "../errno.ts";
import type { TaskHost } from "../process/command.ts";
import { createDevices } from "../vfs/devices.ts";
import { FileTree } from "../vfs/file-tree.ts";
import type { DirectoryNode } from "../vfs/node.ts";
import { createTmpfs } from "../vfs/tmpfs.ts";
import type { Vfs } from "../vfs/vfs.ts";
import { createCgroupFs } from "./cgroup-fs.ts";
import { kernelErrno } from "./kernel-errno.ts";
import { machinePageCache } from "./machine-page-cache.ts";
import { createDebugFs, createProcFs, createSysFs } from "./proc-fs.ts";

interface VirtualMachine {
  readonly machine: Machine;
  readonly vfs: Vfs;
  readonly host: TaskHost;
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
/** A file system whose files live in memory alone: the root, and what is mounted as tmpfs. */
const IN_MEMORY: FileSystemSpec = {
  name: "tmpfs",
  inodeCache: "shmem_inode_cache",
  memoryOnly: true,
  cgroupWriteback: false,
};

/** Mounts /proc, /sys, /sys/fs/cgroup, /sys/kernel/debug, /dev and a root on which files can be made. */
export function createVirtualMachine(machine: Machine): VirtualMachine {
  const nowNs = () => machine.nowNs;
  const fileSystem = (fs: FileSystemSpec) => createTmpfs(nowNs, { pageCache: machinePageCache(machine, fs) });
  const root = fileSystem(IN_MEMORY);
  for (const name of ROOT_DIRECTORIES) root.mkdir(name, 0o755);
  const vfs: Vfs = new FileTree(root);
  const bootPercpuKb = percpuKb(machine.percpu);
  const makers: ReadonlyMap<string, () => DirectoryNode> = new Map([
    ["proc", () => createProcFs({ machine, hostName: HOST_NAME, bootPercpuKb, mounts: () => vfs.mounts() })],
    ["sysfs", () => createSysFs(machine)],
    ["cgroup2", () => createCgroupFs(machine)],
    ["debugfs", () => createDebugFs(machine)],
    ["devtmpfs", () => createDevices(nowNs, RANDOM_SEED)],
    ["tmpfs", () => fileSystem(IN_MEMORY)],
  ]);

  const mountFileSystem = (type: string, source: string, path: string, options: string): Errno | undefined => {
    const make = makers.get(type);
    return make === undefined ? ENODEV : vfs.mount({ path, type, source, options, root: make() });
  };
  for (const [type, source, path] of SYSTEM_MOUNTS) mountFileSystem(type, source, path, MOUNT_OPTIONS);
  const { tmpFileSystem } = machine.profile;
  const { name } = tmpFileSystem;
  vfs.mount({
    path: "/tmp",
    type: name,
    source: tmpFileSystem.memoryOnly ? name : TMP_DISK,
    options: MOUNT_OPTIONS,
    root: fileSystem(tmpFileSystem),
  });
  return { machine, vfs, host: taskHost(machine), mountFileSystem };
}

const MOUNT_OPTIONS = "rw,nosuid,nodev,noexec,relatime";
const SYSTEM_MOUNTS: readonly (readonly [type: string, source: string, path: string])[] = [
  ["proc", "proc", "/proc"],
  ["sysfs", "sysfs", "/sys"],
  ["devtmpfs", "udev", "/dev"],
  ["cgroup2", "cgroup2", "/sys/fs/cgroup"],
  ["debugfs", "debugfs", "/sys/kernel/debug"],
];

function taskHost(machine: Machine): TaskHost {
  return {
    nowNs: () => machine.nowNs,
    advanceTo: (timeNs) => advanceTo(machine, timeNs),
    bootEpochSeconds: BOOT_EPOCH_SECONDS,
    nrCpus: machine.options.nrCpus,
    hostName: HOST_NAME,
    kernelRelease: machine.profile.release,
    execNs: machine.options.execNs,
    fork(parentPid) {
      const pid = forkTask(machine, parentPid);
      return kernelErrno(pid) ?? pid;
    },
    exec: (pid) => execTask(machine, pid),
    exit: (pid) => exitTask(machine, pid),
  };
}
