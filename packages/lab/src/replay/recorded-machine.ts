/** How the percpu allocator of a recorded machine was laid out: from its percpu_stats, or from its kernel log. */

import type { PercpuLog, PercpuStatsText } from "@ebb/formats";
import { EMBED_ATOM_BYTES, type ExplicitGeometry, explicitGeometryFault, type Geometry } from "@ebb/model";

export interface RecordedMachine {
  readonly geometry: Geometry;
  /** "percpu_stats" or "kernel log". */
  readonly geometrySource: string;
  /** 0 when nothing says how many; figures in kB are then those of one unit. */
  readonly nrCpus: number;
  readonly cpusSource: string;
  /** As after "Linux version" in the log; "" when unknown. */
  readonly release: string;
}

interface CpuSources {
  readonly log: PercpuLog | undefined;
  /** As the user gave it. */
  readonly givenCpus: number | undefined;
  /** As the trace's own header says. */
  readonly headerCpus: number | undefined;
}

interface MachineSources extends CpuSources {
  readonly stats: PercpuStatsText | undefined;
}

/** The machine, or in words why nothing can be laid out. */
export function recordedMachine(sources: MachineSources): RecordedMachine | string {
  const { stats, log } = sources;
  const [nrCpus, cpusSource] = recordedCpus(sources);
  const layout = stats === undefined ? layoutOfLog(log) : layoutOfStats(stats);
  if (layout === undefined) return "neither percpu_stats nor a kernel log says how the allocator is laid out";
  const { allocBytes, ...rest } = layout;
  const perAlloc = Math.max(1, Math.floor(allocBytes / layout.unitBytes));
  const explicit: ExplicitGeometry = { ...rest, nrUnits: Math.max(1, Math.ceil(nrCpus / perAlloc) * perAlloc) };
  const fault = explicitGeometryFault(explicit);
  if (fault !== "") return fault;
  return {
    geometry: { ...explicit, nrCpus: Math.max(1, nrCpus), allocBytes, nrGroups: 1 },
    geometrySource: stats === undefined ? "kernel log" : "percpu_stats",
    nrCpus,
    cpusSource,
    release: log?.release ?? "",
  };
}

/** Possible CPUs and who says so: as given, as the kernel log says, or as many as the trace's header has buffers. */
export function recordedCpus({ givenCpus, log, headerCpus }: CpuSources): readonly [number, string] {
  if (givenCpus !== undefined) return [givenCpus, "given"];
  if (log?.nrCpus !== undefined) return [log.nrCpus, "kernel log"];
  if (headerCpus !== undefined) return [headerCpus, "the trace's header"];
  return [0, "unknown"];
}

interface Layout {
  readonly unitBytes: number;
  readonly staticBytes: number;
  readonly reservedBytes: number;
  readonly dynamicBytes: number;
  readonly atomBytes: number;
  readonly allocBytes: number;
}

function layoutOfStats(stats: PercpuStatsText): Layout {
  const figures = new Map(stats.allocationInfo);
  const figure = (name: string) => figures.get(name) ?? 0;
  return {
    unitBytes: figure("unit_size"),
    staticBytes: figure("static_size"),
    reservedBytes: figure("reserved_size"),
    dynamicBytes: figure("dyn_size"),
    atomBytes: figure("atom_size"),
    allocBytes: figure("alloc_size"),
  };
}

/** The log of an ordinary boot does not tell the granule: it is that of x86-64. */
function layoutOfLog(log: PercpuLog | undefined): Layout | undefined {
  if (log?.layout === undefined) return undefined;
  const { unitBytes, staticBytes, reservedBytes, dynamicBytes } = log.layout;
  const allocBytes = log.layout.allocBytes ?? Math.ceil(unitBytes / EMBED_ATOM_BYTES) * EMBED_ATOM_BYTES;
  return { unitBytes, staticBytes, reservedBytes, dynamicBytes, atomBytes: EMBED_ATOM_BYTES, allocBytes };
}
