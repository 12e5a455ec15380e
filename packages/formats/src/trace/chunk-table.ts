/**
 * Addresses of chunks by number, in the order of first appearance. Only their identity counts: some kernels and formats
 * print hashes. An address is two halves of 32 bits, each 0 to 2^32 - 1.
 */

import { NOT_RECORDED } from "./events.ts";

/** Beyond this no new chunk is taken. */
const MAX_CHUNKS = 1_048_576;
const FIRST_SLOTS = 256;
const HASH_FACTOR = 0x9e3779b1;

export class ChunkTable {
  /** Each as 16 hexadecimal digits. */
  readonly addresses: string[] = [];
  /** Chunks that found no room. */
  nrRefused = 0;
  private slots = new Int32Array(FIRST_SLOTS);
  private high = new Uint32Array(FIRST_SLOTS);
  private low = new Uint32Array(FIRST_SLOTS);
  private lastHigh = -1;
  private lastLow = -1;
  private lastChunk = NOT_RECORDED;

  /** The number of the chunk at that address; NOT_RECORDED when there is no room for a new one. */
  of(high: number, low: number): number {
    if (low === this.lastLow && high === this.lastHigh) return this.lastChunk;
    const mask = this.slots.length - 1;
    let slot = this.slotOf(high, low, mask);
    for (; ; slot = (slot + 1) & mask) {
      const chunk = (this.slots[slot] ?? 0) - 1;
      if (chunk < 0) break;
      if (this.low[chunk] === low && this.high[chunk] === high) return this.remember(high, low, chunk);
    }
    if (this.addresses.length >= MAX_CHUNKS) {
      this.nrRefused++;
      return NOT_RECORDED;
    }
    return this.remember(high, low, this.add(high, low, slot));
  }

  private remember(high: number, low: number, chunk: number): number {
    this.lastHigh = high;
    this.lastLow = low;
    this.lastChunk = chunk;
    return chunk;
  }

  /** Low bits of addresses are zero and high ones alike: multiply, then take from the middle. */
  private slotOf(high: number, low: number, mask: number): number {
    return (Math.imul(low ^ Math.imul(high, HASH_FACTOR), HASH_FACTOR) >>> 12) & mask;
  }

  private add(high: number, low: number, slot: number): number {
    const chunk = this.addresses.length;
    this.addresses.push(hex64(high, low));
    this.high[chunk] = high;
    this.low[chunk] = low;
    this.slots[slot] = chunk + 1;
    if ((chunk + 1) * 2 > this.slots.length) this.grow();
    return chunk;
  }

  private grow(): void {
    const size = this.slots.length * 2;
    const high = new Uint32Array(size);
    const low = new Uint32Array(size);
    high.set(this.high);
    low.set(this.low);
    this.high = high;
    this.low = low;
    this.slots = new Int32Array(size);
    for (let chunk = 0; chunk < this.addresses.length; chunk++) {
      let slot = this.slotOf(high[chunk] ?? 0, low[chunk] ?? 0, size - 1);
      while (this.slots[slot] !== 0) slot = (slot + 1) & (size - 1);
      this.slots[slot] = chunk + 1;
    }
  }
}

/** 64 bits as 16 hexadecimal digits. */
function hex64(high: number, low: number): string {
  return high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0");
}
