/** The figures of a machine on which a script runs. */

import { type Machine, PAGE_BYTES } from "@ebb/model";
import { type MachineFigures, machineFigures } from "../experiment/machine-figures.ts";
import { type FigureOf, PERCPU_FIGURES, type PercpuMemory } from "./figures.ts";

/** @public What `machineMemory` answers. */
export interface MachineMemory extends MachineFigures, PercpuMemory {
  readonly slabKb: number;
}

const KB_PER_PAGE = PAGE_BYTES / 1024;

/** What the machine's memory comes to now. */
export function machineMemory(m: Machine): MachineMemory {
  const { nrReclaimablePages, nrUnreclaimablePages } = m.caches;
  return {
    ...machineFigures(m),
    nrUnits: m.percpu.geometry.nrUnits,
    slabKb: (nrReclaimablePages + nrUnreclaimablePages) * KB_PER_PAGE,
  };
}

export const SCRIPT_FIGURES: readonly FigureOf<MachineMemory>[] = [
  ...PERCPU_FIGURES,
  {
    name: "Slab",
    unit: "kB",
    meaning: "Memory of the slabs of all caches, as /proc/meminfo has it.",
    value: ({ slabKb }) => slabKb,
  },
  {
    name: "Live cgroups",
    unit: "",
    meaning: "Cgroups below the roots that are online.",
    value: ({ nrOnline }) => nrOnline,
  },
  {
    name: "Dying cgroups",
    unit: "",
    meaning: "Cgroups that are removed and not yet released: something still refers to them.",
    value: ({ nrDying }) => nrDying,
  },
  {
    name: "Dead caches",
    unit: "",
    meaning: "Copies of slab caches whose memory cgroup is offline.",
    value: ({ nrDeadCaches }) => nrDeadCaches,
  },
];
