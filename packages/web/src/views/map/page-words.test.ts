import { describe, expect, it } from "vitest";
import { SMALL_AREAS, SMALL_VIEW } from "../testing/small-view.ts";
import { areaLines } from "./area-words.ts";
import { findHolder, holderAndBelow, holderPath, pagesHeldBy } from "./holder-filter.ts";
import { chunkTitle, mapSummary, pageLines } from "./page-words.ts";
import { pinSentence } from "./pin-sentence.ts";

/** Text with ordinary spaces. */
function plain(text: string): string {
  return text.replaceAll(/[\u00a0\u202f]/g, " ");
}

describe("a chunk and a page in words", () => {
  it("names the chunk as the command's map does", () => {
    expect(chunkTitle(SMALL_VIEW.chunks, 0)).toBe("c0 slot 1 first");
    expect(chunkTitle(SMALL_VIEW.chunks, 1)).toBe("c1 slot 17 isolated sidelined");
  });

  it("says what a page holds, whose it is and how old", () => {
    expect(pageLines(SMALL_VIEW, 1, 1).map(plain)).toEqual([
      "c1 slot 17 isolated sidelined, page 1",
      "partly used: 96 of 4 096 B in 1 area",
      "mostly /test/a,b, dying, removed 2.00 s ago",
      "oldest area: 9.00 s old",
    ]);
    expect(pageLines(SMALL_VIEW, 1, 2).map(plain)).toEqual([
      "c1 slot 17 isolated sidelined, page 2",
      "populated and empty",
    ]);
  });

  it("sums the map up", () => {
    expect(plain(mapSummary(SMALL_VIEW))).toBe(
      "2 chunks (0 isolated, 1 sidelined); pages of one unit: 1 full, 2 partly used, 1 populated and empty " +
        "(16.0 kB on 4 CPUs), 1 unpopulated.",
    );
  });

  it("says what lies at a place of a page", () => {
    const lines = (share: number) => areaLines(SMALL_VIEW, SMALL_AREAS, 1, share).map(plain);
    expect(lines(0.26)[0]).toBe("here: area of 96 B at offset 5120");
    expect(lines(0.1)).toEqual(["here: free"]);
    expect(lines(0.9)).toEqual(["here: free"]);
  });
});

describe("what pins a page", () => {
  it("is said in a sentence", () => {
    expect(plain(pinSentence(SMALL_VIEW, 1, 1))).toBe(
      "1 area with 96 B here keeps 4 000 free bytes of this page, on each of 4 CPUs: 15.6 kB.",
    );
    expect(pinSentence(SMALL_VIEW, 1, 2)).toBe("Nothing lives here, so nothing pins it.");
    expect(pinSentence(SMALL_VIEW, 0, 1)).toContain("kept whatever they hold");
  });
});

describe("the chosen holder", () => {
  it("takes those below it along", () => {
    const within = holderAndBelow(SMALL_VIEW.holders, 2);
    expect([...within]).toEqual([0, 0, 1, 1]);
    expect([...pagesHeldBy(SMALL_VIEW.chunks, within)]).toEqual([0, 1, 0, 0, 1, 0]);
  });

  it("is found again by its path", () => {
    expect(holderPath(SMALL_VIEW.holders, 3)).toEqual(["/", "test", "a,b"]);
    expect(findHolder(SMALL_VIEW.holders, ["/", "test", "a,b"])).toBe(3);
    expect(findHolder(SMALL_VIEW.holders, ["/", "a,b"])).toBe(-1);
  });
});
