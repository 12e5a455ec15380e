import { expect, test } from "vitest";
import { EINVAL, ENOSPC, isErrno } from "../errno.ts";
import { createDevices } from "./devices.ts";
import { FileTree } from "./file-tree.ts";
import { KernelLog } from "./kernel-log.ts";
import type { FileHandle } from "./node.ts";

function opened(tree: FileTree, path: string): FileHandle {
  const file = tree.open(path, "/", { read: true, write: true }, 1);
  if (isErrno(file)) throw new Error(file.message);
  return file.handle;
}

test("null, zero and full", () => {
  const dev = new FileTree(createDevices(() => 0, 1));
  expect(opened(dev, "/null").read(0, 10)).toBe("");
  expect(opened(dev, "/null").write(0, "abc")).toBe(3);
  expect(opened(dev, "/zero").read(7, 5)).toBe("\0\0\0\0\0");
  expect(opened(dev, "/full").read(0, 2)).toBe("\0\0");
  expect(opened(dev, "/full").write(0, "x")).toBe(ENOSPC);
  expect(opened(dev, "/zero").read(0, Number.MAX_SAFE_INTEGER)).toHaveLength(2 ** 24);
});

test("the seed decides every random byte, in pieces of any size", () => {
  const once = opened(new FileTree(createDevices(() => 0, 42)), "/urandom").read(0, 8);
  const tree = new FileTree(createDevices(() => 0, 42));
  const again = `${opened(tree, "/random").read(0, 4)}${opened(tree, "/urandom").read(0, 4)}`;
  expect(again).toBe(once);
  expect(opened(new FileTree(createDevices(() => 0, 43)), "/urandom").read(0, 8)).not.toBe(once);
});

test("random bytes are spread over all values", () => {
  const bytes = opened(new FileTree(createDevices(() => 0, 2 ** 40 + 3)), "/urandom").read(0, 100_000);
  if (isErrno(bytes)) throw new Error(bytes.message);
  const counts = new Array<number>(256).fill(0);
  for (let i = 0; i < bytes.length; i++) counts[bytes.charCodeAt(i)] = (counts[bytes.charCodeAt(i)] ?? 0) + 1;
  // 390 expected each, standard deviation 20.
  expect(Math.min(...counts)).toBeGreaterThan(290);
  expect(Math.max(...counts)).toBeLessThan(490);
});

test("kmsg keeps messages with their time and priority", () => {
  let nowNs = 1_500_000;
  const log = new KernelLog(() => nowNs);
  const tree = new FileTree(createDevices(() => nowNs, 1, log));
  const kmsg = opened(tree, "/kmsg");
  expect(kmsg.write(0, "plain\n")).toBe(6);
  nowNs = 2_000_000;
  kmsg.write(0, "<6>info\ttab");
  kmsg.write(0, "<30>daemon");
  expect(kmsg.write(0, "x".repeat(1000))).toBe(EINVAL);
  expect(kmsg.read(0, 1000)).toBe("12,0,1500,-;plain\n14,1,2000,-;info\\x09tab\n30,2,2000,-;daemon\n");
  expect(log.records().map((record) => record.level)).toEqual([4, 6, 6]);
});

test("files and mount points can be made beside the devices", () => {
  const tree = new FileTree(createDevices(() => 0, 1));
  expect(tree.mkdir("/shm", "/", 0o777)).toBeUndefined();
  expect(tree.readdir("/", "/")).toEqual(["null", "zero", "full", "random", "urandom", "kmsg", "shm"]);
});
