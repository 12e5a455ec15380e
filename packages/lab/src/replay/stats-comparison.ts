/** percpu_stats of a recording against those of the replayed allocator, figure by figure. */

import type { PercpuStatsText } from "@ebb/formats";
import { percpuStats } from "@ebb/model";
import { ALLOCATIONS, CREATED, DESTROYED, FREES } from "./counts.ts";
import type { Replayed } from "./replayed.ts";

interface StatsDifference {
  /** `Global Stats`, or the chunk's place in the recorded text, from 0, with its title. */
  readonly where: string;
  readonly figure: string;
  /** Undefined where one side has no such figure. */
  readonly recorded: number | string | undefined;
  readonly ours: number | string | undefined;
}

export interface StatsComparison {
  /** What the recording calls the moment. */
  readonly name: string;
  /** Line of the trace after which it stands; 0 before the first. */
  readonly line: number;
  readonly nrFigures: number;
  readonly nrEqual: number;
  /** Figures that nothing says, because what came before the trace is not known. */
  readonly nrUndetermined: number;
  readonly differences: readonly StatsDifference[];
}

/** What the kernel had counted before the trace, found at the first moment compared. */
export interface StatsBaseline {
  readonly nrAlloc: number;
  readonly nrDealloc: number;
  readonly nrChunks: number;
}

type Figures = ReadonlyMap<string, number>;

interface ChunkFigures {
  readonly title: string;
  readonly figures: Figures;
}

const FIRST = "Chunk: <- First Chunk";
const RESERVED = "Chunk: <- Reserved Chunk";

/**
 * Compares at this moment of the replay.
 *
 * @param baseline undefined when all that came before the trace is known, or not known yet
 * @param isQuick leaves out the figures of areas and holes, which follow from placements alone
 */
export function compareStats(
  replayed: Replayed,
  recorded: PercpuStatsText,
  baseline: StatsBaseline | undefined,
  name: string,
  line: number,
  isQuick: boolean,
): StatsComparison {
  const own = percpuStats(replayed.t, !isQuick);
  const isBlind = !replayed.start.isKnown;
  const tally = new Tally();
  tally.compare("Allocation Info", new Map(recorded.allocationInfo), new Map(own.allocationInfo));
  const globals = isBlind ? countedSince(replayed, baseline) : new Map(own.globalStats);
  tally.compare("Global Stats", new Map(recorded.globalStats), globals, isBlind);
  const theirs = recorded.chunks.map(chunkFigures);
  const ours = own.chunks.map(chunkFigures);
  if (isBlind) compareLaterChunks(tally, theirs, ours, isQuick);
  else compareChunks(tally, theirs, ours, isQuick);
  const { nrFigures, nrEqual, nrUndetermined, differences } = tally;
  return { name, line, nrFigures, nrEqual, nrUndetermined, differences };
}

class Tally {
  nrFigures = 0;
  nrEqual = 0;
  nrUndetermined = 0;
  readonly differences: StatsDifference[] = [];

  /** @param missingIsUnknown a figure we do not have is undetermined */
  compare(where: string, recorded: Figures, ours: Figures, missingIsUnknown = false): void {
    for (const [figure, value] of recorded) {
      const own = ours.get(figure);
      if (own === undefined && missingIsUnknown) this.undetermined(1);
      else this.figure(where, figure, value, own);
    }
  }

  figure(where: string, figure: string, recorded: number | string, ours: number | string | undefined): void {
    this.nrFigures++;
    if (recorded === ours) this.nrEqual++;
    else this.differences.push({ where, figure, recorded, ours });
  }

  undetermined(nr: number): void {
    this.nrFigures += nr;
    this.nrUndetermined += nr;
  }
}

/** The global figures that the trace alone carries forward from the baseline. */
function countedSince({ counts }: Replayed, baseline: StatsBaseline | undefined): Figures {
  if (baseline === undefined) return new Map();
  const nrAlloc = baseline.nrAlloc + (counts[ALLOCATIONS] ?? 0);
  const nrDealloc = baseline.nrDealloc + (counts[FREES] ?? 0);
  return new Map([
    ["nr_alloc", nrAlloc],
    ["nr_dealloc", nrDealloc],
    ["nr_cur_alloc", nrAlloc - nrDealloc],
    ["nr_chunks", baseline.nrChunks + (counts[CREATED] ?? 0) - (counts[DESTROYED] ?? 0)],
  ]);
}

function chunkFigures(chunk: { title: string; figures: readonly (readonly [string, number])[] }): ChunkFigures {
  return { title: chunk.title, figures: new Map(chunk.figures) };
}

/** Chunk by chunk, in the order of the lists they are on. */
function compareChunks(
  tally: Tally,
  recorded: readonly ChunkFigures[],
  ours: readonly ChunkFigures[],
  isQuick: boolean,
): void {
  tally.figure("Per Chunk Stats", "chunks", recorded.length, ours.length);
  for (const [i, chunk] of recorded.entries()) compareChunk(tally, i, chunk, ours[i], isQuick);
}

/** The chunks created during the trace, if the text shows no other beside the first and the reserved one. */
function compareLaterChunks(
  tally: Tally,
  recorded: readonly ChunkFigures[],
  ours: readonly ChunkFigures[],
  isQuick: boolean,
): void {
  const isLater = ({ title }: ChunkFigures) => title !== FIRST && title !== RESERVED;
  const later = ours.filter(isLater);
  const isComparable = recorded.filter(isLater).length === later.length;
  let next = 0;
  for (const [i, chunk] of recorded.entries()) {
    if (isComparable && isLater(chunk)) compareChunk(tally, i, chunk, later[next++], isQuick);
    else tally.undetermined(chunk.figures.size);
  }
}

function compareChunk(
  tally: Tally,
  i: number,
  recorded: ChunkFigures,
  ours: ChunkFigures | undefined,
  isQuick: boolean,
): void {
  const where = `chunk ${i}, ${recorded.title}`;
  tally.figure(where, "title", recorded.title, ours?.title);
  tally.compare(where, recorded.figures, ours?.figures ?? new Map(), isQuick);
}
