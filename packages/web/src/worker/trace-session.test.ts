/** Recordings as they are dropped on the page: packed or not, in parts, with what lies beside them, and garbage. */

import { EbbReader } from "@ebb/formats";
import { fixtureFolder, importTrace, readFixtureBytes } from "@ebb/testkit";
import fc from "fast-check";
import { gzipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { PROTOCOL_VERSION, type SentFile } from "../protocol.ts";
import { openTrace, recordingBytes } from "./trace-session.ts";

const FOLDER = fixtureFolder("replay");
const PREFIX = "5.4-slab-noguard-2cpu-seed004-n1000";
const TRACE = `${PREFIX}.trace.ebb`;

function sent(name: string, bytes: Uint8Array): SentFile {
  return { name, content: new Blob([new Uint8Array(bytes)]) };
}

function bytesOf(name: string): Uint8Array {
  return readFixtureBytes(FOLDER, name) ?? new Uint8Array();
}

function recorded(name: string): SentFile {
  return sent(name, bytesOf(name));
}

const BESIDE = [recorded(`${PREFIX}.percpu_stats.boot.txt`), recorded(`${PREFIX}.stages.txt`)];

function open(files: readonly SentFile[], policy: string | undefined = "upstream") {
  return openTrace({ version: PROTOCOL_VERSION, kind: "open", files, policy }, () => undefined);
}

describe("a recording", () => {
  test("opens with what lies beside it, in any order of the files", async () => {
    const one = await open([recorded(TRACE), ...BESIDE]);
    const other = await open([...BESIDE, recorded(TRACE)]);
    expect(one.problems.filter(({ severity }) => severity === "error")).toEqual([]);
    const last = one.timeline?.viewAt(one.timeline.nrEvents);
    expect(last?.hash).toMatch(/^[0-9a-f]{16}$/);
    expect(other.timeline?.viewAt(one.timeline?.nrEvents ?? 0).hash).toBe(last?.hash);
  });

  test("is the same packed with gzip, also in two parts of a file", async () => {
    const bytes = bytesOf(TRACE);
    const packed = Buffer.concat([gzipSync(bytes.subarray(0, 1000)), gzipSync(bytes.subarray(1000))]);
    const plain = await open([recorded(TRACE), ...BESIDE]);
    const unpacked = await open([sent(`${TRACE}.gz`, packed), ...BESIDE]);
    expect(unpacked.problems).toEqual(plain.problems);
    expect(unpacked.timeline?.viewAt(500)).toEqual(plain.timeline?.viewAt(500));
  });

  test("is saved with the same events, and opens again without anything beside it", async () => {
    const bytes = await recordingBytes([recorded(TRACE), ...BESIDE], "test");
    const read = (content: Uint8Array) => importTrace((sink) => new EbbReader("x.ebb", sink), content).events;
    expect(read(bytes ?? new Uint8Array())).toEqual(read(bytesOf(TRACE)));
    const one = await open([recorded(TRACE), ...BESIDE]);
    const again = await open([sent("saved.ebb", bytes ?? new Uint8Array())]);
    expect(again.timeline?.viewAt(700)).toEqual(one.timeline?.viewAt(700));
  });
});

describe("what cannot be opened is told, with what to do", () => {
  const check = async (files: readonly SentFile[], expected: object) => {
    const { timeline, problems } = await open(files);
    expect(timeline).toBeUndefined();
    expect(problems.at(-1)).toMatchObject({ severity: "error", toDo: expect.stringMatching(/\w/), ...expected });
  };

  test("a recording of an unknown machine", async () => {
    await check([recorded(TRACE)], { file: TRACE, message: "the trace cannot be replayed" });
  });

  test("two recordings", async () => {
    await check([recorded(TRACE), recorded(TRACE)], { message: "the files are not parts of one recording" });
  });

  test("a file that is cut off", async () => {
    const packed = gzipSync(bytesOf(TRACE));
    await check([sent("cut.gz", packed.subarray(0, 5000))], { file: "cut.gz", message: "the gzip file is cut off" });
  });

  test("a file that is damaged", async () => {
    const packed = gzipSync(bytesOf(TRACE));
    packed.fill(255, 20, 400);
    await check([sent("bad.gz", packed)], { file: "bad.gz", message: "the gzip file is damaged" });
  });

  test("an empty file", async () => {
    await check([sent("empty", new Uint8Array())], { file: "empty", message: "no percpu events in it" });
  });

  test("a row that is no event: its line, and what was found", async () => {
    const text = "# tracer: nop\n#\n  sh-1 [000] d.... 1.000000: percpu_alloc_percpu: nonsense\n";
    const { problems } = await open([sent("t.txt", Buffer.from(text))]);
    expect(problems[0]).toMatchObject({
      file: "t.txt",
      line: 3,
      severity: "error",
      found: expect.stringMatching(/\S/),
    });
  });

  test("of problems of one kind the first, and how many more", async () => {
    const row = "  sh-1 [000] d.... 1.000000: percpu_alloc_percpu: nonsense\n";
    const { problems } = await open([sent("t.txt", Buffer.from(`# tracer: nop\n${row.repeat(500)}`))]);
    expect(problems.map(({ line, message }) => `${line} ${message}`)).toEqual([
      expect.stringMatching(/^2 /),
      expect.stringMatching(/^501 .*: 500 in all/),
      "0 no percpu events in it",
    ]);
  });

  test("a policy that there is not", async () => {
    const { problems } = await open([recorded(TRACE), ...BESIDE], "xyzzy");
    expect(problems).toMatchObject([{ file: "--policy xyzzy" }]);
  });

  test("any bytes, under any name: a problem, never a throw", async () => {
    const start = fc.constantFrom(
      "",
      "\x1f\x8b\x08",
      "\x28\xb5\x2f\xfd",
      "EBB",
      "PERFILE2",
      "\x17\x08\x44tracing",
      "#!",
    );
    await fc.assert(
      fc.asyncProperty(start, fc.uint8Array({ maxLength: 600 }), async (head, tail) => {
        const file = sent("noise", Buffer.concat([Buffer.from(head, "latin1"), tail]));
        const { timeline, problems } = await open([file]);
        expect(timeline).toBeUndefined();
        expect(problems.length).toBeGreaterThan(0);
      }),
      { numRuns: 200 },
    );
  });
});
