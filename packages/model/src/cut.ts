/** How a snapshot takes the words of the state: as a copy, or as they lie there. */

export interface Cut {
  /** The first `end` of the words. */
  ints(words: Int32Array, end: number): Int32Array;
  floats(words: Float64Array, end: number): Float64Array;
  bytes(words: Uint8Array, end: number): Uint8Array;
}

/** A snapshot of its own. */
export const COPY: Cut = {
  ints: (words, end) => words.slice(0, end),
  floats: (words, end) => words.slice(0, end),
  bytes: (words, end) => words.slice(0, end),
};

/** A snapshot that holds only until the state changes: for who copies what is new in it. */
export const VIEW: Cut = {
  ints: (words, end) => words.subarray(0, end),
  floats: (words, end) => words.subarray(0, end),
  bytes: (words, end) => words.subarray(0, end),
};
