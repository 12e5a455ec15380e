import { expect, test } from "vitest";
import { EACCES, EBUSY, EEXIST, EINVAL, ENODEV, ENOENT, EPERM, type Errno, isErrno } from "../errno.ts";
import { FileTree } from "./file-tree.ts";
import { fixedDirectory, generatedDirectory, generatedFile } from "./generated.ts";
import type { FileHandle } from "./node.ts";
import type { OpenOptions } from "./vfs.ts";

function opened(tree: FileTree, path: string, options: OpenOptions, pid = 1): FileHandle {
  const file = tree.open(path, "/", options, pid);
  if (isErrno(file)) throw new Error(file.message);
  return file.handle;
}

test("the text is made at position 0 and kept for the reads after it", () => {
  let nrRendered = 0;
  const file = generatedFile({ ino: 2, mode: 0o444, render: (pid) => `pid ${pid}, ${++nrRendered}\n` });
  const tree = new FileTree(fixedDirectory([["stat", file]]));
  const handle = opened(tree, "/stat", { read: true }, 7);
  expect(nrRendered).toBe(0);
  expect(handle.read(0, 6)).toBe("pid 7,");
  expect(handle.read(6, 100)).toBe(" 1\n");
  expect(handle.read(9, 100)).toBe("");
  expect(handle.read(0, 100)).toBe("pid 7, 2\n");
});

test("a write is one request and its answer is the caller's", () => {
  const requests: string[] = [];
  const answers: (Errno | number | undefined)[] = [undefined, 3, EBUSY];
  const file = generatedFile({
    ino: 2,
    mode: 0o200,
    write: (bytes, pid) => {
      requests.push(`${pid}:${bytes}`);
      return answers.shift();
    },
  });
  const tree = new FileTree(fixedDirectory([["memory.reclaim", file]]));
  const handle = opened(tree, "/memory.reclaim", { write: true, truncate: true, create: true }, 9);
  expect([handle.write(0, "1M\n"), handle.write(3, "20M\n"), handle.write(6, "x")]).toEqual([3, 3, EBUSY]);
  expect(requests).toEqual(["9:1M\n", "9:20M\n", "9:x"]);
  expect(tree.open("/memory.reclaim", "/", { read: true }, 1)).toBe(EACCES);
});

test("a file without write does not open for writing; render may answer an error", () => {
  const file = generatedFile({ ino: 2, mode: 0o644, render: () => ENODEV });
  const tree = new FileTree(fixedDirectory([["memory.stat", file]]));
  expect(tree.open("/memory.stat", "/", { write: true }, 1)).toBe(EACCES);
  expect(opened(tree, "/memory.stat", { read: true }).read(0, 10)).toBe(ENODEV);
});

test("a fixed directory refuses changes as /sys does, or as /proc does", () => {
  const file = generatedFile({ ino: 3, mode: 0o444, render: () => "" });
  const below = fixedDirectory([["f", file]], { ino: 2 });
  const sys = new FileTree(
    fixedDirectory(
      [
        ["d", below],
        ["f", file],
      ],
      { mode: 0o755 },
    ),
  );
  expect(sys.mkdir("/new", "/", 0o755)).toBe(EPERM);
  expect(sys.mkdir("/d", "/", 0o755)).toBe(EEXIST);
  expect(sys.open("/new", "/", { write: true, create: true }, 1)).toBe(EACCES);
  expect(sys.rmdir("/d", "/")).toBe(EPERM);
  expect(sys.unlink("/f", "/")).toBe(EPERM);
  expect(sys.rename("/f", "/g", "/")).toBe(EPERM);
  expect(sys.rename("/f", "/d/f2", "/")).toBe(EPERM);
  expect(sys.lookup("/", "/")).toMatchObject({ nlink: 3, mode: 0o755 });
  const proc = new FileTree(fixedDirectory([], { onNew: "not found" }));
  expect(proc.mkdir("/new", "/", 0o755)).toBe(ENOENT);
  expect(proc.open("/new", "/", { write: true, create: true }, 1)).toBe(ENOENT);
  expect(proc.symlink("x", "/new", "/")).toBe(ENOENT);
});

test("entries of a generated directory come and go", () => {
  const tasks = new Map([["1", fixedDirectory([], { ino: 10 })]]);
  const tree = new FileTree(generatedDirectory({ lookup: (name) => tasks.get(name), names: () => [...tasks.keys()] }));
  expect(tree.readdir("1", "/")).toEqual([]);
  expect(tree.readdir(".", "/1")).toEqual([]);
  tasks.delete("1");
  expect(tree.readdir(".", "/1")).toBe(ENOENT);
  expect(tree.rmdir("/1/", "/")).toBe(ENOENT);
  expect(tree.open("/", "/", { read: true, write: true }, 1)).not.toBe(EINVAL);
});
