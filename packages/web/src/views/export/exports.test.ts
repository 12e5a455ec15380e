import { describe, expect, it } from "vitest";
import { lensPicture } from "../map/lenses.ts";
import { SMALL_AREAS, SMALL_VIEW } from "../testing/small-view.ts";
import { paletteOf } from "../theme/colours.ts";
import { areasCsv, curvesCsv, figuresCsv, holdersCsv, pagesCsv } from "./csv.ts";
import { mapSvg } from "./map-svg.ts";

const LIGHT = paletteOf("light");

function lines(csv: string): readonly string[] {
  expect(csv.endsWith("\r\n")).toBe(true);
  return csv.split("\r\n").slice(0, -1);
}

describe("CSV", () => {
  it("has a row for each page that is there", () => {
    expect(lines(pagesCsv(SMALL_VIEW))).toEqual([
      "chunk,slot,state,page,class,used_bytes,areas,holder,oldest_ns",
      "c0,1,first,0,full,4096,4,since boot,",
      "c0,1,first,1,partly used,2048,2,/test,9000000000",
      "c1,17,isolated sidelined,0,unpopulated,0,0,,",
      'c1,17,isolated sidelined,1,partly used,96,1,"/test/a,b",1000000000',
      "c1,17,isolated sidelined,2,populated and empty,0,0,,",
    ]);
  });

  it("quotes names", () => {
    expect(lines(holdersCsv(SMALL_VIEW)).at(-1)).toBe('"/test/a,b",cgroup,1,96,4000,8000000000');
    expect(lines(areasCsv(SMALL_VIEW, SMALL_AREAS)).at(-1)).toBe('5120,96,"/test/a,b",1000000000');
  });

  it("has every sample with its units", () => {
    const series = [{ name: "Percpu", unit: "kB" as const, values: Float64Array.of(7360, 481152) }];
    const curves = { timeNs: Float64Array.of(0, 5), position: Float64Array.of(0, 3), series, marks: [] };
    expect(lines(curvesCsv(curves))).toEqual(["time_ns,events,Percpu (kB)", "0,0,7360", "5,3,481152"]);
  });

  it("puts the figures of two policies side by side", () => {
    const other = { ...SMALL_VIEW, figures: SMALL_VIEW.figures.map((figure) => ({ ...figure, value: 32 })) };
    expect(lines(figuresCsv([SMALL_VIEW, other], ["vanilla", "upstream"]))).toEqual([
      "figure,unit,vanilla,upstream",
      "Percpu,kB,64,32",
    ]);
  });
});

describe("SVG", () => {
  it("draws a run of like pages as one rectangle, and says what its colours mean", () => {
    const picture = lensPicture("use", SMALL_VIEW, LIGHT, undefined);
    const svg = mapSvg('A "small" <map>', SMALL_VIEW.chunks, picture, LIGHT);
    expect(svg).toContain("<title>A &quot;small&quot; &lt;map&gt;</title>");
    expect(svg.match(/<path /g)).toHaveLength(5);
    expect(svg).toContain("c1 slot 17 isolated sidelined");
    for (const { label } of picture.legend) expect(svg).toContain(label);
  });

  it("stays small for a thousand chunks with long runs", () => {
    const nrChunks = 1000;
    const pagesPerRow = 256;
    const { chunks } = SMALL_VIEW;
    const wide = {
      ...chunks,
      nrChunks,
      pagesPerRow,
      ordinal: Int32Array.from({ length: nrChunks }, (_, i) => i),
      slot: new Int32Array(nrChunks),
      flags: new Uint8Array(nrChunks),
      nrPages: new Int32Array(nrChunks).fill(pagesPerRow),
      pageClass: Uint8Array.from({ length: nrChunks * pagesPerRow }, (_, i) => (i % 256 < 100 ? 3 : 1)),
      usedBytes: new Uint16Array(nrChunks * pagesPerRow),
    };
    const picture = lensPicture("use", { ...SMALL_VIEW, chunks: wide }, LIGHT, undefined);
    expect(mapSvg("big", wide, picture, LIGHT).length).toBeLessThan(200_000);
  });
});
