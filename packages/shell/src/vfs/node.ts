/**
 * What a file system hangs into the tree: directories, files, devices, symbolic links. Paths, mounts and `..` are
 * not here but in `vfs.ts`; a node knows only its own children.
 *
 * All text is a *byte string*: one character (U+0000..U+00FF) per byte, so lengths are byte counts and any byte
 * survives. Times are ns of virtual time since the machine booted.
 */

import type { Errno } from "../errno.ts";
import type { CachedFile } from "./page-cache.ts";

export type NodeKind = "file" | "directory" | "character-device" | "fifo" | "symlink";

export interface Node {
  readonly kind: NodeKind;
  /** Inode number, unique within one file system. */
  readonly ino: number;
  /** Permission bits, e.g. 0o644. */
  mode: number;
  mtimeNs: number;
  /** Hard links. */
  readonly nlink: number;
  /** Size in bytes as stat shows it; 0 for generated files, as in /proc. */
  sizeBytes(): number;
}

export interface DirectoryNode extends Node {
  readonly kind: "directory";
  lookup(name: string): Node | undefined;
  /** Names in the order readdir gives them, without "." and "..". */
  names(): readonly string[];
  /** `pid` here and below: the process that asks; missing where nobody needs to know. */
  mkdir(name: string, mode: number, pid?: number): DirectoryNode | Errno;
  rmdir(name: string, pid?: number): Errno | undefined;
  create(name: string, mode: number, pid?: number): FileNode | Errno;
  unlink(name: string, pid?: number): Errno | undefined;
  symlink(name: string, target: string): Errno | undefined;
  /** Makes a named pipe. */
  mkfifo(name: string, mode: number): Errno | undefined;
  /** Moves `name` to `newName` in `newParent`, which is a directory of the same file system. */
  rename(name: string, newParent: DirectoryNode, newName: string, pid?: number): Errno | undefined;
  /** Its entries come and go by mkdir and rmdir of processes alone: who has looked one up may remember it. */
  readonly isSteady?: boolean;
  /** Of the root of a file system: its last mount is gone. */
  unmounted?(pid?: number): void;
}

export interface SymlinkNode extends Node {
  readonly kind: "symlink";
  readonly target: string;
  /** Where the target depends on the process that asks (/proc/self). */
  targetFor?(pid: number): string | Errno;
}

export interface OpenFlags {
  readonly read: boolean;
  readonly write: boolean;
  readonly append: boolean;
  readonly truncate: boolean;
}

/** A regular file, a generated file or a character device. Named pipes are opened by the process layer. */
export interface FileNode extends Node {
  readonly kind: "file" | "character-device";
  /** @param pid the process that opens; generated files may answer by caller (e.g. /proc/self) */
  open(flags: OpenFlags, pid: number): FileHandle | Errno;
  /** Who opens it starts a program: the index of the dynamic loader. It always reads the same. */
  readonly startsProgram?: boolean;
  /**
   * An open by `pid` may have to wait: undefined when it has not, else what begins the wait. `done` is called when it is
   * over; what is returned gives it up.
   */
  waits?(pid: number): ((done: () => void) => () => void) | undefined;
  /** Its pages in memory, where they are counted. */
  readonly cached?: CachedFile | undefined;
}

/** One opened file. Positions are the caller's. */
export interface FileHandle {
  /** Bytes at `[position, position + maxBytes)`, fewer at the end, "" at end of file. */
  read(position: number, maxBytes: number): string | Errno;
  /** One write(2): the whole of `bytes` is one request to a control file. Returns the bytes taken. */
  write(position: number, bytes: string): number | Errno;
  /** ftruncate(2), where the file has a size to set. */
  truncate?(sizeBytes: number): Errno | undefined;
  close(): void;
}
