/**
 * Where a walk stands. Nodes do not know their parents, so `..`, mounts and absolute paths live here: a *place* is a
 * directory together with the chain of places it was reached through.
 *
 *     place "/"           place "sys"          place "cgroup"
 *     mount rootfs   <--  mount rootfs   <--   mount cgroup2
 *     node  root          node  sys            node  root of cgroup2      what the process sees
 *                                              onDisk the covered one     what "sys" itself answers for the name
 *
 * A place never changes; it is dropped when the tree no longer agrees with it (`stillThere`).
 */

import type { DirectoryNode } from "./node.ts";
import type { MountEntry } from "./vfs.ts";

/** One mounted file system. The file system of "/" is a mount without entry and without anything below it. */
export interface Mount {
  readonly root: DirectoryNode;
  readonly entry: MountEntry | undefined;
  /** Mounted with option `ro`: changes answer EROFS. */
  readonly readOnly: boolean;
  /** The mount this one lies on, and the directory of it that is covered. */
  readonly below: { readonly mount: Mount; readonly node: DirectoryNode } | undefined;
  /** Mounts that lie on this one, by the directory they cover. */
  readonly above: Map<DirectoryNode, Mount>;
}

export class Place {
  /** The place `..` leads to; undefined at "/". */
  readonly parent: Place | undefined;
  readonly name: string;
  /** What the parent's own file system has under `name`; differs from `node` at a mount point. */
  readonly onDisk: DirectoryNode;
  readonly node: DirectoryNode;
  readonly mount: Mount;

  constructor(parent: Place | undefined, name: string, onDisk: DirectoryNode, node: DirectoryNode, mount: Mount) {
    this.parent = parent;
    this.name = name;
    this.onDisk = onDisk;
    this.node = node;
    this.mount = mount;
  }
}

/** The place of directory `onDisk`, found as `name` in `parent`; the topmost mount on it if there is one. */
export function enterDirectory(parent: Place, name: string, onDisk: DirectoryNode): Place {
  let mount = parent.mount;
  let node = onDisk;
  while (mount.above.size > 0) {
    const above = mount.above.get(node);
    if (above === undefined) break;
    mount = above;
    node = above.root;
  }
  return new Place(parent, name, onDisk, node, mount);
}

/** True while every directory on the way is still found under its name. Mounts are not asked about. */
export function stillThere(place: Place): boolean {
  let at = place;
  while (at.parent !== undefined) {
    if (at.parent.node.lookup(at.name) !== at.onDisk) return false;
    at = at.parent;
  }
  return true;
}

/** True when `node` of `place`'s file system is the directory of `place` or one that contains it. */
export function isAtOrAbove(node: DirectoryNode, place: Place): boolean {
  let at: Place | undefined = place;
  while (at !== undefined && at.mount === place.mount) {
    if (at.node === node) return true;
    at = at.parent;
  }
  return false;
}

/** Absolute path, "/" for the root. */
export function pathOf(place: Place): string {
  if (place.parent === undefined) return "/";
  let path = "";
  let at = place;
  while (at.parent !== undefined) {
    path = `/${at.name}${path}`;
    at = at.parent;
  }
  return path;
}

/** Absolute path of the entry `name` of `place`. */
export function pathIn(place: Place, name: string): string {
  return place.parent === undefined ? `/${name}` : `${pathOf(place)}/${name}`;
}
