/** /proc/slabinfo of recorded kernels, read and printed again. */

import { fixtureFolder, readFixture } from "@ebb/testkit";
import { expect, test } from "vitest";
import { printInterrupts } from "./interrupts.ts";
import { parseSlabinfo, printSlabinfo } from "./slabinfo.ts";

test.each([
  "5.4-2cpu-boot.slabinfo.txt",
  "5.4-32cpu.slabinfo.txt",
  "6.1-1cpu.slabinfo.txt",
  "6.1-8cpu.slabinfo.txt",
  "6.1-32cpu.slabinfo.txt",
  "6.1-slab-8cpu-boot.slabinfo.txt",
])("%s comes back whole", (file) => {
  const text = readFixture(fixtureFolder("real-kernels"), file) ?? "";
  expect(text).not.toBe("");
  expect(printSlabinfo(parseSlabinfo(text))).toBe(text);
});

test("lines that are no caches are passed over", () => {
  expect(parseSlabinfo("slabinfo - version: 2.1\ndentry 1 2 3\n\n")).toEqual([]);
});

test("interrupts: a column for each CPU", () => {
  const rows = [{ name: "CAL", counts: [30, 24], meaning: "Function call interrupts" }];
  expect(printInterrupts([0, 1], rows)).toBe(
    "           CPU0       CPU1       \nCAL:         30         24   Function call interrupts\n",
  );
});
