/** What pins a page, in words: every area of the page is named, and nothing else. */

import { experimentFolder, readFixture } from "@ebb/testkit";
import { expect, test } from "vitest";
import { machineOptions } from "../experiment/machine-options.ts";
import { pagePins, printPagePins } from "./page-pins.ts";
import { createScriptTimeline } from "./script-timeline.ts";
import { PAGE_PARTLY } from "./view.ts";

function hollow() {
  const machine = machineOptions({ kernel: "5.12", policy: "vanilla", cpus: "4", nodes: undefined, settings: [] });
  if ("severity" in machine) throw new Error(machine.message);
  const source = readFixture(experimentFolder(), "hollow-chunks.sh") ?? "";
  const timeline = createScriptTimeline({ machine, source, name: "hollow-chunks.sh", args: [] });
  if ("severity" in timeline) throw new Error(timeline.message);
  return timeline;
}

const timeline = hollow();
const view = timeline.viewAt(timeline.nrEvents);
const { chunks } = view;

test("the pins of a page are as many areas and bytes as the map says, in every page", () => {
  for (let chunk = 0; chunk < chunks.nrChunks; chunk++) {
    const areas = timeline.areasOf(chunks.row[chunk] ?? -1);
    for (let page = 0; page < (chunks.nrPages[chunk] ?? 0); page++) {
      const pins = pagePins(areas, page);
      const cell = chunk * chunks.pagesPerRow + page;
      const bytes = pins.reduce((sum, { bytesHere }) => sum + bytesHere, 0);
      expect([pins.length, bytes]).toEqual([chunks.nrAreas[cell], chunks.usedBytes[cell]]);
      const oldest = Math.min(...pins.map(({ bornNs }) => bornNs));
      if (pins.length > 0 && !Number.isNaN(oldest)) expect(oldest).toBe(chunks.oldestNs[cell]);
    }
  }
});

test("a survivor pins the page that it lies in, by its path and age", () => {
  const last = chunks.nrChunks * chunks.pagesPerRow;
  const cell = Array.from({ length: last }, (_, at) => at).find((at) => {
    const { kind, parent } = view.holders;
    const holder = chunks.holder[at] ?? -1;
    return chunks.pageClass[at] === PAGE_PARTLY && kind[holder] === "cgroup" && kind[parent[holder] ?? -1] === "cgroup";
  });
  const chunk = Math.floor((cell ?? 0) / chunks.pagesPerRow);
  const page = (cell ?? 0) % chunks.pagesPerRow;
  const text = printPagePins(view, chunk, timeline.areasOf(chunks.row[chunk] ?? -1), page);
  expect(text).toMatch(new RegExp(`^c${chunks.ordinal[chunk]} page ${page}: [0-9]+ areas?, [0-9]+ of 4096 bytes\\n`));
  expect(text).toMatch(/ {2}offset [ 0-9]+ {2}[ 0-9]+ B {2}\/hollow\/c[0-9]+ +[0-9.]+ s old\n/);
  expect(text.split("\n").length - 2).toBe(chunks.nrAreas[cell ?? 0]);
});

test("a page without areas is pinned by nothing", () => {
  const cell = chunks.nrAreas.findIndex((nr, at) => nr === 0 && chunks.pageClass[at] !== 4);
  const chunk = Math.floor(cell / chunks.pagesPerRow);
  const page = cell % chunks.pagesPerRow;
  const text = printPagePins(view, chunk, timeline.areasOf(chunks.row[chunk] ?? -1), page);
  expect(text).toMatch(new RegExp(`^c(R|[0-9]+) page ${page}: nothing lies in it\n$`));
});
