/**
 * Building blocks for /proc, /sys and the cgroup file system: files whose text is made when it is read and whose
 * writes are requests, in directories that processes cannot change.
 */

import { EACCES, EBADF, ENOENT, EPERM, type Errno, isErrno } from "../errno.ts";
import type { DirectoryNode, FileHandle, FileNode, Node, OpenFlags } from "./node.ts";
import { isDirectory } from "./node-kind.ts";

const ANY_READ = 0o444;
const ANY_WRITE = 0o222;

interface GeneratedFileOptions {
  readonly ino: number;
  /** Permission bits; root too gets EACCES for a direction that nobody has, as in the cgroup file system. */
  readonly mode: number;
  /** The whole text, for the process that opened the file; or what its read answers (ENODEV of a dead cgroup). */
  readonly render?: (pid: number) => string | Errno;
  /**
   * Carries out one write(2) of the process that opened the file. Returns the bytes taken, undefined for all.
   * Where /proc lets root open a file and fails the write, give a `write` that returns EIO.
   */
  readonly write?: (bytes: string, pid: number) => Errno | number | undefined;
  readonly mtimeNs?: number;
  /** Told of each open; the answer is told of the handle's writes and of its close. */
  readonly opened?: (pid: number) => OpenedFile | undefined;
}

/** Somebody who counts what open files take. */
export interface OpenedFile {
  wrote(): void;
  closed(): void;
}

/** A file of size 0 whose text is made by the read at position 0 and kept for the reads after it, as by seq_file. */
export function generatedFile(options: GeneratedFileOptions): FileNode {
  return new GeneratedFile(options);
}

class GeneratedFile implements FileNode {
  readonly kind = "file";
  readonly ino: number;
  mode: number;
  mtimeNs: number;
  readonly nlink = 1;
  readonly #options: GeneratedFileOptions;

  constructor(options: GeneratedFileOptions) {
    this.ino = options.ino;
    this.mode = options.mode;
    this.mtimeNs = options.mtimeNs ?? 0;
    this.#options = options;
  }

  sizeBytes(): number {
    return 0;
  }

  /** @kernel fs/kernfs/file.c kernfs_fop_open(), v6.1 */
  open(flags: OpenFlags, pid: number): FileHandle | Errno {
    const { render, write } = this.#options;
    if (flags.write && (write === undefined || (this.mode & ANY_WRITE) === 0)) return EACCES;
    if (flags.read && (render === undefined || (this.mode & ANY_READ) === 0)) return EACCES;
    const opened = this.#options.opened?.(pid);
    return new GeneratedHandle(flags.read ? render : undefined, flags.write ? write : undefined, pid, opened);
  }
}

class GeneratedHandle implements FileHandle {
  readonly #render: GeneratedFileOptions["render"];
  readonly #write: GeneratedFileOptions["write"];
  readonly #pid: number;
  readonly #opened: OpenedFile | undefined;
  #text: string | undefined = undefined;

  constructor(
    render: GeneratedFileOptions["render"],
    write: GeneratedFileOptions["write"],
    pid: number,
    opened: OpenedFile | undefined,
  ) {
    this.#render = render;
    this.#write = write;
    this.#pid = pid;
    this.#opened = opened;
  }

  read(position: number, maxBytes: number): string | Errno {
    if (this.#render === undefined) return EBADF;
    if (this.#text === undefined || position === 0) {
      const text = this.#render(this.#pid);
      if (isErrno(text)) return text;
      this.#text = text;
    }
    return this.#text.slice(position, position + maxBytes);
  }

  write(_position: number, bytes: string): number | Errno {
    if (this.#write === undefined) return EBADF;
    this.#opened?.wrote();
    return this.#write(bytes, this.#pid) ?? bytes.length;
  }

  close(): void {
    this.#text = undefined;
    this.#opened?.closed();
  }
}

interface GeneratedDirectoryOptions {
  readonly ino?: number;
  readonly mode?: number;
  readonly mtimeNs?: number;
  /**
   * What making a name answers. "refuse" (the default): EPERM for mkdir, EACCES for a file, as in /sys. "not found":
   * ENOENT for all, because a lookup in /proc says so before anything else is asked.
   */
  readonly onNew?: "refuse" | "not found";
}

/** A directory with the entries given, for ever; processes can neither add nor remove any. */
export function fixedDirectory(
  entries: Iterable<readonly [string, Node]>,
  options: GeneratedDirectoryOptions = {},
): DirectoryNode {
  const byName = new Map(entries);
  return generatedDirectory({
    ...options,
    lookup: (name) => byName.get(name),
    names: () => [...byName.keys()],
  });
}

/**
 * A directory whose entries come and go with the machine: the tasks in /proc. `lookup` must return the same node for
 * a directory as long as that directory lives.
 */
export function generatedDirectory(
  options: GeneratedDirectoryOptions & {
    readonly lookup: (name: string) => Node | undefined;
    readonly names: () => readonly string[];
  },
): DirectoryNode {
  const notFound = options.onNew === "not found";
  const nowhere = notFound ? ENOENT : EPERM;
  return {
    kind: "directory",
    ino: options.ino ?? 1,
    mode: options.mode ?? 0o555,
    mtimeNs: options.mtimeNs ?? 0,
    get nlink() {
      let nrDirectories = 0;
      for (const name of options.names()) {
        const node = options.lookup(name);
        if (node !== undefined && isDirectory(node)) nrDirectories++;
      }
      return 2 + nrDirectories;
    },
    sizeBytes: () => 0,
    lookup: options.lookup,
    names: options.names,
    mkdir: () => nowhere,
    rmdir: () => EPERM,
    create: () => (notFound ? ENOENT : EACCES),
    unlink: () => EPERM,
    symlink: () => nowhere,
    mkfifo: () => nowhere,
    rename: () => EPERM,
  };
}
