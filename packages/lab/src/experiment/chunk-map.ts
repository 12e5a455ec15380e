/**
 * All percpu chunks as text, one character for each page, in the order the kernel looks through them.
 *
 *     c3 slot 7 kind 0 isolated |#+..~~|
 */

import { blockHint, CONTIG_HINT, forEachChunk, isFreeBlock, isPopulated, NO_CHUNK, type Percpu } from "@ebb/model";

const UNPOPULATED = "~";
const EMPTY = ".";
const PARTLY = "+";
const FULL = "#";
/** Pages on one line; the rest of a wider chunk follows below, under its first page. */
const PAGES_PER_LINE = 128;

const LEGEND = `${FULL} full  ${PARTLY} partly used  ${EMPTY} populated and empty  ${UNPOPULATED} unpopulated`;

/** The map, its legend and totals; a newline at the end of each line. */
export function chunkMap(t: Percpu): string {
  const rows: { readonly title: string; readonly pages: string }[] = [];
  forEachChunk(t, true, (chunk, slot) => rows.push({ title: titleOf(t, chunk, slot), pages: pagesOf(t, chunk) }));
  const width = Math.max(0, ...rows.map(({ title }) => title.length));
  const counts = new Map([FULL, PARTLY, EMPTY, UNPOPULATED].map((mark) => [mark, 0]));
  let text = "";
  for (const { title, pages } of rows) {
    text += printRow(title.padEnd(width), pages);
    for (const mark of pages) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  }
  const n = (mark: string) => counts.get(mark) ?? 0;
  text += `${LEGEND}; one character is one page of one unit\n`;
  text += `${rows.length} chunks, ${n(FULL) + n(PARTLY) + n(EMPTY) + n(UNPOPULATED)} pages: ${n(FULL)} full, `;
  return `${text}${n(PARTLY)} partly used, ${n(EMPTY)} empty, ${n(UNPOPULATED)} unpopulated\n`;
}

/** What one page holds. */
function markOf(t: Percpu, chunk: number, page: number): string {
  if (!isPopulated(t, chunk, page)) return UNPOPULATED;
  if (isFreeBlock(t, chunk, page)) return EMPTY;
  return t.hints[blockHint(t, chunk, page) + CONTIG_HINT] === 0 ? FULL : PARTLY;
}

function pagesOf(t: Percpu, chunk: number): string {
  let pages = "";
  for (let page = 0; page < (t.nrPages[chunk] ?? 0); page++) pages += markOf(t, chunk, page);
  return pages;
}

/** Ordinal, list and state: `c3 slot 7 kind 0 isolated`. */
function titleOf(t: Percpu, chunk: number, slot: number): string {
  const words = [chunk === t.reservedChunk ? "cR" : `c${t.ordinal[chunk]} slot ${slot}`];
  if (t.nrKinds > 1) words.push(`kind ${t.kind[chunk]}`);
  if (chunk === t.reservedChunk) words.push("reserved");
  else if (t.immutable[chunk] !== 0) words.push("first");
  if (t.isolated[chunk] !== 0) words.push("isolated");
  if (t.sidelined[chunk] !== 0 || (slot !== NO_CHUNK && slot === t.sidelinedSlot)) words.push("sidelined");
  if (t.marked[chunk] !== 0) words.push("marked");
  return words.join(" ");
}

function printRow(title: string, pages: string): string {
  let text = "";
  for (let from = 0; from === 0 || from < pages.length; from += PAGES_PER_LINE) {
    text += `${from === 0 ? title : " ".repeat(title.length)} |${pages.slice(from, from + PAGES_PER_LINE)}|\n`;
  }
  return text;
}
