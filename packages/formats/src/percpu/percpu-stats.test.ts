/** percpu_stats as text: what is printed is read back, recorded files are read and printed byte for byte. */

import { fixtureFolder, readFixture } from "@ebb/testkit";
import { describe, expect, test } from "vitest";
import { parsePercpuStats, printPercpuStats } from "./percpu-stats.ts";

function parsed(text: string) {
  const stats = parsePercpuStats(text, "stats");
  if ("severity" in stats) throw new Error(stats.found);
  return stats;
}

test.each(["5.4-32cpu.percpu_stats.boot.txt", "6.1-32cpu.percpu_stats.0.txt"])(
  "%s is read and printed as it is",
  (name) => {
    const text = readFixture(fixtureFolder("real-kernels"), name) ?? "";
    expect(printPercpuStats(parsed(text))).toBe(text);
  },
);

test("figures come by section, chunks with their titles", () => {
  const stats = parsed(
    "Allocation Info:\n  unit_size           :       262144\n\nChunk (sidelined):\n  nr_alloc            :            7\n",
  );
  expect(stats).toEqual({
    allocationInfo: [["unit_size", 262144]],
    globalStats: [],
    chunks: [{ title: "Chunk (sidelined):", figures: [["nr_alloc", 7]] }],
  });
});

describe("what is not percpu_stats is a problem that says where", () => {
  test.each([
    ["", 0],
    ["MemTotal:        2028040 kB\n", 1],
    ["Allocation Info:\n  unit_size           :       262144\nkworker\n", 3],
    ["Allocation Info:\n  unit_size           : 99999999999999999999\n", 2],
  ])("%j", (text, line) => {
    const problem = parsePercpuStats(text, "stats");
    expect(problem).toMatchObject({ severity: "error", file: "stats", line });
  });
});
