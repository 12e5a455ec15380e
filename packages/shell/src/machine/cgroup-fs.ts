/**
 * The cgroup file systems over a live machine, v2 and the v1 memory hierarchy: a directory per online cgroup. mkdir and rmdir are calls on the model;
 * the control files cannot be removed and do not keep a directory from being removed.
 */

import { childNames, lookupCgroup, type Machine, memcgOfTask, NO_CGROUP, ROOT_CGROUP } from "@ebb/model";
import { EACCES, EINVAL, ENAMETOOLONG, ENODEV, ENOENT, ENOTDIR, EPERM, type Errno } from "../errno.ts";
import { generatedFile } from "../vfs/generated.ts";
import type { DirectoryNode, FileNode, Node } from "../vfs/node.ts";
import { NO_PID } from "../vfs/page-cache.ts";
import { cgroupMkdir, cgroupRmdir } from "./calls.ts";
import { controlFile, controlFileNames } from "./cgroup-files.ts";
import type { ControlFile } from "./control-file.ts";
import { kernelErrno } from "./kernel-errno.ts";
import { cpuOf } from "./machine-page-cache.ts";
import { openedControlFile } from "./opened-files.ts";

const MAX_NAME_BYTES = 255;
/** Inode numbers: a directory has a multiple of this, its files the numbers behind it. */
const INODES_PER_CGROUP = 64;

/** The root directory of the hierarchy whose root is `root`: that of v2 unless told otherwise. */
export function createCgroupFs(m: Machine, root: number = ROOT_CGROUP): DirectoryNode {
  return new CgroupDirectory(m, root);
}

class CgroupDirectory implements DirectoryNode {
  readonly kind = "directory";
  readonly isSteady = true;
  readonly ino: number;
  mode = 0o755;
  mtimeNs: number;
  readonly #machine: Machine;
  readonly #cgroup: number;
  /** Nodes handed out, by name: a directory keeps its identity as long as its cgroup is online. */
  readonly #children = new Map<string, CgroupDirectory>();
  #removed = false;

  constructor(machine: Machine, cgroup: number) {
    this.#machine = machine;
    this.#cgroup = cgroup;
    this.ino = (cgroup + 1) * INODES_PER_CGROUP;
    this.mtimeNs = machine.nowNs;
  }

  get nlink(): number {
    return 2 + (this.#machine.cgroups.nrOnlineChildren[this.#cgroup] ?? 0);
  }

  sizeBytes(): number {
    return 0;
  }

  lookup(name: string): Node | undefined {
    if (this.#removed) return undefined;
    return this.#directory(name) ?? this.#file(name);
  }

  #directory(name: string): CgroupDirectory | undefined {
    const known = this.#children.get(name);
    if (known !== undefined) return known;
    const row = lookupCgroup(this.#machine.cgroups, this.#cgroup, name);
    if (row === NO_CGROUP) return undefined;
    const child = new CgroupDirectory(this.#machine, row);
    this.#children.set(name, child);
    return child;
  }

  #file(name: string): FileNode | undefined {
    const found = controlFile(this.#machine, this.#cgroup, name);
    return found === undefined ? undefined : this.#controlFile(found.file, found.index);
  }

  #controlFile(file: ControlFile, index: number): FileNode {
    const { read, write } = file;
    const m = this.#machine;
    const cgroup = this.#cgroup;
    return generatedFile({
      ino: this.ino + 1 + index,
      opened: (pid) => openedControlFile(m, cgroup, index, pid),
      mode: write === undefined ? 0o444 : 0o644,
      mtimeNs: this.mtimeNs,
      ...(read === undefined ? {} : { render: () => (this.#removed ? ENODEV : read(m, cgroup)) }),
      ...(write === undefined
        ? {}
        : { write: (text: string, pid: number) => (this.#removed ? ENODEV : write(m, cgroup, text, pid)) }),
    });
  }

  names(): readonly string[] {
    if (this.#removed) return [];
    return [...controlFileNames(this.#machine, this.#cgroup), ...childNames(this.#machine.cgroups, this.#cgroup)];
  }

  mkdir(name: string, _mode: number, pid: number = NO_PID): DirectoryNode | Errno {
    if (this.#removed) return ENOENT;
    if (name.includes("\n")) return EINVAL;
    if (name.length > MAX_NAME_BYTES) return ENAMETOOLONG;
    const row = cgroupMkdir(
      this.#machine,
      this.#cgroup,
      name,
      cpuOf(this.#machine, pid),
      memcgOfTask(this.#machine, pid),
    );
    const refused = kernelErrno(row);
    if (refused !== undefined) return refused;
    const child = new CgroupDirectory(this.#machine, row);
    this.#children.set(name, child);
    return child;
  }

  rmdir(name: string, pid: number = NO_PID): Errno | undefined {
    const child = this.#directory(name);
    if (child === undefined) return this.#file(name) === undefined ? ENOENT : ENOTDIR;
    const m = this.#machine;
    const refused = kernelErrno(cgroupRmdir(m, child.#cgroup, cpuOf(m, pid), memcgOfTask(m, pid)));
    if (refused !== undefined) return refused;
    child.#removed = true;
    this.#children.delete(name);
    return undefined;
  }

  create(): Errno {
    return EACCES;
  }

  unlink(): Errno {
    return EPERM;
  }

  symlink(): Errno {
    return EPERM;
  }

  mkfifo(): Errno {
    return EPERM;
  }

  rename(): Errno {
    return EPERM;
  }
}
