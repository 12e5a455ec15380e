/** Bytes of a block as they are put together: numbers of any length, strings. */

import { assertFormat } from "./assert-format.ts";
import { MAX_STRING_UNITS } from "./layout.ts";

const FIRST_BYTES = 1024;
/** Numbers up to here keep their lowest bit when doubled. */
const MAX_ZIGZAG = 2 ** 52;
const SHIFT_7 = 128;

export class ByteBuilder {
  bytes = new Uint8Array(FIRST_BYTES);
  /** Bytes [0, nr) are written. */
  nr = 0;

  clear(): void {
    this.nr = 0;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.bytes[this.nr++] = value;
  }

  append(other: ByteBuilder): void {
    this.#reserve(other.nr);
    this.bytes.set(other.bytes.subarray(0, other.nr), this.nr);
    this.nr += other.nr;
  }

  /** A safe integer from 0: seven bits in a byte, the lowest first; all but the last have their top bit set. */
  varint(value: number): void {
    this.#reserve(8);
    let rest = value;
    while (rest >= SHIFT_7) {
      this.bytes[this.nr++] = (rest % SHIFT_7) + SHIFT_7;
      rest = Math.floor(rest / SHIFT_7);
    }
    this.bytes[this.nr++] = rest;
  }

  /** An integer below 2^52 on either side of 0: 0, -1, 1, -2, … become 0, 1, 2, 3, … */
  zigzag(value: number): void {
    this.varint(zigzagOf(value));
  }

  /** Any safe integer: 0 or 1 for its sign, then its distance from 0. */
  signed(value: number): void {
    this.byte(value < 0 ? 1 : 0);
    this.varint(Math.abs(value));
  }

  /** Number of UTF-16 units, then each as a varint: ASCII stays as it is. */
  string(text: string): void {
    assertFormat(text.length <= MAX_STRING_UNITS, "a string fits into a block");
    this.varint(text.length);
    this.#reserve(3 * text.length);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < SHIFT_7) this.bytes[this.nr++] = unit;
      else this.varint(unit);
    }
  }

  #reserve(nrMore: number): void {
    if (this.nr + nrMore <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.nr + nrMore));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

/** The integer as one from 0 that is small when it is near 0. */
export function zigzagOf(value: number): number {
  assertFormat(value > -MAX_ZIGZAG && value < MAX_ZIGZAG, "a difference fits into a zigzag number");
  return value >= 0 ? 2 * value : -2 * value - 1;
}

/** Bytes that `varint` takes for the value. */
export function varintBytes(value: number): number {
  if (value < 2 ** 7) return 1;
  if (value < 2 ** 14) return 2;
  if (value < 2 ** 21) return 3;
  let nrBytes = 4;
  for (let limit = 2 ** 28; value >= limit; limit *= 128) nrBytes++;
  return nrBytes;
}

/** Writes an unsigned number as 4 bytes, the lowest first. */
export function putUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value & 255;
  bytes[at + 1] = (value >>> 8) & 255;
  bytes[at + 2] = (value >>> 16) & 255;
  bytes[at + 3] = value >>> 24;
}
