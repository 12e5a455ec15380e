/** A FUSE session without a kernel: what Linux answers to well-formed requests, and any bytes. */

import { verifyMachine } from "@ebb/model";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { testVm } from "../machine/test-vm.ts";
import {
  OP_BATCH_FORGET,
  OP_FORGET,
  OP_INTERRUPT,
  OP_LINK,
  OP_MKNOD,
  OP_READLINK,
  OP_RENAME,
  OP_RENAME2,
  OP_SETATTR,
  OP_STATFS,
  OP_SYMLINK,
  ROOT_NODE,
} from "./abi.ts";
import { FuseSession } from "./session.ts";
import { FuseClient, join, text, words } from "./testing/fuse-client.ts";

const EPERM = 1;
const ENOENT = 2;
const EBADF = 9;
const EACCES = 13;
const EBUSY = 16;
const EEXIST = 17;
const ENOTDIR = 20;
const EISDIR = 21;
const EINVAL = 22;
const ENAMETOOLONG = 36;
const ENOSYS = 38;
const ENOTEMPTY = 39;
const O_WRONLY = 1;
const O_RDWR = 2;
const O_APPEND = 0o2000;

function connected(vm = testVm()) {
  const client = new FuseClient();
  const callers = {
    taskOf: (threadId: number) => (threadId === 0 ? 0 : vm.pid),
    changedDirectory: () => undefined,
    ownPids: <T>(handle: T) => handle,
  };
  const session = new FuseSession(vm.vfs, vm.host.bootEpochSeconds, callers, client.send);
  client.connect(session);
  return { client, session, vm };
}

describe("cgroups", () => {
  test("are made, listed, entered and removed", () => {
    const { client, vm } = connected();
    const root = client.walk("/sys/fs/cgroup");
    const made = client.mkdir(root, "a");
    expect(made).toBeGreaterThan(1);
    expect(client.lookup(root, "a")).toBe(made);
    expect(client.mkdir(root, "a")).toBe(-EEXIST);
    expect(client.names(root)).toContain("a");
    expect(client.stat(made)[0]).toBe(0o40755);
    const procs = client.lookup(made, "cgroup.procs");
    const handle = client.open(procs, O_WRONLY);
    expect(client.write(procs, handle, 0, `${vm.pid}\n`)).toBe(`${vm.pid}\n`.length);
    expect(client.release(procs, handle)).toBe(0);
    expect(client.rmdir(root, "a")).toBe(EBUSY);
    expect(client.rmdir(root, "b")).toBe(ENOENT);
    expect(client.rmdir(root, "cgroup.procs")).toBe(ENOTDIR);
    expect(client.unlink(made, "cgroup.procs")).toBe(EPERM);
    expect(client.create(made, "own")[0]).toBe(-EACCES);
  });

  test("a directory that was removed answers ENOENT, also when its name is used again", () => {
    const { client } = connected();
    const root = client.walk("/sys/fs/cgroup");
    const first = client.mkdir(root, "a");
    expect(client.rmdir(root, "a")).toBe(0);
    const second = client.mkdir(root, "a");
    expect(second).not.toBe(first);
    expect(client.lookup(first, "cgroup.procs")).toBe(-ENOENT);
    expect(client.mkdir(first, "b")).toBe(-ENOENT);
    expect(client.lookup(second, "cgroup.procs")).toBeGreaterThan(1);
  });

  test("names with every byte but NUL, slash and newline, and long ones", () => {
    const { client } = connected();
    const root = client.walk("/sys/fs/cgroup");
    for (let byte = 1; byte < 256; byte++) {
      const name = `x${String.fromCharCode(byte)}`;
      if (name === "x/") continue;
      if (name === "x\n") {
        expect(client.mkdir(root, name)).toBe(-EINVAL);
        continue;
      }
      expect(client.mkdir(root, name), `byte ${byte}`).toBeGreaterThan(1);
    }
    expect(client.names(root, 300).filter((name) => name.length === 2 && name.startsWith("x"))).toHaveLength(253);
    expect(client.mkdir(root, "n".repeat(255))).toBeGreaterThan(1);
    expect(client.mkdir(root, "n".repeat(256))).toBe(-ENAMETOOLONG);
  });
});

describe("generated files", () => {
  test("read the same whatever the buffer", () => {
    const { client } = connected();
    const node = client.walk("/proc/meminfo");
    const handle = client.open(node);
    const whole = client.read(node, handle, 0, 65_536);
    expect(whole).toContain("Percpu:");
    let pieces = "";
    for (;;) {
      const piece = client.read(node, handle, pieces.length, 1);
      if (piece === "") break;
      pieces += piece;
    }
    expect(pieces).toBe(whole);
    expect(client.read(node, handle, 1e9, 100)).toBe("");
    expect(client.write(node, handle, 0, "x")).toBe(-EBADF);
    expect(client.open(node, O_WRONLY)).toBe(-EACCES);
    expect(client.release(node, handle)).toBe(0);
    expect(client.read(node, handle, 0, 1)).toBe(-EBADF);
  });
});

describe("files in /tmp", () => {
  test("hold what is written at odd places, grow, shrink, and outlive their name while open", () => {
    const { client } = connected();
    const tmp = client.walk("/tmp");
    const [node, handle] = client.create(tmp, "f", O_RDWR);
    expect(client.write(node, handle, 10_001, "abc")).toBe(3);
    expect(client.stat(node)[1]).toBe(10_004);
    expect(client.read(node, handle, 9_999, 10)).toBe("\0\0abc");
    const appended = client.open(node, O_WRONLY | O_APPEND);
    expect(client.write(node, appended, 0, "d")).toBe(1);
    expect(client.read(node, handle, 10_001, 10)).toBe("abcd");
    const shrink = join(words(8, 0, 0, 0, 2, 0), new Uint8Array(64));
    expect(client.ask(OP_SETATTR, node, shrink).error).toBe(0);
    expect(client.stat(node)[1]).toBe(2);
    expect(client.unlink(tmp, "f")).toBe(0);
    expect(client.lookup(tmp, "f")).toBe(-ENOENT);
    expect(client.write(node, handle, 0, "zz")).toBe(2);
    expect(client.read(node, handle, 0, 9)).toBe("zz");
  });

  test("a write of a megabyte, of any bytes", () => {
    const { client } = connected();
    const [node, handle] = client.create(client.walk("/tmp"), "big", O_RDWR);
    let bytes = "";
    for (let i = 0; i < 4096; i++)
      bytes += String.fromCharCode(...Array.from({ length: 256 }, (_, n) => (n + i) % 256));
    expect(client.write(node, handle, 0, bytes)).toBe(1 << 20);
    expect(client.read(node, handle, 1_000_001, 500)).toBe(bytes.slice(1_000_001, 1_000_501));
  });

  test("renames move whole trees; links are symbolic", () => {
    const { client } = connected();
    const tmp = client.walk("/tmp");
    const a = client.mkdir(tmp, "a");
    const b = client.mkdir(a, "b");
    client.create(b, "f");
    expect(client.ask(OP_RENAME, tmp, join(words(tmp, 0), text("a"), text("c"))).error).toBe(0);
    expect(client.lookup(b, "f")).toBeGreaterThan(1);
    expect(client.walk("/tmp/c/b/f")).toBeGreaterThan(1);
    expect(client.walk("/tmp/a")).toBe(-ENOENT);
    expect(client.ask(OP_RENAME, tmp, join(words(b, 0), text("c"), text("x"))).error).toBe(EINVAL);
    const keep = join(words(tmp, 0, 1, 0), text("c"), text("c"));
    expect(client.ask(OP_RENAME2, tmp, keep).error).toBe(EEXIST);
    expect(client.rmdir(tmp, "c")).toBe(ENOTEMPTY);
    expect(client.unlink(tmp, "c")).toBe(EISDIR);
    const link = client.ask(OP_SYMLINK, tmp, join(text("l"), text("c/b"))).result.getUint32(0, true);
    const { result } = client.ask(OP_READLINK, link);
    expect(String.fromCharCode(...new Uint8Array(result.buffer, 16))).toBe("c/b");
    expect(client.ask(OP_LINK, tmp, join(words(link, 0), text("m"))).error).toBe(EPERM);
    expect(client.ask(OP_MKNOD, tmp, join(words(0o020600, 5, 0, 0), text("dev"))).error).toBe(EPERM);
  });
});

test("what is not served answers ENOSYS; what waits for nothing is not interrupted", () => {
  const { client } = connected();
  expect(client.ask(39, ROOT_NODE, words(0, 0)).error).toBe(ENOSYS);
  expect(client.ask(OP_STATFS, ROOT_NODE).result.getUint32(44, true)).toBe(255);
  expect(client.answerTo(client.post(OP_INTERRUPT, 0, words(99, 0)))).toBeUndefined();
});

test("what the kernel forgets is forgotten, what it closes is closed", () => {
  const { client, session } = connected();
  const root = client.walk("/sys/fs/cgroup");
  const [before] = session.nrKnown;
  for (let i = 0; i < 1000; i++) {
    const node = client.mkdir(root, `c${i}`);
    const file = client.lookup(node, "cgroup.procs");
    client.release(file, client.open(file));
    client.post(OP_FORGET, file, words(1, 0));
    expect(client.rmdir(root, `c${i}`)).toBe(0);
    client.post(OP_BATCH_FORGET, 0, words(1, 0, node, 0, 1, 0));
  }
  expect(session.nrKnown).toEqual([before, 0]);
});

describe("any bytes", () => {
  const request = fc.tuple(
    fc.integer({ min: 0, max: 60 }),
    fc.integer({ min: 0, max: 40 }),
    fc.uint8Array({ maxLength: 200 }),
  );

  test("are answered or dropped, never more than once, and nothing is thrown", () => {
    const vm = testVm();
    fc.assert(
      fc.property(fc.array(request, { maxLength: 60 }), (requests) => {
        const { client, session } = connected(vm);
        client.create(client.walk("/tmp"), "f");
        client.walk("/sys/fs/cgroup/cgroup.procs");
        for (const [opcode, node, body] of requests) client.post(opcode, node, body);
        session.close();
        expect(session.nrKnown[1]).toBe(0);
      }),
      { numRuns: 2000 },
    );
    expect(verifyMachine(vm.machine)).toEqual([]);
  });

  test("a length that is not the one told is dropped", () => {
    const { session } = connected();
    const before = session.nrRequests;
    session.buffer.fill(0xff);
    for (const nrBytes of [0, 1, 39, 40, 4096, session.buffer.length, session.buffer.length + 1]) {
      session.handle(nrBytes);
    }
    expect(session.nrRequests).toBe(before);
  });
});
