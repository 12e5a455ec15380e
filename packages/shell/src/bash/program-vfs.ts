/** The file tree as a program sees it: /dev/fd and its kin are its own descriptors, and new files honour the umask. */

import { EBADF, EISDIR, type Errno, isErrno } from "../errno.ts";
import type { FdTable } from "../process/fd-table.ts";
import { type OpenFile, WOULD_BLOCK } from "../process/open-file.ts";
import type { FileHandle, Node } from "../vfs/node.ts";
import type { MountEntry, OpenedFile, OpenOptions, Vfs } from "../vfs/vfs.ts";
import { descriptorOf } from "./redirect.ts";

const DEFAULT_UMASK = 0o022;

export class ProgramVfs implements Vfs {
  readonly #vfs: Vfs;
  readonly #files: FdTable;
  readonly #umask: number;
  readonly #pid: number;
  /** Called after each mkdir, rmdir and unlink that succeeded. */
  onChange: () => void = () => {};

  constructor(vfs: Vfs, files: FdTable, umask: number, pid: number) {
    this.#vfs = vfs;
    this.#files = files;
    this.#umask = umask;
    this.#pid = pid;
  }

  lookup(path: string, cwd: string, options?: { readonly follow?: boolean }): Node | Errno {
    const fd = descriptorOf(path);
    if (fd < 0) return this.#vfs.lookup(path, cwd, options);
    const file = this.#files.get(fd);
    return file === undefined ? this.#vfs.lookup(path, cwd, options) : nodeOf(file);
  }

  realPath(path: string, cwd: string): string | Errno {
    return this.#vfs.realPath(path, cwd);
  }

  open(path: string, cwd: string, options: OpenOptions, pid: number): OpenedFile | Errno {
    const fd = descriptorOf(path);
    if (fd >= 0) {
      const file = this.#files.get(fd);
      if (file === undefined) return EBADF;
      return { node: nodeOf(file), handle: new DescriptorHandle(file) };
    }
    if (options.create !== true || options.mode !== undefined || this.#umask === DEFAULT_UMASK) {
      return this.#vfs.open(path, cwd, options, pid);
    }
    return this.#vfs.open(path, cwd, { ...options, mode: 0o666 & ~this.#umask }, pid);
  }

  readdir(path: string, cwd: string): readonly string[] | Errno {
    return this.#vfs.readdir(path, cwd);
  }

  mkdir(path: string, cwd: string, mode: number): Errno | undefined {
    return this.#changed(this.#vfs.mkdir(path, cwd, mode, this.#pid));
  }

  rmdir(path: string, cwd: string): Errno | undefined {
    return this.#changed(this.#vfs.rmdir(path, cwd, this.#pid));
  }

  unlink(path: string, cwd: string): Errno | undefined {
    return this.#changed(this.#vfs.unlink(path, cwd, this.#pid));
  }

  rename(from: string, to: string, cwd: string): Errno | undefined {
    return this.#vfs.rename(from, to, cwd, this.#pid);
  }

  symlink(target: string, path: string, cwd: string): Errno | undefined {
    return this.#vfs.symlink(target, path, cwd);
  }

  mkfifo(path: string, cwd: string, mode: number): Errno | undefined {
    return this.#vfs.mkfifo(path, cwd, mode);
  }

  mount(entry: MountEntry): Errno | undefined {
    return this.#vfs.mount(entry);
  }

  umount(path: string, cwd: string): Errno | undefined {
    return this.#vfs.umount(path, cwd, this.#pid);
  }

  mounts(): readonly MountEntry[] {
    return this.#vfs.mounts();
  }

  #changed(refused: Errno | undefined): Errno | undefined {
    if (refused === undefined) this.onChange();
    return refused;
  }
}

/** A descriptor opened again by its path; it shares the offset, as a pipe's does. */
class DescriptorHandle implements FileHandle {
  readonly #file: OpenFile;

  constructor(file: OpenFile) {
    this.#file = file;
  }

  read(_position: number, maxBytes: number): string | Errno {
    const bytes = this.#file.tryRead(maxBytes);
    return bytes === WOULD_BLOCK ? "" : bytes;
  }

  write(_position: number, bytes: string): number | Errno {
    const answer = this.#file.write(bytes);
    return isErrno(answer) ? answer : bytes.length;
  }

  close(): void {}
}

function nodeOf(file: OpenFile): Node {
  return file.node ?? PIPE_NODE;
}

/** Programs refuse named pipes as operands, so the pipe of a process substitution passes for a file. */
const PIPE_NODE: Node & { open(): Errno } = {
  kind: "file",
  ino: 0,
  mode: 0o600,
  mtimeNs: 0,
  nlink: 1,
  sizeBytes: () => 0,
  open: () => EISDIR,
};
