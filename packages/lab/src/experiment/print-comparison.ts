/** A comparison as one aligned table, kB: a row for each reading, a column for each policy, the end figures below. */

import type { Comparison, ComparisonColumn, ComparisonRow } from "./compare.ts";

const GAP = "  ";
const NOTHING = "-";

/** The table, a newline at the end of each line. */
export function printComparison(c: Comparison): string {
  const head = `${c.scriptName} on ${c.kernel}, ${count(c.nrCpus, "CPU")}, ${count(c.nrNodes, "node")}; Percpu in kB\n\n`;
  const table: (readonly string[])[] = [
    ["", ...c.columns.map((column) => column.policy)],
    ["kinds, empty pages counted", ...c.columns.map(variantOf)],
    ...c.rows.map((row, i) => [labelOf(row), ...c.columns.map((column) => kb(column.readings[i]?.percpuKb))]),
    ["came back", ...c.columns.map((column) => percent(column.summary?.cameBack))],
    ["ideal", ...c.columns.map((column) => kb(column.summary?.idealKb))],
    ["x ideal", ...c.columns.map((column) => column.summary?.timesIdeal?.toFixed(2) ?? NOTHING)],
  ];
  if (c.columns.some(({ status }) => status !== 0)) {
    table.push(["exit status", ...c.columns.map(({ status }) => String(status))]);
  }
  return head + alignTable(table);
}

/** Rows of cells as lines: the first column to the left, the others to the right. */
export function alignTable(table: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of table) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  }
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join(GAP);
  return table.map((row) => `${line(row).trimEnd()}\n`).join("");
}

/** `line 24  grep Percpu /proc/meminfo`, with its number when the line gives more than one reading. */
function labelOf(row: ComparisonRow): string {
  const again = row.occurrence > 1 ? ` (${row.occurrence})` : "";
  const [command = ""] = row.command.split("\n");
  return `line ${row.line}${again}${GAP}${command.length > 40 ? `${command.slice(0, 39)}…` : command}`;
}

function variantOf(column: ComparisonColumn): string {
  return `${column.nrKinds}, ${column.emptyCount}`;
}

function kb(value: number | undefined): string {
  return value === undefined ? NOTHING : String(Math.round(value));
}

function percent(value: number | undefined): string {
  return value === undefined ? NOTHING : `${(value * 100).toFixed(1)} %`;
}

export function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}
