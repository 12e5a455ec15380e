/**
 * The percpu areas of a cgroup as a machine profile has them, from a learnt sequence: sizes, order and charging are the
 * recording's, as is the order of the frees where it has some; what a request is for comes from the kernel most like it.
 */

import type { CgroupPart, FreedBy, PercpuAreaSpec } from "@ebb/model";
import type { PlaceInCopy } from "../learn/sequence-watch.ts";
import type { AlignedArea, Alignment, LearntRequest } from "./sequence-alignment.ts";

/** Least that statistics take: what early release gives back. */
const STATISTICS_BYTES = 96;

/** What is known of an area that no known kernel has, by its caller. */
const CALLERS: readonly (readonly [caller: RegExp, controller: CgroupPart | undefined, freedBy: FreedBy])[] = [
  [/^percpu_ref_init/, undefined, "kill"],
  [/psi_/, "core", "cgroup"],
  [/^perf_/, "perf_event", "css"],
  [/mem_cgroup|memcg/, "memory", "css"],
];

interface PlacedSpec {
  readonly spec: PercpuAreaSpec;
  readonly place: PlaceInCopy | undefined;
}

/**
 * Those of the known kernel that only v2 has are kept when the sequence has none of them: it is one of the v1 hierarchy.
 *
 * @param places what the recording has of the frees, by place in the sequence
 */
export function learntAreas({ areas }: Alignment, places: readonly PlaceInCopy[]): readonly PercpuAreaSpec[] {
  const isV1 = isOfV1(areas);
  let controller: CgroupPart = "core";
  const all: PlacedSpec[] = [];
  for (const { request, place, spec, node } of areas) {
    if (request !== undefined && spec !== undefined) controller = spec.controller;
    if (node > 0) continue;
    if (request === undefined) {
      if (isV1 && spec?.v2Only === true) all.push({ spec, place: undefined });
      continue;
    }
    const { sizeBytes, alignBytes } = request;
    const known = spec ?? newArea(request, controller);
    const accounted = request.isAccounted ?? known.accounted;
    all.push({ spec: { ...known, sizeBytes, alignBytes, accounted }, place: places[place] });
  }
  return inOrderOfFrees(all);
}

/** The sequence has none of the areas that only cgroups of v2 have. */
export function isOfV1(areas: readonly AlignedArea[]): boolean {
  return !areas.some(({ request, spec }) => request !== undefined && spec?.v2Only === true);
}

function newArea({ callSite, sizeBytes, alignBytes, isAccounted }: LearntRequest, part: CgroupPart): PercpuAreaSpec {
  const known = CALLERS.find(([caller]) => caller.test(callSite));
  const controller = known?.[1] ?? part;
  const name = callSite.replace(/\+0x[0-9a-f]+$/, "");
  return {
    what: name === "" ? `recorded, ${sizeBytes} bytes` : `recorded, of ${name}`,
    sizeBytes,
    alignBytes,
    accounted: isAccounted ?? false,
    controller,
    perNode: false,
    freedBy: known?.[2] ?? (controller === "core" ? "cgroup" : "css"),
    freeOrder: Number.MAX_SAFE_INTEGER,
    v2Only: false,
    earlyRelease: controller === "memory" && sizeBytes >= STATISTICS_BYTES,
  };
}

/** Numbers the areas that one event frees from 0: as recorded, where each of them was freed, else as known. */
function inOrderOfFrees(all: readonly PlacedSpec[]): readonly PercpuAreaSpec[] {
  return all.map((one) => {
    const group = all.filter(({ spec }) => spec.freedBy === one.spec.freedBy);
    const isRecorded = group.every(({ place }) => (place?.nrFreed ?? 0) > 0);
    const rank = ({ spec, place }: PlacedSpec) => (isRecorded ? (place?.meanRank ?? 0) : spec.freeOrder);
    const sorted = [...group].sort((a, b) => rank(a) - rank(b) || all.indexOf(a) - all.indexOf(b));
    return { ...one.spec, freeOrder: sorted.indexOf(one) };
  });
}
