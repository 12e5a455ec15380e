/** A report as CSV: one row for each kind of request, the first row naming the columns. Bytes are those of one unit. */

import { type OwnerRow, ownerRows } from "./owner-rows.ts";
import type { TraceReport } from "./report-session.ts";

type Cell = string | number | boolean | undefined;

const COLUMNS: readonly (readonly [name: string, cell: (row: OwnerRow) => Cell])[] = [
  ["call_site", (row) => row.callSite],
  ["size", (row) => row.sizeBytes],
  ["align", (row) => row.alignBytes],
  ["accounted", (row) => row.isAccounted],
  ["allocs", (row) => row.nrAllocs],
  ["frees", (row) => row.nrFrees],
  ["live", (row) => row.nrLive],
  ["live_bytes", (row) => row.nrLive * row.sizeBytes],
  ["own_peak", (row) => row.nrPeak],
  ["live_at_peak", (row) => row.nrLiveAtPeak],
  ["bytes_at_peak", (row) => row.nrLiveAtPeak * row.sizeBytes],
  ["pinned_pages", (row) => row.nrPinnedPages],
  ["life_p50_ns", (row) => row.lifetimes.quantileNs(0.5)],
  ["life_p90_ns", (row) => row.lifetimes.quantileNs(0.9)],
  ["life_p99_ns", (row) => row.lifetimes.quantileNs(0.99)],
  ["life_max_ns", (row) => row.lifetimes.maxNs],
];

export function reportCsv(report: TraceReport): string {
  const rows = ownerRows(report).map((row) => COLUMNS.map(([, cell]) => quoted(cell(row))));
  return [COLUMNS.map(([name]) => name), ...rows].map((cells) => `${cells.join(",")}\n`).join("");
}

/** As RFC 4180 has it. */
function quoted(cell: Cell): string {
  const text = String(cell ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
