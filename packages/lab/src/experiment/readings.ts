/**
 * Readings: the moments at which a script printed memory figures, rows like those of /proc/meminfo, or the count of dying
 * cgroups, as in cgroup.stat.
 *
 *     Percpu:           481024 kB
 *     nr_dying_descendants 1000
 */

import { meminfoValueKb } from "@ebb/formats";
import type { MachineFigures } from "./machine-figures.ts";

export interface Reading {
  /** Line of the command in the script. */
  readonly line: number;
  /** How many readings this line has given, this one included. */
  readonly occurrence: number;
  readonly command: string;
  /** Virtual time at which the command ended. */
  readonly timeNs: number;
  readonly output: string;
  /** The figures of the output by name, in its order. */
  readonly rows: readonly (readonly [name: string, kb: number])[];
  /** The figure called `Percpu`. */
  readonly percpuKb: number | undefined;
  /** The figure called `Slab`. */
  readonly slabKb: number | undefined;
  /** The count of dying cgroups that was printed. */
  readonly nrDyingPrinted: number | undefined;
  /** The machine at that moment, whatever was printed. */
  readonly figures: MachineFigures;
}

/** One command of the script that has ended, as far as readings need it. */
export interface PrintedCommand {
  readonly text: string;
  readonly line: number;
  readonly stdout: string;
  readonly endNs: number;
}

/** Commands that run others, which are reported by themselves. */
const CARRIERS = /^(?:eval|source|\.) /;
const DYING_ROW = /^nr_dying_descendants ([0-9]{1,9})$/m;
const FIGURE_ROW = /^([^\s:]+):[ \t]*[0-9]+ kB$/gm;

/** The figures in an output, the first of each name. */
export function memoryFigures(output: string): readonly (readonly [name: string, kb: number])[] {
  const rows = new Map<string, number>();
  if (!output.includes(" kB")) return [];
  for (const [, name] of output.matchAll(FIGURE_ROW)) {
    if (name === undefined || rows.has(name)) continue;
    const kb = meminfoValueKb(output, name);
    if (kb !== undefined) rows.set(name, kb);
  }
  return [...rows];
}

/** Gathers the readings of one run, command by command. */
export class ReadingLog {
  readonly readings: Reading[] = [];
  readonly #nrByLine = new Map<number, number>();

  /** Adds and answers a reading if `event` printed memory figures or the count of dying; `figures` is asked for only then. */
  add(event: PrintedCommand, figures: () => MachineFigures): Reading | undefined {
    if (event.stdout === "" || CARRIERS.test(event.text)) return undefined;
    const rows = memoryFigures(event.stdout);
    const dying = DYING_ROW.exec(event.stdout)?.[1];
    if (rows.length === 0 && dying === undefined) return undefined;
    const figure = (wanted: string) => rows.find(([name]) => name === wanted)?.[1];
    const occurrence = (this.#nrByLine.get(event.line) ?? 0) + 1;
    this.#nrByLine.set(event.line, occurrence);
    const reading = {
      line: event.line,
      occurrence,
      command: event.text,
      timeNs: event.endNs,
      output: event.stdout,
      rows,
      percpuKb: figure("Percpu"),
      slabKb: figure("Slab"),
      nrDyingPrinted: dying === undefined ? undefined : Number(dying),
      figures: figures(),
    };
    this.readings.push(reading);
    return reading;
  }
}
