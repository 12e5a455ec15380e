/**
 * Names of integers of 64 bits: callers by address, sets of allocation flags by their bits. A trace has few, thousands
 * of times each, so most are found in a small table at their one place; what is not there is looked up in all.
 */

import { LongTable } from "./long-table.ts";
import { HASH_FACTOR, UNNAMED } from "./record-constants.ts";

const NR_SLOTS = 1024;
/** Of a slot: low half, high half, name, unused. */
const SLOT_WORDS = 4;
const HASH_SHIFT = 22;

export class LongNames {
  private readonly slots = new Int32Array(NR_SLOTS * SLOT_WORDS);
  private readonly all = new LongTable();
  private readonly allNames: number[] = [];

  constructor() {
    for (let slot = 0; slot < this.slots.length; slot += SLOT_WORDS) this.slots[slot + 2] = UNNAMED;
  }

  /** The number of its name, or UNNAMED. */
  of(high: number, low: number): number {
    const { slots } = this;
    const slot = (Math.imul(low ^ high, HASH_FACTOR) >>> HASH_SHIFT) * SLOT_WORDS;
    if (slots[slot] === low && slots[slot + 1] === high) return slots[slot + 2] ?? UNNAMED;
    return this.recall(high, low, slot);
  }

  /** Gives it a name, by number. */
  give(high: number, low: number, name: number): void {
    const place = this.all.of(high, low);
    if (place < 0) return;
    this.allNames[place] = name;
    this.recall(high, low, (Math.imul(low ^ high, HASH_FACTOR) >>> HASH_SHIFT) * SLOT_WORDS);
  }

  private recall(high: number, low: number, slot: number): number {
    const name = this.allNames[this.all.of(high, low)] ?? UNNAMED;
    this.slots[slot] = low;
    this.slots[slot + 1] = high;
    this.slots[slot + 2] = name;
    return name;
  }
}
