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

/** A safe integer as two words. */
export function foldTotal(hash: HashFold, total: number): void {
  foldWord(hash, Math.floor(total / 0x1_0000_0000));
  foldWord(hash, total % 0x1_0000_0000);
}

/** Its length and its UTF-16 code units. */
export function foldText(hash: HashFold, text: string): void {
  foldWord(hash, text.length);
  for (let i = 0; i < text.length; i++) foldWord(hash, text.charCodeAt(i));
}

export function hashDigits(hash: HashFold): string {
  return toHex(finishHash(hash.plain)) + toHex(finishHash(hash.turned));
}
