/** What stat, ls, find and du say of a node: its mode in letters, its kind in words, its blocks, its device numbers. */

import type { Node, NodeKind } from "../../vfs/node.ts";

const BLOCK_BYTES = 4096;

const KIND_LETTERS: Readonly<Record<NodeKind, string>> = {
  file: "-",
  directory: "d",
  "character-device": "c",
  fifo: "p",
  symlink: "l",
};

/** S_IFMT bits, include/uapi/linux/stat.h, v6.1. */
const KIND_BITS: Readonly<Record<NodeKind, number>> = {
  file: 0o100000,
  directory: 0o040000,
  "character-device": 0o020000,
  fifo: 0o010000,
  symlink: 0o120000,
};

/** Documentation/admin-guide/devices.txt, v6.1. */
const DEVICE_NUMBERS: ReadonlyMap<string, readonly [number, number]> = new Map([
  ["null", [1, 3]],
  ["zero", [1, 5]],
  ["full", [1, 7]],
  ["random", [1, 8]],
  ["urandom", [1, 9]],
  ["kmsg", [1, 11]],
  ["tty", [5, 0]],
  ["console", [5, 1]],
]);

/** Major and minor number of the device at `path`. */
export function deviceNumbers(path: string): readonly [number, number] {
  return DEVICE_NUMBERS.get(path.replace(/^.*\//, "")) ?? [0, 0];
}

/** `drwxr-xr-x` */
export function modeLetters(node: Node): string {
  const triple = (bits: number, special: boolean, letter: string): string => {
    const execute = (bits & 1) !== 0;
    const last = special ? (execute ? letter : letter.toUpperCase()) : execute ? "x" : "-";
    return ((bits & 4) !== 0 ? "r" : "-") + ((bits & 2) !== 0 ? "w" : "-") + last;
  };
  const { mode } = node;
  return (
    KIND_LETTERS[node.kind] +
    triple((mode >> 6) & 7, (mode & 0o4000) !== 0, "s") +
    triple((mode >> 3) & 7, (mode & 0o2000) !== 0, "s") +
    triple(mode & 7, (mode & 0o1000) !== 0, "t")
  );
}

/** Mode with the bits of the kind. */
export function rawMode(node: Node): number {
  return KIND_BITS[node.kind] | node.mode;
}

/** `regular file`, `directory` and so on, as stat prints it. */
export function kindName(node: Node): string {
  switch (node.kind) {
    case "file":
      return node.sizeBytes() === 0 ? "regular empty file" : "regular file";
    case "character-device":
      return "character special file";
    case "symlink":
      return "symbolic link";
    default:
      return node.kind;
  }
}

/** Bytes a node takes up: whole pages for files, nothing for the rest, as on tmpfs. */
export function allocatedBytes(node: Node): number {
  return node.kind === "file" ? Math.ceil(node.sizeBytes() / BLOCK_BYTES) * BLOCK_BYTES : 0;
}

export function linkTarget(node: Node): string {
  return node.kind === "symlink" && "target" in node ? String(node.target) : "";
}

/** Mark that `ls -F` puts after a name. */
export function kindMark(node: Node): string {
  if (node.kind === "directory") return "/";
  if (node.kind === "symlink") return "@";
  if (node.kind === "fifo") return "|";
  return node.kind === "file" && (node.mode & 0o111) !== 0 ? "*" : "";
}
