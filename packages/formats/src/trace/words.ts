/** Binary records are read in words of 4 bytes, in the order of little-endian machines, which is what runs JavaScript. */

import { WORD_BYTES } from "./record-constants.ts";

/** As words, without what is left over; bytes that do not start at a word are copied. */
export function wordsOf(bytes: Uint8Array): Int32Array {
  const whole = bytes.byteOffset % WORD_BYTES === 0 ? bytes : bytes.slice();
  return new Int32Array(whole.buffer, whole.byteOffset, Math.floor(whole.length / WORD_BYTES));
}
