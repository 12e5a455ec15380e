/**
 * Reads what ByteBuilder wrote, from bytes that may be damaged in any way: what is not there or not possible reads as 0
 * or "" and leaves `failed` behind, so that a reader looks once, at the end.
 */

import { MAX_STRING_UNITS } from "./layout.ts";

const MAX_VARINT_BYTES = 8;
const UNITS_AT_ONCE = 4096;

export class ByteCursor {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  /** First byte that is not the block's. */
  end = 0;
  failed = false;

  open(bytes: Uint8Array, start: number, end: number): void {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.failed = false;
  }

  /** Everything was there and read, and nothing is left. */
  isDone(): boolean {
    return !this.failed && this.at === this.end;
  }

  byte(): number {
    if (this.at < this.end) return this.bytes[this.at++] as number;
    return this.#fail();
  }

  /** A safe integer from 0, not above `max`. */
  varint(max = Number.MAX_SAFE_INTEGER): number {
    const first = this.at < this.end ? (this.bytes[this.at] as number) : 128;
    if (first >= 128 || first > max) return this.#longVarint(max);
    this.at++;
    return first;
  }

  zigzag(): number {
    const value = this.varint();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  signed(): number {
    const negative = this.byte();
    if (negative > 1) this.#fail();
    const distance = this.varint();
    return negative === 1 ? -distance : distance;
  }

  string(): string {
    const nrUnits = this.varint(MAX_STRING_UNITS);
    // Each unit takes a byte at least: a length that cannot be is not believed.
    if (nrUnits > this.end - this.at) this.#fail();
    if (this.failed) return "";
    let text = "";
    for (let done = 0; done < nrUnits; done += UNITS_AT_ONCE) {
      const units: number[] = [];
      for (let i = done; i < Math.min(nrUnits, done + UNITS_AT_ONCE); i++) units.push(this.varint(0xffff));
      text += String.fromCharCode(...units);
    }
    return this.failed ? "" : text;
  }

  #longVarint(max: number): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < MAX_VARINT_BYTES; i++, scale *= 128) {
      const byte = this.byte();
      value += (byte % 128) * scale;
      if (byte < 128) return value <= max ? value : this.#fail();
    }
    return this.#fail();
  }

  #fail(): number {
    this.failed = true;
    return 0;
  }
}

/** An unsigned number of 4 bytes, the lowest first. */
export function uint32At(bytes: Uint8Array, at: number): number {
  const low = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16);
  return low + (bytes[at + 3] as number) * 0x1000000;
}
