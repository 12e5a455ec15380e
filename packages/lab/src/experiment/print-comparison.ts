/** A comparison as one aligned table, kB: a row for each reading, a column for each policy, the end figures below. */

import type { Comparison, ComparisonColumn, ComparisonRow } from "./compare.ts";
import type { Reading } from "./readings.ts";

const GAP = "  ";
const NOTHING = "-";

/** The table, a newline at the end of each line. */
export function printComparison(c: Comparison): string {
  const figures = hasFigure(c, ({ slabKb }) => slabKb) ? "Percpu and Slab" : "Percpu";
  const machine = `${count(c.nrCpus, "CPU")}, ${count(c.nrNodes, "node")}`;
  const head = `${c.scriptName} on ${c.kernel}, ${machine}; ${figures} in kB\n\n`;
  const table: (readonly string[])[] = [
    ["", ...c.columns.map((column) => column.policy)],
    ["kinds, empty pages counted", ...c.columns.map(variantOf)],
    ...c.rows.flatMap((row, i) => readingRows(c, row, i)),
    ["came back", ...c.columns.map((column) => percent(column.summary?.cameBack))],
    ["ideal", ...c.columns.map((column) => kb(column.summary?.idealKb))],
    ["x ideal", ...c.columns.map((column) => column.summary?.timesIdeal?.toFixed(2) ?? NOTHING)],
  ];
  if (c.columns.some(({ status }) => status !== 0)) {
    table.push(["exit status", ...c.columns.map(({ status }) => String(status))]);
  }
  return head + alignTable(table);
}

type Figure = (reading: Reading) => number | undefined;

/** Any policy has the figure, in reading `i` or, without a number, in any. */
function hasFigure(c: Comparison, figure: Figure, i?: number): boolean {
  const readings = c.columns.flatMap((column) => (i === undefined ? column.readings : [column.readings[i]]));
  return readings.some((reading) => reading !== undefined && figure(reading) !== undefined);
}

/**
 * The rows of one reading: Percpu behind its command; below, each with its name, Slab and the count of dying cgroups
 * where the script looked at them. A script that reads Slab and prints no count is told what the machine had.
 */
function readingRows(c: Comparison, row: ComparisonRow, i: number): (readonly string[])[] {
  const percpu: Figure = ({ percpuKb }) => percpuKb;
  const slab: Figure = ({ slabKb }) => slabKb;
  const printed: Figure = ({ nrDyingPrinted }) => nrDyingPrinted;
  const isCounted = hasFigure(c, printed);
  const dying: Figure = isCounted
    ? printed
    : (reading) => (slab(reading) === undefined ? undefined : reading.figures.nrDying);
  const cells = (figure: Figure) =>
    c.columns.map(({ readings }) => kb(readings[i] === undefined ? undefined : figure(readings[i])));
  const rows: (readonly string[])[] = hasFigure(c, percpu, i) ? [[labelOf(row), ...cells(percpu)]] : [];
  for (const [name, figure] of [["Slab", slab] as const, ["dying cgroups", dying] as const]) {
    if (!hasFigure(c, figure, i)) continue;
    const place = placeOf(row);
    rows.push([`${rows.length === 0 ? place : " ".repeat(place.length)}${GAP}${name}`, ...cells(figure)]);
  }
  return rows;
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

/** `line 24  grep Percpu /proc/meminfo`. */
function labelOf(row: ComparisonRow): string {
  const [command = ""] = row.command.split("\n");
  return `${placeOf(row)}${GAP}${command.length > 40 ? `${command.slice(0, 39)}…` : command}`;
}

/** `line 24`, with a number when the line gives more than one reading. */
function placeOf({ line, occurrence }: ComparisonRow): string {
  return `line ${line}${occurrence > 1 ? ` (${occurrence})` : ""}`;
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
