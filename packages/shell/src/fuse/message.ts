/**
 * Requests and replies as bytes.
 *
 *     request  len op unique node uid gid pid  | arguments of the operation, names end in NUL
 *     reply    len error unique                | result
 *
 * Names and file contents are byte strings.
 */

import { IN_HEADER_BYTES, OUT_HEADER_BYTES } from "./abi.ts";

const TWO_32 = 0x1_0000_0000;

/** One request in a buffer that is reused for the next. */
export class Request {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #length = 0;

  /** @param bytes the buffer that requests are read into */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The buffer holds a request of so many bytes. False when it cannot be one. */
  take(length: number): boolean {
    this.#length = length;
    return length >= IN_HEADER_BYTES && length <= this.#bytes.length && this.#view.getUint32(0, true) === length;
  }

  /** Bytes of the arguments. */
  get bodyBytes(): number {
    return this.#length - IN_HEADER_BYTES;
  }

  get opcode(): number {
    return this.#view.getUint32(4, true);
  }

  /** Number of the request; below 2^53 for as long as a mount can last. */
  get unique(): number {
    return this.#word64(8);
  }

  get node(): number {
    return this.#word64(16);
  }

  get pid(): number {
    return this.#view.getUint32(32, true);
  }

  /** 32 bits of the arguments; 0 behind their end, where an older kernel says nothing. */
  u32(at: number): number {
    const from = IN_HEADER_BYTES + at;
    return from + 4 <= this.#length ? this.#view.getUint32(from, true) : 0;
  }

  u64(at: number): number {
    return this.u32(at) + this.u32(at + 4) * TWO_32;
  }

  /** The name that begins there, without its NUL. */
  name(at: number): string {
    const from = Math.min(IN_HEADER_BYTES + at, this.#length);
    let end = from;
    while (end < this.#length && this.#bytes[end] !== 0) end++;
    return toByteText(this.#bytes, from, end);
  }

  /** So many bytes, or as many as there are. */
  content(at: number, nrBytes: number): string {
    const from = Math.min(IN_HEADER_BYTES + at, this.#length);
    return toByteText(this.#bytes, from, Math.min(from + nrBytes, this.#length));
  }

  #word64(at: number): number {
    return this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * TWO_32;
  }
}

/** One reply under construction. */
export class Reply {
  #bytes: Uint8Array;
  #view: DataView;
  #length = OUT_HEADER_BYTES;

  constructor(nrBytes: number) {
    this.#bytes = new Uint8Array(nrBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  begin(): this {
    this.#length = OUT_HEADER_BYTES;
    return this;
  }

  u16(value: number): this {
    this.#room(2);
    this.#view.setUint16(this.#length, value, true);
    this.#length += 2;
    return this;
  }

  u32(value: number): this {
    this.#room(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
    return this;
  }

  u64(value: number): this {
    return this.u32(value % TWO_32).u32(Math.floor(value / TWO_32));
  }

  zeros(nrBytes: number): this {
    this.#room(nrBytes);
    this.#bytes.fill(0, this.#length, this.#length + nrBytes);
    this.#length += nrBytes;
    return this;
  }

  /** A byte string. */
  text(text: string): this {
    this.#room(text.length);
    for (let i = 0; i < text.length; i++) this.#bytes[this.#length + i] = text.charCodeAt(i);
    this.#length += text.length;
    return this;
  }

  /** Bytes of the result so far. */
  get resultBytes(): number {
    return this.#length - OUT_HEADER_BYTES;
  }

  /** The whole reply; valid until the next `begin`. */
  end(unique: number): Uint8Array {
    return this.#finish(unique, 0);
  }

  /** A refusal: an error number, and nothing else. */
  refuse(unique: number, errorNumber: number): Uint8Array {
    this.#length = OUT_HEADER_BYTES;
    return this.#finish(unique, -errorNumber);
  }

  #finish(unique: number, error: number): Uint8Array {
    this.#view.setUint32(0, this.#length, true);
    this.#view.setInt32(4, error, true);
    this.#view.setUint32(8, unique % TWO_32, true);
    this.#view.setUint32(12, Math.floor(unique / TWO_32), true);
    return this.#bytes.subarray(0, this.#length);
  }

  #room(nrBytes: number): void {
    if (this.#length + nrBytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + nrBytes));
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

const PIECE = 4096;

function toByteText(bytes: Uint8Array, from: number, end: number): string {
  if (end - from <= PIECE) return String.fromCharCode(...bytes.subarray(from, end));
  const pieces: string[] = [];
  for (let at = from; at < end; at += PIECE) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, Math.min(at + PIECE, end))));
  }
  return pieces.join("");
}
