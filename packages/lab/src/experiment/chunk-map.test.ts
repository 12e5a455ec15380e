import { allocPercpu, createPercpu, embeddedGeometry, freePercpu, percpuPolicy, runBalanceWork } from "@ebb/model";
import { expect, test } from "vitest";
import { chunkMap } from "./chunk-map.ts";

const PAGE = 4096;

/** An allocator on `nrCpus` CPUs whose second chunk holds `nrPages` page-sized areas; the areas. */
function withPages(nrCpus: number, nrKinds: number, nrPages: number) {
  const policy = percpuPolicy("upstream");
  if (policy === undefined) throw new Error("there is no such policy");
  const t = createPercpu({ geometry: embeddedGeometry(nrCpus, 1, 65536), policy, nrKinds, emptyCount: "global" });
  const areas: number[] = [];
  for (let i = 0; i < nrPages; i++) areas.push(allocPercpu(t, PAGE, PAGE, false, nrKinds - 1));
  return { t, areas };
}

/** The row of chunk `ordinal`, and the rows below it that belong to it. */
function rowsOf(map: string, ordinal: number): string {
  const rows = map.split("\n");
  const from = rows.findIndex((row) => row.startsWith(`c${ordinal} `));
  const length = rows.slice(from + 1).findIndex((row) => !row.startsWith(" "));
  return rows.slice(from, from + 1 + length).join("\n");
}

function check(map: string, ordinal: number, expected: RegExp): void {
  expect(rowsOf(map, ordinal)).toMatch(expected);
}

test("pages are full, partly used, empty or unpopulated", () => {
  const { t, areas } = withPages(16, 1, 20);
  for (const area of areas.slice(10, 12)) freePercpu(t, area);
  allocPercpu(t, 8, 8, false, 0);
  check(chunkMap(t), 1, /^c1 slot \d+ +\|#+\+\.#+~+\|$/);
});

test("the first and the reserved chunk are named, and kinds where there are two", () => {
  const map = chunkMap(withPages(16, 2, 8).t);
  expect(map).toMatch(/^cR kind 0 reserved +\|\.\.\|\n/);
  check(map, 0, /^c0 slot \d+ kind 0 first +\|\.*\|$/);
  check(map, 1, /^c1 slot \d+ kind 1 +\|#{8}~*\|$/);
});

test("isolated and sidelined chunks are named", () => {
  const { t, areas } = withPages(16, 1, 200);
  for (const [i, area] of areas.entries()) if (i % 40 !== 0) freePercpu(t, area);
  expect(chunkMap(t)).toMatch(/^c\d+ slot \d+ isolated +\|/m);
  runBalanceWork(t);
  expect(chunkMap(t)).toMatch(/^c\d+ slot \d+ isolated sidelined +\|/m);
});

test("wide chunks go over several lines of 128 pages", () => {
  const { t } = withPages(1, 1, 300);
  const rows = rowsOf(chunkMap(t), 1).split("\n");
  expect(rows.map((row) => row.slice(row.indexOf("|")).length)).toEqual([130, 130, 130, 130]);
  expect(rows[1]).toMatch(/^ +\|#{128}\|$/);
});

test("the legend counts what the rows show", () => {
  const map = chunkMap(withPages(16, 1, 40).t);
  const marks = [...map.matchAll(/\|(.*)\|/g)].map((match) => match[1]).join("");
  const nr = (mark: string) => marks.split(mark).length - 1;
  const counts = `${nr("#")} full, ${nr("+")} partly used, ${nr(".")} empty, ${nr("~")} unpopulated`;
  expect(map).toContain(`chunks, ${marks.length} pages: ${counts}\n`);
});
