/**
 * FileTree over tmpfs against a naive model: a Map from absolute path to content (`undefined` for a directory), with
 * every question answered by comparing whole paths. No links and mounts here; `file-tree.test.ts` has those.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { isErrno } from "../errno.ts";
import { FileTree } from "./file-tree.ts";
import { createTmpfs } from "./tmpfs.ts";

type Answer = string;

const OK: Answer = "ok";

/** What a path leads to in the naive model: the parent's absolute path and the last component. */
interface Target {
  readonly parent: string;
  readonly name: string;
  readonly slash: boolean;
}

class NaiveTree {
  readonly entries = new Map<string, string | undefined>([["", undefined]]);

  isDirectory(path: string): boolean {
    return this.entries.has(path) && this.entries.get(path) === undefined;
  }

  children(path: string): string[] {
    const names: string[] = [];
    for (const key of this.entries.keys()) {
      if (key !== "" && key.slice(0, key.lastIndexOf("/")) === path) names.push(key.slice(path.length + 1));
    }
    return names.sort();
  }

  /** "." and ".." as last component come back as they are, with the directory they name as parent. */
  find(path: string, cwd: string): Target | Answer {
    const parts = path.split("/").filter((part) => part !== "");
    let at = path.startsWith("/") ? "" : cwd === "/" ? "" : cwd;
    if (!this.isDirectory(at)) return "ENOENT";
    const last = parts.pop() ?? "";
    for (const part of parts) {
      if (part === "..") at = at.slice(0, Math.max(0, at.lastIndexOf("/")));
      else if (part !== ".") {
        at = `${at}/${part}`;
        if (!this.entries.has(at)) return "ENOENT";
        if (!this.isDirectory(at)) return "ENOTDIR";
      }
    }
    if (last === "..") at = at.slice(0, Math.max(0, at.lastIndexOf("/")));
    return { parent: at, name: last, slash: path.endsWith("/") };
  }

  mkdir(path: string, cwd: string): Answer {
    const target = this.find(path, cwd);
    if (typeof target === "string") return target;
    const key = `${target.parent}/${target.name}`;
    if (isDots(target) || this.entries.has(key)) return "EEXIST";
    this.entries.set(key, undefined);
    return OK;
  }

  rmdir(path: string, cwd: string): Answer {
    const target = this.find(path, cwd);
    if (typeof target === "string") return target;
    if (isDots(target)) return target.name === "" ? "EBUSY" : target.name === "." ? "EINVAL" : "ENOTEMPTY";
    const key = `${target.parent}/${target.name}`;
    if (!this.entries.has(key)) return "ENOENT";
    if (!this.isDirectory(key)) return "ENOTDIR";
    if (this.children(key).length > 0) return "ENOTEMPTY";
    this.entries.delete(key);
    return OK;
  }

  unlink(path: string, cwd: string): Answer {
    const target = this.find(path, cwd);
    if (typeof target === "string") return target;
    if (isDots(target)) return "EISDIR";
    const key = `${target.parent}/${target.name}`;
    if (!this.entries.has(key)) return "ENOENT";
    if (this.isDirectory(key)) return "EISDIR";
    if (target.slash) return "ENOTDIR";
    this.entries.delete(key);
    return OK;
  }

  append(path: string, cwd: string, text: string): Answer {
    const target = this.find(path, cwd);
    if (typeof target === "string") return target;
    const key = `${target.parent}/${target.name}`;
    if (isDots(target) || target.slash || this.isDirectory(key)) return "EISDIR";
    this.entries.set(key, (this.entries.get(key) ?? "") + text);
    return OK;
  }

  rename(from: string, to: string, cwd: string): Answer {
    const source = this.find(from, cwd);
    if (typeof source === "string") return source;
    const target = this.find(to, cwd);
    if (typeof target === "string") return target;
    if (isDots(source) || isDots(target)) return "EBUSY";
    const oldKey = `${source.parent}/${source.name}`;
    const newKey = `${target.parent}/${target.name}`;
    if (!this.entries.has(oldKey)) return "ENOENT";
    const directory = this.isDirectory(oldKey);
    if (!directory && (source.slash || target.slash)) return "ENOTDIR";
    if (directory && `${target.parent}/`.startsWith(`${oldKey}/`)) return "EINVAL";
    if (this.isDirectory(newKey) && `${source.parent}/`.startsWith(`${newKey}/`)) return "ENOTEMPTY";
    if (oldKey === newKey) return OK;
    if (this.entries.has(newKey)) {
      if (directory && !this.isDirectory(newKey)) return "ENOTDIR";
      if (!directory && this.isDirectory(newKey)) return "EISDIR";
      if (this.children(newKey).length > 0) return "ENOTEMPTY";
    }
    for (const [key, content] of [...this.entries]) {
      if (key !== oldKey && !key.startsWith(`${oldKey}/`)) continue;
      this.entries.delete(key);
      this.entries.set(newKey + key.slice(oldKey.length), content);
    }
    return OK;
  }
}

function isDots(target: Target): boolean {
  return target.name === "" || target.name === "." || target.name === "..";
}

/** The whole of `tree` below `path` in the naive model's form. */
function dump(tree: FileTree, path: string, out: Map<string, string | undefined>): void {
  out.set(path, undefined);
  const names = tree.readdir(path === "" ? "/" : path, "/");
  if (isErrno(names)) throw new Error(`${path}: ${names.message}`);
  for (const name of names) {
    const child = `${path}/${name}`;
    const opened = tree.open(child, "/", { read: true }, 1);
    if (isErrno(opened)) throw new Error(`${child}: ${opened.message}`);
    const bytes = opened.handle.read(0, 1_000_000);
    if (isErrno(bytes)) dump(tree, child, out);
    else out.set(child, bytes);
  }
}

function append(tree: FileTree, path: string, cwd: string, text: string): Answer {
  const opened = tree.open(path, cwd, { write: true, create: true, append: true }, 1);
  if (isErrno(opened)) return opened.code;
  opened.handle.write(0, text);
  opened.handle.close();
  return OK;
}

const part = fc.constantFrom("a", "b", "c", "a", "b", "c", ".", "..");
const path = fc
  .tuple(
    fc.constantFrom("", "", "/"),
    fc.array(part, { minLength: 1, maxLength: 4 }),
    fc.constantFrom("", "", "/", "//"),
  )
  .map(([lead, parts, tail]) => lead + parts.join("/") + tail);
const cwd = fc.constantFrom("/", "/a", "/a/b", "/b");
const operation = fc.record({
  call: fc.constantFrom("mkdir", "mkdir", "append", "append", "rename", "rmdir", "unlink"),
  path,
  to: path,
  cwd,
});

test("answers and contents are the naive model's after any calls", () => {
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
      const naive = new NaiveTree();
      const tree = new FileTree(createTmpfs(() => 0));
      for (const [i, { call, path, to, cwd }] of operations.entries()) {
        const label = `${i}: ${call} ${path} ${to} in ${cwd}`;
        const [expected, actual] = answer(naive, tree, { call, path, to, cwd });
        expect(`${label}: ${actual}`).toBe(`${label}: ${expected}`);
      }
      const contents = new Map<string, string | undefined>();
      dump(tree, "", contents);
      expect([...contents].sort()).toEqual([...naive.entries].sort());
    }),
    { numRuns: 500 },
  );
});

interface Operation {
  readonly call: string;
  readonly path: string;
  readonly to: string;
  readonly cwd: string;
}

function answer(naive: NaiveTree, tree: FileTree, { call, path, to, cwd }: Operation): readonly [Answer, Answer] {
  switch (call) {
    case "mkdir":
      return [naive.mkdir(path, cwd), tree.mkdir(path, cwd, 0o755)?.code ?? OK];
    case "rmdir":
      return [naive.rmdir(path, cwd), tree.rmdir(path, cwd)?.code ?? OK];
    case "unlink":
      return [naive.unlink(path, cwd), tree.unlink(path, cwd)?.code ?? OK];
    case "rename":
      return [naive.rename(path, to, cwd), tree.rename(path, to, cwd)?.code ?? OK];
    default:
      return [naive.append(path, cwd, to), append(tree, path, cwd, to)];
  }
}
