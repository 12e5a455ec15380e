/**
 * A file system in memory: the root file system, /tmp, and (with device nodes added) /dev.
 *
 *     TmpfsDirectory --name--> TmpfsDirectory | TmpfsFile | symlink | fifo | a device node put there by `adopt`
 *
 * A file lives while a name or an opened handle leads to it. Names are read back in the order they were made; Linux
 * promises no order here and has changed it between versions.
 */

import { EBADF, EEXIST, EISDIR, ENOENT, ENOSPC, ENOTDIR, ENOTEMPTY, type Errno, EXDEV } from "../errno.ts";
import { BytePages, PAGE_BYTES } from "./byte-pages.ts";
import type { DirectoryNode, FileHandle, FileNode, Node, NodeKind, OpenFlags, SymlinkNode } from "./node.ts";
import { isDirectory } from "./node-kind.ts";

/** BOGO_DIRENT_SIZE, mm/shmem.c, v6.1: what one entry adds to the size stat shows for a directory. */
const DIRENT_BYTES = 20;
const ROOT_MODE = 0o755;
const SYMLINK_MODE = 0o777;

interface TmpfsOptions {
  /** Bytes all files together may hold (`mount -o size=`), in whole pages; ENOSPC beyond. Unlimited when missing. */
  readonly sizeBytes?: number;
}

/** An empty file system. `nowNs` is virtual time since boot and stamps what changes. */
export function createTmpfs(nowNs: () => number, options: TmpfsOptions = {}): TmpfsDirectory {
  return new TmpfsDirectory(new Superblock(nowNs, options.sizeBytes ?? Number.POSITIVE_INFINITY), ROOT_MODE);
}

/** What all nodes of one tmpfs share. */
class Superblock {
  readonly nowNs: () => number;
  nrFreePages: number;
  #lastIno = 0;

  constructor(nowNs: () => number, sizeBytes: number) {
    this.nowNs = nowNs;
    this.nrFreePages = Math.ceil(sizeBytes / PAGE_BYTES);
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
  readonly #superblock: Superblock;
  readonly #pages = new BytePages();
  #nrOpen = 0;

  constructor(superblock: Superblock, mode: number) {
    super(superblock, "file", mode);
    this.#superblock = superblock;
  }

  override sizeBytes(): number {
    return this.#pages.sizeBytes;
  }

  open(flags: OpenFlags): FileHandle {
    if (flags.truncate) {
      this.#empty();
      this.mtimeNs = this.#superblock.nowNs();
    }
    this.#nrOpen++;
    let opened = true;
    return {
      read: (position, maxBytes) => (flags.read ? this.#pages.read(position, maxBytes) : EBADF),
      write: (position, bytes) =>
        flags.write ? this.#write(flags.append ? this.#pages.sizeBytes : position, bytes) : EBADF,
      close: () => {
        if (!opened) return;
        opened = false;
        this.#nrOpen--;
        this.#freeIfUnreachable();
      },
    };
  }

  /** A name for this file is gone. */
  dropName(): void {
    this.nlink--;
    this.#freeIfUnreachable();
  }

  #freeIfUnreachable(): void {
    if (this.nlink === 0 && this.#nrOpen === 0) this.#empty();
  }

  #empty(): void {
    this.#superblock.nrFreePages += this.#pages.nrPages;
    this.#pages.clear();
  }

  #write(offset: number, bytes: string): number | Errno {
    const before = this.#pages.nrPages;
    const nrBytes = this.#pages.fitting(offset, bytes.length, this.#superblock.nrFreePages);
    if (nrBytes === 0 && bytes.length > 0) return ENOSPC;
    this.#pages.write(offset, nrBytes === bytes.length ? bytes : bytes.slice(0, nrBytes));
    this.#superblock.nrFreePages -= this.#pages.nrPages - before;
    this.mtimeNs = this.#superblock.nowNs();
    return nrBytes;
  }
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

  rmdir(name: string): Errno | undefined {
    const node = this.#entries.get(name);
    if (node === undefined) return ENOENT;
    if (!(node instanceof TmpfsDirectory)) return ENOTDIR;
    if (node.#entries.size > 0) return ENOTEMPTY;
    this.#drop(name, node);
    return undefined;
  }

  create(name: string, mode: number): FileNode | Errno {
    const made = new TmpfsFile(this.#superblock, mode);
    const refused = this.adopt(name, made);
    return refused ?? made;
  }

  unlink(name: string): Errno | undefined {
    const node = this.#entries.get(name);
    if (node === undefined) return ENOENT;
    if (isDirectory(node)) return EISDIR;
    this.#drop(name, node);
    return undefined;
  }

  symlink(name: string, target: string): Errno | undefined {
    return this.adopt(name, new TmpfsSymlink(this.#superblock, target));
  }

  mkfifo(name: string, mode: number): Errno | undefined {
    return this.adopt(name, new TmpfsNode(this.#superblock, "fifo", mode));
  }

  /** That `newParent` does not lie in the moved directory is for the caller to know: nodes have no parents. */
  rename(name: string, newParent: DirectoryNode, newName: string): Errno | undefined {
    const node = this.#entries.get(name);
    if (node === undefined) return ENOENT;
    if (!(newParent instanceof TmpfsDirectory) || newParent.#superblock !== this.#superblock) return EXDEV;
    const over = newParent.#entries.get(newName);
    if (over === node) return undefined;
    if (over !== undefined) {
      if (isDirectory(node) && !isDirectory(over)) return ENOTDIR;
      const refused = isDirectory(node) ? newParent.rmdir(newName) : newParent.unlink(newName);
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

  /** Puts a node under `name`: one just made, or a foreign one (a device). ENOENT in a directory already removed. */
  adopt(name: string, node: Node): Errno | undefined {
    if (this.#removed) return ENOENT;
    if (this.#entries.has(name)) return EEXIST;
    this.#entries.set(name, node);
    if (isDirectory(node)) this.nlink++;
    this.mtimeNs = this.#superblock.nowNs();
    return undefined;
  }

  #drop(name: string, node: Node): void {
    this.#entries.delete(name);
    this.mtimeNs = this.#superblock.nowNs();
    if (node instanceof TmpfsFile) node.dropName();
    else if (node instanceof TmpfsDirectory) {
      node.#removed = true;
      node.nlink = 0;
      this.nlink--;
    }
  }
}
