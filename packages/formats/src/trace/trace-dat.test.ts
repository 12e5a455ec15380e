/** trace.dat beyond what the recorded ones have: more buffers, other clocks, damage. cli's tests compare the formats. */

import { fixtureFolder, type ImportedTrace, importTrace, readFixture } from "@ebb/testkit";
import { describe, expect, test } from "vitest";
import { createTraceImporter } from "./trace-importer.ts";

const FOLDER = fixtureFolder("traces/formats");
const VERSION_7 = "6.18-instance-v7-uncompressed.dat.gz";
const VERSION_6 = "6.18-instance-v6.dat.gz";

function recorded(name: string): Buffer {
  return Buffer.from(readFixture(FOLDER, name) ?? "", "latin1");
}

function read(bytes: Uint8Array, buffer?: string): ImportedTrace {
  return importTrace((sink) => createTraceImporter({ file: "t", buffer }, sink), bytes);
}

/** The last section of options, whose end says that no more follow. */
const LAST_OPTIONS = 7_630_848;
const OPTION_HEADER = 6;
const BUFFER_OPTION_BYTES = 72;

/** The recording with one more buffer: the instance's pages again, under another name and clock. */
function withBuffer(name: string, clock: string): Buffer {
  const file = recorded(VERSION_7);
  const option = file.subarray(LAST_OPTIONS + 16, LAST_OPTIONS + 16 + OPTION_HEADER + BUFFER_OPTION_BYTES);
  const section = option.subarray(OPTION_HEADER, OPTION_HEADER + 8);
  const names = "ebbsample\0local\0".length;
  const cpus = option.subarray(OPTION_HEADER + 8 + names);
  const data = Buffer.concat([section, Buffer.from(`${name}\0${clock}\0`), cpus]);
  const added = Buffer.alloc(16 + OPTION_HEADER + data.length + OPTION_HEADER + 8);
  added.writeBigUInt64LE(BigInt(added.length - 16), 8);
  added.writeUInt16LE(3, 16);
  added.writeUInt32LE(data.length, 18);
  data.copy(added, 22);
  added.writeUInt32LE(8, added.length - 12);
  file.writeBigUInt64LE(BigInt(file.length), LAST_OPTIONS + 16 + OPTION_HEADER + BUFFER_OPTION_BYTES + OPTION_HEADER);
  return Buffer.concat([file, added]);
}

describe("percpu events in two buffers", () => {
  test("are both read, and told to be perhaps the same", () => {
    const { problems, totals, events } = read(withBuffer("other", "local"));
    expect(totals.nrEvents).toBe(2 * 1928);
    // Of equal times, in the order of the buffers in the file.
    expect(events[0]).toEqual({ ...events[1], callSite: events[0]?.callSite });
    expect(problems.map((p) => [p.severity, p.message])).toEqual([
      ["error", "percpu events of several buffers (ebbsample, other): each event may be there twice"],
    ]);
  });

  test.each(["ebbsample", "other"])("of which %s is chosen", (buffer) => {
    const { problems, totals } = read(withBuffer("other", "local"), buffer);
    expect(totals.nrEvents).toBe(1928);
    expect(problems.map((p) => [p.severity, p.message])).toEqual([
      ["info", `percpu events are those of buffer ${buffer}`],
    ]);
  });
});

test("a clock that does not count ns is told", () => {
  const { problems } = read(withBuffer("other", "x86-tsc"), "other");
  expect(problems[0]).toMatchObject({ severity: "info", message: expect.stringMatching(/^clock x86-tsc/) });
});

describe("a trace.dat that is damaged", () => {
  const edits: readonly (readonly [what: string, name: string, edit: (file: Buffer) => Uint8Array, message: RegExp])[] =
    [
      ["an unknown version", VERSION_6, (file) => file.fill("9", 10, 11), /version "9"/],
      ["another byte order", VERSION_6, (file) => file.fill(1, 12, 13), /big-endian/],
      ["no header_page", VERSION_6, (file) => file.fill("x", 18, 30), /texts are cut off/],
      ["fields of header_page that are none", VERSION_6, (file) => file.fill("x", 40, 120), /what a page is/],
      ["its start only", VERSION_6, (file) => file.subarray(0, 14), /its start is cut off/],
      ["half of its texts", VERSION_6, (file) => file.subarray(0, 3_000_000), /texts are cut off/],
      ["no pages", VERSION_6, (file) => file.subarray(0, 7_515_000), /file ends before the pages/],
      ["its start only (7)", VERSION_7, (file) => file.subarray(0, 20), /its start is cut off/],
      ["options behind its end", VERSION_7, (file) => file.subarray(0, LAST_OPTIONS), /behind the end of the file/],
      ["options that are cut off", VERSION_7, (file) => file.subarray(0, LAST_OPTIONS + 50), /section is cut off/],
      ["options that lead back", VERSION_7, backToItself, /do not end/],
      [
        "packed sections, and nothing to unpack them",
        "6.18-instance-v7-zstd.dat.gz",
        (file) => file,
        /cannot be unpacked/,
      ],
    ];

  test.each(edits)("%s", (_what, name, edit, message) => {
    const { problems, totals } = read(edit(recorded(name)));
    expect(problems.map((p) => p.message).join("\n")).toMatch(message);
    expect(problems.some((p) => p.severity !== "info")).toBe(true);
    expect(totals.nrEvents + totals.nrOther + totals.nrForeign + totals.nrBad).toBe(totals.nrRead);
  });
});

function backToItself(file: Buffer): Buffer {
  const next = LAST_OPTIONS + 16 + OPTION_HEADER + BUFFER_OPTION_BYTES + OPTION_HEADER;
  file.writeBigUInt64LE(BigInt(LAST_OPTIONS), next);
  return file;
}
