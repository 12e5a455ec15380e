/** Pages of the ring buffer: recorded ones against the text of the same buffer, and made ones for what is rare. */

import { fixtureFolder, type ImportedTrace, importTrace, readFixture } from "@ebb/testkit";
import { describe, expect, test } from "vitest";
import { EVENT_ALLOC, EVENT_FREE, EVENT_MARK } from "./events.ts";
import { createRawImporter, type RawImportOptions } from "./raw-importer.ts";
import { createTraceImporter } from "./trace-importer.ts";

const FOLDER = fixtureFolder("traces/formats");
const TEXTS = {
  headerPage: readFixture(FOLDER, "6.18-raw.header_page.txt") ?? "",
  headerEvent: readFixture(FOLDER, "6.18-raw.header_event.txt") ?? "",
  formats: readFixture(FOLDER, "6.18-raw.formats.txt") ?? "",
};

/** Reads each CPU's bytes in pieces, as they are asked for. */
function read(
  pages: readonly Uint8Array[],
  options: Partial<RawImportOptions> = {},
  pieceBytes = 10_000,
): ImportedTrace {
  const cpus = pages.map((_, cpu) => ({ cpu, file: `cpu${cpu}` }));
  return importTrace((sink) => {
    const importer = createRawImporter({ ...TEXTS, cpus, ...options }, sink);
    if (!("wanted" in importer)) throw new Error(importer.message);
    return {
      names: importer.names,
      totals: importer.totals,
      push: () => undefined,
      end: () => {
        const read = pages.map(() => 0);
        for (let cpu = importer.wanted; cpu !== undefined; cpu = importer.wanted) {
          const from = read[cpu] ?? 0;
          const piece = pages[cpu]?.slice(from, from + pieceBytes) ?? new Uint8Array(0);
          read[cpu] = from + piece.length;
          if (piece.length > 0) importer.push(piece);
          else importer.endWanted();
        }
        importer.end();
      },
    };
  }, new Uint8Array(0));
}

function recorded(name: string): readonly Uint8Array[] {
  return [0, 1].map((cpu) => Buffer.from(readFixture(FOLDER, `${name}.cpu${cpu}.bin.gz`) ?? "", "latin1"));
}

test("recorded pages hold the events of the text of the same buffer, in its order", () => {
  const text = importTrace(
    (sink) => createTraceImporter({ file: "t" }, sink),
    Buffer.from(readFixture(FOLDER, "6.18-raw.trace.txt.gz") ?? "", "latin1"),
  );
  const raw = read(recorded("6.18-raw"));
  expect(raw.problems).toEqual([]);
  // Three pages end in padding.
  expect(raw.totals).toEqual({ nrRead: 1811, nrEvents: 1808, nrOther: 3, nrForeign: 0, nrBad: 0, nrLost: 0 });
  // A page has no names of tasks, and addresses instead of callers; text has times in µs, and one input.
  const shared = ({ events }: ImportedTrace) =>
    events.map(({ task: _task, callSite: _site, timeNs: _time, input: _input, line: _line, ...rest }) => rest);
  expect(shared(raw)).toEqual(shared(text));
  const timesApart = raw.events.map((event, i) => Math.abs(event.timeNs - (text.events[i]?.timeNs ?? 0)));
  expect(Math.max(...timesApart)).toBeLessThanOrEqual(1000);
  expect(Number(raw.names.originNs - text.names.originNs)).toBe(-170);
});

test.each([1, 7, 4095, 4097])("pages cut every %i bytes are the same", (pieceBytes) => {
  const { events, totals } = read(recorded("6.18-raw"), {}, pieceBytes);
  expect({ events, totals }).toEqual(
    ((whole) => ({ events: whole.events, totals: whole.totals }))(read(recorded("6.18-raw"))),
  );
});

test("kallsyms and saved_cmdlines give callers and tasks their names", () => {
  const kallsyms = Buffer.from("ffffffff81353550 t mm_init\nffffffff81353a20 T next\n");
  const { events } = read(recorded("6.18-raw"), { kallsyms, savedCmdlines: "11413 sh\n11415 mkdir\n" });
  expect(events.slice(0, 2).map((e) => [e.callSite, e.task])).toEqual([
    ["mm_init+0x2bf", "sh"],
    ["0xffffffff81c39fb7", "sh"],
  ]);
});

test("lost records are counted as the pages tell them", () => {
  const { problems, totals, events } = read(recorded("6.18-missed"));
  // One page of CPU 1 says how many, five have no room to.
  expect(totals.nrLost).toBe(407 + 5);
  expect(totals.nrBad).toBe(0);
  expect(events.length).toBe(totals.nrEvents);
  expect(problems.map((p) => [p.severity, p.file])).toEqual([
    ["data-loss", "cpu1"],
    ["data-loss", "cpu1"],
  ]);
  expect(problems[1]?.message).toMatch(/6 in all/);
});

const FREE = 644;

/** The data of a free as words: type, process, chunk, offset, pointer. */
function free(offBytes: number, pid = 7): readonly number[] {
  return [FREE, pid, 0x1000, -1, offBytes, 0, 0, 0];
}

/** A record of `words`, `deltaNs` after the one before. */
function record(deltaNs: number, words: readonly number[]): readonly number[] {
  return [(deltaNs << 5) | words.length, ...words];
}

function page(timeNs: bigint, words: readonly number[], marks = 0): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(4096));
  bytes.setBigUint64(0, timeNs, true);
  bytes.setUint32(8, words.length * 4 + marks, true);
  for (const [i, word] of words.entries()) bytes.setInt32(16 + i * 4, word, true);
  return new Uint8Array(bytes.buffer);
}

const T = 1_000_000_000n;

describe("a page made for it", () => {
  test("has times that are extended, set, and passed over", () => {
    const set = T + 900_000_000n;
    const words = [
      ...record(5, free(4)),
      ...[(7 << 5) | 30, 2], // 2 * 2^27 + 7 ns on
      ...record(1, free(8)),
      ...[(3 << 5) | 29, 8, 0], // a discarded record of 8 bytes, 3 ns
      ...record(1, free(12)),
      ...[(Number(set & 0x7ffffffn) << 5) | 31, Number(set >> 27n)],
      ...record(0, free(16)),
      ...[(2 << 5) | 0, 36, ...free(20)], // length in the array
    ];
    const { events, totals, problems } = read([page(T, words)]);
    expect(problems).toEqual([]);
    expect(events.map((e) => e.offBytes)).toEqual([4, 8, 12, 16, 20]);
    expect(events.map((e) => e.timeNs)).toEqual([0, 2 ** 28 + 8, 2 ** 28 + 12, 899_999_995, 899_999_997]);
    expect(totals).toEqual({ nrRead: 8, nrEvents: 5, nrOther: 3, nrForeign: 0, nrBad: 0, nrLost: 0 });
  });

  test("goes before another CPU's of the same time when its CPU is given first", () => {
    const pages = [page(T, record(5, free(4))), page(T, [...record(5, free(8)), ...record(1, free(12))])];
    expect(read(pages).events.map((e) => [e.cpu, e.offBytes])).toEqual([
      [0, 4],
      [1, 8],
      [1, 12],
    ]);
  });

  test("has exact times after more than 104 days", () => {
    const late = 2n ** 60n + 1n;
    const { events, names } = read([page(late, [...record(1, free(4)), ...record(2, free(8))])]);
    expect(names.originNs).toBe(late + 1n);
    expect(events.map((e) => e.timeNs)).toEqual([0, 2]);
  });

  test("has sizes, offsets and addresses of any value, read alike wherever they stand", () => {
    const alloc = (sizeBytes: number, sizeHigh: number, offBytes: number, flags = 0) => [
      ...[645, 7, 0x1000, -1, flags, 0, sizeBytes, sizeHigh, 8, 0, 0x2000, -2, offBytes, 0, 0, 0, 0, 0, 0xcc0, 0],
    ];
    const words = [alloc(16, 0, 4), alloc(24, 0, 20, 256), alloc(16, 2, 44), alloc(-1, 0, 60, 257), alloc(4, 0, -8)];
    const { events, problems, names } = read([
      page(
        T,
        words.flatMap((one) => record(1, one)),
      ),
    ]);
    expect(problems).toEqual([]);
    expect(names.chunks).toEqual(["fffffffe00002000"]);
    expect(events.map((e) => [e.sizeBytes, e.alignBytes, e.offBytes, e.flags])).toEqual([
      [16, 8, 4, 0],
      [24, 8, 20, 2],
      [0x7fffffff, 8, 44, 0],
      [0x7fffffff, 8, 60, 3],
      [4, 8, 0x7fffffff, 0],
    ]);
    expect(new Set(events.map((e) => `${e.callSite} ${e.gfp}`))).toEqual(new Set(["0xffffffff00001000 GFP_KERNEL"]));
  });

  test("has events of no use, which are counted", () => {
    const { totals } = read([page(T, [...record(0, [9999, 7]), ...record(1, free(4))])]);
    expect(totals).toEqual({ nrRead: 2, nrEvents: 1, nrOther: 0, nrForeign: 1, nrBad: 0, nrLost: 0 });
  });

  test("has marks and allocations whose format differs", () => {
    const formats = `name: print
ID: 5
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;
	field:unsigned long ip;	offset:8;	size:8;	signed:0;
	field:char buf[];	offset:16;	size:0;	signed:0;

print fmt: "%ps: %s", (void *)REC->ip, REC->buf
name: percpu_alloc_percpu
ID: 6
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:int common_pid;	offset:4;	size:4;	signed:1;
	field:bool is_atomic;	offset:8;	size:1;	signed:0;
	field:bool reserved;	offset:9;	size:1;	signed:0;
	field:u16 align;	offset:10;	size:2;	signed:0;
	field:unsigned int size;	offset:12;	size:4;	signed:0;
	field:int off;	offset:16;	size:4;	signed:1;
	field:void * base_addr;	offset:20;	size:4;	signed:0;

print fmt: ""
`;
    const mark = Buffer.from("stage a\n\0\0\0\0");
    const markWords = [5, 7, 0, 0, mark.readInt32LE(0), mark.readInt32LE(4), 0];
    const words = [...record(0, markWords), ...record(1, [6, 7, (64 << 16) | 256, 100, 8, 0x77])];
    const { events, names } = read([page(T, words)], { formats });
    expect(events.map((e) => [e.kind, e.text, e.flags, e.sizeBytes, e.alignBytes, e.offBytes])).toEqual([
      [EVENT_MARK, "stage a", 0, -1, -1, -1],
      [EVENT_ALLOC, "", 1, 100, 64, 8],
    ]);
    expect(names.chunks).toEqual(["0000000000000077"]);
  });
});

/** A page, and the problem it makes. */
const WRONG: readonly (readonly [what: string, bytes: Uint8Array, message: RegExp, nrEvents: number])[] = [
  ["a record beyond its end", page(T, [...record(0, free(4)), (0 << 5) | 20, 1]), /is none; the rest/, 1],
  ["an array beyond its end", page(T, [...record(0, free(4)), 0, 4000]), /is none; the rest/, 1],
  ["a record cut off", page(T, [...record(0, free(4)), 30]), /is none; the rest/, 1],
  ["too long a length", page(T, [], 5000), /none of a ring buffer/, 0],
  ["a record shorter than its fields", page(T, record(0, [FREE, 7])), /shorter than its fields/, 0],
  ["its end missing", page(T, record(0, free(4))).subarray(0, 4000), /ends inside a page/, 0],
  ["a time out of reach", page(T, [...record(0, free(4)), 30, -1, ...record(0, free(8))]), /time too far/, 1],
];

test.each(WRONG)("a page with %s is told", (_what, bytes, message, nrEvents) => {
  const { problems, totals } = read([bytes]);
  expect(problems.map((p) => p.severity).filter((s) => s !== "info")).toHaveLength(1);
  expect(problems[0]?.message).toMatch(message);
  expect(totals.nrEvents).toBe(nrEvents);
  expect(totals.nrBad).toBe(1);
  expect(totals.nrRead).toBe(totals.nrEvents + totals.nrOther + totals.nrForeign + totals.nrBad);
});

test("a format without a field makes its events bad, and says which", () => {
  const formats = TEXTS.formats.replace("field:int off;	offset:16", "field:int place;	offset:16");
  const { problems, totals } = read(recorded("6.18-raw"), { formats });
  expect(totals.nrBad).toBe(903);
  expect(problems[0]?.message).toMatch(/percpu_free_percpu has no field off/);
});

test("texts that do not describe pages are a problem", () => {
  const cpus = [{ cpu: 0, file: "cpu0" }];
  const sink = { batch: () => undefined, problem: () => undefined };
  expect(createRawImporter({ ...TEXTS, headerPage: "", cpus }, sink)).toMatchObject({
    severity: "error",
    file: "cpu0",
  });
  expect(createRawImporter({ ...TEXTS, formats: "", cpus }, sink)).toMatchObject({ message: "no format of any event" });
});

test("frees have the kind, the process and the CPU they were recorded on", () => {
  const { events } = read([page(T, []), page(T, record(0, free(4, 99)))]);
  expect(events).toMatchObject([{ kind: EVENT_FREE, pid: 99, cpu: 1, chunk: 0, input: 1, line: 1 }]);
});
