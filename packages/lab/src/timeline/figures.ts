/** The figures that a timeline shows: over its whole length as curves, and at an instant. */

import type { PercpuFigures } from "../experiment/machine-figures.ts";
import type { InstantFigure } from "./view.ts";

/** A figure, and how it is read off `M`. */
export interface FigureOf<M> {
  readonly name: string;
  readonly unit: InstantFigure["unit"];
  readonly meaning: string;
  readonly value: (m: M) => number;
}

/** The figures of one instant. */
export function figuresAt<M>(figures: readonly FigureOf<M>[], m: M): readonly InstantFigure[] {
  return figures.map(({ name, unit, meaning, value }) => ({ name, unit, meaning, value: value(m) }));
}

/** Percpu memory of any allocator, read off what both kinds of timeline know. */
export interface PercpuMemory extends PercpuFigures {
  readonly nrUnits: number;
}

const KB_PER_PAGE = 4;

export const PERCPU_FIGURES: readonly FigureOf<PercpuMemory>[] = [
  {
    name: "Percpu",
    unit: "kB",
    meaning: "Memory of populated pages of all percpu chunks on all CPUs, as /proc/meminfo has it.",
    value: ({ percpuKb }) => percpuKb,
  },
  {
    name: "Bytes used",
    unit: "kB",
    meaning: "Live percpu areas, on all CPUs.",
    value: ({ liveBytes, nrUnits }) => (liveBytes * nrUnits) / 1024,
  },
  {
    name: "Empty populated",
    unit: "kB",
    meaning: "Populated pages without any live area, on all CPUs, those of isolated and sidelined chunks too.",
    value: ({ nrEmptyPopPages, nrUnits }) => nrEmptyPopPages * nrUnits * KB_PER_PAGE,
  },
  {
    name: "Chunks",
    unit: "",
    meaning: "Percpu chunks, the reserved one not counted.",
    value: ({ nrChunks }) => nrChunks,
  },
];
