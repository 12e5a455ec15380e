/**
 * One script under several policies: its readings of Percpu, Slab and dying cgroups side by side, and what came back of
 * Percpu.
 *
 *     start   the first reading         ideal     start + (full - start) * live share
 *     full    the highest               came back (full - after) / (full - start)
 *     after   the last                  x ideal   after / ideal
 *
 * The live share is the part of the cgroups made between start and full that is online at the last reading: the memory
 * they need if areas could be moved together. Without moving any, a page with one live area stays: the ideal is no bound.
 */

import type { EmptyCount, MachineOptions } from "@ebb/model";
import { policySetName } from "./policy-set.ts";
import type { Reading } from "./readings.ts";
import type { Experiment } from "./run-experiment.ts";

/** One reading of the script: the command, in the words of the first policy that ran it. */
export interface ComparisonRow {
  readonly line: number;
  readonly occurrence: number;
  readonly command: string;
}

/** The end figures of one policy, kB where a name says so. A ratio is undefined where its denominator is 0. */
export interface ComparisonSummary {
  readonly startKb: number;
  readonly fullKb: number;
  readonly afterKb: number;
  readonly cameBack: number | undefined;
  readonly liveShare: number | undefined;
  readonly idealKb: number | undefined;
  readonly timesIdeal: number | undefined;
}

export interface ComparisonColumn {
  readonly policy: string;
  readonly nrKinds: number;
  readonly emptyCount: EmptyCount;
  readonly status: number;
  readonly endNs: number;
  readonly findings: Experiment["findings"];
  readonly deadlocked: readonly string[];
  /** One for each row of the comparison; undefined where the script took no such reading under this policy. */
  readonly readings: readonly (Reading | undefined)[];
  /** Undefined when the script took no reading of Percpu. */
  readonly summary: ComparisonSummary | undefined;
}

/** What is compared of an experiment: it can be sent from where it ran, all but its options. */
export type ComparedRun = Pick<
  Experiment,
  "scriptName" | "options" | "status" | "endNs" | "findings" | "deadlocked" | "readings"
>;

export interface Comparison {
  readonly scriptName: string;
  readonly kernel: string;
  readonly nrCpus: number;
  readonly nrNodes: number;
  readonly rows: readonly ComparisonRow[];
  readonly columns: readonly ComparisonColumn[];
}

/**
 * Puts experiments side by side.
 *
 * @pre at least one; all of one script, on machines that differ in their policy and its variant only
 */
export function compareExperiments(experiments: readonly ComparedRun[]): Comparison {
  const perPolicy = experiments.map((experiment) => comparedReadings(experiment));
  const rows = mergeRows(perPolicy);
  const [first] = experiments;
  const options: MachineOptions | undefined = first?.options;
  return {
    scriptName: first?.scriptName ?? "",
    kernel: options?.profile.name ?? "",
    nrCpus: options?.nrCpus ?? 0,
    nrNodes: options?.nrNodes ?? 0,
    rows,
    columns: experiments.map((experiment, i) => columnOf(experiment, perPolicy[i] ?? [], rows)),
  };
}

/** The script succeeded, and everything it asked for was there. */
export function isSound(experiment: Pick<Experiment, "status" | "findings" | "deadlocked">): boolean {
  return experiment.status === 0 && experiment.findings.length === 0 && experiment.deadlocked.length === 0;
}

function comparedReadings(experiment: ComparedRun): readonly Reading[] {
  return experiment.readings.filter(
    ({ percpuKb, slabKb, nrDyingPrinted }) =>
      percpuKb !== undefined || slabKb !== undefined || nrDyingPrinted !== undefined,
  );
}

function keyOf(row: ComparisonRow): string {
  return `${row.line}#${row.occurrence}`;
}

/** All readings by line and occurrence. One that only a later policy took stands behind its neighbour there. */
function mergeRows(perPolicy: readonly (readonly Reading[])[]): readonly ComparisonRow[] {
  const rows: ComparisonRow[] = [];
  const known = new Set<string>();
  for (const readings of perPolicy) {
    let at = 0;
    for (const { line, occurrence, command } of readings) {
      const row = { line, occurrence, command };
      const key = keyOf(row);
      if (known.has(key)) at = rows.findIndex((other) => keyOf(other) === key) + 1;
      else {
        known.add(key);
        rows.splice(at++, 0, row);
      }
    }
  }
  return rows;
}

function columnOf(
  experiment: ComparedRun,
  readings: readonly Reading[],
  rows: readonly ComparisonRow[],
): ComparisonColumn {
  const byKey = new Map(readings.map((reading) => [keyOf(reading), reading]));
  const { options, status, endNs, findings, deadlocked } = experiment;
  return {
    policy: policySetName(options),
    nrKinds: options.variant.kinds,
    emptyCount: options.variant.emptyCount,
    status,
    endNs,
    findings,
    deadlocked,
    readings: rows.map((row) => byKey.get(keyOf(row))),
    summary: summarize(readings.filter(({ percpuKb }) => percpuKb !== undefined)),
  };
}

/** The end figures of readings of Percpu, in the order they were taken; undefined without any. */
export function summarize(readings: readonly Reading[]): ComparisonSummary | undefined {
  const [start] = readings;
  const after = readings.at(-1);
  if (start === undefined || after === undefined) return undefined;
  const full = readings.reduce((best, next) => (kbOf(next) > kbOf(best) ? next : best));
  const startKb = kbOf(start);
  const fullKb = kbOf(full);
  const afterKb = kbOf(after);
  const nrAdded = full.figures.nrOnline - start.figures.nrOnline;
  const liveShare = ratio(after.figures.nrOnline - start.figures.nrOnline, nrAdded);
  const idealKb = liveShare === undefined ? undefined : startKb + (fullKb - startKb) * liveShare;
  return {
    startKb,
    fullKb,
    afterKb,
    cameBack: ratio(fullKb - afterKb, fullKb - startKb),
    liveShare,
    idealKb,
    timesIdeal: idealKb === undefined ? undefined : ratio(afterKb, idealKb),
  };
}

function kbOf(reading: Reading): number {
  return reading.percpuKb ?? 0;
}

function ratio(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole;
}
