/** How the maps are looked at: the lens, and the holder whose pages stay bright. */

import { signal } from "@preact/signals";
import type { LensName } from "../views/index.ts";
import { LENSES } from "../views/map/lenses.ts";
import type { SideIndex } from "./instant.ts";

export const lens = signal<LensName>("use");

/** By name; one that no map has leaves the lens as it is. */
export function chooseLens(name: string): void {
  lens.value = LENSES.find((one) => one.name === name)?.name ?? lens.value;
}

/** The side whose holders are listed, and names from the root to the chosen one: the same at other instants. */
export const holderSide = signal<SideIndex>(0);
export const holderPath = signal<readonly string[] | undefined>(undefined);
