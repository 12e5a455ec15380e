/**
 * All percpu chunks as text, one character for each page, in the order the kernel looks through them.
 *
 *     c3 slot 7 kind 0 isolated |#+..~~|
 */

import { forEachChunk, type Percpu } from "@ebb/model";
import { chunkFlags, hasFlag, pageClass } from "../timeline/page-class.ts";
import { CHUNK_FIRST, CHUNK_ISOLATED, CHUNK_RESERVED, CHUNK_SIDELINED } from "../timeline/view.ts";

const UNPOPULATED = "~";
const EMPTY = ".";
const PARTLY = "+";
const FULL = "#";
/** Of a page by its class. */
const MARKS = [UNPOPULATED, EMPTY, PARTLY, FULL];
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

function pagesOf(t: Percpu, chunk: number): string {
  let pages = "";
  for (let page = 0; page < (t.nrPages[chunk] ?? 0); page++) pages += MARKS[pageClass(t, chunk, page)] ?? UNPOPULATED;
  return pages;
}

/** Ordinal, list and state: `c3 slot 7 kind 0 isolated`. */
function titleOf(t: Percpu, chunk: number, slot: number): string {
  const flags = chunkFlags(t, chunk, slot);
  const words = [chunk === t.reservedChunk ? "cR" : `c${t.ordinal[chunk]} slot ${slot}`];
  if (t.nrKinds > 1) words.push(`kind ${t.kind[chunk]}`);
  if (hasFlag(flags, CHUNK_RESERVED)) words.push("reserved");
  if (hasFlag(flags, CHUNK_FIRST)) words.push("first");
  if (hasFlag(flags, CHUNK_ISOLATED)) words.push("isolated");
  if (hasFlag(flags, CHUNK_SIDELINED)) words.push("sidelined");
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
