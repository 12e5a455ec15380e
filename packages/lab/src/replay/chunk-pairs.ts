/**
 * Which chunk of the model is which chunk of the recording.
 *
 *   recorded chunk (number of its address)  --rowOf-->  row of the model        a chunk's address may be used again
 *                                           <-chunkOf--                         once it is destroyed
 *
 * Chunks are born and die in two tellings, ours and the trace's, each a moment before or after the other. What one has told
 * and the other has not yet waits here, in order: births pair first with first, deaths by chunk.
 */

/** The recorded chunk has no row (yet). */
export const UNPAIRED = -1;
/** The recorded chunk was there before the trace, and nothing is known of what it held. */
export const UNKNOWN_CHUNK = -2;
/** The model's chunk is none of the recording's (yet). */
export const NO_RECORDED_CHUNK = -1;

const FIRST_ROOM = 64;

export interface ChunkPairsSaved {
  readonly rowOf: Int32Array;
  readonly chunkOf: Int32Array;
  readonly made: readonly number[];
  readonly told: readonly number[];
  readonly gone: readonly number[];
  readonly byUse: readonly number[];
}

export class ChunkPairs {
  rowOf = new Int32Array(FIRST_ROOM).fill(UNPAIRED);
  private chunkOf = new Int32Array(FIRST_ROOM).fill(NO_RECORDED_CHUNK);
  /** Rows the model has created and no event has told of. */
  private made: number[] = [];
  /** Recorded chunks that an event said were created, and the model has not created. */
  private told: number[] = [];
  /** Recorded chunks that the model has destroyed and no event has told of. */
  private gone: number[] = [];
  /** Recorded chunks paired by the first area in them, of whose creation no event has told yet. */
  private byUse: number[] = [];

  /** Row of `chunk`, UNPAIRED or UNKNOWN_CHUNK. */
  row(chunk: number): number {
    if (chunk >= this.rowOf.length) this.rowOf = widened(this.rowOf, chunk + 1, UNPAIRED);
    return this.rowOf[chunk] ?? UNPAIRED;
  }

  recordedChunk(row: number): number {
    return this.chunkOf[row] ?? NO_RECORDED_CHUNK;
  }

  pair(chunk: number, row: number): void {
    this.row(chunk);
    this.rowOf[chunk] = row;
    if (row >= this.chunkOf.length) this.chunkOf = widened(this.chunkOf, row + 1, NO_RECORDED_CHUNK);
    this.chunkOf[row] = chunk;
  }

  setUnknown(chunk: number): void {
    this.row(chunk);
    this.rowOf[chunk] = UNKNOWN_CHUNK;
  }

  /** The first area of `chunk` lies in `row`, which the model created a moment ago: no event has told of either. */
  pairByUse(chunk: number, row: number): void {
    if (!this.made.includes(row)) return;
    this.made = this.made.filter((other) => other !== row);
    this.byUse.push(chunk);
    this.pair(chunk, row);
  }

  /** The event that tells of `chunk` comes after its first use; true once. */
  wasMetByUse(chunk: number): boolean {
    const at = this.byUse.indexOf(chunk);
    if (at >= 0) this.byUse.splice(at, 1);
    return at >= 0;
  }

  /** An event has said that `chunk` was created and no row is its own yet. */
  isTold(chunk: number): boolean {
    return this.told.includes(chunk);
  }

  get nrMade(): number {
    return this.made.length;
  }

  get nrTold(): number {
    return this.told.length;
  }

  get nrGone(): number {
    return this.gone.length;
  }

  /** The model has created a chunk; true when an event had told of it. */
  rowCreated(row: number): boolean {
    const chunk = this.told.shift();
    if (chunk === undefined) this.made.push(row);
    else this.pair(chunk, row);
    return chunk !== undefined;
  }

  /** The trace tells of a creation; true when the model had created a chunk that no event had told of. */
  chunkCreated(chunk: number): boolean {
    const row = this.made.shift();
    if (row === undefined) this.told.push(chunk);
    else this.pair(chunk, row);
    return row !== undefined;
  }

  /** The model destroys the chunk of `row`. */
  rowDestroyed(row: number): void {
    const chunk = this.recordedChunk(row);
    this.chunkOf[row] = NO_RECORDED_CHUNK;
    if (chunk === NO_RECORDED_CHUNK) {
      this.made = this.made.filter((other) => other !== row);
      return;
    }
    this.rowOf[chunk] = UNPAIRED;
    this.gone.push(chunk);
  }

  /** The trace tells of a destruction; true when the model had destroyed that chunk. */
  chunkDestroyed(chunk: number): boolean {
    const at = this.gone.indexOf(chunk);
    if (at >= 0) this.gone.splice(at, 1);
    return at >= 0;
  }

  /**
   * The trace destroys `chunk` where the model has destroyed another of several free ones: the model's `chunk` is that
   * other one from now on. False when it has destroyed none that the trace keeps.
   *
   * @param isKept the trace does not destroy that chunk soon
   */
  exchange(chunk: number, isKept: (other: number) => boolean): boolean {
    const row = this.row(chunk);
    const at = this.gone.findLastIndex(isKept);
    const other = this.gone[at];
    if (row < 0 || other === undefined) return false;
    this.gone.splice(at, 1);
    this.rowOf[chunk] = UNPAIRED;
    this.pair(other, row);
    return true;
  }

  isGone(chunk: number): boolean {
    return this.gone.includes(chunk);
  }

  /** The trace has destroyed `chunk`; the model goes on with its own as one the recording does not know. */
  forget(chunk: number): void {
    const row = this.row(chunk);
    if (row >= 0) this.chunkOf[row] = NO_RECORDED_CHUNK;
    this.rowOf[chunk] = UNPAIRED;
  }

  save(): ChunkPairsSaved {
    return {
      rowOf: this.rowOf.slice(),
      chunkOf: this.chunkOf.slice(),
      made: [...this.made],
      told: [...this.told],
      gone: [...this.gone],
      byUse: [...this.byUse],
    };
  }

  restore(saved: ChunkPairsSaved): void {
    this.rowOf = saved.rowOf.slice();
    this.chunkOf = saved.chunkOf.slice();
    this.made = [...saved.made];
    this.told = [...saved.told];
    this.gone = [...saved.gone];
    this.byUse = [...saved.byUse];
  }
}

function widened(old: Int32Array, atLeast: number, rest: number): Int32Array<ArrayBuffer> {
  const wider = new Int32Array(Math.max(atLeast, old.length * 2)).fill(rest);
  wider.set(old);
  return wider;
}
