/**
 * Strings of a trace by number, in the order of first appearance: tasks, callers, allocation flags, texts. Looked up by
 * their bytes, so that a line of text becomes numbers without becoming strings. A byte is a character (latin1).
 */

import { NOT_RECORDED } from "./events.ts";

/** Beyond these no new name is taken: a trace of nothing but different texts may not fill the memory. */
const MAX_NAMES = 1_048_576;
const MAX_BYTES = 67_108_864;

const FIRST_SLOTS = 1024;
const FIRST_BYTES = 16_384;
const HASH_FACTOR = 0x01000193;

export class NameTable {
  readonly names: string[] = [];
  /** Names that found no room. */
  nrRefused = 0;
  /** Open addressing: number of a name + 1, or 0. */
  private slots = new Int32Array(FIRST_SLOTS);
  private hashes = new Int32Array(FIRST_SLOTS);
  /** Where each name's bytes start in `bytes`; one more entry than names. */
  private starts = new Int32Array(FIRST_SLOTS + 1);
  private bytes = new Uint8Array(FIRST_BYTES);
  private scratch = new Uint8Array(256);

  /** The number of the name in `[start, end)` of `text`; NOT_RECORDED when there is no room for a new one. */
  ofBytes(text: Uint8Array, start: number, end: number): number {
    let hash = end - start;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ (text[i] ?? 0), HASH_FACTOR);
    hash ^= hash >>> 15;
    const mask = this.slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const name = (this.slots[slot] ?? 0) - 1;
      if (name < 0) return this.add(text, start, end, hash, slot);
      if (this.hashes[name] === hash && this.isAt(name, text, start, end)) return name;
    }
  }

  /** The number of `name`, whose characters are bytes. */
  ofText(name: string): number {
    if (name.length > this.scratch.length) this.scratch = new Uint8Array(name.length * 2);
    for (let i = 0; i < name.length; i++) this.scratch[i] = name.charCodeAt(i);
    return this.ofBytes(this.scratch, 0, name.length);
  }

  private isAt(name: number, text: Uint8Array, start: number, end: number): boolean {
    const from = this.starts[name] ?? 0;
    if ((this.starts[name + 1] ?? 0) - from !== end - start) return false;
    for (let i = 0; i < end - start; i++) if (this.bytes[from + i] !== text[start + i]) return false;
    return true;
  }

  private add(text: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const name = this.names.length;
    const from = this.starts[name] ?? 0;
    const to = from + end - start;
    if (name >= MAX_NAMES || to > MAX_BYTES) {
      this.nrRefused++;
      return NOT_RECORDED;
    }
    if (to > this.bytes.length) this.bytes = enlarged(this.bytes, new Uint8Array(Math.max(to, this.bytes.length * 2)));
    this.bytes.set(text.subarray(start, end), from);
    this.names.push(latin1(text, start, end));
    this.starts[name + 1] = to;
    this.hashes[name] = hash;
    this.slots[slot] = name + 1;
    if ((name + 1) * 2 > this.slots.length) this.grow();
    return name;
  }

  private grow(): void {
    const size = this.slots.length * 2;
    this.hashes = enlarged(this.hashes, new Int32Array(size));
    this.starts = enlarged(this.starts, new Int32Array(size + 1));
    this.slots = new Int32Array(size);
    for (let name = 0; name < this.names.length; name++) {
      let slot = (this.hashes[name] ?? 0) & (size - 1);
      while (this.slots[slot] !== 0) slot = (slot + 1) & (size - 1);
      this.slots[slot] = name + 1;
    }
  }
}

/** The bytes `[start, end)`, one character each. */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let from = start; from < end; from += 1024) {
    text += String.fromCharCode(...bytes.subarray(from, Math.min(end, from + 1024)));
  }
  return text;
}

function enlarged<T extends Uint8Array | Int32Array>(old: T, larger: T): T {
  larger.set(old);
  return larger;
}
