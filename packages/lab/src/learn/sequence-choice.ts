/** Which of the sequences that a recording repeats is what one new memcg takes. */

import { type EventNames, NOT_RECORDED } from "@ebb/formats";
import type { Repeat } from "./repeats.ts";
import type { RequestKind } from "./request-kinds.ts";

/** Why a sequence is taken for a memcg's; the stronger before the weaker. */
const EVIDENCE = [
  "a cgroup was made after each",
  "callers of cgroups and memcgs",
  "memory charged to a memcg",
  "the sizes: reference counts, a counter, statistics",
] as const;

export interface CgroupSequence {
  /** Numbers of kinds of request. */
  readonly requests: readonly number[];
  readonly evidence: (typeof EVIDENCE)[number];
}

const MIN_COPIES = 2;
/** Of copies, that must have been followed by a new cgroup. */
const MIN_CONFIRMED = 0.5;
/** A pause as none is within one system call: so long, and so much longer than the others in the sequence. */
const LONG_NS = 100_000;
const LONG_TIMES = 10;
const CALLERS = /cgroup|memcg|(^|_)css_/;
/** What a reference count takes, a counter, and at least what statistics take. */
const REFERENCE_BYTES = 8;
const COUNTER_BYTES = 4;
const STATISTICS_BYTES = 128;

/** The one with the strongest evidence; of those, the one that took the most memory. Undefined when none has any. */
export function chooseSequence(
  repeats: readonly Repeat[],
  kinds: readonly RequestKind[],
  names: EventNames,
): CgroupSequence | undefined {
  let best: CgroupSequence | undefined;
  let bestRank: number = EVIDENCE.length;
  let bestBytes = 0;
  for (const repeat of repeats.flatMap(stretches)) {
    if (repeat.nrCopies < MIN_COPIES) continue;
    const requests = repeat.sequence.flatMap((number) => kinds[number] ?? []);
    const rank = rankOf(repeat, requests, names);
    const bytes = repeat.nrCopies * requests.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const evidence = EVIDENCE[rank];
    if (evidence === undefined || rank > bestRank || (rank === bestRank && bytes <= bestBytes)) continue;
    best = { requests: repeat.sequence, evidence };
    bestRank = rank;
    bestBytes = bytes;
  }
  return best;
}

/**
 * The parts of a sequence between which the task always waits long: what a new program takes is no part of what it then
 * does.
 */
function stretches(repeat: Repeat): readonly Repeat[] {
  const { sequence, leastPauseNs } = repeat;
  const within = leastPauseNs.slice(1);
  const sumNs = within.reduce((sum, ns) => sum + ns, 0);
  const starts = [0];
  within.forEach((ns, i) => {
    const othersNs = (sumNs - ns) / Math.max(1, within.length - 1);
    if (ns >= LONG_NS && ns >= LONG_TIMES * othersNs) starts.push(i + 1);
  });
  return starts.map((start, i) => ({
    ...repeat,
    sequence: sequence.slice(start, starts[i + 1]),
    leastPauseNs: leastPauseNs.slice(start, starts[i + 1]),
  }));
}

/** Place in EVIDENCE; its length for none. */
function rankOf(repeat: Repeat, requests: readonly RequestKind[], { names }: EventNames): number {
  const isOf = [
    repeat.nrConfirmed >= MIN_CONFIRMED * repeat.nrCopies,
    requests.some(({ callSite }) => callSite !== NOT_RECORDED && CALLERS.test(names[callSite] ?? "")),
    requests.some(({ isAccounted }) => isAccounted === true) && hasStatistics(requests),
    hasReferences(requests) && hasStatistics(requests),
  ];
  const rank = isOf.indexOf(true);
  return rank < 0 ? isOf.length : rank;
}

function hasStatistics(requests: readonly RequestKind[]): boolean {
  return requests.some(({ sizeBytes }) => sizeBytes >= STATISTICS_BYTES);
}

function hasReferences(requests: readonly RequestKind[]): boolean {
  const references = requests.filter(({ sizeBytes }) => sizeBytes === REFERENCE_BYTES);
  return references.length >= 2 && requests.some(({ sizeBytes }) => sizeBytes === COUNTER_BYTES);
}
