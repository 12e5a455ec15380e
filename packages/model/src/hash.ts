/**
 * The fold behind every state hash: two independent 32-bit folds over a sequence of words, sixteen hexadecimal digits
 * at the end. The order of the words is part of the hash.
 */

import { finishHash, foldHash, foldHashTurned, toHex } from "./bits.ts";

export interface HashFold {
  plain: number;
  turned: number;
}

export function newHash(): HashFold {
  return { plain: 0x811c9dc5, turned: 0x2545f491 };
}

export function foldWord(hash: HashFold, word: number): void {
  hash.plain = foldHash(hash.plain, word);
  hash.turned = foldHashTurned(hash.turned, word);
}

/** The words `[from, end)`, one after the other. */
export function foldWords(hash: HashFold, words: Int32Array, from: number, end: number): void {
  let { plain, turned } = hash;
  for (let i = from; i < end; i++) {
    const word = words[i];
    plain = foldHash(plain, word);
    turned = foldHashTurned(turned, word);
  }
  hash.plain = plain;
  hash.turned = turned;
}

/** A safe integer as two words. */
export function foldTotal(hash: HashFold, total: number): void {
  foldWord(hash, highWord(total));
  foldWord(hash, lowWord(total));
}

/** Safe integers as two words each, one after the other. */
function foldTotals(hash: HashFold, totals: Float64Array, end: number): void {
  let { plain, turned } = hash;
  for (let i = 0; i < end; i++) {
    const total = totals[i];
    const high = highWord(total);
    const low = lowWord(total);
    plain = foldHash(foldHash(plain, high), low);
    turned = foldHashTurned(foldHashTurned(turned, high), low);
  }
  hash.plain = plain;
  hash.turned = turned;
}

/** Most numbers are small: they need no division. */
function highWord(total: number): number {
  if (total < WORD && total >= -WORD) return total < 0 ? -1 : 0;
  return Math.floor(total / WORD);
}

function lowWord(total: number): number {
  return total < WORD && total >= -WORD ? total : total % WORD;
}

const WORD = 0x1_0000_0000;
const ROOM = 4096;

/** Safe integers on their way to a hash: folded many at a time. */
export class TotalsFold {
  private readonly hash: HashFold;
  private readonly totals = new Float64Array(ROOM);
  private nr = 0;

  constructor(hash: HashFold) {
    this.hash = hash;
  }

  add(total: number): void {
    if (this.nr === ROOM) this.flush();
    this.totals[this.nr++] = total;
  }

  /** Call before anything else is folded. */
  flush(): void {
    foldTotals(this.hash, this.totals, this.nr);
    this.nr = 0;
  }
}

/** Its length and its UTF-16 code units. */
export function foldText(hash: HashFold, text: string): void {
  foldWord(hash, text.length);
  for (let i = 0; i < text.length; i++) foldWord(hash, text.charCodeAt(i));
}

export function hashDigits(hash: HashFold): string {
  return toHex(finishHash(hash.plain)) + toHex(finishHash(hash.turned));
}
