import type { InstantView } from "@ebb/lab/timeline-view";
import { describe, expect, it } from "vitest";
import { SMALL_AREAS, SMALL_VIEW } from "../testing/small-view.ts";
import { paletteOf } from "../theme/colours.ts";
import { CLASS_ABSENT, countClasses, type LensName, type LensPicture } from "./lens-picture.ts";
import { lensPicture } from "./lenses.ts";
import { keptByEachArea } from "./pins-lens.ts";

const LIGHT = paletteOf("light");
const ABSENT = "absent";

function picture(lens: LensName, view = SMALL_VIEW, other?: InstantView): LensPicture {
  return lensPicture(lens, view, LIGHT, other);
}

/** The legend's words for each page. */
function wordsOf({ classes, legend }: LensPicture): readonly (string | undefined)[] {
  return [...classes].map((one) => (one === CLASS_ABSENT ? ABSENT : legend[one]?.label));
}

function check(lens: LensName, expected: readonly string[], other?: InstantView): void {
  expect(wordsOf(picture(lens, SMALL_VIEW, other)).map((words) => words?.replaceAll("\u00a0", " "))).toEqual(expected);
}

describe("what a lens says of each page", () => {
  it("use: its class, and its share", () => {
    check("use", ["full", "50 to 63 %", ABSENT, "unpopulated", "above 0 to 13 %", "populated and empty"]);
  });

  it("owner: those with a share of their own by name, the dying as such", () => {
    check("owner", ["since boot", "/test", ABSENT, "unpopulated", "a dying cgroup", "populated and empty"]);
  });

  it("age: in tenths of the machine's time", () => {
    check("age", [
      "age not known",
      "1.00 s to 2.00 s",
      ABSENT,
      "unpopulated",
      "9.00 s to 10.00 s",
      "populated and empty",
    ]);
  });

  it("what pins: free bytes kept by each area, and pages that are kept anyway", () => {
    const immutable = "first or reserved chunk: always kept";
    check("pins", [immutable, immutable, ABSENT, "unpopulated", "2048 B and more", "empty: nothing pins it"]);
  });

  it("compare: against the chunk with the same ordinal, wherever it stands", () => {
    const { chunks } = SMALL_VIEW;
    const other: InstantView = {
      ...SMALL_VIEW,
      chunks: {
        ...chunks,
        ordinal: Int32Array.of(1, 5),
        nrPages: Int32Array.of(3, 3),
        pageClass: Uint8Array.of(0, 2, 0, 1, 1, 1),
        usedBytes: Uint16Array.of(0, 200, 0, 0, 0, 0),
      },
    };
    const none = "no such chunk there";
    check(
      "compare",
      [none, none, ABSENT, "unpopulated in both", "populated in both, other bytes used", "populated only here"],
      other,
    );
  });

  it("compare without another shows the use", () => {
    expect(picture("compare").lens).toBe("use");
  });
});

describe("a lens", () => {
  it.each<LensName>(["use", "owner", "age", "pins"])(
    "%s has colours for all its classes and counts its pages",
    (lens) => {
      const made = picture(lens);
      expect(Math.max(...made.classes.filter((one) => one !== CLASS_ABSENT))).toBeLessThan(made.legend.length);
      expect(countClasses(made).reduce((sum, n) => sum + n, 0)).toBe(5);
      expect(made.legend.every(({ colour }) => /^#[0-9a-f]{6}$/.test(colour))).toBe(true);
    },
  );

  it("gives an area the class of its own holder and age", () => {
    const owner = picture("owner");
    expect(owner.legend[owner.classOfArea(SMALL_AREAS, 0)]?.label).toBe("a dying cgroup");
    const age = picture("age");
    expect(age.legend[age.classOfArea(SMALL_AREAS, 0)]?.label).toContain("9.00");
  });
});

describe("keptByEachArea", () => {
  it.each([
    [96, 1, 4000],
    [2048, 2, 1024],
    [4096, 40, 0],
    [0, 0, 0],
  ])("%d B in %d areas", (usedBytes, nrAreas, expected) => {
    expect(keptByEachArea(usedBytes, nrAreas)).toBe(expected);
  });
});
