/**
 * Integers of 64 bits by number, in the order of first appearance: addresses of chunks and callers, sets of allocation
 * flags. Of chunks only the identity counts: some kernels and formats print hashes. An integer is two halves of 32
 * bits, each with the sign of its highest bit: such numbers are the fast ones.
 */

import { NOT_RECORDED } from "./events.ts";
import { HASH_FACTOR } from "./record-constants.ts";

/** Beyond this no new one is taken. */
const MAX_LONGS = 1_048_576;
const FIRST_SLOTS = 256;
const HASH_SHIFT = 12;

export class LongTable {
  /** Each as 16 hexadecimal digits. */
  readonly digits: string[] = [];
  /** Integers that found no room. */
  nrRefused = 0;
  private slots = new Int32Array(FIRST_SLOTS);
  private high = new Int32Array(FIRST_SLOTS);
  private low = new Int32Array(FIRST_SLOTS);
  private lastHigh = 0;
  private lastLow = 0;
  private lastPlace = NOT_RECORDED;

  /** The number of that integer; NOT_RECORDED when there is no room for a new one. */
  of(high: number, low: number): number {
    if (low === this.lastLow && high === this.lastHigh && this.lastPlace !== NOT_RECORDED) return this.lastPlace;
    const mask = this.slots.length - 1;
    // Low bits of addresses are zero and high ones alike: multiply, then take from the middle.
    let slot = (Math.imul(low ^ high, HASH_FACTOR) >>> HASH_SHIFT) & mask;
    for (; ; slot = (slot + 1) & mask) {
      const place = (this.slots[slot] ?? 0) - 1;
      if (place < 0) break;
      if (this.low[place] === low && this.high[place] === high) return this.remember(high, low, place);
    }
    if (this.digits.length >= MAX_LONGS) {
      this.nrRefused++;
      return NOT_RECORDED;
    }
    return this.remember(high, low, this.add(high, low, slot));
  }

  private remember(high: number, low: number, place: number): number {
    this.lastHigh = high;
    this.lastLow = low;
    this.lastPlace = place;
    return place;
  }

  private add(high: number, low: number, slot: number): number {
    const place = this.digits.length;
    this.digits.push(hex64(high, low));
    this.high[place] = high;
    this.low[place] = low;
    this.slots[slot] = place + 1;
    if ((place + 1) * 2 > this.slots.length) this.grow();
    return place;
  }

  private grow(): void {
    const size = this.slots.length * 2;
    const high = new Int32Array(size);
    const low = new Int32Array(size);
    high.set(this.high);
    low.set(this.low);
    this.high = high;
    this.low = low;
    this.slots = new Int32Array(size);
    for (let place = 0; place < this.digits.length; place++) {
      const bits = (low[place] ?? 0) ^ (high[place] ?? 0);
      let slot = (Math.imul(bits, HASH_FACTOR) >>> HASH_SHIFT) & (size - 1);
      while (this.slots[slot] !== 0) slot = (slot + 1) & (size - 1);
      this.slots[slot] = place + 1;
    }
  }
}

/** 64 bits as 16 hexadecimal digits. */
export function hex64(high: number, low: number): string {
  return (high >>> 0).toString(16).padStart(8, "0") + (low >>> 0).toString(16).padStart(8, "0");
}
