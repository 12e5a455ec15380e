/** Requests about files: open, read, write, attributes. */

import { EBADF, EEXIST, EISDIR, ENOENT, EOPNOTSUPP, type Errno, isErrno } from "../errno.ts";
import type { Node } from "../vfs/node.ts";
import { isDirectory, isFile } from "../vfs/node-kind.ts";
import type { OpenedFile, OpenOptions } from "../vfs/vfs.ts";
import {
  O_ACCMODE,
  O_APPEND,
  O_EXCL,
  O_RDWR,
  O_TRUNC,
  O_WRONLY,
  OPEN_DIRECT_IO,
  OPEN_KEEP_CACHE,
  SET_FH,
  SET_MODE,
  SET_MTIME,
  SET_MTIME_NOW,
  SET_SIZE,
} from "./abi.ts";
import { isSteady, putAttributes } from "./attributes.ts";
import { directoryOf, madeEntry } from "./directory-calls.ts";
import type { Inode } from "./inodes.ts";
import type { Reply } from "./message.ts";
import type { Call, Outcome } from "./session.ts";

const PERMISSIONS = 0o7777;
const BLOCK_BYTES = 4096;
const NAME_MAX_BYTES = 255;
/** Blocks and files that are said to be there, all free: no file system of the machine has a size. */
const NR_BLOCKS = 1 << 20;
const NS_PER_S = 1e9;
/** Control files of a cgroup that list processes. */
const PID_FILES: ReadonlySet<string> = new Set(["cgroup.procs", "cgroup.threads", "tasks"]);

export function succeed({ reply }: Call): Outcome {
  return reply;
}

function flagsOf(flags: number): OpenOptions {
  const access = flags & O_ACCMODE;
  return {
    read: access !== O_WRONLY,
    write: access === O_WRONLY || access === O_RDWR,
    append: (flags & O_APPEND) !== 0,
    truncate: (flags & O_TRUNC) !== 0,
  };
}

/** A file opened by its node, which may have lost its name. */
function openNode({ task }: Call, node: Node, options: OpenOptions): OpenedFile | Errno {
  if (isDirectory(node)) return EISDIR;
  if (!isFile(node)) return EOPNOTSUPP;
  const { read = false, write = false, append = false, truncate = false } = options;
  const handle = node.open({ read, write, append, truncate }, task);
  return isErrno(handle) ? handle : { node, handle };
}

export function open(call: Call): Outcome {
  const { mount, request, reply, task } = call;
  const inode = mount.inodes.get(request.node);
  if (inode === undefined) return ENOENT;
  const { node } = inode;
  const options = flagsOf(request.u32(0));
  const begin = isFile(node) ? node.waits?.(task) : undefined;
  if (begin === undefined) {
    const opened = openInode(call, inode, options);
    return isErrno(opened) ? opened : openReply(call, reply, opened, options);
  }
  return call.later((answer) =>
    begin(() => {
      const opened = openInode(call, inode, options);
      answer(isErrno(opened) ? opened : (late) => openReply(call, late, opened, options));
    }),
  );
}

function openInode(call: Call, inode: Inode, options: OpenOptions): OpenedFile | Errno {
  const opened = openNode(call, inode.node, options);
  if (isErrno(opened) || !PID_FILES.has(inode.name)) return opened;
  if (inode.parent === undefined || !isSteady(inode.parent.node)) return opened;
  return { node: opened.node, handle: call.mount.callers.ownPids(opened.handle, call.task) };
}

function openReply({ mount }: Call, reply: Reply, { node, handle }: OpenedFile, options: OpenOptions): Reply {
  const append = options.append ?? false;
  const id = mount.handles.add({ node, handle, append, entries: [] });
  return reply
    .u64(id)
    .u32(isFile(node) && node.startsProgram === true ? OPEN_KEEP_CACHE : OPEN_DIRECT_IO)
    .u32(0);
}

export function create(call: Call): Outcome {
  const { mount, request, task } = call;
  const parent = directoryOf(call);
  if (isErrno(parent)) return parent;
  const flags = request.u32(0);
  const options = flagsOf(flags);
  const name = request.name(16);
  const exclusive = (flags & O_EXCL) !== 0;
  const path = mount.inodes.pathOf(parent);
  const opened = mount.vfs.open(
    name,
    path,
    { ...options, create: true, exclusive, mode: request.u32(4) & PERMISSIONS },
    task,
  );
  if (isErrno(opened)) return opened;
  const entry = madeEntry(call, parent, name);
  if (isErrno(entry) || typeof entry === "string") {
    opened.handle.close();
    return isErrno(entry) ? entry : EEXIST;
  }
  return openReply(call, entry, opened, options);
}

export function release({ mount, request, reply }: Call): Outcome {
  mount.handles.close(request.u64(0));
  return reply;
}

export function read({ mount, request, reply }: Call): Outcome {
  const opened = mount.handles.get(request.u64(0));
  if (opened === undefined) return EBADF;
  const text = opened.handle.read(request.u64(8), request.u32(16));
  return isErrno(text) ? text : reply.text(text);
}

export function write({ mount, request, reply }: Call): Outcome {
  const opened = mount.handles.get(request.u64(0));
  if (opened === undefined) return EBADF;
  const bytes = request.content(40, request.u32(16));
  const taken = opened.handle.write(request.u64(8), bytes);
  return isErrno(taken) ? taken : reply.u32(taken).u32(0);
}

function attributes({ mount, reply }: Call, inode: Inode): Reply {
  return putAttributes(reply.u64(0).u32(0).u32(0), inode, mount.bootSeconds);
}

export function getAttributes(call: Call): Outcome {
  const inode = call.mount.inodes.get(call.request.node);
  return inode === undefined ? ENOENT : attributes(call, inode);
}

/** Owners are not kept: everybody is root. */
export function setAttributes(call: Call): Outcome {
  const { mount, request } = call;
  const inode = mount.inodes.get(request.node);
  if (inode === undefined) return ENOENT;
  const valid = request.u32(0);
  if ((valid & SET_SIZE) !== 0) {
    const refused = setSize(call, inode, (valid & SET_FH) !== 0);
    if (refused !== undefined) return refused;
  }
  const { node } = inode;
  if ((valid & SET_MODE) !== 0) node.mode = request.u32(68) & PERMISSIONS;
  if ((valid & SET_MTIME_NOW) === 0 && (valid & SET_MTIME) !== 0) {
    node.mtimeNs = Math.max((request.u64(40) - mount.bootSeconds) * NS_PER_S + request.u32(60), 0);
  }
  return attributes(call, inode);
}

function setSize(call: Call, inode: Inode, byHandle: boolean): Errno | undefined {
  const { mount, request } = call;
  const sizeBytes = request.u64(16);
  const opened = byHandle ? mount.handles.get(request.u64(8)) : undefined;
  if (opened !== undefined) return truncate(opened, sizeBytes);
  const own = openNode(call, inode.node, { write: true });
  if (isErrno(own)) return own;
  const refused = truncate(own, sizeBytes);
  own.handle.close();
  return refused;
}

/** A file whose text is made when it is read has no size to set, and does not mind. */
function truncate({ handle }: Pick<OpenedFile, "handle">, sizeBytes: number): Errno | undefined {
  return handle.truncate?.(sizeBytes);
}

export function statFileSystem({ reply }: Call): Outcome {
  reply.u64(NR_BLOCKS).u64(NR_BLOCKS).u64(NR_BLOCKS).u64(NR_BLOCKS).u64(NR_BLOCKS);
  return reply.u32(BLOCK_BYTES).u32(NAME_MAX_BYTES).u32(BLOCK_BYTES).zeros(28);
}
