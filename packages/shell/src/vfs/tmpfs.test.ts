import { beforeEach, expect, test } from "vitest";
import { EBADF, EEXIST, ENOSPC, ENOTDIR, ENOTEMPTY, EXDEV, isErrno } from "../errno.ts";
import type { DirectoryNode, FileHandle, FileNode, OpenFlags } from "./node.ts";
import { createTmpfs } from "./tmpfs.ts";

const READ: OpenFlags = { read: true, write: false, append: false, truncate: false };
const WRITE: OpenFlags = { read: false, write: true, append: false, truncate: false };
const APPEND: OpenFlags = { ...WRITE, append: true };

let nowNs = 0;
let root: ReturnType<typeof createTmpfs>;

beforeEach(() => {
  nowNs = 0;
  root = createTmpfs(() => nowNs);
});

function created(directory: DirectoryNode, name: string): FileNode {
  const file = directory.create(name, 0o644);
  if (isErrno(file)) throw new Error(file.message);
  return file;
}

function opened(file: FileNode, flags: OpenFlags): FileHandle {
  const handle = file.open(flags, 1);
  if (isErrno(handle)) throw new Error(handle.message);
  return handle;
}

function subdirectory(directory: DirectoryNode, name: string): DirectoryNode {
  const made = directory.mkdir(name, 0o755);
  if (isErrno(made)) throw new Error(made.message);
  return made;
}

test("an append goes to the end whatever the position", () => {
  const file = created(root, "f");
  expect(opened(file, WRITE).write(2, "ab")).toBe(2);
  expect(opened(file, APPEND).write(0, "c")).toBe(1);
  expect(opened(file, READ).read(0, 100)).toBe("\0\0abc");
  expect(file.sizeBytes()).toBe(5);
});

test("a handle serves only the direction it was opened for", () => {
  const file = created(root, "f");
  expect(opened(file, READ).write(0, "x")).toBe(EBADF);
  expect(opened(file, WRITE).read(0, 1)).toBe(EBADF);
});

test("truncation empties the file under a handle opened before", () => {
  const file = created(root, "f");
  const before = opened(file, { ...READ, write: true });
  before.write(0, "long text");
  opened(file, { ...WRITE, truncate: true });
  expect(before.read(0, 100)).toBe("");
  before.write(4, "x");
  expect(before.read(0, 100)).toBe("\0\0\0\0x");
});

test("an unlinked file lives until its last handle closes, then gives its pages back", () => {
  const small = createTmpfs(() => 0, { sizeBytes: 8192 });
  const file = created(small, "f");
  const handle = opened(file, { ...READ, write: true });
  expect(handle.write(0, "x".repeat(8192))).toBe(8192);
  expect(small.unlink("f")).toBeUndefined();
  expect(file.nlink).toBe(0);
  expect(handle.read(8000, 4)).toBe("xxxx");
  const next = opened(created(small, "g"), WRITE);
  expect(next.write(0, "y")).toBe(ENOSPC);
  handle.close();
  handle.close();
  expect(next.write(0, "y".repeat(9000))).toBe(8192);
  expect(next.write(8192, "y")).toBe(ENOSPC);
});

test("times, links and sizes", () => {
  nowNs = 5;
  const directory = subdirectory(root, "d");
  expect([root.nlink, root.mtimeNs, root.sizeBytes()]).toEqual([3, 5, 20]);
  nowNs = 6;
  const file = created(directory, "f");
  nowNs = 7;
  opened(file, WRITE).write(0, "abc");
  expect([directory.mtimeNs, file.mtimeNs]).toEqual([6, 7]);
  expect(root.symlink("l", "d/f")).toBeUndefined();
  expect(root.lookup("l")?.sizeBytes()).toBe(3);
  expect(root.rmdir("d")).toBe(ENOTEMPTY);
  directory.unlink("f");
  expect(root.rmdir("d")).toBeUndefined();
  expect([root.nlink, directory.nlink]).toEqual([2, 0]);
  expect(isErrno(directory.create("late", 0o644))).toBe(true);
});

test("names come in the order they were made", () => {
  for (const name of ["z", "10", "9", "a"]) created(root, name);
  root.unlink("9");
  expect(root.names()).toEqual(["z", "10", "a"]);
});

test("a taken name is refused whatever has it", () => {
  created(root, "f");
  expect(root.mkdir("f", 0o755)).toBe(EEXIST);
  expect(root.create("f", 0o644)).toBe(EEXIST);
  expect(root.symlink("f", "x")).toBe(EEXIST);
  expect(root.mkfifo("f", 0o644)).toBe(EEXIST);
  expect(root.rmdir("f")).toBe(ENOTDIR);
});

test("rename replaces what Linux lets it replace", () => {
  const a = subdirectory(root, "a");
  const b = subdirectory(root, "b");
  const inA = subdirectory(a, "sub");
  created(inA, "f");
  expect(root.rename("b", a, "sub")).toBe(ENOTEMPTY);
  expect(a.rename("sub", root, "b")).toBeUndefined();
  expect([root.lookup("b"), a.nlink, root.nlink, b.nlink]).toEqual([inA, 2, 4, 0]);
  expect(
    root.rename(
      "a",
      createTmpfs(() => 0),
      "a",
    ),
  ).toBe(EXDEV);
});
