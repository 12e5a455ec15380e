/**
 * What a recording shows of chunks whose earlier content is unknown: areas placed and freed in them during the trace. Where
 * they lie cannot be checked; a free of an area that the trace did not place tells of one that was there before.
 */

/** Recorded place → size of the areas placed during the trace that live; -1 in the journal for "none". */
const NONE = -1;

/** How far the journal had come. */
export type UnknownChunksSaved = number;

export class UnknownChunks {
  private readonly live = new Map<number, number>();
  /** What each change replaced: key, size, key, size, … */
  private journal: number[] = [];
  /** Words of the journal that were given up. */
  private nrGivenUp = 0;

  /** False when the trace had placed an area there that lives. */
  place(key: number, sizeBytes: number): boolean {
    const before = this.live.get(key);
    this.journal.push(key, before ?? NONE);
    this.live.set(key, sizeBytes);
    return before === undefined;
  }

  /** False when the trace had placed no area there. */
  free(key: number): boolean {
    const before = this.live.get(key);
    if (before === undefined) return false;
    this.journal.push(key, before);
    this.live.delete(key);
    return true;
  }

  save(): UnknownChunksSaved {
    return this.nrGivenUp + this.journal.length;
  }

  restore(saved: UnknownChunksSaved): void {
    while (this.nrGivenUp + this.journal.length > saved) {
      const size = this.journal.pop() ?? NONE;
      const key = this.journal.pop() ?? NONE;
      if (size === NONE) this.live.delete(key);
      else this.live.set(key, size);
    }
  }

  /** No state saved before `saved` is asked for any more. */
  giveUp(saved: UnknownChunksSaved): void {
    this.journal.splice(0, saved - this.nrGivenUp);
    this.nrGivenUp = saved;
  }
}
