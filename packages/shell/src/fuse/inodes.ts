/**
 * Which files the kernel knows by which number. A number stands for a name in a directory as long as the same file is
 * there and the kernel remembers it; another file under the same name has another number.
 *
 *     1 "/" --name--> 2 "sys" --name--> 3 "fs" ...        path of 3: "/sys/fs"
 */

import type { Node } from "../vfs/node.ts";
import { ROOT_NODE } from "./abi.ts";

export interface Inode {
  readonly id: number;
  /** The file as it was found last; generated files are made anew at each lookup. */
  node: Node;
  parent: Inode | undefined;
  name: string;
  /** False once another file has the name, or none. */
  isThere: boolean;
  /** How often the kernel has been told of it and not yet forgotten it. */
  nrLookups: number;
}

export class Inodes {
  readonly #byId = new Map<number, Inode>();
  /** Children by name, of each inode that has any. */
  readonly #children = new Map<Inode, Map<string, Inode>>();
  readonly #paths = new Map<Inode, string>();
  #nextId = ROOT_NODE + 1;

  constructor(root: Node) {
    this.#byId.set(ROOT_NODE, { id: ROOT_NODE, node: root, parent: undefined, name: "", isThere: true, nrLookups: 1 });
  }

  /** How many numbers the kernel may use. */
  get size(): number {
    return this.#byId.size;
  }

  get(id: number): Inode | undefined {
    return this.#byId.get(id);
  }

  /** The kernel is told that `node` is called `name` in `parent`. */
  found(parent: Inode, name: string, node: Node): Inode {
    let children = this.#children.get(parent);
    if (children === undefined) {
      children = new Map();
      this.#children.set(parent, children);
    }
    let inode = children.get(name);
    if (inode === undefined || inode.node.ino !== node.ino || inode.node.kind !== node.kind) {
      if (inode !== undefined) inode.isThere = false;
      inode = { id: this.#nextId++, node, parent, name, isThere: true, nrLookups: 0 };
      this.#byId.set(inode.id, inode);
      children.set(name, inode);
    }
    inode.node = node;
    inode.nrLookups++;
    return inode;
  }

  /** The kernel gives back `nrLookups` of what it was told. */
  forget(id: number, nrLookups: number): void {
    const inode = this.#byId.get(id);
    if (inode === undefined || id === ROOT_NODE) return;
    inode.nrLookups -= nrLookups;
    if (inode.nrLookups > 0) return;
    this.#byId.delete(id);
    this.#paths.delete(inode);
    this.#unlink(inode);
  }

  /** The name is gone; open files keep their numbers. */
  removed(parent: Inode, name: string): void {
    const children = this.#children.get(parent);
    const inode = children?.get(name);
    if (children === undefined || inode === undefined) return;
    inode.isThere = false;
    children.delete(name);
    if (children.size === 0) this.#children.delete(parent);
  }

  renamed(parent: Inode, name: string, newParent: Inode, newName: string): void {
    const inode = this.#children.get(parent)?.get(name);
    this.removed(parent, name);
    this.removed(newParent, newName);
    this.#paths.clear();
    if (inode === undefined) return;
    inode.isThere = true;
    inode.parent = newParent;
    inode.name = newName;
    const children = this.#children.get(newParent) ?? new Map<string, Inode>();
    children.set(newName, inode);
    this.#children.set(newParent, children);
  }

  /** Absolute path. */
  pathOf(inode: Inode): string {
    const known = this.#paths.get(inode);
    if (known !== undefined) return known;
    const { parent } = inode;
    const above = parent === undefined || parent.parent === undefined ? "" : this.pathOf(parent);
    const path = `${above}/${inode.name}`;
    this.#paths.set(inode, path);
    return path;
  }

  #unlink(inode: Inode): void {
    const { parent, name } = inode;
    if (parent !== undefined && this.#children.get(parent)?.get(name) === inode) this.removed(parent, name);
  }
}
