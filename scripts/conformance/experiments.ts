/** Experiments that rows read their figures from; each runs once, when the first row asks for it. */

import { readFileSync } from "node:fs";
import { type Experiment, machineOptions, runExperiment } from "@ebb/lab";
import type { MachineOptions } from "@ebb/model";

const MAIL_000 = "fixtures/scripts/mail-000.sh";
const MAIL_001 = "fixtures/scripts/mail-001.sh";
const SLAB_IPIS = "experiments/slab-ipis.sh";
const DEAD_SLAB_CACHES = "experiments/dead-slab-caches.sh";

const done = new Map<string, Experiment>();

/** A script, and the machine it runs on. */
interface Asked {
  readonly source: string;
  readonly name: string;
  readonly kernel: string;
  readonly policy?: string | undefined;
  readonly cpus?: number | undefined;
  readonly settings?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Options of a machine; throws when there is no such machine, which is a fault of the row that asks. */
export function optionsOf(
  kernel: string,
  policy?: string,
  cpus?: number,
  nodes?: number,
  settings: readonly string[] = [],
): MachineOptions {
  const options = machineOptions({
    kernel,
    policy,
    cpus: cpus === undefined ? undefined : String(cpus),
    nodes: nodes === undefined ? undefined : String(nodes),
    settings,
  });
  if ("severity" in options) throw new Error(`${options.file}: ${options.message}`);
  return options;
}

function experiment(asked: Asked): Experiment {
  const { source, name, kernel, policy, cpus, settings, env = {} } = asked;
  const key = JSON.stringify({ ...asked, source: "" });
  const known = done.get(key);
  if (known !== undefined) return known;
  const machine = optionsOf(kernel, policy, cpus, undefined, settings);
  const e = runExperiment({ machine, source, name, args: [], env: new Map(Object.entries(env)) });
  if ("severity" in e) throw new Error(`${e.file}: ${e.message}`);
  if (e.status !== 0 || e.findings.length > 0) throw new Error(`${key}: status ${e.status}\n${e.stderr}`);
  done.set(key, e);
  return e;
}

/** The experiment of a script file. */
function ofFile(path: string, kernel: string, more: Omit<Asked, "source" | "name" | "kernel"> = {}): Experiment {
  return experiment({ source: readFileSync(path, "latin1"), name: path, kernel, ...more });
}

/** Reading number `i` of a row of /proc/meminfo, kB. */
function reading(e: Experiment, row: string, i: number): number {
  const values = e.readings.flatMap(({ rows }) => rows.filter(([name]) => name === row).map(([, kb]) => kb));
  return values[i] ?? Number.NaN;
}

export function mail000Percpu(kernel: string, policy: string, i: number): number {
  return reading(ofFile(MAIL_000, kernel, { policy }), "Percpu", i);
}

export function mail001Percpu(
  kernel: string,
  policy: string | undefined,
  i: number,
  settings?: readonly string[],
): number {
  return reading(ofFile(MAIL_001, kernel, mail001Of(policy, settings)), "Percpu", i);
}

export function mail001SlabGrowth(kernel: string, policy?: string, settings?: readonly string[]): number {
  const e = ofFile(MAIL_001, kernel, mail001Of(policy, settings));
  return reading(e, "Slab", 1) - reading(e, "Slab", 0);
}

function mail001Of(policy?: string, settings?: readonly string[]) {
  return settings === undefined ? { policy } : { policy, settings };
}

export function mail001Dying(kernel: string): number {
  const { readings } = ofFile(MAIL_001, kernel, mail001Of());
  return readings.filter(({ nrDyingPrinted }) => nrDyingPrinted !== undefined)[1]?.nrDyingPrinted ?? Number.NaN;
}

/** A run of experiments/slab-ipis.sh; without a count 10,000 memcgs, as in mail 004. */
interface SlabIpisRun {
  readonly kernel: string;
  readonly policy?: string;
  readonly cpus?: number;
  readonly memcgs?: number;
}

function slabIpisRun({ kernel, policy, cpus, memcgs }: SlabIpisRun): Experiment {
  return ofFile(SLAB_IPIS, kernel, { policy, cpus, env: memcgs === undefined ? {} : { N: String(memcgs) } });
}

/** Interrupts that the script prints for one of its stages. */
export function slabIpis(run: SlabIpisRun, stage: string): { readonly cpu0: number; readonly all: number } {
  const line = new RegExp(`^.*${stage}: CPU 0 \\+(\\d+), all CPUs \\+(\\d+) ipis$`, "m");
  const found = line.exec(slabIpisRun(run).stdout);
  return { cpu0: Number(found?.[1]), all: Number(found?.[2]) };
}

export function slabIpisPercpu(run: SlabIpisRun, i: number): number {
  return reading(slabIpisRun(run), "Percpu", i);
}

/** Memcgs that are still dying so many seconds after experiments/dead-slab-caches.sh removed its hundred. */
export function deadCachesDying(policy: string, seconds: number): number {
  const { readings } = ofFile(DEAD_SLAB_CACHES, "3.8", { policy });
  const [, livedIn] = readings;
  const wantedNs = (livedIn?.timeNs ?? Number.NaN) + seconds * 1e9;
  const near = readings.slice(2).find(({ timeNs }) => Math.abs(timeNs - wantedNs) < 0.5e9);
  return near?.figures.nrDying ?? Number.NaN;
}

/** A number that a short script of ours prints as its last line. */
export function lastNumber(name: string, source: string, kernel: string): number {
  const lines = experiment({ source, name, kernel }).stdout.trim().split("\n");
  return Number(lines.at(-1));
}
