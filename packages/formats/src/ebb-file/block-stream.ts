/**
 * Finds the blocks of an event file in its bytes, cut anywhere. Damage is passed over: where the header is whole its
 * length is believed, otherwise the next marker is looked for, so that each byte is looked at a few times at most.
 */

import { uint32At } from "./byte-cursor.ts";
import { crc32 } from "./crc32.ts";
import {
  BLOCK_MARKER,
  EBB_MAGIC,
  HEADER_BYTES,
  HEADER_CHECKSUM_AT,
  LENGTH_AT,
  MAX_PAYLOAD_BYTES,
  PAYLOAD_CHECKSUM_AT,
} from "./layout.ts";

/** Bytes that belong to no whole block. */
export interface Damage {
  readonly kind: "magic" | "damaged" | "torn";
  readonly nrBytes: number;
  /** Place of the first in the file. */
  readonly at: number;
}

interface BlockSink {
  /** The payload is bytes [start, end). */
  block(kind: number, bytes: Uint8Array, start: number, end: number): void;
  damage(damage: Damage): void;
}

const FIRST_ROOM = 1 << 16;
/** Held at once of what is pushed, beside a block that is not whole yet. */
const PIECE_BYTES = 1 << 18;

export class BlockStream {
  /** Whole blocks found. */
  nrBlocks = 0;
  /** Bytes of the file up to the end of the last whole block, or of the magic. */
  nrWholeBytes = 0;
  readonly #sink: BlockSink;
  #held = new Uint8Array(FIRST_ROOM);
  #nrHeld = 0;
  /** Place in the file of the first byte held. */
  #heldAt = 0;
  #magicSeen = false;
  #refused = false;
  /** Damage that is being passed over. */
  #damageAt = -1;

  constructor(sink: BlockSink) {
    this.#sink = sink;
  }

  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length && !this.#refused; at += PIECE_BYTES) {
      this.#hold(bytes.subarray(at, at + PIECE_BYTES));
      this.#drop(this.#readHeld());
    }
  }

  end(): void {
    if (this.#refused) return;
    if (!this.#magicSeen) {
      this.#sink.damage({ kind: "magic", nrBytes: this.#nrHeld, at: 0 });
      return;
    }
    if (this.#nrHeld > 0 && this.#damageAt < 0) {
      this.#sink.damage({ kind: "torn", nrBytes: this.#nrHeld, at: this.#heldAt });
    }
    this.#damageEnds(this.#nrHeld);
    this.#drop(this.#nrHeld);
  }

  /** Reads what is held as far as it goes; answers how many bytes are done with. */
  #readHeld(): number {
    let at = 0;
    if (!this.#magicSeen) {
      if (this.#nrHeld < EBB_MAGIC.length) return 0;
      if (!startsWith(this.#held, 0, EBB_MAGIC)) {
        this.#refused = true;
        this.#sink.damage({ kind: "magic", nrBytes: EBB_MAGIC.length, at: 0 });
        return this.#nrHeld;
      }
      this.#magicSeen = true;
      at = EBB_MAGIC.length;
      this.nrWholeBytes = at;
    }
    for (;;) {
      const next = this.#readBlock(at);
      if (next === at) return at;
      at = next;
    }
  }

  /** Where the next block is looked for: behind this one, or behind damage; `at` when more bytes are needed. */
  #readBlock(at: number): number {
    const held = this.#held;
    if (this.#nrHeld - at < HEADER_BYTES) return at;
    if (!isHeader(held, at)) {
      this.#damaged(at);
      return nextMarker(held, at + 1, this.#nrHeld);
    }
    const start = at + HEADER_BYTES;
    const end = start + uint32At(held, at + LENGTH_AT);
    if (end > this.#nrHeld) return at;
    if (crc32(held, start, end) !== uint32At(held, at + PAYLOAD_CHECKSUM_AT)) {
      this.#damaged(at);
      return end;
    }
    this.#damageEnds(at);
    this.nrBlocks++;
    this.nrWholeBytes = this.#heldAt + end;
    this.#sink.block(held[at + BLOCK_MARKER.length] as number, held, start, end);
    return end;
  }

  #damaged(at: number): void {
    if (this.#damageAt < 0) this.#damageAt = this.#heldAt + at;
  }

  #damageEnds(at: number): void {
    if (this.#damageAt < 0) return;
    const nrBytes = this.#heldAt + at - this.#damageAt;
    this.#sink.damage({ kind: "damaged", nrBytes, at: this.#damageAt });
    this.#damageAt = -1;
  }

  #hold(bytes: Uint8Array): void {
    if (this.#nrHeld + bytes.length > this.#held.length) {
      const larger = new Uint8Array(Math.max(2 * this.#held.length, this.#nrHeld + bytes.length));
      larger.set(this.#held.subarray(0, this.#nrHeld));
      this.#held = larger;
    }
    this.#held.set(bytes, this.#nrHeld);
    this.#nrHeld += bytes.length;
  }

  #drop(nrBytes: number): void {
    this.#held.copyWithin(0, nrBytes, this.#nrHeld);
    this.#nrHeld -= nrBytes;
    this.#heldAt += nrBytes;
  }
}

function isHeader(bytes: Uint8Array, at: number): boolean {
  return (
    startsWith(bytes, at, BLOCK_MARKER) &&
    uint32At(bytes, at + LENGTH_AT) <= MAX_PAYLOAD_BYTES &&
    crc32(bytes, at, at + HEADER_CHECKSUM_AT) === uint32At(bytes, at + HEADER_CHECKSUM_AT)
  );
}

function startsWith(bytes: Uint8Array, at: number, wanted: readonly number[]): boolean {
  return wanted.every((byte, i) => bytes[at + i] === byte);
}

/** Where a marker starts that may be whole, or the end when there is none. */
function nextMarker(bytes: Uint8Array, start: number, end: number): number {
  const first = BLOCK_MARKER[0] as number;
  const at = bytes.subarray(0, end).indexOf(first, start);
  return at < 0 ? end : at;
}
