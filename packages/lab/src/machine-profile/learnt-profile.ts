/** A machine profile from a recording: the profile of the kernel most like it, with what the recording shows. */

import {
  type BootAreas,
  configuredProfile,
  EMBED_RESERVED_BYTES,
  embeddedGeometry,
  type Geometry,
  KERNEL_PROFILES,
  type KernelProfile,
} from "@ebb/model";
import { count } from "../experiment/print-comparison.ts";
import type { LearntSequence } from "../learn/sequence-learner.ts";
import { memcgCost } from "../trace-report/memcg-cost.ts";
import type { TraceReport } from "../trace-report/report-session.ts";
import { isOfV1, learntAreas } from "./learnt-areas.ts";
import { learntBoot } from "./learnt-boot.ts";
import type { ProfileFile } from "./profile-file.ts";
import { type AlignedArea, type Alignment, alignSequence, type LearntRequest } from "./sequence-alignment.ts";

const MAX_NODES = 8;

/** A way a known kernel may have been built and booted, and how the sequence lies beside its areas. */
interface Fit {
  readonly base: KernelProfile;
  readonly config: KernelProfile["config"];
  readonly nrNodes: number;
  readonly alignment: Alignment;
}

/**
 * The file, or in words why there is none.
 *
 * @param base to start from; undefined: the kernel whose cgroups are most like it among those up to the release
 */
export function learnProfile(report: TraceReport, base: KernelProfile | undefined, name: string): ProfileFile | string {
  const { sequence } = report;
  if (sequence === undefined) return "no repeated sequence of requests looks like what a new memcg takes";
  const requests = memcgCost(sequence, report.names).areas;
  const release = report.machine?.release ?? "";
  const fit = bestFit(requests, base === undefined ? basesFor(release) : [base]);
  if (fit === undefined) return "no profile to start from";
  const boot = bootOf(report, sequence);
  const nrCpus = report.nrCpus === 0 ? fit.base.nrCpus : report.nrCpus;
  const staticPercpuBytes = report.machine?.geometry.staticBytes ?? fit.base.staticPercpuBytes;
  const reservedPercpuBytes = report.machine?.geometry.reservedBytes ?? EMBED_RESERVED_BYTES;
  const cgroupAreas = learntAreas(fit.alignment, sequence.watch.places);
  return {
    base: fit.base.name,
    name,
    title: `${count(nrCpus, "CPU")}, learnt from a recording; the rest of ${fit.base.name}`,
    release: release === "" ? fit.base.release : release,
    source: printable(report.traceName),
    notes: [
      ...areaNotes(fit, sequence),
      ...bootNotes(boot),
      ...machineNotes(report, embeddedGeometry(nrCpus, fit.nrNodes, staticPercpuBytes, reservedPercpuBytes)),
    ],
    nrCpus,
    nrNodes: fit.nrNodes,
    staticPercpuBytes,
    reservedPercpuBytes,
    config: fit.config,
    cgroupAreas,
    bootAreas: boot ?? fit.base.bootAreas,
  };
}

/** Undefined when the recording does not have what lived before the first memcg. */
function bootOf({ start }: TraceReport, { watch, kinds }: LearntSequence): BootAreas | undefined {
  const { bootEvents } = watch;
  return start.what === "unknown" || bootEvents === undefined ? undefined : learntBoot(bootEvents, kinds);
}

/** Newest first: profiles of kernels up to the release, or all when it is not known. */
function basesFor(release: string): readonly KernelProfile[] {
  const upTo = release === "" ? KERNEL_PROFILES : KERNEL_PROFILES.filter((base) => compare(base.release, release) <= 0);
  return [...(upTo.length === 0 ? KERNEL_PROFILES.slice(0, 1) : upTo)].reverse();
}

/** By major, then minor version. */
function compare(a: string, b: string): number {
  const [majorA = 0, minorA = 0] = a.split(".").map((part) => Number.parseInt(part, 10));
  const [majorB = 0, minorB = 0] = b.split(".").map((part) => Number.parseInt(part, 10));
  return majorA - majorB || minorA - minorB;
}

function bestFit(requests: readonly LearntRequest[], bases: readonly KernelProfile[]): Fit | undefined {
  let best: Fit | undefined;
  for (const base of bases) {
    for (const configured of configurations(base)) {
      for (let nrNodes = 1; nrNodes <= MAX_NODES; nrNodes++) {
        const alignment = alignSequence(requests, configured.cgroupAreas, nrNodes);
        if (best !== undefined && alignment.cost >= best.alignment.cost) continue;
        best = { base, config: configured.config, nrNodes, alignment };
      }
    }
  }
  return best;
}

/** The kernel as its profile has it, and then as it could be built else. */
function configurations(base: KernelProfile): readonly KernelProfile[] {
  const all = [base];
  for (const psi of [base.config.psi, !base.config.psi]) {
    for (const numa of [base.config.numa, !base.config.numa]) {
      for (const bpf of [base.config.bpf, !base.config.bpf]) {
        const configured = configuredProfile(base, { psi, numa, bpf });
        if (typeof configured !== "string") all.push(configured);
      }
    }
  }
  return all;
}

function areaNotes({ base, alignment }: Fit, { watch, evidence }: LearntSequence): readonly string[] {
  const { areas } = alignment;
  const recorded = areas.filter(({ request }) => request !== undefined);
  const known = recorded.filter(({ spec }) => spec !== undefined);
  const others = known.filter(({ request, spec }) => request?.sizeBytes !== spec?.sizeBytes);
  const added = recorded.filter(({ spec }) => spec === undefined);
  const missing = areas.filter(({ request }) => request === undefined);
  const isV1 = isOfV1(areas);
  const kept = missing.filter(({ spec }) => isV1 && spec?.v2Only === true);
  const dropped = missing.filter((area) => !kept.includes(area));
  const specName = ({ spec }: AlignedArea) => spec?.what ?? "";
  const requestName = ({ request }: AlignedArea) => `${request?.sizeBytes} bytes ${request?.callSite}`.trimEnd();
  const isFreed = watch.places.every(({ nrFreed }) => nrFreed > 0) && kept.length === 0;
  return [
    `cgroup areas: ${watch.nrCopies} repetitions of ${recorded.length} requests, told by: ${evidence}`,
    `${known.length} of them as in ${base.name}${list(", of other sizes: ", others, specName)}`,
    list("not in the base, what they are for is guessed: ", added, requestName),
    list("the recording is of the v1 hierarchy; as in the base, for v2: ", kept, specName),
    list("in the base, not in the recording: ", dropped, specName),
    `order of the frees: ${isFreed ? "as recorded" : "the base's where the recording does not have all of them"}`,
  ].filter((note) => note !== "");
}

function list<T>(title: string, all: readonly T[], name: (one: T) => string): string {
  return all.length === 0 ? "" : `${title}${all.map(name).map(printable).join(", ")}`;
}

function bootNotes(boot: BootAreas | undefined): readonly string[] {
  if (boot === undefined) return ["boot areas: the base's; the recording does not begin with the boot"];
  const nr = boot.pattern.reduce((sum, [, , count]) => sum + count, 0);
  return [`boot areas: ${nr} before the first memcg, ${boot.freed?.length ?? 0} of them freed again`];
}

function machineNotes({ machine, cpusSource }: TraceReport, model: Geometry): readonly string[] {
  const cpus = `CPUs: ${cpusSource === "unknown" ? "the base's" : cpusSource}`;
  if (machine === undefined) return [cpus, "size of static percpu variables: the base's"];
  const notes = [cpus, `size of static percpu variables: ${machine.geometrySource}`];
  for (const key of ["unitBytes", "reservedBytes", "dynamicBytes", "atomBytes"] as const) {
    const recorded = machine.geometry[key];
    if (recorded !== model[key]) {
      notes.push(`${key} is ${recorded} in the recording, and ${model[key]} on a machine of this profile`);
    }
  }
  return notes;
}

/** As a profile's texts have to be. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, "?");
}
