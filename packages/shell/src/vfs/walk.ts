/**
 * Walks a path up to its last component and stops there, because what the last one means is the caller's: `mkdir`
 * wants it missing, `rmdir` does not cross a mount on it, `open` may make it. A walk is one mutable object reused
 * for every path, so that a step costs one substring and one small object.
 *
 *     "a/link/c/"   place = directory behind "a/link", name = "c", slash = true
 *     "a/.."        place = the directory meant,       name = ".."    (`namesPlace()`: nothing is left to look up)
 *     "/"           place = "/",                       name = ""
 */

import { ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR, type Errno, isErrno } from "../errno.ts";
import type { Node, SymlinkNode } from "./node.ts";
import { isDirectory, isSymlink } from "./node-kind.ts";
import { enterDirectory, type Place, stillThere } from "./place.ts";

/** NAME_MAX, include/uapi/linux/limits.h, v6.1: bytes of one component. */
const NAME_MAX_BYTES = 255;
/** PATH_MAX, include/uapi/linux/limits.h, v6.1: bytes of a path with its terminating NUL. */
const PATH_MAX_BYTES = 4096;
/** MAXSYMLINKS, include/linux/namei.h, v6.1: links followed in one walk. */
const NR_LINKS_MAX = 40;
const SLASH = 0x2f;

export class Walk {
  readonly #root: Place;
  /** The directory that holds the last component, or the one it names (see `namesPlace`). */
  place: Place;
  /** The last component as written. */
  name = "";
  /** The path ended in "/": the last component must be a directory. */
  slash = false;
  #nrLinks = 0;
  #cwd = "";
  #cwdPlace: Place | undefined = undefined;

  constructor(root: Place) {
    this.#root = root;
    this.place = root;
  }

  /** Goes to the last component of `path`. */
  start(path: string, cwd: string): Errno | undefined {
    if (path === "") return ENOENT;
    if (path.length >= PATH_MAX_BYTES) return ENAMETOOLONG;
    let from = this.#root;
    if (path.charCodeAt(0) !== SLASH) {
      const cwdPlace = this.#placeOfCwd(cwd);
      if (isErrno(cwdPlace)) return cwdPlace;
      from = cwdPlace;
    }
    this.#nrLinks = 0;
    this.place = from;
    return this.#goToLast(path);
  }

  /** True when the path ended in ".", ".." or was "/": `place` is what it names. */
  namesPlace(): boolean {
    return this.name === "" || this.name === "." || this.name === "..";
  }

  /** What the directory has under the last component; not past a mount, not through a link. */
  entry(): Node | undefined | Errno {
    return this.name.length > NAME_MAX_BYTES ? ENAMETOOLONG : this.place.node.lookup(this.name);
  }

  /** The last component is `link`: goes on to the last component of what it points at. */
  follow(link: SymlinkNode): Errno | undefined {
    this.#nrLinks++;
    if (this.#nrLinks > NR_LINKS_MAX) return ELOOP;
    if (link.target.charCodeAt(0) === SLASH) this.place = this.#root;
    return this.#goToLast(this.slash ? `${link.target}/` : link.target);
  }

  /** The directory the path names, through links and mounts. */
  directory(): Place | Errno {
    while (!this.namesPlace()) {
      const node = this.entry();
      if (node === undefined) return ENOENT;
      if (isErrno(node)) return node;
      if (isDirectory(node)) return enterDirectory(this.place, this.name, node);
      if (!isSymlink(node)) return ENOTDIR;
      const failed = this.follow(node);
      if (failed !== undefined) return failed;
    }
    return this.place;
  }

  /** To be called when a mount came or went: a remembered place may lie under it. */
  forgetCwd(): void {
    this.#cwdPlace = undefined;
  }

  /** Steps through all components of `path` but the last, from `place` on. */
  #goToLast(path: string): Errno | undefined {
    let rest = path;
    let start = skipSlashes(rest, 0);
    for (;;) {
      const slashAt = rest.indexOf("/", start);
      const end = slashAt === -1 ? rest.length : slashAt;
      const next = skipSlashes(rest, end);
      const name = rest.slice(start, end);
      if (next === rest.length) return this.#stopAt(name, slashAt !== -1);
      start = next;
      if (name === ".") continue;
      if (name === "..") {
        this.place = this.place.parent ?? this.place;
        continue;
      }
      if (name.length > NAME_MAX_BYTES) return ENAMETOOLONG;
      const node = this.place.node.lookup(name);
      if (node === undefined) return ENOENT;
      if (isDirectory(node)) {
        this.place = enterDirectory(this.place, name, node);
      } else if (isSymlink(node)) {
        this.#nrLinks++;
        if (this.#nrLinks > NR_LINKS_MAX) return ELOOP;
        if (node.target.charCodeAt(0) === SLASH) this.place = this.#root;
        rest = node.target + rest.slice(end);
        start = skipSlashes(rest, 0);
      } else {
        return ENOTDIR;
      }
    }
  }

  #stopAt(name: string, slash: boolean): undefined {
    this.name = name;
    this.slash = slash;
    if (name === "..") this.place = this.place.parent ?? this.place;
  }

  /** The working directory's place: the remembered one while the tree agrees with it. */
  #placeOfCwd(cwd: string): Place | Errno {
    const remembered = this.#cwdPlace;
    if (remembered !== undefined && cwd === this.#cwd && stillThere(remembered)) return remembered;
    const place = this.start(cwd, "/") ?? this.directory();
    // A process was in it once, so whatever is wrong with the way there now, the directory was removed.
    if (isErrno(place)) return ENOENT;
    // A way through a symbolic link is not remembered: the link may be changed and no place would show it.
    if (this.#nrLinks > 0) return place;
    this.#cwd = cwd;
    this.#cwdPlace = place;
    return place;
  }
}

function skipSlashes(path: string, start: number): number {
  let at = start;
  while (path.charCodeAt(at) === SLASH) at++;
  return at;
}
