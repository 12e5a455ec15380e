/** Damaged event files: cut, changed, made up. Whatever is wrong is told and counted, and the rest is read. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { putUint32 } from "./byte-builder.ts";
import { crc32 } from "./crc32.ts";
import { EBB_MAGIC, MAX_BLOCK_EVENTS } from "./layout.ts";
import { type EventRow, type Found, fileOf, ORIGIN_NS, plausibleRows, read } from "./testing/traces.ts";

const ROWS = plausibleRows(12);
/** Several small blocks of each kind. */
const FILE = fileOf(ROWS.slice(0, 60), (writer) => {
  writer.text({ key: "meminfo", stage: "start", timeNs: 0, text: "a\nb\nc\nd" }, ORIGIN_NS);
  writer.text({ key: "meminfo", stage: "end", timeNs: 9, text: "a\nb\nx\nd" }, ORIGIN_NS);
  writer.problem({ severity: "info", file: "f", line: 1, message: "m", expected: "e", found: "f", toDo: "t" });
});

/** Events of `rows`, in their order; names may be lost. */
function isPart(rows: readonly EventRow[], all: readonly EventRow[]): boolean {
  const times = all.map((row) => row.timeNs);
  let at = 0;
  return rows.every((row) => {
    at = times.indexOf(row.timeNs, at) + 1;
    return at > 0 && row.offBytes === all[at - 1]?.offBytes;
  });
}

function isCounted({ reader }: Found): boolean {
  const { nrRead, nrEvents, nrOther, nrForeign, nrBad } = reader.totals;
  return nrRead === nrEvents + nrOther + nrForeign + nrBad;
}

/** A block whose checksums are right, whatever is in it. */
function block(kind: number, payload: Uint8Array): readonly number[] {
  const header = Uint8Array.of(0xeb, 0xb0, 0x0c, kind, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  putUint32(header, 4, payload.length);
  putUint32(header, 8, crc32(payload, 0, payload.length));
  putUint32(header, 12, crc32(header, 0, 12));
  return [...header, ...payload];
}

test("cut off anywhere: what stands before is read, and the cut is told", () => {
  for (let nr = 0; nr < FILE.length; nr++) {
    const found = read(FILE.subarray(0, nr));
    expect(found.rows).toEqual(ROWS.slice(0, found.rows.length));
    expect(found.problems.length).toBeGreaterThan(0);
    expect(isCounted(found)).toBe(true);
  }
});

test("a changed byte anywhere is found, and costs no more than its block", () => {
  for (let at = 0; at < FILE.length; at++) {
    for (const change of [0x01, 0x80, 0xff]) {
      const file = FILE.slice();
      file[at] = (file[at] ?? 0) ^ change;
      const found = read(file, 64);
      expect(found.problems.some(({ severity }) => severity !== "info")).toBe(true);
      expect(isPart(found.rows, ROWS)).toBe(true);
      expect(isCounted(found)).toBe(true);
      if (at >= EBB_MAGIC.length) expect(found.rows.length + found.texts.length).toBeGreaterThan(0);
    }
  }
});

test("events lost to damage are counted, and the ones behind them read", () => {
  const rows = plausibleRows(700);
  const file = fileOf(rows);
  file[5000] = (file[5000] ?? 0) ^ 1;
  const { reader, ...found } = read(file, 1000);
  expect(found.rows).toEqual(rows.slice(MAX_BLOCK_EVENTS));
  expect(reader.totals).toMatchObject({ nrEvents: rows.length - MAX_BLOCK_EVENTS, nrBad: 2 + MAX_BLOCK_EVENTS });
  expect(found.problems.map(({ message }) => message)).toEqual([
    "damaged bytes are passed over",
    `${MAX_BLOCK_EVENTS} events are lost`,
  ]);
});

test("lost names are called lost", () => {
  const at = FILE.findIndex((byte, i) => byte === 0xeb && FILE[i + 1] === 0xb0 && FILE[i + 3] === 2);
  const file = FILE.slice();
  file[at + 20] = 0;
  const found = read(file);
  expect(found.rows).toHaveLength(60);
  expect(found.rows[0]?.task).toBe("(lost name 0)");
  expect(found.problems.map(({ message }) => message)).toContain("9 names are lost");
});

test("blocks taken out or twice in", () => {
  const starts = [...FILE.keys()].filter((i) => FILE[i] === 0xeb && FILE[i + 1] === 0xb0 && FILE[i + 2] === 0x0c);
  const parts = starts.map((start, i) => [...FILE.subarray(start, starts[i + 1] ?? FILE.length)]);
  expect(parts.length).toBeGreaterThan(7);
  for (let i = 0; i < parts.length; i++) {
    const without = read(Uint8Array.of(...EBB_MAGIC, ...parts.filter((_, other) => other !== i).flat()));
    // The one problem of the whole file is the recording's own.
    expect(without.problems.filter(({ file }) => file === "t.ebb").length).toBeGreaterThan(0);
    const twice = read(
      Uint8Array.of(...EBB_MAGIC, ...parts.flatMap((part, other) => (other === i ? [part, part] : [part])).flat()),
    );
    expect(twice.rows).toEqual(ROWS.slice(0, 60));
  }
});

test("other files are refused, and so is another version", () => {
  for (const bytes of [[], [0x1f, 0x8b], [...EBB_MAGIC.slice(0, 7), 2], [...EBB_MAGIC.slice(0, 5)]]) {
    const found = read(Uint8Array.from(bytes), 1);
    expect(found.problems.map(({ severity }) => severity)).toEqual(["error"]);
  }
});

test("a block of a kind from the future is passed over", () => {
  const found = read(Uint8Array.of(...FILE, ...block(99, Uint8Array.of(1, 2, 3))));
  expect(found.rows).toHaveLength(60);
  expect(found.problems.map(({ message }) => message)).toContain("a block of unknown kind 99 is passed over");
});

test("any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.integer({ min: 1, max: 50 }), (bytes, nrBytes) => {
      const found = read(Uint8Array.of(...EBB_MAGIC, ...bytes), nrBytes);
      expect(found.problems.length).toBeGreaterThan(0);
      expect(isCounted(found)).toBe(true);
    }),
    { numRuns: 1000 },
  );
});

test("any bytes under right checksums", () => {
  const payload = fc.oneof(
    fc.uint8Array({ maxLength: 100 }),
    fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 100 }).map((bytes) => Uint8Array.from(bytes)),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 8 }), payload), { maxLength: 8 }), (blocks) => {
      const found = read(Uint8Array.of(...EBB_MAGIC, ...blocks.flatMap(([kind, bytes]) => block(kind, bytes))));
      expect(isCounted(found)).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

test("a block of events with one byte of its payload changed and its checksums put right", () => {
  const at = FILE.findIndex((byte, i) => byte === 0xeb && FILE[i + 1] === 0xb0 && FILE[i + 3] === 4);
  const nrPayload = (FILE[at + 4] ?? 0) + 256 * (FILE[at + 5] ?? 0);
  const before = FILE.subarray(0, at);
  for (let i = 0; i < nrPayload; i++) {
    for (const value of [0, 1, 127, 128, 255]) {
      const payload = FILE.slice(at + 16, at + 16 + nrPayload);
      payload[i] = value;
      const found = read(Uint8Array.of(...before, ...block(4, payload)));
      const known = found.reader.names.names.length;
      expect(known).toBeLessThan(1000);
      expect(isCounted(found)).toBe(true);
    }
  }
});

test("a number alone does not fill memory", () => {
  const huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x0f];
  const found = read(
    Uint8Array.of(...EBB_MAGIC, ...block(2, Uint8Array.of(...huge, 1, 1, 65)), ...block(2, Uint8Array.of(0, ...huge))),
  );
  expect(found.reader.names.names).toEqual([]);
  expect(found.problems.map(({ message }) => message)).toContain("a block of names is not what its checksum says");
});
