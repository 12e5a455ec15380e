/**
 * A file system in memory: the root file system, /tmp, and (with device nodes added) /dev.
 *
 *     TmpfsDirectory --name--> TmpfsDirectory | TmpfsFile | symlink | fifo | a device node put there by `adopt`
 *
 * A file lives while a name or an opened handle leads to it. Names are read back in the order they were made; Linux
 * promises no order here and has changed it between versions.
 */

import {
  EBADF,
  EEXIST,
  EINVAL,
  EISDIR,
  ENOENT,
  ENOMEM,
  ENOSPC,
  ENOTDIR,
  ENOTEMPTY,
  type Errno,
  EXDEV,
} from "../errno.ts";
import { BytePages, PAGE_BYTES } from "./byte-pages.ts";
import type { DirectoryNode, FileHandle, FileNode, Node, NodeKind, OpenFlags, SymlinkNode } from "./node.ts";
import { isDirectory } from "./node-kind.ts";
import { type CachedFile, NO_PID, type PageCache } from "./page-cache.ts";

/** BOGO_DIRENT_SIZE, mm/shmem.c, v6.1: what one entry adds to the size stat shows for a directory. */
const DIRENT_BYTES = 20;
const ROOT_MODE = 0o755;
const SYMLINK_MODE = 0o777;

interface TmpfsOptions {
  /** Bytes all files together may hold (`mount -o size=`), in whole pages; ENOSPC beyond. Unlimited when missing. */
  readonly sizeBytes?: number;
  /** Where its regular files take their memory from; they are free when missing. */
  readonly pageCache?: PageCache;
}

/** An empty file system. `nowNs` is virtual time since boot and stamps what changes. */
export function createTmpfs(nowNs: () => number, options: TmpfsOptions = {}): TmpfsDirectory {
  return new TmpfsDirectory(new Superblock(nowNs, options), ROOT_MODE);
}

/** What all nodes of one tmpfs share. */
class Superblock {
  readonly nowNs: () => number;
  readonly pageCache: PageCache | undefined;
  nrFreePages: number;
  #lastIno = 0;

  constructor(nowNs: () => number, options: TmpfsOptions) {
    this.nowNs = nowNs;
    this.pageCache = options.pageCache;
    this.nrFreePages = Math.ceil((options.sizeBytes ?? Number.POSITIVE_INFINITY) / PAGE_BYTES);
  }

  nextIno(): number {
    this.#lastIno++;
    return this.#lastIno;
  }
}

/** What every node of a tmpfs has. */
class TmpfsNode<Kind extends NodeKind> {
  readonly kind: Kind;
  readonly ino: number;
  mode: number;
  mtimeNs: number;
  nlink = 1;

  constructor(superblock: Superblock, kind: Kind, mode: number) {
    this.kind = kind;
    this.ino = superblock.nextIno();
    this.mode = mode;
    this.mtimeNs = superblock.nowNs();
  }

  sizeBytes(): number {
    return 0;
  }
}

class TmpfsSymlink extends TmpfsNode<"symlink"> implements SymlinkNode {
  readonly target: string;

  constructor(superblock: Superblock, target: string) {
    super(superblock, "symlink", SYMLINK_MODE);
    this.target = target;
  }

  override sizeBytes(): number {
    return this.target.length;
  }
}

class TmpfsFile extends TmpfsNode<"file"> implements FileNode {
  readonly cached: CachedFile | undefined;
  readonly #superblock: Superblock;
  readonly #pages = new BytePages();
  #nrOpen = 0;

  constructor(superblock: Superblock, mode: number, pid: number) {
    super(superblock, "file", mode);
    this.#superblock = superblock;
    this.cached = superblock.pageCache?.create(pid);
  }

  override sizeBytes(): number {
    return this.#pages.sizeBytes;
  }

  open(flags: OpenFlags, pid: number): FileHandle {
    if (flags.truncate) {
      this.#truncate(0, pid);
    }
    this.#nrOpen++;
    const leave = this.cached?.open(pid);
    let opened = true;
    return {
      read: (position, maxBytes) => (flags.read ? this.#read(position, maxBytes, pid) : EBADF),
      write: (position, bytes) =>
        flags.write ? this.#write(flags.append ? this.#pages.sizeBytes : position, bytes, pid) : EBADF,
      truncate: (sizeBytes) => (flags.write ? this.#truncate(sizeBytes, pid) : EINVAL),
      close: () => {
        if (!opened) return;
        opened = false;
        this.#nrOpen--;
        leave?.();
        this.#freeIfUnreachable(pid);
      },
    };
  }

  /** A name for this file is gone. */
  dropName(pid: number): void {
    this.nlink--;
    this.#freeIfUnreachable(pid);
  }

  /** The file system is gone, and all names with it. */
  unmounted(pid: number): void {
    this.nlink = 0;
    this.#freeIfUnreachable(pid);
  }

  #freeIfUnreachable(pid: number): void {
    if (this.nlink > 0 || this.#nrOpen > 0) return;
    this.#truncate(0, pid);
    this.cached?.delete(pid);
  }

  #truncate(sizeBytes: number, pid: number): undefined {
    const before = this.#pages.nrPages;
    this.#pages.truncate(sizeBytes);
    this.#superblock.nrFreePages += before - this.#pages.nrPages;
    this.cached?.truncate(Math.ceil(sizeBytes / PAGE_BYTES), pid);
    this.mtimeNs = this.#superblock.nowNs();
  }

  /** Pages that cannot be brought into memory end the read, as pages that cannot be written end a write. */
  #read(position: number, maxBytes: number, pid: number): string | Errno {
    const bytes = this.#pages.read(position, maxBytes);
    if (this.cached === undefined || bytes.length === 0) return bytes;
    const end = this.cached.read(firstPage(position), endPage(position, bytes.length), pid);
    const nrBytes = Math.min(bytes.length, end * PAGE_BYTES - position);
    return nrBytes > 0 ? bytes.slice(0, nrBytes) : ENOMEM;
  }

  #write(offset: number, bytes: string, pid: number): number | Errno {
    const before = this.#pages.nrPages;
    let nrBytes = this.#pages.fitting(offset, bytes.length, this.#superblock.nrFreePages);
    if (nrBytes === 0 && bytes.length > 0) return ENOSPC;
    if (this.cached !== undefined && nrBytes > 0) {
      const end = this.cached.write(firstPage(offset), endPage(offset, nrBytes), pid);
      nrBytes = Math.min(nrBytes, end * PAGE_BYTES - offset);
      if (nrBytes <= 0) return ENOMEM;
    }
    this.#pages.write(offset, nrBytes === bytes.length ? bytes : bytes.slice(0, nrBytes));
    this.#superblock.nrFreePages -= this.#pages.nrPages - before;
    this.mtimeNs = this.#superblock.nowNs();
    return nrBytes;
  }
}

function firstPage(offset: number): number {
  return Math.floor(offset / PAGE_BYTES);
}

function endPage(offset: number, nrBytes: number): number {
  return Math.ceil((offset + nrBytes) / PAGE_BYTES);
}

class TmpfsDirectory extends TmpfsNode<"directory"> implements DirectoryNode {
  readonly #superblock: Superblock;
  readonly #entries = new Map<string, Node>();
  #removed = false;

  constructor(superblock: Superblock, mode: number) {
    super(superblock, "directory", mode);
    this.#superblock = superblock;
    this.nlink = 2;
  }

  override sizeBytes(): number {
    return this.#entries.size * DIRENT_BYTES;
  }

  lookup(name: string): Node | undefined {
    return this.#entries.get(name);
  }

  names(): readonly string[] {
    return [...this.#entries.keys()];
  }

  mkdir(name: string, mode: number): DirectoryNode | Errno {
    const made = new TmpfsDirectory(this.#superblock, mode);
    const refused = this.adopt(name, made);
    return refused ?? made;
  }

  rmdir(name: string, pid: number = NO_PID): Errno | undefined {
    const node = this.#entries.get(name);
    if (node === undefined) return ENOENT;
    if (!(node instanceof TmpfsDirectory)) return ENOTDIR;
    if (node.#entries.size > 0) return ENOTEMPTY;
    this.#drop(name, node, pid);
    return undefined;
  }

  create(name: string, mode: number, pid: number = NO_PID): FileNode | Errno {
    if (this.#removed) return ENOENT;
    if (this.#entries.has(name)) return EEXIST;
    const made = new TmpfsFile(this.#superblock, mode, pid);
    const refused = this.adopt(name, made);
    return refused ?? made;
  }

  unlink(name: string, pid: number = NO_PID): Errno | undefined {
    const node = this.#entries.get(name);
    if (node === undefined) return ENOENT;
    if (isDirectory(node)) return EISDIR;
    this.#drop(name, node, pid);
    return undefined;
  }

  symlink(name: string, target: string): Errno | undefined {
    return this.adopt(name, new TmpfsSymlink(this.#superblock, target));
  }

  mkfifo(name: string, mode: number): Errno | undefined {
    return this.adopt(name, new TmpfsNode(this.#superblock, "fifo", mode));
  }

  /** That `newParent` does not lie in the moved directory is for the caller to know: nodes have no parents. */
  rename(name: string, newParent: DirectoryNode, newName: string, pid: number = NO_PID): Errno | undefined {
    const node = this.#entries.get(name);
    if (node === undefined) return ENOENT;
    if (!(newParent instanceof TmpfsDirectory) || newParent.#superblock !== this.#superblock) return EXDEV;
    const over = newParent.#entries.get(newName);
    if (over === node) return undefined;
    if (over !== undefined) {
      if (isDirectory(node) && !isDirectory(over)) return ENOTDIR;
      const refused = isDirectory(node) ? newParent.rmdir(newName, pid) : newParent.unlink(newName, pid);
      if (refused !== undefined) return refused;
    }
    if (newParent.#removed) return ENOENT;
    this.#entries.delete(name);
    newParent.#entries.set(newName, node);
    this.mtimeNs = newParent.mtimeNs = this.#superblock.nowNs();
    if (isDirectory(node)) {
      this.nlink--;
      newParent.nlink++;
    }
    return undefined;
  }

  unmounted(pid: number = NO_PID): void {
    for (const node of this.#entries.values()) {
      if (node instanceof TmpfsFile || node instanceof TmpfsDirectory) node.unmounted(pid);
    }
  }

  /** Puts a node under `name`: one just made, or a foreign one (a device). ENOENT in a directory already removed. */
  adopt(name: string, node: Node): Errno | undefined {
    if (this.#removed) return ENOENT;
    if (this.#entries.has(name)) return EEXIST;
    this.#entries.set(name, node);
    if (isDirectory(node)) this.nlink++;
    this.mtimeNs = this.#superblock.nowNs();
    return undefined;
  }

  #drop(name: string, node: Node, pid: number): void {
    this.#entries.delete(name);
    this.mtimeNs = this.#superblock.nowNs();
    if (node instanceof TmpfsFile) node.dropName(pid);
    else if (node instanceof TmpfsDirectory) {
      node.#removed = true;
      node.nlink = 0;
      this.nlink--;
    }
  }
}
