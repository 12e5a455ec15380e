/**
 * Sequences that a stream of numbers repeats: what it says twice or more, one copy directly behind the other.
 *
 *     stream   . a b c d a b c d a b c d . .        repeats: a b c d, three copies
 *     pauses     |       |       |                  it begins where the pause before is longest on average
 */

export interface Repeat {
  /** In the order in which one copy is said. */
  readonly sequence: readonly number[];
  /** Least pause before each number, ns, of all copies. */
  readonly leastPauseNs: readonly number[];
  /** In all stretches of repetition together. */
  readonly nrCopies: number;
  /** Copies after which somebody said that one is complete. */
  readonly nrConfirmed: number;
}

/** One stream, side by side. */
export interface Stream {
  readonly said: readonly number[];
  /** Before each, ns. */
  readonly pauseNs: readonly number[];
  /** Directly before each, somebody said that a copy is complete. */
  readonly isConfirmed: readonly boolean[];
}

const MIN_LENGTH = 2;
const MAX_LENGTH = 64;

interface Tally {
  readonly canonical: readonly number[];
  nrCopies: number;
  nrConfirmed: number;
  /** Pauses before each number of `canonical`, summed. */
  readonly pausesNs: number[];
  readonly leastPauseNs: number[];
}

/** The sequences that the streams repeat. */
export function findRepeats(streams: readonly Stream[]): readonly Repeat[] {
  const tallies = new Map<string, Tally>();
  for (const stream of streams) {
    for (let length = MIN_LENGTH; length <= Math.min(MAX_LENGTH, stream.said.length / 2); length++) {
      forEachStretch(stream.said, length, (from, end) => tallyStretch(tallies, stream, length, from, end));
    }
  }
  return [...tallies.values()].map(repeatOf);
}

/** Calls back for each [from, end) that is two or more copies of one sequence of that length. */
function forEachStretch(said: readonly number[], length: number, call: (from: number, end: number) => void): void {
  let nrSame = 0;
  for (let i = length; i <= said.length; i++) {
    if (i < said.length && said[i] === said[i - length]) {
      nrSame++;
      continue;
    }
    if (nrSame >= length) call(i - nrSame - length, i);
    nrSame = 0;
  }
}

function tallyStretch(tallies: Map<string, Tally>, stream: Stream, length: number, from: number, end: number): void {
  const { said, pauseNs, isConfirmed } = stream;
  const copy = said.slice(from, from + length);
  if (isRepetition(copy)) return;
  const shift = leastRotation(copy);
  const canonical = rotated(copy, shift);
  const key = canonical.join(" ");
  const tally = tallies.get(key) ?? newTally(canonical);
  tallies.set(key, tally);
  tally.nrCopies += Math.floor((end - from) / length);
  for (let i = from; i < end; i++) {
    const at = (i - from - shift + length) % length;
    tally.pausesNs[at] = (tally.pausesNs[at] ?? 0) + (pauseNs[i] ?? 0);
    tally.leastPauseNs[at] = Math.min(tally.leastPauseNs[at] ?? 0, pauseNs[i] ?? 0);
    if (isConfirmed[i] === true) tally.nrConfirmed++;
  }
}

function newTally(canonical: readonly number[]): Tally {
  const leastPauseNs = canonical.map(() => Number.POSITIVE_INFINITY);
  return { canonical, nrCopies: 0, nrConfirmed: 0, pausesNs: canonical.map(() => 0), leastPauseNs };
}

/** The numbers are themselves copies of a shorter sequence. */
function isRepetition(copy: readonly number[]): boolean {
  for (let length = 1; length <= copy.length / 2; length++) {
    if (copy.length % length === 0 && copy.every((value, i) => value === copy[i % length])) return true;
  }
  return false;
}

/** Where the rotation begins that comes first in order. */
function leastRotation(copy: readonly number[]): number {
  let best = 0;
  for (let start = 1; start < copy.length; start++) {
    for (let i = 0; i < copy.length; i++) {
      const a = copy[(start + i) % copy.length] ?? 0;
      const b = copy[(best + i) % copy.length] ?? 0;
      if (a === b) continue;
      if (a < b) best = start;
      break;
    }
  }
  return best;
}

function rotated(copy: readonly number[], shift: number): readonly number[] {
  return [...copy.slice(shift), ...copy.slice(0, shift)];
}

function repeatOf({ canonical, nrCopies, nrConfirmed, pausesNs, leastPauseNs }: Tally): Repeat {
  const start = pausesNs.indexOf(Math.max(...pausesNs));
  return {
    sequence: rotated(canonical, start),
    leastPauseNs: rotated(leastPauseNs, start),
    nrCopies,
    nrConfirmed,
  };
}
