import { describe, expect, it } from "vitest";
import { channelsOf, mixed, type Palette, paletteOf, pixelOf, styleProperties } from "./colours.ts";

const THEMES = ["light", "dark"] as const;
/** WCAG 2.1, AA, for text of normal size. */
const CONTRAST_MIN = 4.5;

/** Relative luminance of WCAG 2.1. */
function luminance(colour: string): number {
  const [r, g, b] = channelsOf(colour).map((value) => {
    const share = value / 255;
    return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * (r ?? 0) + 0.7152 * (g ?? 0) + 0.0722 * (b ?? 0);
}

function contrast(a: string, b: string): number {
  const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (high + 0.05) / (low + 0.05);
}

/** How a colour looks without red or green receptors: Viénot, Brettel, Mollon 1999, linear light 0 to 1. */
function seenWithout(receptor: "red" | "green", colour: string): readonly number[] {
  const [r = 0, g = 0, b = 0] = channelsOf(colour).map((value) => (value / 255) ** 2.2);
  const share = receptor === "red" ? [0.11238, 0.88762, 0.00401] : [0.29275, 0.70725, -0.02234];
  const [fromR = 0, fromG = 0, fromB = 0] = share;
  const mixedRg = fromR * r + fromG * g;
  return [mixedRg, mixedRg, fromB * r - fromB * g + b].map((value) => Math.max(0, value) ** (1 / 2.2));
}

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(...a.map((value, i) => value - (b[i] ?? 0)));
}

describe.each(THEMES)("%s", (theme) => {
  const palette = paletteOf(theme);
  const { ui } = palette;

  it("has text that can be read on everything it stands on", () => {
    for (const behind of [ui.background, ui.panel]) {
      for (const text of [ui.text, ui.muted, ui.accent]) expect(contrast(text, behind)).toBeGreaterThan(CONTRAST_MIN);
    }
    expect(contrast(ui.onAccent, ui.accent)).toBeGreaterThan(CONTRAST_MIN);
    expect(contrast(ui.text, ui.differs)).toBeGreaterThan(CONTRAST_MIN);
    expect(contrast(ui.text, ui.selected)).toBeGreaterThan(CONTRAST_MIN);
  });

  it.each(["partly", "pins", "age"] as const)("goes away from the background along the ramp %s", (ramp) => {
    const away = palette[ramp].map((colour) => contrast(colour, ui.background));
    expect(away).toEqual([...away].sort((a, b) => a - b));
  });

  it.each(["red", "green"] as const)("keeps what matters apart without %s receptors", (receptor) => {
    for (const [a, b] of pairsToTellApart(palette)) {
      const apart = distance(seenWithout(receptor, a), seenWithout(receptor, b));
      expect(apart, `${a} ${b}`).toBeGreaterThan(0.12);
    }
  });

  it("hands the style sheet a property for each colour of the page", () => {
    expect(styleProperties(palette)).toContainEqual(["--ebb-on-accent", ui.onAccent]);
    expect(styleProperties(palette)).toHaveLength(Object.keys(ui).length);
  });
});

/** Colours whose meaning is not an order. */
function pairsToTellApart(p: Palette): readonly (readonly [string, string])[] {
  const use = [p.unpopulated, p.empty, p.partly.at(4) ?? "", p.full];
  const compare = [p.unpopulated, p.onlyHere, p.onlyThere, p.usedOtherwise];
  const owner = [p.unpopulated, p.emptyQuiet, p.boot, p.alive[0], p.dying[0]];
  const pins = [p.unpopulated, p.emptyUnpinned, p.pins.at(-1) ?? "", p.full, p.immutable];
  return [use, compare, owner, pins].flatMap((group) =>
    group.flatMap((a, i) => group.slice(i + 1).map((b) => [a, b] as const)),
  );
}

describe("arithmetic on colours", () => {
  it("mixes", () => {
    expect(mixed("#000000", "#ffffff", 0.5)).toBe("#808080");
    expect(mixed("#102030", "#ffffff", 0)).toBe("#102030");
  });

  it("makes a pixel of an image's bytes", () => {
    expect([...new Uint8Array(Uint32Array.of(pixelOf("#102030")).buffer)]).toEqual([0x10, 0x20, 0x30, 0xff]);
  });
});
