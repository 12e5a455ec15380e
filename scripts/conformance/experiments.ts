/** Experiments that rows read their figures from; each runs once, when the first row asks for it. */

import { readFileSync } from "node:fs";
import { type Experiment, machineOptions, runExperiment } from "@ebb/lab";
import type { MachineOptions } from "@ebb/model";

const MAIL_000 = "fixtures/scripts/mail-000.sh";
const MAIL_001 = "fixtures/scripts/mail-001.sh";

const done = new Map<string, Experiment>();

/** Options of a machine; throws when there is no such machine, which is a fault of the row that asks. */
export function optionsOf(kernel: string, policy?: string, cpus?: number, nodes?: number): MachineOptions {
  const options = machineOptions({
    kernel,
    policy,
    cpus: cpus === undefined ? undefined : String(cpus),
    nodes: nodes === undefined ? undefined : String(nodes),
    settings: [],
  });
  if ("severity" in options) throw new Error(`${options.file}: ${options.message}`);
  return options;
}

function experiment(source: string, name: string, kernel: string, policy?: string, cpus?: number): Experiment {
  const key = `${name} ${kernel} ${policy ?? ""} ${cpus ?? ""}`;
  const known = done.get(key);
  if (known !== undefined) return known;
  const e = runExperiment({ machine: optionsOf(kernel, policy, cpus), source, name, args: [] });
  if ("severity" in e) throw new Error(`${e.file}: ${e.message}`);
  if (e.status !== 0 || e.findings.length > 0) throw new Error(`${key}: status ${e.status}\n${e.stderr}`);
  done.set(key, e);
  return e;
}

/** Reading number `i` of a row of /proc/meminfo, kB. */
function reading(e: Experiment, row: string, i: number): number {
  const values = e.readings.flatMap(({ rows }) => rows.filter(([name]) => name === row).map(([, kb]) => kb));
  return values[i] ?? Number.NaN;
}

export function mail000Percpu(kernel: string, policy: string, i: number): number {
  return reading(experiment(readFileSync(MAIL_000, "latin1"), MAIL_000, kernel, policy), "Percpu", i);
}

export function mail001Percpu(kernel: string, policy: string | undefined, i: number): number {
  return reading(experiment(readFileSync(MAIL_001, "latin1"), MAIL_001, kernel, policy), "Percpu", i);
}

export function mail001SlabGrowth(kernel: string, policy?: string): number {
  const e = experiment(readFileSync(MAIL_001, "latin1"), MAIL_001, kernel, policy);
  return reading(e, "Slab", 1) - reading(e, "Slab", 0);
}

export function mail001Dying(kernel: string): number {
  const { readings } = experiment(readFileSync(MAIL_001, "latin1"), MAIL_001, kernel);
  return readings.filter(({ nrDyingPrinted }) => nrDyingPrinted !== undefined)[1]?.nrDyingPrinted ?? Number.NaN;
}

/** A number that a short script of ours prints as its last line. */
export function lastNumber(name: string, source: string, kernel: string): number {
  const lines = experiment(source, name, kernel).stdout.trim().split("\n");
  return Number(lines.at(-1));
}
