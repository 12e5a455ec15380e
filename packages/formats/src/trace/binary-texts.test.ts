/** The kernel's texts that binary records need: names of flags and symbols, formats of events and pages. */

import { Random } from "@ebb/testkit";
import { expect, test } from "vitest";
import { parseEventFormats } from "./event-format.ts";
import { flagText, parseFlagNames } from "./flag-names.ts";
import { LongNames } from "./long-names.ts";
import { LongTable } from "./long-table.ts";
import { NameTable } from "./name-table.ts";
import { UNNAMED } from "./record-constants.ts";
import { Symbols } from "./symbols.ts";

const FLAGS = `(REC->gfp_flags) ? __print_flags(REC->gfp_flags, "|", {( unsigned long)((( gfp_t)((0x400u|0x800u)) | (( gfp_t)((((1UL))) << (6))))), "GFP_KERNEL"}, {( unsigned long)(( gfp_t)(((((1UL))) << (10))|((((1UL))) << (11)))), "__GFP_RECLAIM"}, {(0xfful & ~0x7fUL), "HIGH"}, {1 ^ 3, "TWO"}, { 0, ((void *)0) } ) : "none"`;

test.each([
  [0n, "none"],
  [0xc40n, "GFP_KERNEL"],
  [0xc00n, "__GFP_RECLAIM"],
  [0xcc0n, "GFP_KERNEL|HIGH"],
  [0x1002n, "TWO|0x1000"],
  [1n << 40n, "0x10000000000"],
])("flags %s are %s", (value, text) => {
  const names = parseFlagNames(FLAGS, "gfp_flags");
  expect(names && flagText(value, names)).toBe(text);
});

test.each(["", "REC->gfp_flags", FLAGS.replace("0x400u", "BIT(10)"), FLAGS.replace("0x400u", "(".repeat(5000))])(
  "a print format without readable flags gives none",
  (printFormat) => expect(parseFlagNames(printFormat, "gfp_flags")).toBeUndefined(),
);

test("symbols are found by the address before the caller's, whatever the order of the list", () => {
  const symbols = new Symbols(
    "ffffffffc0001000 t of_module\t[mod]\nffffffff81000000 T first\nffffffff81000000 T alias\nffffffff81000100 t second\n0000000000001000 A percpu\nbad line\n",
  );
  expect(symbols.at(0xffffffff, 0x810000ff)).toBe("first+0xff");
  expect(symbols.at(-1, 0x81000100 | 0)).toBe("second+0x0");
  expect(symbols.at(0xffffffff, 0xc0001004)).toBe("of_module+0x4");
  expect(symbols.at(0, 0x1008)).toBe("percpu+0x8");
  expect(symbols.at(0xffffffff, 0x90000000)).toBe("0xffffffff90000000");
  expect(symbols.at(0, 0x10)).toBe("0x0000000000000010");
});

test("a reader who may not see addresses has no symbols", () => {
  expect(new Symbols("0000000000000000 T first\n").at(0, 5)).toBe("0x0000000000000005");
});

test("formats of several events are told apart, with their fields", () => {
  const formats = parseEventFormats(`name: a
ID: 7
format:
	field:unsigned short common_type;	offset:0;	size:2;	signed:0;
	field:void __seg_gs * ptr;	offset:24;	size:8;	signed:0;
	field:__data_loc char[] path;	offset:32;	size:4;	signed:0;
	field:__rel_loc char[] other;	offset:36;	size:4;	signed:0;
	field:char comm[16];	offset:40;	size:16;	signed:0;

print fmt: "x", REC->a
name: b
ID: 8
format:
no format here
`);
  expect(formats.map(({ name, id }) => [name, id])).toEqual([
    ["a", 7],
    ["b", 8],
  ]);
  expect(formats[0]?.fields).toEqual([
    { name: "common_type", offsetBytes: 0, sizeBytes: 2, location: "inside" },
    { name: "ptr", offsetBytes: 24, sizeBytes: 8, location: "inside" },
    { name: "path", offsetBytes: 32, sizeBytes: 4, location: "fromStart" },
    { name: "other", offsetBytes: 36, sizeBytes: 4, location: "fromField" },
    { name: "comm", offsetBytes: 40, sizeBytes: 16, location: "inside" },
  ]);
});

test("names and integers keep their numbers as the tables grow, as a map would", () => {
  const seed = 99;
  const random = new Random(seed);
  const names = new NameTable();
  const longs = new LongTable();
  const nameOf = new Map<string, number>();
  const placeOf = new Map<string, number>();
  for (let i = 0; i < 40_000; i++) {
    const name = "x".repeat(random.below(9)) + random.below(9000);
    if (!nameOf.has(name)) nameOf.set(name, nameOf.size);
    expect(names.ofText(name), `seed ${seed}`).toBe(nameOf.get(name));
    const [high, low] = [random.below(3) - 1, (random.below(9000) * 4096) | 0];
    if (!placeOf.has(`${high}:${low}`)) placeOf.set(`${high}:${low}`, placeOf.size);
    expect(longs.of(high, low), `seed ${seed}`).toBe(placeOf.get(`${high}:${low}`));
  }
  expect(names.names).toEqual([...nameOf.keys()]);
  expect(longs.digits.length).toBe(placeOf.size);
});

test("integers have the name given last, and none before", () => {
  const names = new LongNames();
  for (let i = 0; i < 5000; i++) {
    expect(names.of(-1, i * 64)).toBe(UNNAMED);
    names.give(-1, i * 64, i);
  }
  for (let i = 0; i < 5000; i++) expect(names.of(-1, i * 64)).toBe(i);
  names.give(-1, 64, UNNAMED);
  expect(names.of(-1, 64)).toBe(UNNAMED);
});
