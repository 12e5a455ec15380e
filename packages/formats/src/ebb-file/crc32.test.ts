/** The checksum against published values and against the plain way to compute it. */

import fc from "fast-check";
import { expect, test } from "vitest";
import { crc32 } from "./crc32.ts";

/** Bit by bit, as the polynomial says. */
function slowCrc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc % 2 !== 0 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

function check(text: string, expected: number): void {
  const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
  expect(crc32(bytes, 0, bytes.length)).toBe(expected);
}

test("published values", () => {
  check("", 0);
  check("123456789", 0xcbf43926);
  check("The quick brown fox jumps over the lazy dog", 0x414fa339);
});

test("any bytes, any part of them", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat(20), (bytes, start) => {
      const from = Math.min(start, bytes.length);
      expect(crc32(bytes, from, bytes.length)).toBe(slowCrc32(bytes.subarray(from)));
    }),
  );
});
