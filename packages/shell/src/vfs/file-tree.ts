/**
 * The file tree a process sees: file systems (see `node.ts`) hung into one another by mounts, reached by paths. This
 * file is the calls and the order in which Linux finds fault with them; `walk.ts` is the way along a path, `place.ts`
 * a point on it.
 *
 * Every process here is root, so permission bits never refuse; only a file system itself does (EPERM, EACCES).
 *
 * A working directory is a path, not a reference: when its directory is removed, relative paths answer ENOENT.
 */

import {
  EBADF,
  EBUSY,
  EEXIST,
  EINVAL,
  EISDIR,
  ENAMETOOLONG,
  ENOENT,
  ENOTDIR,
  ENOTEMPTY,
  EOPNOTSUPP,
  EROFS,
  type Errno,
  EXDEV,
  isErrno,
} from "../errno.ts";
import type { DirectoryNode, FileHandle, Node, OpenFlags } from "./node.ts";
import { isDirectory, isFile, isSymlink } from "./node-kind.ts";
import { enterDirectory, isAtOrAbove, type Mount, Place, pathIn, pathOf } from "./place.ts";
import type { MountEntry, OpenedFile, OpenOptions, Vfs } from "./vfs.ts";
import { Walk } from "./walk.ts";

/** Permission bits of a file that `open` makes when the caller gives none: 0666 under umask 022. */
const DEFAULT_FILE_MODE = 0o644;
/** The longest target of a symbolic link, bytes: PATH_MAX with its NUL, include/uapi/linux/limits.h, v6.1. */
const TARGET_MAX_BYTES = 4095;

export class FileTree implements Vfs {
  readonly #root: Place;
  readonly #walk: Walk;
  /** In the order they were mounted. */
  readonly #mounts: Mount[] = [];

  constructor(root: DirectoryNode) {
    const mount: Mount = { root, entry: undefined, readOnly: false, below: undefined, above: new Map() };
    this.#root = new Place(undefined, "", root, root, mount);
    this.#walk = new Walk(this.#root);
  }

  lookup(path: string, cwd: string, options?: { readonly follow?: boolean }): Node | Errno {
    const walk = this.#walk;
    const failed = walk.start(path, cwd);
    if (failed !== undefined) return failed;
    const follow = options?.follow ?? true;
    while (!walk.namesPlace()) {
      const node = walk.entry();
      if (node === undefined) return ENOENT;
      if (isErrno(node)) return node;
      if (isDirectory(node)) return enterDirectory(walk.place, walk.name, node).node;
      if (!isSymlink(node)) return walk.slash ? ENOTDIR : node;
      if (!follow && !walk.slash) return node;
      const lost = walk.follow(node);
      if (lost !== undefined) return lost;
    }
    return walk.place.node;
  }

  realPath(path: string, cwd: string): string | Errno {
    const node = this.lookup(path, cwd);
    if (isErrno(node)) return node;
    const walk = this.#walk;
    return walk.namesPlace() ? pathOf(walk.place) : pathIn(walk.place, walk.name);
  }

  /**
   * A directory opens for reading and then answers EISDIR to `read`, as cat(1) expects. A named pipe opens with a
   * stand-in handle: the caller sees `node.kind` and opens its pipe instead.
   *
   * @kernel fs/namei.c open_last_lookups(), do_open(), v6.1
   */
  open(path: string, cwd: string, options: OpenOptions, pid: number): OpenedFile | Errno {
    const walk = this.#walk;
    const failed = walk.start(path, cwd);
    if (failed !== undefined) return failed;
    const create = options.create ?? false;
    const exclusive = create && (options.exclusive ?? false);
    while (!walk.namesPlace()) {
      if (create && walk.slash) return EISDIR;
      const node = walk.entry();
      if (isErrno(node)) return node;
      if (node === undefined) return create ? this.#openNew(options, pid) : ENOENT;
      if (exclusive) return EEXIST;
      if (isDirectory(node)) return openDirectory(enterDirectory(walk.place, walk.name, node).node, options);
      if (!isSymlink(node)) return walk.slash ? ENOTDIR : this.#openNode(node, options, pid);
      const lost = walk.follow(node);
      if (lost !== undefined) return lost;
    }
    return exclusive ? EEXIST : openDirectory(walk.place.node, options);
  }

  readdir(path: string, cwd: string): readonly string[] | Errno {
    const failed = this.#walk.start(path, cwd);
    if (failed !== undefined) return failed;
    const place = this.#walk.directory();
    return isErrno(place) ? place : place.node.names();
  }

  mkdir(path: string, cwd: string, mode: number, pid?: number): Errno | undefined {
    const refused = this.#startNew(path, cwd, true);
    if (refused !== undefined) return refused;
    const made = this.#walk.place.node.mkdir(this.#walk.name, mode, pid);
    return isErrno(made) ? made : undefined;
  }

  /** @kernel fs/namei.c do_rmdir(), vfs_rmdir(), v6.1 */
  rmdir(path: string, cwd: string, pid?: number): Errno | undefined {
    const walk = this.#walk;
    const failed = walk.start(path, cwd);
    if (failed !== undefined) return failed;
    if (walk.namesPlace()) return walk.name === "" ? EBUSY : walk.name === "." ? EINVAL : ENOTEMPTY;
    const place = walk.place;
    if (place.mount.readOnly) return EROFS;
    const node = walk.entry();
    if (node === undefined) return ENOENT;
    if (isErrno(node)) return node;
    if (!isDirectory(node)) return ENOTDIR;
    if (isMountPoint(place, node)) return EBUSY;
    return place.node.rmdir(walk.name, pid);
  }

  /** @kernel fs/namei.c do_unlinkat(), v6.1 */
  unlink(path: string, cwd: string, pid?: number): Errno | undefined {
    const walk = this.#walk;
    const failed = walk.start(path, cwd);
    if (failed !== undefined) return failed;
    if (walk.namesPlace()) return EISDIR;
    if (walk.place.mount.readOnly) return EROFS;
    const node = walk.entry();
    if (node === undefined) return ENOENT;
    if (isErrno(node)) return node;
    if (isDirectory(node)) return EISDIR;
    if (walk.slash) return ENOTDIR;
    return walk.place.node.unlink(walk.name, pid);
  }

  /** @kernel fs/namei.c do_renameat2(), vfs_rename(), v6.1 */
  rename(from: string, to: string, cwd: string, pid?: number): Errno | undefined {
    const walk = this.#walk;
    const fromFailed = walk.start(from, cwd);
    if (fromFailed !== undefined) return fromFailed;
    const { place, name, slash } = walk;
    const fromNamesPlace = walk.namesPlace();
    const node = fromNamesPlace ? undefined : walk.entry();
    const toFailed = walk.start(to, cwd);
    if (toFailed !== undefined) return toFailed;
    if (place.mount !== walk.place.mount) return EXDEV;
    if (fromNamesPlace || walk.namesPlace()) return EBUSY;
    if (place.mount.readOnly) return EROFS;
    if (node === undefined) return ENOENT;
    if (isErrno(node)) return node;
    const over = walk.entry();
    if (isErrno(over)) return over;
    if (!isDirectory(node) && (slash || walk.slash)) return ENOTDIR;
    const refused = refuseRename(place, node, walk.place, over);
    if (refused !== undefined) return refused;
    if (node === over) return undefined;
    return place.node.rename(name, walk.place.node, walk.name, pid);
  }

  symlink(target: string, path: string, cwd: string): Errno | undefined {
    if (target === "") return ENOENT;
    if (target.length > TARGET_MAX_BYTES) return ENAMETOOLONG;
    return this.#startNew(path, cwd, false) ?? this.#walk.place.node.symlink(this.#walk.name, target);
  }

  mkfifo(path: string, cwd: string, mode: number): Errno | undefined {
    return this.#startNew(path, cwd, false) ?? this.#walk.place.node.mkfifo(this.#walk.name, mode);
  }

  /** EBUSY for "/" and for the same file system twice at one place. While it lasts, the file system below must keep
   * answering `lookup` with the same node for the covered directory. */
  mount(entry: MountEntry): Errno | undefined {
    const failed = this.#walk.start(entry.path, "/");
    if (failed !== undefined) return failed;
    const place = this.#walk.directory();
    if (isErrno(place)) return place;
    if (place.parent === undefined || place.node === entry.root) return EBUSY;
    const mount: Mount = {
      root: entry.root,
      entry: { ...entry, path: pathOf(place) },
      readOnly: entry.options.split(",").includes("ro"),
      below: { mount: place.mount, node: place.node },
      above: new Map(),
    };
    place.mount.above.set(place.node, mount);
    this.#mounts.push(mount);
    this.#walk.forgetCwd();
    return undefined;
  }

  /** EBUSY also while the caller's working directory lies in it. Open files do not hold it. */
  umount(path: string, cwd: string, pid?: number): Errno | undefined {
    const failed = this.#walk.start(path, cwd);
    if (failed !== undefined) return failed;
    const place = this.#walk.directory();
    if (isErrno(place)) return place;
    const mount = place.mount;
    if (place.node !== mount.root) return EINVAL;
    if (mount.below === undefined || mount.above.size > 0) return EBUSY;
    const cwdPlace = this.#walk.start(cwd, "/") ?? this.#walk.directory();
    if (!isErrno(cwdPlace) && cwdPlace.mount === mount) return EBUSY;
    mount.below.mount.above.delete(mount.below.node);
    this.#mounts.splice(this.#mounts.indexOf(mount), 1);
    this.#walk.forgetCwd();
    if (!this.#mounts.some((other) => other.root === mount.root)) mount.root.unmounted?.(pid);
    return undefined;
  }

  /** In the order they were mounted, without the file system of "/" itself; paths are absolute and plain. */
  mounts(): readonly MountEntry[] {
    const entries: MountEntry[] = [];
    for (const mount of this.#mounts) if (mount.entry !== undefined) entries.push(mount.entry);
    return entries;
  }

  /**
   * Goes to a last component that must not exist yet.
   *
   * @kernel fs/namei.c filename_create(), v6.1
   */
  #startNew(path: string, cwd: string, directory: boolean): Errno | undefined {
    const walk = this.#walk;
    const failed = walk.start(path, cwd);
    if (failed !== undefined) return failed;
    if (walk.namesPlace()) return EEXIST;
    const node = walk.entry();
    if (isErrno(node)) return node;
    if (node !== undefined) return EEXIST;
    if (walk.slash && !directory) return ENOENT;
    return walk.place.mount.readOnly ? EROFS : undefined;
  }

  #openNew(options: OpenOptions, pid: number): OpenedFile | Errno {
    const { place, name } = this.#walk;
    if (place.mount.readOnly) return EROFS;
    const node = place.node.create(name, options.mode ?? DEFAULT_FILE_MODE, pid);
    return isErrno(node) ? node : this.#openNode(node, options, pid);
  }

  #openNode(node: Node, options: OpenOptions, pid: number): OpenedFile | Errno {
    const flags: OpenFlags = {
      read: options.read ?? false,
      write: options.write ?? false,
      append: options.append ?? false,
      truncate: options.truncate ?? false,
    };
    const changes = flags.write || flags.truncate;
    if (node.kind === "file" && changes && this.#walk.place.mount.readOnly) return EROFS;
    if (!isFile(node)) return { node, handle: PIPE_STAND_IN };
    const handle = node.open(flags, pid);
    return isErrno(handle) ? handle : { node, handle };
  }
}

function openDirectory(node: DirectoryNode, options: OpenOptions): OpenedFile | Errno {
  const changes = (options.write ?? false) || (options.truncate ?? false) || (options.create ?? false);
  return changes ? EISDIR : { node, handle: OPENED_DIRECTORY };
}

/** True when something is mounted on `node`, which is an entry of `place`. */
function isMountPoint(place: Place, node: DirectoryNode): boolean {
  return place.mount.above.size > 0 && place.mount.above.has(node);
}

/** What is wrong with moving `node` of `place` into `toPlace`, onto `over` if that is there. */
function refuseRename(place: Place, node: Node, toPlace: Place, over: Node | undefined): Errno | undefined {
  if (isDirectory(node) && isAtOrAbove(node, toPlace)) return EINVAL;
  if (over !== undefined && isDirectory(over) && isAtOrAbove(over, place)) return ENOTEMPTY;
  if (over === node) return undefined;
  if (over !== undefined && isDirectory(node) !== isDirectory(over)) return isDirectory(node) ? ENOTDIR : EISDIR;
  if (isDirectory(node) && isMountPoint(place, node)) return EBUSY;
  if (over !== undefined && isDirectory(over) && isMountPoint(toPlace, over)) return EBUSY;
  return undefined;
}

const OPENED_DIRECTORY: FileHandle = { read: () => EISDIR, write: () => EBADF, close: () => undefined };

const PIPE_STAND_IN: FileHandle = { read: () => EOPNOTSUPP, write: () => EOPNOTSUPP, close: () => undefined };
