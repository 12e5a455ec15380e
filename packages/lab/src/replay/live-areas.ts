/**
 * The live areas of a recording by identity: its chunk and place there. Each has a slot, a small number that is used again
 * when the area is freed, and what is known of it.
 */

const FIRST_ROOM = 1024;
/** More than any chunk has bytes: from one recorded chunk's places to the next one's, as keys. */
const PLACES_OF_CHUNK = 2 ** 32;

/** Answer for a place where no area lives. */
export const NO_SLOT = -1;

export class LiveAreas {
  /** By slot. */
  sizeBytes = new Int32Array(FIRST_ROOM);
  owner = new Int32Array(FIRST_ROOM);
  chunk = new Int32Array(FIRST_ROOM);
  offBytes = new Int32Array(FIRST_ROOM);
  bornNs = new Float64Array(FIRST_ROOM);
  /** Bytes of all that live. */
  usedBytes = 0;
  /** Frees of places where no area was, so far. */
  nrUnknown = 0;
  private readonly slotOf = new Map<number, number>();
  private readonly free: number[] = [];
  private nrSlots = 0;

  get size(): number {
    return this.slotOf.size;
  }

  /** Slot of the area at that place; NO_SLOT when none lives there. */
  at(chunk: number, offBytes: number): number {
    return this.slotOf.get(chunk * PLACES_OF_CHUNK + offBytes) ?? NO_SLOT;
  }

  /** A new area, at a place where none lives. */
  born(chunk: number, offBytes: number, sizeBytes: number, owner: number, timeNs: number): number {
    const key = chunk * PLACES_OF_CHUNK + offBytes;
    const slot = this.free.pop() ?? this.nrSlots++;
    if (slot >= this.sizeBytes.length) this.grow();
    this.slotOf.set(key, slot);
    this.sizeBytes[slot] = sizeBytes;
    this.owner[slot] = owner;
    this.chunk[slot] = chunk;
    this.offBytes[slot] = offBytes;
    this.bornNs[slot] = timeNs;
    this.usedBytes += sizeBytes;
    return slot;
  }

  /** Slot of the area at that place, which lives no more; its figures stand until the slot is used again. */
  gone(chunk: number, offBytes: number): number {
    const key = chunk * PLACES_OF_CHUNK + offBytes;
    const slot = this.slotOf.get(key);
    if (slot === undefined) {
      this.nrUnknown++;
      return NO_SLOT;
    }
    this.slotOf.delete(key);
    this.free.push(slot);
    this.usedBytes -= this.sizeBytes[slot] ?? 0;
    return slot;
  }

  /** Slots of all that live, in the order of their birth. */
  slots(): readonly number[] {
    return [...this.slotOf.values()];
  }

  private grow(): void {
    const room = this.sizeBytes.length * 2;
    for (const name of COLUMNS) {
      const wider = new Int32Array(room);
      wider.set(this[name]);
      this[name] = wider;
    }
    const bornNs = new Float64Array(room);
    bornNs.set(this.bornNs);
    this.bornNs = bornNs;
  }
}

const COLUMNS = ["sizeBytes", "owner", "chunk", "offBytes"] as const;
