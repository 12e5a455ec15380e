/**
 * Which area of a known kernel's cgroup each request of a learnt sequence is: both lists side by side, with as little
 * missing, added or of another size as can be.
 */

import type { PercpuAreaSpec } from "@ebb/model";

/** A request of the sequence. */
export interface LearntRequest {
  /** As recorded; "" where it is not. */
  readonly callSite: string;
  readonly sizeBytes: number;
  readonly alignBytes: number;
  /** Undefined where the recording does not tell. */
  readonly isAccounted: boolean | undefined;
}

/** One place of both lists side by side: a request, an area, or both. */
export interface AlignedArea {
  /** Undefined when the sequence does not have the area. */
  readonly request: LearntRequest | undefined;
  /** Number of the request in the sequence, from 0; -1 without one. */
  readonly place: number;
  /** Undefined when the known kernel has nothing like the request. */
  readonly spec: PercpuAreaSpec | undefined;
  /** Number of the node it is for, from 0. */
  readonly node: number;
}

export interface Alignment {
  readonly areas: readonly AlignedArea[];
  /** 0 when both are the same. */
  readonly cost: number;
}

const COST_OF_OTHER_SIZE = 0.6;
const COST_OF_OTHER_CHARGE = 0.2;
const COST_OF_GAP = 1;
/** Cgroups of a v1 hierarchy do not have all areas of v2's. */
const COST_OF_NO_V2 = 0.1;
/** A machine of more nodes is less likely than one of other sizes. */
const COST_OF_NODE = 0.7;
/** Least that statistics take, of which the size differs from kernel to kernel; and how much it may. */
const STATISTICS_BYTES = 96;
const MOST_LARGER = 4;

/** What functions allocate, by the names of areas. */
const CALLERS: readonly (readonly [caller: RegExp, what: RegExp])[] = [
  [/^percpu_ref_init/, /refcount/],
  [/rstat_init/, /rstat/],
  [/psi_/, /PSI/],
  [/^perf_/, /perf_event info/],
  [/percpu_counter/, /counter/],
  [/mem_cgroup|memcg/, /vmstats|lruvec/],
];

interface NodeArea {
  readonly spec: PercpuAreaSpec;
  readonly node: number;
}

export function alignSequence(
  requests: readonly LearntRequest[],
  specs: readonly PercpuAreaSpec[],
  nrNodes: number,
): Alignment {
  const areas = areasByNode(specs, nrNodes);
  const costs = costTable(requests, areas);
  const aligned: AlignedArea[] = [];
  let i = requests.length;
  let j = areas.length;
  const cost = at(costs, i, j) + (nrNodes - 1) * COST_OF_NODE;
  while (i > 0 || j > 0) {
    const [request, area] = [requests[i - 1], areas[j - 1]];
    const here = at(costs, i, j);
    if (request !== undefined && area !== undefined && here === at(costs, i - 1, j - 1) + costOf(request, area.spec)) {
      i--;
      j--;
      aligned.push({ request, place: i, spec: area.spec, node: area.node });
    } else if (request !== undefined && here === at(costs, i - 1, j) + COST_OF_GAP) {
      i--;
      aligned.push({ request, place: i, spec: undefined, node: 0 });
    } else if (area !== undefined) {
      j--;
      aligned.push({ request: undefined, place: -1, spec: area.spec, node: area.node });
    } else break;
  }
  return { areas: aligned.reverse(), cost };
}

/** In the order of allocation: neighbours that are per node go node by node. */
function areasByNode(specs: readonly PercpuAreaSpec[], nrNodes: number): readonly NodeArea[] {
  const all: NodeArea[] = [];
  for (let i = 0; i < specs.length; ) {
    let end = i;
    while (specs[end]?.perNode === true) end++;
    const group = specs.slice(i, Math.max(end, i + 1));
    const copies = end > i ? nrNodes : 1;
    for (let node = 0; node < copies; node++) all.push(...group.map((spec) => ({ spec, node })));
    i += group.length;
  }
  return all;
}

/** [i][j]: the least cost of the first `i` requests beside the first `j` areas. */
function costTable(requests: readonly LearntRequest[], areas: readonly NodeArea[]): readonly (readonly number[])[] {
  const first = [0];
  for (const { spec } of areas) first.push((first.at(-1) ?? 0) + missingCost(spec));
  const costs = [first];
  requests.forEach((request, i) => {
    const row = [(i + 1) * COST_OF_GAP];
    areas.forEach(({ spec }, j) => {
      const gap = Math.min(at(costs, i, j + 1) + COST_OF_GAP, (row[j] ?? 0) + missingCost(spec));
      row.push(Math.min(gap, at(costs, i, j) + costOf(request, spec)));
    });
    costs.push(row);
  });
  return costs;
}

function at(costs: readonly (readonly number[])[], i: number, j: number): number {
  return costs[i]?.[j] ?? Number.POSITIVE_INFINITY;
}

function missingCost(spec: PercpuAreaSpec): number {
  return spec.v2Only ? COST_OF_NO_V2 : COST_OF_GAP;
}

function costOf(request: LearntRequest, spec: PercpuAreaSpec): number {
  const isSame = request.sizeBytes === spec.sizeBytes && request.alignBytes === spec.alignBytes;
  const known = CALLERS.find(([caller]) => caller.test(request.callSite));
  if (known !== undefined && !known[1].test(spec.what)) return Number.POSITIVE_INFINITY;
  const isCharged = request.isAccounted ?? spec.accounted;
  const charge = isCharged === spec.accounted ? 0 : COST_OF_OTHER_CHARGE;
  if (isSame) return charge;
  const [small, large] = [request.sizeBytes, spec.sizeBytes].sort((a, b) => a - b);
  const isStatistics = (small ?? 0) >= STATISTICS_BYTES;
  const isAlike = (known !== undefined || isStatistics) && (large ?? 0) <= (small ?? 0) * MOST_LARGER;
  return isAlike ? COST_OF_OTHER_SIZE + charge : Number.POSITIVE_INFINITY;
}
