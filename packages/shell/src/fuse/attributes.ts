/** What stat(2) shows of a node, as the protocol wants it. */

import type { Node, NodeKind } from "../vfs/node.ts";
import { isDirectory } from "../vfs/node-kind.ts";
import { S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFREG } from "./abi.ts";
import type { Inode } from "./inodes.ts";
import type { Reply } from "./message.ts";

const BLOCK_BYTES = 512;
const PAGE_BYTES = 4096;
const NS_PER_S = 1e9;
/** Seconds for which the kernel need not ask again about what changes by its own calls alone. */
const LONG_S = 3600;

const TYPES: Readonly<Record<NodeKind, number>> = {
  file: S_IFREG,
  directory: S_IFDIR,
  "character-device": S_IFCHR,
  fifo: S_IFIFO,
  symlink: S_IFLNK,
};

export function typeBits(node: Node): number {
  return TYPES[node.kind];
}

/** A directory whose name may be remembered: it comes and goes by mkdir and rmdir alone. */
export function isSteady(node: Node): boolean {
  return isDirectory(node) && node.isSteady === true;
}

/** @param bootSeconds wall clock at boot, s since 1970: node times count from there */
export function putAttributes(reply: Reply, inode: Inode, bootSeconds: number): Reply {
  const { node } = inode;
  const sizeBytes = node.sizeBytes();
  const seconds = bootSeconds + Math.floor(node.mtimeNs / NS_PER_S);
  const rest = node.mtimeNs % NS_PER_S;
  reply
    .u64(inode.id)
    .u64(sizeBytes)
    .u64(Math.ceil(sizeBytes / PAGE_BYTES) * (PAGE_BYTES / BLOCK_BYTES));
  reply.u64(seconds).u64(seconds).u64(seconds).u32(rest).u32(rest).u32(rest);
  reply
    .u32(typeBits(node) | node.mode)
    .u32(node.nlink)
    .u32(0)
    .u32(0);
  return reply.u32(0).u32(PAGE_BYTES).u32(0);
}

export function putEntry(reply: Reply, inode: Inode, bootSeconds: number): Reply {
  const validS = isSteady(inode.node) ? LONG_S : 0;
  reply.u64(inode.id).u64(0).u64(validS).u64(0).u32(0).u32(0);
  return putAttributes(reply, inode, bootSeconds);
}
