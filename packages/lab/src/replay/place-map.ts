/** Two places in chunks as text: what lies around where the recording put an area and where the model would. */

import type { EventNames } from "@ebb/formats";
import {
  areaAt,
  areaBytes,
  blockHint,
  CONTIG_HINT,
  CONTIG_START,
  isLiveArea,
  isPopulated,
  MAX_ALLOC_BYTES,
  MIN_ALLOC_BYTES,
  PAGE_BYTES,
  type Percpu,
  SCAN_HINT,
  SCAN_START,
} from "@ebb/model";
import type { Place, Replayed } from "./replayed.ts";

/** Bytes shown before and behind a place. */
const AROUND_BYTES = 128;
/** Bytes one character stands for. */
const BYTES_PER_MARK = MIN_ALLOC_BYTES;

/** Both places, a newline at the end of each line. */
export function explainPlace(replayed: Replayed, names: EventNames, n: number, ours: Place): string {
  const { log, pairs, t } = replayed;
  const i = log.row(n);
  const chunk = log.chunk[i] ?? 0;
  const recorded = { row: pairs.row(chunk), chunk, offBytes: log.offBytes[i] ?? 0 };
  const size = log.sizeBytes[i] ?? 0;
  return aroundPlace(t, "recorded", recorded, size, names) + aroundPlace(t, "ours", ours, size, names);
}

function aroundPlace(t: Percpu, title: string, place: Place, sizeBytes: number, names: EventNames): string {
  const name = names.chunks[place.chunk] ?? "a chunk the recording does not have";
  if (place.row < 0) return `${title}: ${name}, which the model does not have\n`;
  const page = Math.floor(place.offBytes / PAGE_BYTES);
  const h = blockHint(t, place.row, page);
  const word = (field: number) => (t.hints[h + field] ?? 0) * MIN_ALLOC_BYTES;
  const populated = isPopulated(t, place.row, page) ? "" : ", unpopulated";
  const start = Math.max(0, place.offBytes - AROUND_BYTES);
  const end = Math.min((t.nrPages[place.row] ?? 0) * PAGE_BYTES, place.offBytes + sizeBytes + AROUND_BYTES);
  return (
    `${title}: ${name} (c${t.ordinal[place.row]}), offset ${place.offBytes}, page ${page}${populated}; ` +
    `largest hole of the page ${word(CONTIG_HINT)} B at ${word(CONTIG_START)}, ` +
    `before it ${word(SCAN_HINT)} B at ${word(SCAN_START)}\n` +
    `  ${start} |${marks(t, place.row, start, end)}| ${end}\n` +
    `  ${" ".repeat(String(start).length)}  ${" ".repeat((place.offBytes - start) / BYTES_PER_MARK)}` +
    `${"^".repeat(Math.ceil(sizeBytes / BYTES_PER_MARK))}\n`
  );
}

/** One mark for each 4 bytes: `[` where an area begins, `#` inside it, `.` free. */
function marks(t: Percpu, row: number, start: number, end: number): string {
  let text = "";
  let usedUntil = start;
  for (let off = Math.max(0, start - MAX_ALLOC_BYTES); off < end; off += BYTES_PER_MARK) {
    const area = areaAt(t, row, off);
    const isStart = isLiveArea(t, area);
    if (isStart) usedUntil = off + areaBytes(t, area);
    if (off < start) continue;
    if (isStart) text += "[";
    else text += off < usedUntil ? "#" : ".";
  }
  return text;
}
