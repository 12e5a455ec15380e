/** Single areas in words. */

import { type AreaColumns, type InstantView, NO_HOLDER } from "@ebb/lab/timeline-view";
import { ageText, bytesText } from "../words.ts";
import { firstAreaFrom } from "./area-strip.ts";
import { holderText, PAGE_BYTES } from "./page-words.ts";

/** The area at a share of a page, a line for each fact; that it is free, where there is none. */
export function areaLines(view: InstantView, areas: AreaColumns, page: number, share: number): readonly string[] {
  const atBytes = (page + share) * PAGE_BYTES;
  const area = firstAreaFrom(areas, atBytes);
  const offBytes = areas.offBytes[area];
  if (offBytes === undefined || area >= areas.nrAreas || offBytes > atBytes) return ["here: free"];
  const size = bytesText(areas.sizeBytes[area] ?? 0);
  const holder = holderText(view.holders, areas.holder[area] ?? NO_HOLDER, view.timeNs);
  return [
    `here: area of ${size} at offset ${offBytes}`,
    holder,
    ageText(areas.bornNs[area] ?? Number.NaN, view.timeNs),
  ];
}
