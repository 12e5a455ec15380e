import { beforeEach, describe, expect, test } from "vitest";
import {
  EBADF,
  EBUSY,
  EEXIST,
  EINVAL,
  EISDIR,
  ELOOP,
  ENAMETOOLONG,
  ENOENT,
  ENOTDIR,
  ENOTEMPTY,
  EROFS,
  type Errno,
  EXDEV,
  isErrno,
} from "../errno.ts";
import { FileTree } from "./file-tree.ts";
import { createTmpfs } from "./tmpfs.ts";
import type { OpenOptions } from "./vfs.ts";

const MODE = 0o755;
const WRITE: OpenOptions = { write: true, create: true, truncate: true };

let tree: FileTree;

/**
 *     /a/b/     /a/file ("text")     /link -> a/b     /a/up -> ../a     /gone -> a/missing     /me -> me     /pipe
 */
beforeEach(() => {
  tree = new FileTree(createTmpfs(() => 0));
  tree.mkdir("/a", "/", MODE);
  tree.mkdir("/a/b", "/", MODE);
  write("/a/file", "text");
  tree.symlink("a/b", "/link", "/");
  tree.symlink("../a", "/a/up", "/");
  tree.symlink("a/missing", "/gone", "/");
  tree.symlink("me", "/me", "/");
  tree.mkfifo("/pipe", "/", 0o644);
});

function write(path: string, text: string, cwd = "/"): void {
  const file = tree.open(path, cwd, WRITE, 1);
  if (isErrno(file)) throw new Error(`${path}: ${file.message}`);
  file.handle.write(0, text);
  file.handle.close();
}

function read(path: string, cwd = "/"): string | Errno {
  const file = tree.open(path, cwd, { read: true }, 1);
  return isErrno(file) ? file : file.handle.read(0, 1000);
}

function mountTmpfs(path: string, options = "rw"): Errno | undefined {
  return tree.mount({ path, type: "tmpfs", source: "none", options, root: createTmpfs(() => 0) });
}

function kindOf(path: string, follow = true): string {
  const node = tree.lookup(path, "/", { follow });
  return isErrno(node) ? node.code : node.kind;
}

describe("paths", () => {
  test("dots, slashes and links", () => {
    expect(tree.realPath("/", "/")).toBe("/");
    expect(tree.realPath("/../..", "/")).toBe("/");
    expect(tree.realPath("//a//./b/..//b/.", "/")).toBe("/a/b");
    expect(tree.realPath("..", "/a/b")).toBe("/a");
    expect(tree.realPath("link", "/")).toBe("/a/b");
    expect(tree.realPath("link/../up/up/file", "/")).toBe("/a/file");
    expect(tree.realPath(".", "/link")).toBe("/a/b");
    expect(tree.realPath("..", "/link")).toBe("/a");
  });

  test("what a trailing slash asks for", () => {
    expect(kindOf("/a/")).toBe("directory");
    expect(kindOf("/a/file/")).toBe("ENOTDIR");
    expect(kindOf("/a/file/.")).toBe("ENOTDIR");
    expect(kindOf("/link", false)).toBe("symlink");
    expect(kindOf("/link/", false)).toBe("directory");
    expect(kindOf("/gone/", false)).toBe("ENOENT");
  });

  test("missing and too much", () => {
    expect(kindOf("")).toBe("ENOENT");
    expect(kindOf("/x")).toBe("ENOENT");
    expect(kindOf("/x/y")).toBe("ENOENT");
    expect(kindOf("/a/file/y")).toBe("ENOTDIR");
    expect(kindOf("/me")).toBe("ELOOP");
    expect(kindOf("/me/x")).toBe("ELOOP");
    expect(kindOf("/me", false)).toBe("symlink");
    expect(kindOf(`/${"n".repeat(255)}`)).toBe("ENOENT");
    expect(kindOf(`/${"n".repeat(256)}`)).toBe("ENAMETOOLONG");
    expect(kindOf(`/${"n".repeat(256)}/x`)).toBe("ENAMETOOLONG");
    expect(kindOf(`/${"a/../".repeat(820)}`)).toBe("ENAMETOOLONG");
    expect(tree.mkdir("n".repeat(256), "/a", MODE)).toBe(ENAMETOOLONG);
  });

  test("forty links are followed, not more", () => {
    tree.symlink("a", "/l1", "/");
    for (let i = 2; i <= 41; i++) tree.symlink(`l${i - 1}`, `/l${i}`, "/");
    expect(kindOf("/l40")).toBe("directory");
    expect(kindOf("/l41")).toBe("ELOOP");
  });

  test("a working directory that went away and came back", () => {
    expect(tree.mkdir("x", "/a/b", MODE)).toBeUndefined();
    expect(tree.rmdir("/a/b/x", "/a/b")).toBeUndefined();
    expect(tree.rmdir("../b", "/a/b")).toBeUndefined();
    expect(tree.mkdir("x", "/a/b", MODE)).toBe(ENOENT);
    tree.mkdir("/a/b", "/", MODE);
    expect(tree.mkdir("x", "/a/b", MODE)).toBeUndefined();
    expect(tree.lookup("x", "/a/b")).toBe(tree.lookup("/a/b/x", "/"));
  });

  test("a working directory reached through a link follows the link's changes", () => {
    tree.mkdir("/c", "/", MODE);
    expect(tree.realPath(".", "/link")).toBe("/a/b");
    tree.unlink("/link", "/");
    tree.symlink("c", "/link", "/");
    expect(tree.realPath(".", "/link")).toBe("/c");
  });
});

describe("open", () => {
  test("makes, truncates and refuses", () => {
    write("new", "1", "/a");
    expect(read("/a/new")).toBe("1");
    expect(read("/a/missing")).toBe(ENOENT);
    expect(tree.open("/a/new", "/", { ...WRITE, exclusive: true }, 1)).toBe(EEXIST);
    expect(tree.open("/gone", "/", { ...WRITE, exclusive: true }, 1)).toBe(EEXIST);
    expect(tree.open("/x/new", "/", WRITE, 1)).toBe(ENOENT);
    expect(tree.open("/a/file/new", "/", WRITE, 1)).toBe(ENOTDIR);
    expect(tree.open("/new/", "/", WRITE, 1)).toBe(EISDIR);
    expect(tree.open("/a/file/", "/", { read: true }, 1)).toBe(ENOTDIR);
    expect(tree.open("/me", "/", WRITE, 1)).toBe(ELOOP);
  });

  test("makes the file a dangling link points at", () => {
    write("/gone", "found");
    expect(read("/a/missing")).toBe("found");
    expect(kindOf("/gone", false)).toBe("symlink");
  });

  test("a directory opens for reading only and does not read", () => {
    const directory = tree.open("/a", "/", { read: true }, 1);
    if (isErrno(directory)) throw new Error(directory.message);
    expect([directory.handle.read(0, 1), directory.handle.write(0, "x")]).toEqual([EISDIR, EBADF]);
    for (const path of ["/a", "/a/.", "/", "/link"]) expect(tree.open(path, "/", WRITE, 1)).toBe(EISDIR);
    expect(tree.open("/", "/", { create: true, exclusive: true }, 1)).toBe(EEXIST);
  });

  test("a named pipe opens with its node", () => {
    const pipe = tree.open("/pipe", "/", { write: true, create: true }, 1);
    expect(isErrno(pipe) ? pipe : pipe.node.kind).toBe("fifo");
  });
});

test("mkdir, mkfifo and symlink want a free name", () => {
  for (const path of ["/", "/a", "/a/", "/a/file", "/gone", "/gone/", ".", "a/.."]) {
    expect(tree.mkdir(path, "/", MODE)).toBe(EEXIST);
  }
  expect(tree.mkdir("new/", "/", MODE)).toBeUndefined();
  expect(tree.mkfifo("fifo/", "/", 0o644)).toBe(ENOENT);
  expect(tree.symlink("x", "s/", "/")).toBe(ENOENT);
  expect(tree.symlink("", "s", "/")).toBe(ENOENT);
  expect(tree.mkfifo("/a", "/", 0o644)).toBe(EEXIST);
});

test("rmdir and unlink", () => {
  const cases: readonly (readonly [string, Errno])[] = [
    ["/", EBUSY],
    ["/a/b/.", EINVAL],
    ["/a/b/..", ENOTEMPTY],
    ["/a", ENOTEMPTY],
    ["/a/file", ENOTDIR],
    ["/link", ENOTDIR],
    ["/link/", ENOTDIR],
    ["/x", ENOENT],
  ];
  for (const [path, answer] of cases) expect([path, tree.rmdir(path, "/")]).toEqual([path, answer]);
  expect(tree.unlink("/a", "/")).toBe(EISDIR);
  expect(tree.unlink("/a/b/.", "/")).toBe(EISDIR);
  expect(tree.unlink("/a/file/", "/")).toBe(ENOTDIR);
  expect(tree.unlink("/link/", "/")).toBe(ENOTDIR);
  expect(tree.unlink("/x", "/")).toBe(ENOENT);
  expect(tree.unlink("/link", "/")).toBeUndefined();
  expect(tree.rmdir("/a/b/", "/")).toBeUndefined();
});

test("rename", () => {
  const cases: readonly (readonly [string, string, Errno | undefined])[] = [
    ["/x", "/y", ENOENT],
    ["/a/.", "/y", EBUSY],
    ["/a", "/", EBUSY],
    ["/a", "/a/b/c", EINVAL],
    ["/a", "/a/b", EINVAL],
    ["/a/b", "/a", ENOTEMPTY],
    ["/a/file", "/a/b", EISDIR],
    ["/a/b", "/a/file", ENOTDIR],
    ["/a/file", "/new/", ENOTDIR],
    ["/a/file/", "/new", ENOTDIR],
    ["/a/file", "/a/file", undefined],
    ["/a/file", "/link", undefined],
    ["/a/b", "/c/", undefined],
  ];
  for (const [from, to, answer] of cases) expect([from, to, tree.rename(from, to, "/")]).toEqual([from, to, answer]);
  expect(read("/link")).toBe("text");
  expect(tree.readdir("/", "/")).toEqual(["a", "gone", "me", "pipe", "link", "c"]);
});

describe("mounts", () => {
  test("cover a directory and uncover it", () => {
    expect(mountTmpfs("/link/")).toBeUndefined();
    write("/a/b/inside", "in");
    expect(tree.realPath("..", "/a/b")).toBe("/a");
    expect(tree.realPath("inside/../..", "/a/b")).toBe(ENOTDIR);
    expect(tree.mounts().map((entry) => entry.path)).toEqual(["/a/b"]);
    expect(tree.umount("/a/b", "/a/b")).toBe(EBUSY);
    expect(tree.umount("/a/b", "/")).toBeUndefined();
    expect(tree.readdir("/a/b", "/")).toEqual([]);
    expect(tree.umount("/a/b", "/")).toBe(EINVAL);
  });

  test("nest and stack", () => {
    mountTmpfs("/a");
    tree.mkdir("/a/deep", "/", MODE);
    mountTmpfs("/a/deep");
    mountTmpfs("/a/deep");
    write("/a/deep/top", "top");
    expect(tree.realPath("../..", "/a/deep")).toBe("/");
    expect(tree.umount("/a", "/")).toBe(EBUSY);
    expect(tree.umount("/a/deep", "/")).toBeUndefined();
    expect(tree.readdir("/a/deep", "/")).toEqual([]);
    expect(tree.umount("/a", "/")).toBe(EBUSY);
    expect(tree.umount("/a/deep/", "/")).toBeUndefined();
    expect(tree.umount("a", "/")).toBeUndefined();
    expect(tree.readdir("/a", "/")).toEqual(["b", "file", "up"]);
  });

  test("hold their mount point and end a rename", () => {
    mountTmpfs("/a/b");
    tree.mkdir("/c", "/", MODE);
    expect(tree.rmdir("/a/b", "/")).toBe(EBUSY);
    expect(tree.mkdir("/a/b", "/", MODE)).toBe(EEXIST);
    expect(tree.rename("/a/b", "/d", "/")).toBe(EBUSY);
    expect(tree.rename("/c", "/a/b", "/")).toBe(EBUSY);
    expect(tree.rename("/a/file", "/a/b/file", "/")).toBe(EXDEV);
    expect(tree.rename("/a", "/d", "/")).toBeUndefined();
    expect(tree.umount("/d/b", "/")).toBeUndefined();
  });

  test("change what a working directory means at once", () => {
    expect(tree.readdir(".", "/a")).toEqual(["b", "file", "up"]);
    mountTmpfs("/a");
    expect(tree.readdir(".", "/a")).toEqual([]);
    tree.umount("/a", "/");
    expect(tree.readdir(".", "/a")).toEqual(["b", "file", "up"]);
  });

  test("refuse", () => {
    expect(mountTmpfs("/a/file")).toBe(ENOTDIR);
    expect(mountTmpfs("/x")).toBe(ENOENT);
    expect(mountTmpfs("/")).toBe(EBUSY);
    expect(tree.umount("/", "/")).toBe(EBUSY);
    expect(tree.umount("/a/file", "/")).toBe(ENOTDIR);
  });

  test("mounted read-only: changes answer EROFS", () => {
    const root = createTmpfs(() => 0);
    root.mkdir("d", MODE);
    root.create("f", 0o644);
    tree.mount({ path: "/a", type: "tmpfs", source: "none", options: "ro,nosuid", root });
    expect(tree.mkdir("/a/new", "/", MODE)).toBe(EROFS);
    expect(tree.mkdir("/a/d", "/", MODE)).toBe(EEXIST);
    expect(tree.rmdir("/a/d", "/")).toBe(EROFS);
    expect(tree.unlink("/a/f", "/")).toBe(EROFS);
    expect(tree.rename("/a/f", "/a/g", "/")).toBe(EROFS);
    expect(tree.open("/a/f", "/", WRITE, 1)).toBe(EROFS);
    expect(tree.open("/a/new", "/", WRITE, 1)).toBe(EROFS);
    expect(read("/a/f")).toBe("");
  });
});
