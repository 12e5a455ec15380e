/**
 * Experiments and comparisons as JSON. Keys are stable within a format number; a value that does not exist is null.
 *
 *     ebb-run/1         format, script, kernel, release, policy, kinds, empty, cpus, nodes, status, virtualNs, commands,
 *                       stdout, stderr, readings[], findings[], deadlocked[], leftRunning, figures, stateHash; with
 *                       --explain also ledger, as in ebb-why/1
 *     ebb-comparison/1  format, script, kernel, cpus, nodes, rows[] of line, occurrence, command; columns[] of policy,
 *                       kinds, empty, status, virtualNs, findings[], deadlocked[], readings[] (one for each row),
 *                       summary of startKb, fullKb, afterKb, cameBack, liveShare, idealKb, timesIdeal
 *
 *     a reading         line, occurrence, command, virtualNs, output, percpuKb, rows {name: kB}, figures; where the count
 *                       of dying cgroups was printed also dyingDescendants
 *     figures           online, dying, percpuKb, chunks, populatedPages, emptyPages, liveBytes, deadCaches,
 *                       deadCachePages, ipisCpu0, ipis
 *     a finding         kind, script, line, column, message
 *
 * Byte strings are decoded as UTF-8 by the caller's `text`. Ratios are rounded to four places, the ideal to whole kB.
 */

import { hashMachine, type Machine } from "@ebb/model";
import type { Finding } from "@ebb/shell";
import type { Ledger } from "../ledger/ledger.ts";
import { ledgerValue } from "../ledger/ledger-json.ts";
import type { Comparison, ComparisonColumn, ComparisonSummary } from "./compare.ts";
import { type MachineFigures, machineFigures } from "./machine-figures.ts";
import { policySetName } from "./policy-set.ts";
import type { Reading } from "./readings.ts";
import type { Experiment } from "./run-experiment.ts";

/** From a byte string to the text it encodes. */
type DecodeText = (bytes: string) => string;

/** @param ledger of the experiment's machine, when it was asked for */
export function experimentJson(e: Experiment, text: DecodeText, ledger?: Ledger): string {
  const { options } = e;
  return print({
    format: "ebb-run/1",
    script: e.scriptName,
    kernel: options.profile.name,
    release: options.profile.release,
    policy: policySetName(options),
    kinds: options.variant.kinds,
    empty: options.variant.emptyCount,
    cpus: options.nrCpus,
    nodes: options.nrNodes,
    status: e.status,
    virtualNs: e.endNs,
    commands: e.nrCommands,
    stdout: text(e.stdout),
    stderr: text(e.stderr),
    readings: e.readings.map((reading) => readingValue(reading, text)),
    findings: e.findings.map((finding) => findingValue(finding, text)),
    deadlocked: e.deadlocked.map(text),
    leftRunning: e.nrLeftRunning,
    figures: figuresValue(e.figures),
    stateHash: hashMachine(e.machine),
    ...(ledger === undefined ? {} : { ledger: ledgerValue(ledger, text) }),
  });
}

/** What a machine is and what it has come to: fields of a document about more than that. */
export function machineValue(m: Machine): object {
  const { options } = m;
  return {
    kernel: options.profile.name,
    release: options.profile.release,
    policy: policySetName(options),
    cpus: options.nrCpus,
    nodes: options.nrNodes,
    virtualNs: m.nowNs,
    figures: figuresValue(machineFigures(m)),
    stateHash: hashMachine(m),
  };
}

/** The document of `ebb why`: see ledger/ledger-json.ts. */
export function whyJson(e: Experiment, text: DecodeText, ledger: Ledger): string {
  const { options } = e;
  return print({
    format: "ebb-why/1",
    script: e.scriptName,
    kernel: options.profile.name,
    release: options.profile.release,
    policy: policySetName(options),
    cpus: options.nrCpus,
    nodes: options.nrNodes,
    status: e.status,
    virtualNs: e.endNs,
    findings: e.findings.map((finding) => findingValue(finding, text)),
    ledger: ledgerValue(ledger, text),
  });
}

export function comparisonJson(c: Comparison, text: DecodeText): string {
  return print({
    format: "ebb-comparison/1",
    script: c.scriptName,
    kernel: c.kernel,
    cpus: c.nrCpus,
    nodes: c.nrNodes,
    rows: c.rows.map(({ line, occurrence, command }) => ({ line, occurrence, command: text(command) })),
    columns: c.columns.map((column) => columnValue(column, text)),
  });
}

function print(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function columnValue(column: ComparisonColumn, text: DecodeText): object {
  return {
    policy: column.policy,
    kinds: column.nrKinds,
    empty: column.emptyCount,
    status: column.status,
    virtualNs: column.endNs,
    findings: column.findings.map((finding) => findingValue(finding, text)),
    deadlocked: column.deadlocked.map(text),
    readings: column.readings.map((reading) => (reading === undefined ? null : readingValue(reading, text))),
    summary: column.summary === undefined ? null : summaryValue(column.summary),
  };
}

function summaryValue(s: ComparisonSummary): object {
  return {
    startKb: s.startKb,
    fullKb: s.fullKb,
    afterKb: s.afterKb,
    cameBack: rounded(s.cameBack, 4),
    liveShare: rounded(s.liveShare, 4),
    idealKb: rounded(s.idealKb, 0),
    timesIdeal: rounded(s.timesIdeal, 4),
  };
}

function readingValue(r: Reading, text: DecodeText): object {
  return {
    line: r.line,
    occurrence: r.occurrence,
    command: text(r.command),
    virtualNs: r.timeNs,
    output: text(r.output),
    percpuKb: r.percpuKb ?? null,
    rows: Object.fromEntries(r.rows.map(([name, kb]) => [text(name), kb])),
    figures: figuresValue(r.figures),
    ...(r.nrDyingPrinted === undefined ? {} : { dyingDescendants: r.nrDyingPrinted }),
  };
}

function figuresValue(f: MachineFigures): object {
  return {
    online: f.nrOnline,
    dying: f.nrDying,
    percpuKb: f.percpuKb,
    chunks: f.nrChunks,
    populatedPages: f.nrPopulatedPages,
    emptyPages: f.nrEmptyPopPages,
    liveBytes: f.liveBytes,
    deadCaches: f.nrDeadCaches,
    deadCachePages: f.nrDeadCachePages,
    ipisCpu0: f.nrIpisCpu0,
    ipis: f.nrIpis,
  };
}

function findingValue(f: Finding, text: DecodeText): object {
  return { kind: f.kind, script: text(f.script), line: f.line, column: f.column, message: text(f.message) };
}

function rounded(value: number | undefined, places: number): number | null {
  return value === undefined ? null : Number(value.toFixed(places));
}
