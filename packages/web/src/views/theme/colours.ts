/**
 * All colours of the page, for light and dark, and nowhere else. Hues are those of Okabe and Ito and of viridis, which
 * people with colour-blindness tell apart; where shades mean more and less, more is further from the background.
 *
 *     ui       text, lines, panels: handed to the style sheet as --ebb-… properties
 *     the rest what cells, curves and marks are drawn in
 */

export type ThemeName = "light" | "dark";

interface UiColours {
  readonly background: string;
  readonly panel: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly accent: string;
  /** Text on the accent colour. */
  readonly onAccent: string;
  readonly focus: string;
  /** Behind a figure that differs between A and B. */
  readonly differs: string;
  readonly selected: string;
}

export interface Palette {
  readonly name: ThemeName;
  readonly ui: UiColours;
  readonly unpopulated: string;
  /** Populated and empty: memory that serves nobody. */
  readonly empty: string;
  /** The same where the lens asks something else, and where its colour would pass for a ramp's. */
  readonly emptyQuiet: string;
  readonly emptyUnpinned: string;
  /** Partly used, from little to much. */
  readonly partly: readonly string[];
  readonly full: string;
  /** Holders with a colour of their own. */
  readonly holders: readonly string[];
  /** Others that are alive, and dying ones: two tones each, so that neighbours are told apart. */
  readonly alive: readonly [string, string];
  readonly dying: readonly [string, string];
  readonly boot: string;
  readonly unknown: string;
  /** From just born to as old as the machine. */
  readonly age: readonly string[];
  /** From hardly pinned to pinned by next to nothing. */
  readonly pins: readonly string[];
  /** In a chunk that is never given back. */
  readonly immutable: string;
  readonly onlyHere: string;
  readonly onlyThere: string;
  readonly usedOtherwise: string;
  /** Marks beside a chunk. */
  readonly isolated: string;
  readonly sidelined: string;
  /** Curves of a timeline. */
  readonly curves: readonly string[];
  readonly reading: string;
  readonly mark: string;
  readonly deferred: string;
}

const LIGHT: Palette = {
  name: "light",
  ui: {
    background: "#ffffff",
    panel: "#f6f7f9",
    text: "#1b1f24",
    muted: "#55606c",
    line: "#d3d9e0",
    accent: "#0a5c99",
    onAccent: "#ffffff",
    focus: "#0a5c99",
    differs: "#fdeecb",
    selected: "#dcebf7",
  },
  unpopulated: "#e9ecf0",
  empty: "#f2b134",
  emptyQuiet: "#fbe9bd",
  emptyUnpinned: "#a9d3ec",
  partly: ["#cfe3f2", "#b7d5eb", "#9dc6e3", "#82b6da", "#66a5d0", "#4a93c5", "#2f80b8", "#176da8"],
  full: "#08406b",
  holders: ["#0072b2", "#009e73", "#cc79a7", "#8a6d00", "#56b4e9", "#6a51a3"],
  alive: ["#7d8996", "#a3adb8"],
  dying: ["#d55e00", "#eb8f4d"],
  boot: "#3c4450",
  unknown: "#c9b9d6",
  age: ["#dce319", "#b0dd2f", "#7ad151", "#4ac16d", "#22a884", "#21918c", "#2a788e", "#355f8d", "#414487", "#440154"],
  pins: ["#fbe3d0", "#f9c9a3", "#f5a573", "#e97d4c", "#d0492f", "#9c1a26"],
  immutable: "#b4bcc6",
  onlyHere: "#0072b2",
  onlyThere: "#e69f00",
  usedOtherwise: "#b8568c",
  isolated: "#e69f00",
  sidelined: "#9b4f80",
  curves: ["#0072b2", "#d55e00", "#009e73", "#b8568c", "#8a6d00", "#3c4450", "#6a51a3", "#2a8fc4"],
  reading: "#1b1f24",
  mark: "#b8568c",
  deferred: "#8b95a1",
};

const DARK: Palette = {
  name: "dark",
  ui: {
    background: "#14171c",
    panel: "#1b2027",
    text: "#e6e9ee",
    muted: "#a3adba",
    line: "#363e4a",
    accent: "#6cc0f0",
    onAccent: "#0d1014",
    focus: "#6cc0f0",
    differs: "#4a3a12",
    selected: "#1f3a50",
  },
  unpopulated: "#272d36",
  empty: "#d9920a",
  emptyQuiet: "#4b4022",
  emptyUnpinned: "#1d5f8a",
  partly: ["#1e3d55", "#24506f", "#2b6289", "#3475a2", "#3f88ba", "#509ccf", "#67b0e0", "#84c4ee"],
  full: "#d3ecff",
  holders: ["#56b4e9", "#26b98f", "#e29bc4", "#f0e442", "#3f88ba", "#a99be0"],
  alive: ["#76828f", "#98a4b1"],
  dying: ["#e8722a", "#b4561b"],
  boot: "#d0d5dc",
  unknown: "#6b5b78",
  age: ["#472f7d", "#414487", "#39568c", "#31688e", "#2a788e", "#21918c", "#2fb47c", "#5ec962", "#addc30", "#fde725"],
  pins: ["#43261f", "#6b3325", "#96432b", "#c45b35", "#ee8150", "#ffc39a"],
  immutable: "#868f9b",
  onlyHere: "#56b4e9",
  onlyThere: "#e69f00",
  usedOtherwise: "#e29bc4",
  isolated: "#e69f00",
  sidelined: "#d98bb9",
  curves: ["#56b4e9", "#f08a4b", "#26b98f", "#e29bc4", "#f0e442", "#d0d5dc", "#a99be0", "#8ad3f5"],
  reading: "#e6e9ee",
  mark: "#e29bc4",
  deferred: "#7d8996",
};

export function paletteOf(theme: ThemeName): Palette {
  return theme === "dark" ? DARK : LIGHT;
}

/** The properties that the style sheet reads, by name. */
export function styleProperties({ ui }: Palette): readonly (readonly [property: string, value: string])[] {
  return Object.entries(ui).map(([name, value]) => [
    `--ebb-${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    value,
  ]);
}

/** Red, green, blue, 0 to 255, of `#rrggbb`. */
export function channelsOf(colour: string): readonly [number, number, number] {
  const channel = (at: number) => Number.parseInt(colour.slice(at, at + 2), 16);
  return [channel(1), channel(3), channel(5)];
}

/** The theme's text or background, whichever can be read on the colour better. */
export function textColourOn(behind: string, { ui }: Palette): string {
  const apart = (a: string, b: string) => {
    const [r, g, blue] = channelsOf(a).map((value, i) => value - (channelsOf(b)[i] ?? 0));
    return Math.abs(0.299 * (r ?? 0) + 0.587 * (g ?? 0) + 0.114 * (blue ?? 0));
  };
  return apart(ui.text, behind) > apart(ui.background, behind) ? ui.text : ui.background;
}

/** `share` of the way from one colour to another. */
export function mixed(from: string, to: string, share: number): string {
  const target = channelsOf(to);
  const parts = channelsOf(from).map((value, i) => Math.round(value + ((target[i] ?? 0) - value) * share));
  return `#${parts.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}

/** The colour as one pixel of an image's data, opaque. */
export function pixelOf(colour: string): number {
  const bytes = new Uint8Array([...channelsOf(colour), 0xff]);
  return new Uint32Array(bytes.buffer)[0] ?? 0;
}
