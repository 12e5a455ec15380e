/** What pins a page, in a sentence; its areas one by one gives the lab (`pagePins`). */

import type { InstantView } from "@ebb/lab/timeline-view";
import { bytesText, countOf, countText } from "../words.ts";
import { isImmutable, PAGE_BYTES } from "./page-words.ts";

/** How little keeps how much. */
export function pinSentence(view: InstantView, chunk: number, page: number): string {
  const { chunks, nrUnits } = view;
  const cell = chunk * chunks.pagesPerRow + page;
  const nrAreas = chunks.nrAreas[cell] ?? 0;
  const used = chunks.usedBytes[cell] ?? 0;
  const free = PAGE_BYTES - used;
  if (nrAreas === 0) return "Nothing lives here, so nothing pins it.";
  if (isImmutable(chunks.flags[chunk])) return "The first and the reserved chunk are kept whatever they hold.";
  const who = countOf(nrAreas, "area");
  if (free === 0) return `${who} ${nrAreas === 1 ? "fills" : "fill"} it.`;
  const keeps = nrAreas === 1 ? "keeps" : "keep";
  return (
    `${who} with ${nrAreas === 1 ? "" : "together "}${countText(used)} B here ${keeps} ${countText(free)} free bytes of this page, on each of ` +
    `${countOf(nrUnits, "CPU")}: ${bytesText(free * nrUnits)}.`
  );
}
