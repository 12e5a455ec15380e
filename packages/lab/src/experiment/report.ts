/** What `ebb run` says of an experiment when it is over. No wall time: the same run gives the same report. */

import type { Machine, MachineOptions } from "@ebb/model";
import type { Finding } from "@ebb/shell";
import { type MachineFigures, machineFigures } from "./machine-figures.ts";
import { policySetName } from "./policy-set.ts";
import { count } from "./print-comparison.ts";
import type { Reading } from "./readings.ts";
import type { Experiment } from "./run-experiment.ts";

type Row = readonly [name: string, value: string];

const NAME_WIDTH = 14;
const FIGURE_WIDTH = 26;
const CELL_WIDTH = 14;
const NS_PER_SECOND = 1e9;

/** The report, a newline at the end of each line. */
export function printReport(e: Experiment): string {
  const rows: Row[] = [
    ...printOptions(e.options),
    ["exit status", String(e.status)],
    ["virtual time", seconds(e.endNs)],
    ["commands", String(e.nrCommands)],
    ...e.readings.map((reading) => ["reading", printReading(reading)] as const),
    ...printFigures(e.figures),
  ];
  if (e.nrLeftRunning > 0) rows.push(["left running", `${count(e.nrLeftRunning, "process")}, killed at the end`]);
  return printRows(rows) + printFindings(e);
}

/** What a machine is and what it has come to, without a script: as in the report. */
export function printMachine(m: Machine): string {
  return printRows([
    ...printOptions(m.options),
    ["virtual time", seconds(m.nowNs)],
    ...printFigures(machineFigures(m)),
  ]);
}

/** Two machines on which the same has been done: their percpu memory side by side, under the names of their policies. */
export function printBeside(a: Machine, b: Machine): string {
  const [left, right] = [machineFigures(a), machineFigures(b)];
  const row = (name: string, x: string | number, y: string | number) =>
    `${name.padEnd(FIGURE_WIDTH)}${String(x).padStart(CELL_WIDTH)}${String(y).padStart(CELL_WIDTH)}\n`;
  return [
    row("", policySetName(a.options), policySetName(b.options)),
    row("Percpu, kB", left.percpuKb, right.percpuKb),
    row("chunks", left.nrChunks, right.nrChunks),
    row("populated pages of a unit", left.nrPopulatedPages, right.nrPopulatedPages),
    row("empty ones of them", left.nrEmptyPopPages, right.nrEmptyPopPages),
  ].join("");
}

function printRows(rows: readonly Row[]): string {
  return rows.map(([name, value]) => `${name.padEnd(NAME_WIDTH)}${value}\n`).join("");
}

function printOptions(o: MachineOptions): Row[] {
  return [
    ["kernel", `${o.profile.name} (${o.profile.release})`],
    ["policy", `${policySetName(o)}, ${count(o.variant.kinds, "kind")}, empty pages ${o.variant.emptyCount}`],
    ["machine", `${count(o.nrCpus, "CPU")}, ${count(o.nrNodes, "node")}`],
  ];
}

/** Why the figures are not to be trusted: a line for each finding, `FILE:LINE:COLUMN: …`. */
export function printFindings(e: Pick<Experiment, "scriptName" | "findings" | "deadlocked">): string {
  const deadlock =
    e.deadlocked.length === 0
      ? ""
      : `${e.scriptName}: error: all processes wait for each other; given up: ${e.deadlocked.join(", ")}\n`;
  return deadlock + e.findings.map(printFinding).join("");
}

function printFinding(f: Finding): string {
  return `${f.script}:${f.line}:${f.column}: error: ${f.message}; ${FINDING_WORDS[f.kind]}\n`;
}

const FINDING_WORDS: Readonly<Record<Finding["kind"], string>> = {
  "unknown-command": "ebb has no such command",
  "unsupported-option": "ebb does not know the option",
  "unsupported-syntax": "ebb does not know the construct",
};

function printReading(r: Reading): string {
  const rows = r.rows.length > 3 ? r.rows.filter(([name]) => name === "Percpu") : r.rows;
  const shown = rows.map(([name, kb]) => `${name} ${kb} kB`);
  if (r.nrDyingPrinted !== undefined) shown.push(`nr_dying_descendants ${r.nrDyingPrinted}`);
  const figures = shown.length === 0 ? count(r.rows.length, "figure") : shown.join(", ");
  const { nrOnline, nrDying } = r.figures;
  return `line ${r.line} at ${seconds(r.timeNs)}: ${figures}; ${nrOnline} online, ${nrDying} dying`;
}

function printFigures(f: MachineFigures): Row[] {
  return [
    ["percpu", `${f.percpuKb} kB in ${count(f.nrChunks, "chunk")}; ${f.liveBytes} bytes live in each unit`],
    ["pages", `${f.nrPopulatedPages} populated in each unit, ${f.nrEmptyPopPages} of them empty`],
    ["cgroups", `${f.nrOnline} online, ${f.nrDying} dying`],
  ];
}

function seconds(ns: number): string {
  return `${(ns / NS_PER_SECOND).toFixed(3)} s`;
}
