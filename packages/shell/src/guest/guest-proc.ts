/**
 * /proc for real processes: what the machine has, and of each process of the kin its cgroup as the machine has it. All
 * else of a process is the real one's, mounted below a name that is not listed.
 *
 *     /proc/meminfo            the machine's
 *     /proc/17/cgroup          the machine's
 *     /proc/17/fd        --->  /proc/.kernel/17/fd
 */

import { ENOENT, type Errno, isErrno } from "../errno.ts";
import { fixedDirectory, generatedDirectory } from "../vfs/generated.ts";
import type { DirectoryNode, FileNode, Node, SymlinkNode } from "../vfs/node.ts";
import { isDirectory, isFile } from "../vfs/node-kind.ts";
import { NO_PID } from "../vfs/page-cache.ts";
import type { GuestTasks } from "./guest-tasks.ts";
import type { HostProcesses } from "./host-processes.ts";
import { staticFile } from "./static-file.ts";

/** Where /proc of the kin's own is mounted, below /proc. */
const KERNEL_PROC = ".kernel";
/** Where the files are with which programs ask ebb itself, below /proc. */
export const CONTROL = ".ebb";
/** Files of a process that are the machine's. */
const OWN_FILES: ReadonlySet<string> = new Set(["cgroup"]);
/** Links whose targets are told as they are, because programs read them. */
const PLAIN_LINKS: ReadonlySet<string> = new Set(["exe", "cwd", "root"]);
const READ_ONLY = { read: true, write: false, append: false, truncate: false };
const MAX_TEXT_BYTES = 1 << 20;
const NUMBER = /^[1-9][0-9]{0,9}$/;

interface GuestProcOptions {
  /** The machine's own /proc; its directories of tasks are by the machine's pids. */
  readonly machine: DirectoryNode;
  readonly tasks: GuestTasks;
  readonly processes: HostProcesses;
  readonly control: DirectoryNode;
}

let nextIno = 1 << 20;

function symlink(targetFor: (pid: number) => string | Errno): SymlinkNode {
  return {
    kind: "symlink",
    ino: nextIno++,
    mode: 0o777,
    mtimeNs: 0,
    nlink: 1,
    sizeBytes: () => 0,
    target: "",
    targetFor,
  };
}

export function createGuestProc(o: GuestProcOptions): DirectoryNode {
  const ownPid = (pid: number) => o.tasks.byPid(pid)?.process.ownPid;
  const self = symlink((pid) => String(ownPid(pid) ?? ENOENT.code));
  const threadSelf = symlink((pid) => `${ownPid(pid)}/task/${ownPid(pid)}`);
  const fixed = new Map<string, Node>([
    ["self", self],
    ["thread-self", threadSelf],
    [KERNEL_PROC, fixedDirectory([], { ino: nextIno++ })],
    [CONTROL, o.control],
    ["filesystems", atStart(o.machine.lookup("filesystems"))],
  ]);
  const directories = new Map<number, DirectoryNode>();
  return generatedDirectory({
    onNew: "not found",
    ino: nextIno++,
    lookup(name) {
      if (NUMBER.test(name)) return taskDirectory(o, directories, Number(name));
      return fixed.get(name) ?? o.machine.lookup(name);
    },
    names() {
      const own = o.machine.names().filter((name) => !NUMBER.test(name) && !fixed.has(name));
      return [...pidsOf(o.tasks), "self", "thread-self", ...own];
    },
  });
}

/**
 * A file that libraries read when a program starts (libselinux): it always reads the same, and what it takes belongs to the
 * start, which the profile counts.
 */
function atStart(own: Node | undefined): FileNode {
  const handle = own !== undefined && isFile(own) ? own.open(READ_ONLY, NO_PID) : ENOENT;
  const text = isErrno(handle) ? handle : handle.read(0, MAX_TEXT_BYTES);
  return staticFile(nextIno++, isErrno(text) ? "" : text);
}

function pidsOf(tasks: GuestTasks): string[] {
  return [...tasks.all()].map(({ process }) => String(process.ownPid));
}

/** The directory of a process; the same as long as it lives. */
function taskDirectory(o: GuestProcOptions, known: Map<number, DirectoryNode>, ownPid: number): Node | undefined {
  const task = o.tasks.byOwnPid(ownPid);
  if (task === undefined) {
    known.delete(ownPid);
    return undefined;
  }
  const { id } = task.process;
  const directory = known.get(id);
  if (directory !== undefined) return directory;
  const links = new Map<string, SymlinkNode>();
  const made = generatedDirectory({
    onNew: "not found",
    ino: nextIno++,
    lookup(name) {
      if (OWN_FILES.has(name)) return ownFile(o.machine, task.pid, name);
      const link = links.get(name) ?? symlink(() => linkTarget(o.processes, id, ownPid, name));
      links.set(name, link);
      return link;
    },
    names: () => o.processes.filesOf(id),
  });
  known.set(id, made);
  return made;
}

/** A file of the machine's own directory of that task. */
function ownFile(machine: DirectoryNode, pid: number, name: string): Node | undefined {
  const directory = machine.lookup(String(pid));
  return directory !== undefined && isDirectory(directory) ? directory.lookup(name) : undefined;
}

function linkTarget(processes: HostProcesses, id: number, ownPid: number, name: string): string {
  const told = PLAIN_LINKS.has(name) ? processes.linkOf(id, name) : undefined;
  return told ?? `../${KERNEL_PROC}/${ownPid}/${name}`;
}
