/** Narrows a node found by name to what its kind says it is. */

import type { DirectoryNode, FileNode, Node, SymlinkNode } from "./node.ts";

export function isDirectory(node: Node): node is DirectoryNode {
  return node.kind === "directory";
}

export function isSymlink(node: Node): node is SymlinkNode {
  return node.kind === "symlink";
}

/** A regular file, a generated file or a character device: what `open` of the node itself can serve. */
export function isFile(node: Node): node is FileNode {
  return node.kind === "file" || node.kind === "character-device";
}
