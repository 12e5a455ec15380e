import { describe, expect, it } from "vitest";
import { EBADF, EPIPE, ESRCH } from "../errno.ts";
import { createTmpfs } from "../vfs/tmpfs.ts";
import type { Running } from "./command.ts";
import { FdTable } from "./fd-table.ts";
import { FifoTable } from "./fifo.ts";
import { type OpenFile, OpenNode, Pipe, PipeEnd, TextSource, WOULD_BLOCK } from "./open-file.ts";
import { signalName, signalNumber } from "./signals.ts";
import { FileInput, FileOutput, readUntil } from "./streams.ts";

function openEnds(): { readonly reader: PipeEnd; readonly writer: PipeEnd; readonly files: FdTable } {
  const pipe = new Pipe();
  const files = new FdTable();
  const reader = new PipeEnd(pipe, { read: true, write: false });
  const writer = new PipeEnd(pipe, { read: false, write: true });
  files.set(0, reader);
  files.set(1, writer);
  return { reader, writer, files };
}

/** Runs a body that must not wait. */
function now<T>(body: Running<T>): T {
  const step = body.next();
  if (step.done !== true) throw new Error("it waits");
  return step.value;
}

describe("pipes", () => {
  it("gives what was written, waits while empty, ends when the writers are gone", () => {
    const { reader, writer, files } = openEnds();
    expect(reader.tryRead(10)).toBe(WOULD_BLOCK);
    writer.write("abc\ndef");
    expect(reader.tryRead(2)).toBe("ab");
    expect(reader.tryReadLine("\n")).toBe("c\n");
    expect(reader.tryReadLine("\n")).toBe(WOULD_BLOCK);
    files.set(1, undefined);
    expect(reader.tryReadLine("\n")).toBe("def");
    expect(reader.tryRead(5)).toBe("");
  });

  it("answers EPIPE without readers", () => {
    const { writer, files } = openEnds();
    files.set(0, undefined);
    expect(writer.write("x")).toBe(EPIPE);
    let broken = 0;
    new FileOutput(writer, () => broken++).write("x");
    expect(broken).toBe(1);
  });

  it("is full at 64 KiB and has room again after a read", () => {
    const { reader, writer } = openEnds();
    writer.write("x".repeat(65536));
    expect(writer.hasRoom()).toBe(false);
    reader.tryRead(1);
    expect(writer.hasRoom()).toBe(true);
  });

  it("keeps an end open while a copy of the descriptors has it", () => {
    const { reader, files } = openEnds();
    const copy = files.fork();
    files.closeAll();
    expect(reader.tryRead(1)).toBe(WOULD_BLOCK);
    copy.closeAll();
    expect(reader.tryRead(1)).toBe("");
  });

  it("waits for a whole line", () => {
    const { reader, writer } = openEnds();
    const body = readUntil(reader, "\n");
    const step = body.next();
    if (step.done === true || step.value.kind !== "condition") throw new Error("it did not wait");
    writer.write("half");
    expect(step.value.holds()).toBe(false);
    writer.write(" done\nmore");
    expect(step.value.holds()).toBe(true);
    expect(body.next()).toEqual({ done: true, value: "half done\n" });
    expect(reader.tryRead(9)).toBe("more");
  });
});

describe("files", () => {
  it("shares the offset between descriptors", () => {
    const root = createTmpfs(() => 0);
    const node = root.create("f", 0o644);
    if (!("open" in node)) throw new Error("no file");
    const handle = node.open({ read: true, write: true, append: false, truncate: false }, 1);
    if (!("write" in handle)) throw new Error("no handle");
    const file: OpenFile = new OpenNode(node, handle, { read: true, write: true, append: false });
    file.write("l1\nl2\nl3\n");
    const again = node.open({ read: true, write: false, append: false, truncate: false }, 1);
    if (!("write" in again)) throw new Error("no handle");
    const shared = new OpenNode(node, again, { read: true, write: false, append: false });
    const files = new FdTable();
    files.set(0, shared);
    files.set(3, shared);
    expect(files.get(0)?.tryReadLine("\n")).toBe("l1\n");
    expect(files.get(3)?.tryReadLine("\n")).toBe("l2\n");
    expect(now(new FileInput(files.get(0)).readAll())).toBe("l3\n");
    expect(shared.write("x")).toBe(EBADF);
  });

  it("reads text sources by line and by byte", () => {
    const source = new TextSource("a\nb");
    expect(now(new FileInput(source).readLine())).toBe("a\n");
    expect(now(new FileInput(source).read(9))).toBe("b");
    expect(now(new FileInput(source).readLine())).toBeUndefined();
    expect(now(new FileInput(undefined).read(1))).toBe(EBADF);
  });

  it("gives descriptors from 10 on to {name}", () => {
    const files = new FdTable();
    files.set(10, new TextSource(""));
    expect(files.nextHigh()).toBe(11);
  });
});

describe("named pipes", () => {
  it("open together and start afresh", () => {
    const root = createTmpfs(() => 0);
    root.mkfifo("p", 0o644);
    const node = root.lookup("p");
    if (node === undefined) throw new Error("no fifo");
    const fifos = new FifoTable();
    const reading = fifos.open(node, { read: true, write: false });
    const first = reading.next();
    if (first.done === true || first.value.kind !== "condition") throw new Error("it did not wait");
    expect(first.value.holds()).toBe(false);
    const writer = now(fifos.open(node, { read: false, write: true }));
    expect(first.value.holds()).toBe(true);
    const reader = reading.next();
    if (reader.done !== true) throw new Error("it still waits");
    writer.write("x");
    expect(reader.value.tryRead(9)).toBe("x");
    writer.release();
    expect(reader.value.tryRead(9)).toBe("");
  });
});

describe("signals", () => {
  it("are known by name and number", () => {
    expect(["TERM", "SIGTERM", "term", "15"].map(signalNumber)).toEqual([15, 15, 15, 15]);
    expect(signalNumber("BOGUS")).toBeUndefined();
    expect(signalName(9)).toBe("KILL");
    expect(ESRCH.message).toBe("No such process");
  });
});
