/** Requests about names: lookup, mkdir, rmdir, unlink, rename, links, listings. */

import { EBADF, EEXIST, EINVAL, ENOENT, ENOTDIR, EPERM, type Errno, isErrno } from "../errno.ts";
import type { Node } from "../vfs/node.ts";
import { isDirectory, isSymlink } from "../vfs/node-kind.ts";
import { RENAME_NOREPLACE, S_IFIFO, S_IFMT, S_IFREG } from "./abi.ts";
import { putEntry, typeBits } from "./attributes.ts";
import type { Inode } from "./inodes.ts";
import type { Reply } from "./message.ts";
import type { Call, Outcome } from "./session.ts";

const PERMISSIONS = 0o7777;
const DIRENT_HEADER_BYTES = 24;
const DIRENT_ALIGN_BYTES = 8;
/** "Not known": what looks the name up is told the number. */
const UNKNOWN_INO = 0xffff_ffff;
const TYPE_SHIFT = 4096;

/** The directory that the request is about; ENOENT once it has been removed. */
export function directoryOf(call: Call): Inode | Errno {
  const inode = call.mount.inodes.get(call.request.node);
  return inode?.isThere === true ? inode : ENOENT;
}

/** Answers with what is now called `name` in the directory. */
function entry({ mount, reply }: Call, parent: Inode, name: string, node: Node): Reply {
  return putEntry(reply, mount.inodes.found(parent, name, node), mount.bootSeconds);
}

/** What is called `name` in the directory, after a call that made it. */
export function madeEntry(call: Call, parent: Inode, name: string): Outcome {
  const { mount } = call;
  const node = mount.vfs.lookup(name, mount.inodes.pathOf(parent), { follow: false });
  return isErrno(node) ? node : entry(call, parent, name, node);
}

export function lookup(call: Call): Outcome {
  const parent = directoryOf(call);
  if (isErrno(parent)) return parent;
  return madeEntry(call, parent, call.request.name(0));
}

export function readLink({ mount, request, reply, task }: Call): Outcome {
  const node = mount.inodes.get(request.node)?.node;
  if (node === undefined || !isSymlink(node)) return EINVAL;
  const target = node.targetFor === undefined ? node.target : node.targetFor(task);
  return isErrno(target) ? target : reply.text(target);
}

export function symlink(call: Call): Outcome {
  const { mount, request } = call;
  const name = request.name(0);
  return making(call, name, (path) => mount.vfs.symlink(request.name(name.length + 1), name, path));
}

export function makeNode(call: Call): Outcome {
  const { mount, request, task } = call;
  const mode = request.u32(0);
  const name = request.name(16);
  return making(call, name, (path) => {
    if ((mode & S_IFMT) === S_IFIFO) return mount.vfs.mkfifo(name, path, mode & PERMISSIONS);
    if ((mode & S_IFMT) !== S_IFREG && (mode & S_IFMT) !== 0) return EPERM;
    const options = { create: true, exclusive: true, mode: mode & PERMISSIONS };
    const opened = mount.vfs.open(name, path, options, task);
    if (isErrno(opened)) return opened;
    opened.handle.close();
    return undefined;
  });
}

export function makeDirectory(call: Call): Outcome {
  const { mount, request, task } = call;
  const name = request.name(8);
  const outcome = making(call, name, (path) => mount.vfs.mkdir(name, path, request.u32(0) & PERMISSIONS, task));
  mount.callers.changedDirectory(request.pid);
  return outcome;
}

/** Makes `name` by the call given, told the path of the directory; answers what was made. */
function making(call: Call, name: string, make: (path: string) => Errno | undefined): Outcome {
  const parent = directoryOf(call);
  if (isErrno(parent)) return parent;
  return make(call.mount.inodes.pathOf(parent)) ?? madeEntry(call, parent, name);
}

export function unlink(call: Call): Outcome {
  return removing(call, (name, path) => call.mount.vfs.unlink(name, path, call.task));
}

export function removeDirectory(call: Call): Outcome {
  return removing(call, (name, path) => call.mount.vfs.rmdir(name, path, call.task));
}

function removing(call: Call, remove: (name: string, path: string) => Errno | undefined): Outcome {
  const { mount, request, reply } = call;
  const parent = directoryOf(call);
  if (isErrno(parent)) return parent;
  const name = request.name(0);
  const refused = remove(name, mount.inodes.pathOf(parent));
  if (refused === undefined) mount.inodes.removed(parent, name);
  mount.callers.changedDirectory(request.pid);
  return refused ?? reply;
}

export function rename(call: Call): Outcome {
  return renaming(call, 8, 0);
}

export function rename2(call: Call): Outcome {
  const flags = call.request.u32(8);
  return (flags & ~RENAME_NOREPLACE) !== 0 ? EINVAL : renaming(call, 16, flags);
}

function renaming(call: Call, namesAt: number, flags: number): Outcome {
  const { mount, request, reply, task } = call;
  const parent = directoryOf(call);
  const newParent = mount.inodes.get(request.u64(0));
  if (isErrno(parent)) return parent;
  if (newParent?.isThere !== true) return ENOENT;
  const name = request.name(namesAt);
  const newName = request.name(namesAt + name.length + 1);
  const from = pathIn(mount.inodes.pathOf(parent), name);
  const to = pathIn(mount.inodes.pathOf(newParent), newName);
  if ((flags & RENAME_NOREPLACE) !== 0 && !isErrno(mount.vfs.lookup(to, "/", { follow: false }))) return EEXIST;
  const refused = mount.vfs.rename(from, to, "/", task);
  if (refused !== undefined) return refused;
  mount.inodes.renamed(parent, name, newParent, newName);
  return reply;
}

function pathIn(directory: string, name: string): string {
  return directory === "/" ? `/${name}` : `${directory}/${name}`;
}

/** No file system of the machine has hard links: what vfs_link() answers then. */
export function link(): Outcome {
  return EPERM;
}

export function openDirectory(call: Call): Outcome {
  const { mount, reply } = call;
  const inode = directoryOf(call);
  if (isErrno(inode)) return inode;
  const { node } = inode;
  if (!isDirectory(node)) return ENOTDIR;
  const entries: [string, number][] = [
    [".", typeBits(node)],
    ["..", typeBits(node)],
  ];
  for (const name of node.names()) {
    const child = node.lookup(name);
    if (child !== undefined) entries.push([name, typeBits(child)]);
  }
  const handle = { read: () => EBADF, write: () => EBADF, close: () => undefined };
  const id = mount.handles.add({ node, handle, append: false, entries });
  return reply.u64(id).u32(0).u32(0);
}

export function readDirectory({ mount, request, reply }: Call): Outcome {
  const entries = mount.handles.get(request.u64(0))?.entries;
  if (entries === undefined) return EBADF;
  const maxBytes = request.u32(16);
  for (let i = request.u64(8); i < entries.length; i++) {
    const [name, type] = entries[i] ?? ["", 0];
    const padding = -name.length & (DIRENT_ALIGN_BYTES - 1);
    if (reply.resultBytes + DIRENT_HEADER_BYTES + name.length + padding > maxBytes) break;
    reply
      .u64(UNKNOWN_INO)
      .u64(i + 1)
      .u32(name.length)
      .u32(Math.floor(type / TYPE_SHIFT))
      .text(name)
      .zeros(padding);
  }
  return reply;
}
