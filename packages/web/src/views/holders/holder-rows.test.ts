import type { HolderColumns } from "@ebb/lab/timeline-view";
import { describe, expect, it } from "vitest";
import { SMALL_VIEW } from "../testing/small-view.ts";
import { childrenOf, type HolderSort, holderRows, holderTotals } from "./holder-rows.ts";

const { holders } = SMALL_VIEW;

function rowsOf(
  h: HolderColumns,
  by: HolderSort,
  descending: boolean,
  isOpen: (holder: number) => boolean = () => true,
) {
  return holderRows(h, holderTotals(h), childrenOf(h), isOpen, { by, descending });
}

function check(by: HolderSort, descending: boolean, expected: readonly number[]): void {
  expect(rowsOf(holders, by, descending).map(({ holder }) => holder)).toEqual(expected);
}

describe("holderTotals", () => {
  it("counts what is below", () => {
    const totals = holderTotals(holders);
    expect([...totals.bytes]).toEqual([6240, 4096, 2144, 96]);
    expect([...totals.pinnedBytes]).toEqual([6048, 0, 6048, 4000]);
    expect([...totals.nrAreas]).toEqual([7, 4, 3, 1]);
    expect([...totals.nrDying]).toEqual([1, 0, 1, 1]);
  });
});

describe("holderRows", () => {
  it("sorts siblings, parents before their children", () => {
    check("bytes", true, [0, 1, 2, 3]);
    check("bytes", false, [0, 2, 3, 1]);
    check("name", false, [0, 1, 2, 3]);
    check("pinned", true, [0, 2, 3, 1]);
  });

  it("shows only what is open, with its place in the tree", () => {
    const rows = rowsOf(holders, "bytes", true, (holder) => holder === 0);
    expect(
      rows.map(({ holder, level, place, nrSiblings, hasChildren, isOpen }) => [
        holder,
        level,
        place,
        nrSiblings,
        hasChildren,
        isOpen,
      ]),
    ).toEqual([
      [0, 1, 1, 1, true, true],
      [1, 2, 1, 2, false, false],
      [2, 2, 2, 2, true, false],
    ]);
  });

  it("puts cg-2 before cg-10, and those that live behind the dying either way", () => {
    const nrHolders = 4;
    const flat: HolderColumns = {
      nrHolders,
      kind: ["cgroup", "cgroup", "cgroup", "cgroup"],
      name: ["cg-10", "cg-2", "cg-1", "dp-1"],
      parent: new Int32Array(nrHolders).fill(-1),
      nrAreas: new Int32Array(nrHolders),
      bytes: new Float64Array(nrHolders),
      pinnedBytes: new Float64Array(nrHolders),
      dyingSinceNs: Float64Array.of(5, Number.NaN, 3, Number.NaN),
    };
    const names = (by: HolderSort, descending: boolean) =>
      rowsOf(flat, by, descending).map(({ holder }) => flat.name[holder]);
    expect(names("name", false)).toEqual(["cg-1", "cg-2", "cg-10", "dp-1"]);
    expect(names("dying", false)).toEqual(["cg-1", "cg-10", "cg-2", "dp-1"]);
    expect(names("dying", true)).toEqual(["cg-10", "cg-1", "cg-2", "dp-1"]);
  });

  it("takes a moment for 11,000", () => {
    const nrHolders = 11_001;
    const many: HolderColumns = {
      nrHolders,
      kind: Array.from({ length: nrHolders }, () => "cgroup"),
      name: Array.from({ length: nrHolders }, (_, i) => `cg-${i}`),
      parent: Int32Array.from({ length: nrHolders }, (_, i) => (i === 0 ? -1 : 0)),
      nrAreas: new Int32Array(nrHolders).fill(1),
      bytes: Float64Array.from({ length: nrHolders }, (_, i) => (i * 7919) % 4096),
      pinnedBytes: new Float64Array(nrHolders),
      dyingSinceNs: new Float64Array(nrHolders).fill(Number.NaN),
    };
    expect(rowsOf(many, "bytes", true)).toHaveLength(nrHolders);
  });
});
