/**
 * The file tree a process sees: paths, the working directory, mounts, symbolic links. The calls are Linux's and so
 * are the answers (an `Errno`). Implemented by `file-tree.ts`.
 */

import type { Errno } from "../errno.ts";
import type { DirectoryNode, FileHandle, Node } from "./node.ts";

export interface OpenOptions {
  readonly read?: boolean;
  readonly write?: boolean;
  readonly append?: boolean;
  readonly truncate?: boolean;
  /** Make the file when it is missing. */
  readonly create?: boolean;
  /** With `create`: EEXIST when it is there (noclobber). */
  readonly exclusive?: boolean;
  /** Permission bits of a file made. */
  readonly mode?: number;
}

export interface OpenedFile {
  readonly node: Node;
  readonly handle: FileHandle;
}

export interface MountEntry {
  /** Absolute path it is mounted on. */
  readonly path: string;
  /** e.g. "cgroup2" */
  readonly type: string;
  readonly source: string;
  /** e.g. "rw,nosuid,nodev,noexec,relatime" */
  readonly options: string;
  readonly root: DirectoryNode;
}

export interface Vfs {
  /** The node at `path`; `cwd` is the absolute working directory. Follows a final symbolic link unless told not to. */
  lookup(path: string, cwd: string, options?: { readonly follow?: boolean }): Node | Errno;
  /** Absolute path without ".", ".." or symbolic links; ENOENT when any part is missing. */
  realPath(path: string, cwd: string): string | Errno;
  open(path: string, cwd: string, options: OpenOptions, pid: number): OpenedFile | Errno;
  readdir(path: string, cwd: string): readonly string[] | Errno;
  /** `pid` here and below: the process that asks; missing where nobody needs to know. */
  mkdir(path: string, cwd: string, mode: number, pid?: number): Errno | undefined;
  rmdir(path: string, cwd: string, pid?: number): Errno | undefined;
  unlink(path: string, cwd: string, pid?: number): Errno | undefined;
  rename(from: string, to: string, cwd: string, pid?: number): Errno | undefined;
  symlink(target: string, path: string, cwd: string): Errno | undefined;
  mkfifo(path: string, cwd: string, mode: number): Errno | undefined;
  /** Puts `entry.root` over the directory at `entry.path`. */
  mount(entry: MountEntry): Errno | undefined;
  /** EINVAL when nothing is mounted there, EBUSY when another mount lies below. */
  umount(path: string, cwd: string, pid?: number): Errno | undefined;
  mounts(): readonly MountEntry[];
}
