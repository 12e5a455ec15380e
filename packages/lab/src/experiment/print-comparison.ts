/** A comparison as one aligned table, kB: a row for each reading, a column for each policy, the end figures below. */

import type { Comparison, ComparisonColumn, ComparisonRow } from "./compare.ts";
import type { MachineFigures } from "./machine-figures.ts";
import type { Reading } from "./readings.ts";

const GAP = "  ";
const NOTHING = "-";
const NS_PER_SECOND = 1e9;
const TENTH_NS = 1e8;

/** The table, a newline at the end of each line. */
export function printComparison(c: Comparison): string {
  return `${comparisonTitle(c)}\n\n${alignTable(comparisonTable(c))}`;
}

/** Script, machine, and the figures with their unit: what stands above the table. */
export function comparisonTitle(c: Comparison): string {
  const figures = hasFigure(c, ({ slabKb }) => slabKb) ? "Percpu and Slab" : "Percpu";
  const machine = `${count(c.nrCpus, "CPU")}, ${count(c.nrNodes, "node")}`;
  return `${c.scriptName} on ${c.kernel}, ${machine}; ${figures} in kB`;
}

/** The table's cells: a first row with the policies, each row's name in its first cell. */
export function comparisonTable(c: Comparison): readonly (readonly string[])[] {
  const table: (readonly string[])[] = [
    ["", ...c.columns.map((column) => column.policy)],
    ["kinds, empty pages counted", ...c.columns.map(variantOf)],
    ...c.rows.flatMap((row, i) => readingRows(c, row, i)),
    ...endRows(c),
  ];
  if (c.columns.some(({ status }) => status !== 0)) {
    table.push(["exit status", ...c.columns.map(({ status }) => String(status))]);
  }
  return table;
}

/** The end figures, of a script that read Percpu. */
function endRows({ columns }: Comparison): readonly (readonly string[])[] {
  if (columns.every(({ summary }) => summary === undefined)) return [];
  return [
    ["came back", ...columns.map(({ summary }) => percent(summary?.cameBack))],
    ["ideal", ...columns.map(({ summary }) => kb(summary?.idealKb))],
    ["x ideal", ...columns.map(({ summary }) => summary?.timesIdeal?.toFixed(2) ?? NOTHING)],
  ];
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
  const place = `${placeOf(row)}${timeOf(c, row, i)}`;
  const rows: (readonly string[])[] = hasFigure(c, percpu, i)
    ? [[`${place}${GAP}${shortened(row)}`, ...cells(percpu)]]
    : [];
  const below: readonly (readonly [name: string, figure: Figure])[] = [
    ["Slab", slab],
    ["dying cgroups", dying],
    ...machineRows(c, i),
  ];
  for (const [name, figure] of below) {
    if (!hasFigure(c, figure, i)) continue;
    rows.push([`${rows.length === 0 ? place : " ".repeat(place.length)}${GAP}${name}`, ...cells(figure)]);
  }
  return rows;
}

/** What nobody printed and the machine had: dead caches, and interrupts since the reading before, where there are any. */
function machineRows(c: Comparison, i: number): readonly (readonly [name: string, figure: Figure])[] {
  const rows: (readonly [name: string, figure: Figure])[] = [];
  const isThere = (figure: Figure) =>
    c.columns.some(({ readings: { [i]: reading } }) => reading !== undefined && (figure(reading) ?? 0) > 0);
  const hasAny = (figure: Figure) =>
    c.columns.some(({ readings }) => readings.some((r) => r !== undefined && (figure(r) ?? 0) > 0));
  if (isThere(({ figures }) => figures.nrDeadCaches)) {
    rows.push(["dead caches", ({ figures }) => figures.nrDeadCaches]);
    rows.push(["their pages", ({ figures }) => figures.nrDeadCachePages]);
  }
  if (hasAny(({ figures }) => figures.nrIpis)) {
    rows.push(["IPIs to CPU 0", sinceBefore(c, i, ({ nrIpisCpu0 }) => nrIpisCpu0)]);
    rows.push(["IPIs to all CPUs", sinceBefore(c, i, ({ nrIpis }) => nrIpis)]);
  }
  return rows;
}

/** A figure that only grows, less what it was at the same policy's reading before. */
function sinceBefore(c: Comparison, i: number, figure: (figures: MachineFigures) => number): Figure {
  return (reading) => {
    const column = c.columns.find(({ readings }) => readings[i] === reading);
    const before = column?.readings.slice(0, i).findLast((one) => one !== undefined);
    return figure(reading.figures) - (before === undefined ? 0 : figure(before.figures));
  };
}

/** When the reading was taken, of a line that gives several; nothing where the policies differ by a tenth of a second. */
function timeOf(c: Comparison, { line }: ComparisonRow, i: number): string {
  if (!c.rows.some((row) => row.line === line && row.occurrence > 1)) return "";
  const times = c.columns.map(({ readings }) => readings[i]?.timeNs).filter((ns) => ns !== undefined);
  const [first = 0] = times;
  return times.every((ns) => Math.abs(ns - first) < TENTH_NS) ? ` at ${(first / NS_PER_SECOND).toFixed(1)} s` : "";
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

/** The command, or as much of it as a label can show. */
function shortened({ command: text }: ComparisonRow): string {
  const [command = ""] = text.split("\n");
  return command.length > 40 ? `${command.slice(0, 39)}…` : command;
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
