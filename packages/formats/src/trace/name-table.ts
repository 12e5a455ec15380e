/**
 * Strings of a trace by number, in the order of first appearance: tasks, callers, allocation flags, texts. Looked up by
 * their bytes, so that a line of text becomes numbers without becoming strings. A byte is a character (latin1).
 */

import { NOT_RECORDED } from "./events.ts";
import { HASH_FACTOR } from "./record-constants.ts";
import { latin1 } from "./text-scan.ts";

/** Beyond these no new name is taken: a trace of nothing but different texts may not fill the memory. */
const MAX_NAMES = 1_048_576;
const MAX_BYTES = 67_108_864;

const FIRST_SLOTS = 1024;
const FIRST_BYTES = 16_384;

export class NameTable {
  readonly names: string[] = [];
  /** Names that found no room. */
  nrRefused = 0;
  /** Open addressing: number of a name + 1, or 0. */
  private slots = new Int32Array(FIRST_SLOTS);
  private hashes = new Int32Array(FIRST_SLOTS);
  /** Where each name's bytes start in `bytes`; one more entry than names. */
  private starts = new Int32Array(FIRST_SLOTS + 1);
  private bytes = new DataView(new ArrayBuffer(FIRST_BYTES));
  private scratch = new DataView(new ArrayBuffer(256));

  /** The number of the name in `[start, end)` of `text`; NOT_RECORDED when there is no room for a new one. */
  of(text: DataView, start: number, end: number): number {
    const hash = hashOf(text, start, end);
    const mask = this.slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const name = (this.slots[slot] ?? 0) - 1;
      if (name < 0) return this.add(text, start, end, hash, slot);
      if (this.hashes[name] === hash && this.isAt(name, text, start, end)) return name;
    }
  }

  /** The number of `name`, whose characters are bytes. */
  ofText(name: string): number {
    if (name.length > this.scratch.byteLength) this.scratch = new DataView(new ArrayBuffer(name.length * 2));
    for (let i = 0; i < name.length; i++) this.scratch.setUint8(i, name.charCodeAt(i));
    return this.of(this.scratch, 0, name.length);
  }

  private isAt(name: number, text: DataView, start: number, end: number): boolean {
    const from = this.starts[name] ?? 0;
    const nrBytes = end - start;
    if ((this.starts[name + 1] ?? 0) - from !== nrBytes) return false;
    let i = 0;
    for (; i + 4 <= nrBytes; i += 4) {
      if (this.bytes.getInt32(from + i, true) !== text.getInt32(start + i, true)) return false;
    }
    for (; i < nrBytes; i++) if (this.bytes.getUint8(from + i) !== text.getUint8(start + i)) return false;
    return true;
  }

  private add(text: DataView, start: number, end: number, hash: number, slot: number): number {
    const name = this.names.length;
    const from = this.starts[name] ?? 0;
    const to = from + end - start;
    if (name >= MAX_NAMES || to > MAX_BYTES) {
      this.nrRefused++;
      return NOT_RECORDED;
    }
    if (to > this.bytes.byteLength) this.growBytes(to);
    for (let i = start; i < end; i++) this.bytes.setUint8(from + i - start, text.getUint8(i));
    this.names.push(latin1(text, start, end));
    this.starts[name + 1] = to;
    this.hashes[name] = hash;
    this.slots[slot] = name + 1;
    if ((name + 1) * 2 > this.slots.length) this.growSlots();
    return name;
  }

  private growBytes(least: number): void {
    const larger = new Uint8Array(Math.max(least, this.bytes.byteLength * 2));
    larger.set(new Uint8Array(this.bytes.buffer));
    this.bytes = new DataView(larger.buffer);
  }

  private growSlots(): void {
    const size = this.slots.length * 2;
    this.hashes = enlarged(this.hashes, size);
    this.starts = enlarged(this.starts, size + 1);
    this.slots = new Int32Array(size);
    for (let name = 0; name < this.names.length; name++) {
      let slot = (this.hashes[name] ?? 0) & (size - 1);
      while (this.slots[slot] !== 0) slot = (slot + 1) & (size - 1);
      this.slots[slot] = name + 1;
    }
  }
}

/** Of all bytes, four at a time; the low bits of the hash depend on all of them. */
function hashOf(text: DataView, start: number, end: number): number {
  let hash = end - start;
  let p = start;
  for (; p + 4 <= end; p += 4) hash = mixed(hash ^ text.getInt32(p, true));
  for (; p < end; p++) hash = mixed(hash ^ text.getUint8(p));
  return hash;
}

function mixed(hash: number): number {
  const product = Math.imul(hash, HASH_FACTOR);
  return product ^ (product >>> 15);
}

function enlarged(old: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(old);
  return larger;
}
