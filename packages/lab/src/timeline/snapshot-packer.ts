/**
 * Snapshots that share what they have in common: each array in blocks, and a block that is as it was in the snapshot
 * packed last is that snapshot's block.
 *
 *     first    |aaaa|bbbb|cc|
 *     second   |  . |BbbB|  .  |dd|      . : the first one's
 */

type Words = Int32Array | Float64Array | Uint8Array;
/** Numbers of 64 bits as two words each: equal bits, equal numbers. */
type Plain = Int32Array | Uint8Array;

/** Words of a block. */
const BLOCK_WORDS = 1024;

interface Block {
  readonly words: Plain;
  /** Snapshots that have it. */
  nrUses: number;
}

interface PackedArray {
  readonly kind: "ints" | "floats" | "bytes";
  readonly blocks: readonly Block[];
  /** Plain words. */
  readonly length: number;
}

/** @public A snapshot in blocks. */
export interface Packed<S> {
  /** The snapshot with empty arrays. */
  readonly frame: S;
  readonly arrays: readonly PackedArray[];
  /** Of all its arrays, shared or not. */
  readonly bytes: number;
}

export class SnapshotPacker<S> {
  /** Of all blocks that some snapshot has. */
  bytes = 0;
  private last: Packed<S> | undefined;
  /** Array by array: where it is put together again, and the most bytes that it has had. */
  private readonly rooms: ArrayBuffer[] = [];
  private readonly mostBytes: number[] = [];

  /** @param snapshot may change afterwards */
  pack(snapshot: S): Packed<S> {
    const arrays: PackedArray[] = [];
    let bytes = 0;
    const frame = withArrays(snapshot, (words) => {
      const at = arrays.length;
      bytes += words.byteLength;
      this.mostBytes[at] = Math.max(this.mostBytes[at] ?? 0, words.byteLength);
      arrays.push(this.packArray(words, this.last?.arrays[at]));
      return NONE;
    });
    this.last = { frame, arrays, bytes };
    return this.last;
  }

  /** The snapshot as it was; its arrays hold until the next call. */
  unpack({ frame, arrays }: Packed<S>): S {
    let at = 0;
    return withArrays(frame, () => this.joined(at, arrays[at++]));
  }

  /** The snapshot is not asked for any more. */
  drop({ arrays }: Packed<S>): void {
    for (const { blocks } of arrays) {
      for (const block of blocks) {
        block.nrUses--;
        if (block.nrUses === 0) this.bytes -= block.words.byteLength;
      }
    }
  }

  private packArray(words: Words, before: PackedArray | undefined): PackedArray {
    const blocks: Block[] = [];
    const plain = plainWords(words);
    for (let from = 0; from < plain.length; from += BLOCK_WORDS) {
      const end = Math.min(plain.length, from + BLOCK_WORDS);
      const known = before?.blocks[blocks.length];
      if (known !== undefined && known.nrUses > 0 && isSame(plain, from, end, known.words)) {
        known.nrUses++;
        blocks.push(known);
        continue;
      }
      const block = { words: plain.slice(from, end), nrUses: 1 };
      this.bytes += block.words.byteLength;
      blocks.push(block);
    }
    return { kind: kindOf(words), blocks, length: plain.length };
  }

  /** The words of all blocks side by side. */
  private joined(at: number, packed: PackedArray | undefined): Words {
    if (packed === undefined) return NONE;
    const { kind, blocks, length } = packed;
    const nrBytes = kind === "bytes" ? length : length * 4;
    let room = this.rooms[at];
    if (room === undefined || room.byteLength < nrBytes) {
      room = new ArrayBuffer(this.mostBytes[at] ?? nrBytes);
      this.rooms[at] = room;
    }
    const plain = kind === "bytes" ? new Uint8Array(room, 0, length) : new Int32Array(room, 0, length);
    for (let i = 0; i < blocks.length; i++) plain.set(blocks[i]?.words ?? NONE, i * BLOCK_WORDS);
    return kind === "floats" ? new Float64Array(room, 0, length / 2) : plain;
  }
}

const NONE = new Int32Array(0);

function plainWords(words: Words): Plain {
  if (words instanceof Uint8Array || words instanceof Int32Array) return words;
  return new Int32Array(words.buffer, words.byteOffset, words.length * 2);
}

function kindOf(words: Words): PackedArray["kind"] {
  if (words instanceof Int32Array) return "ints";
  return words instanceof Float64Array ? "floats" : "bytes";
}

function isSame(words: Plain, from: number, end: number, block: Plain): boolean {
  if (block.length !== end - from) return false;
  if (words instanceof Int32Array && block instanceof Int32Array) return areSameInts(words, from, end, block);
  for (let i = from; i < end; i++) if (words[i] !== block[i - from]) return false;
  return true;
}

/** Four at a time: a snapshot is mostly this. */
function areSameInts(words: Int32Array, from: number, end: number, block: Int32Array): boolean {
  let i = from;
  let j = 0;
  for (; i + 4 <= end; i += 4, j += 4) {
    if (words[i] !== block[j] || words[i + 1] !== block[j + 1]) return false;
    if (words[i + 2] !== block[j + 2] || words[i + 3] !== block[j + 3]) return false;
  }
  for (; i < end; i++, j++) if (words[i] !== block[j]) return false;
  return true;
}

/** The value with each of its arrays of words replaced, in a fixed order; all else is shared. */
function withArrays<S>(value: S, replaced: (words: Words) => Words): S {
  return replacedIn(value, replaced) as S;
}

function replacedIn(value: unknown, replaced: (words: Words) => Words): unknown {
  if (value instanceof Int32Array || value instanceof Float64Array || value instanceof Uint8Array)
    return replaced(value);
  if (Array.isArray(value)) {
    return typeof value[0] === "object" ? value.map((one: unknown) => replacedIn(one, replaced)) : value;
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, replacedIn(one, replaced)]));
}
