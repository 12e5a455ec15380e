/** The lenses of the map by name. */

import type { InstantView } from "@ebb/lab/timeline-view";
import type { Palette } from "../theme/colours.ts";
import { ageLens } from "./age-lens.ts";
import { compareLens } from "./compare-lens.ts";
import type { LensName, LensPicture } from "./lens-picture.ts";
import { ownerLens } from "./owner-lens.ts";
import { pinsLens } from "./pins-lens.ts";
import { useLens } from "./use-lens.ts";

/** In the order in which they are offered. */
export const LENSES: readonly { readonly name: LensName; readonly title: string }[] = [
  { name: "use", title: "Use" },
  { name: "owner", title: "Owner" },
  { name: "age", title: "Age" },
  { name: "pins", title: "What pins" },
  { name: "compare", title: "A against B" },
];

/** @param other the same instant under the other policy; without it, `compare` shows the use */
export function lensPicture(
  lens: LensName,
  view: InstantView,
  palette: Palette,
  other: InstantView | undefined,
): LensPicture {
  switch (lens) {
    case "use":
      return useLens(view, palette);
    case "owner":
      return ownerLens(view, palette);
    case "age":
      return ageLens(view, palette);
    case "pins":
      return pinsLens(view, palette);
    case "compare":
      return other === undefined ? useLens(view, palette) : compareLens(view, other, palette);
    default:
      return assertNever(lens);
  }
}

function assertNever(lens: never): never {
  throw new TypeError(`no lens ${String(lens)}`);
}
