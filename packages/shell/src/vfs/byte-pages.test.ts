import fc from "fast-check";
import { expect, test } from "vitest";
import { BytePages, PAGE_BYTES, zeros } from "./byte-pages.ts";

test("reads back what one flat string would hold, after any writes", () => {
  const write = fc.record({
    offset: fc.oneof(fc.nat(20), fc.nat(5 * PAGE_BYTES)),
    length: fc.oneof(fc.nat(20), fc.nat(3 * PAGE_BYTES)),
    byte: fc.constantFrom("\0", "a", "b"),
  });
  const read = fc.record({ offset: fc.nat(8 * PAGE_BYTES), length: fc.nat(4 * PAGE_BYTES) });
  fc.assert(
    fc.property(fc.array(write, { maxLength: 12 }), read, (writes, { offset, length }) => {
      const pages = new BytePages();
      let flat = "";
      for (const { offset, length, byte } of writes) {
        const bytes = byte.repeat(length);
        pages.write(offset, bytes);
        if (length > 0) flat = flat.padEnd(offset, "\0").slice(0, offset) + bytes + flat.slice(offset + length);
      }
      expect(pages.sizeBytes).toBe(flat.length);
      expect(pages.read(0, flat.length + 10) === flat).toBe(true);
      expect(pages.read(offset, length) === flat.slice(offset, offset + length)).toBe(true);
    }),
  );
});

test("a hole takes no pages", () => {
  const pages = new BytePages();
  pages.write(2 ** 40, "x");
  expect(pages.nrPages).toBe(1);
  expect(pages.sizeBytes).toBe(2 ** 40 + 1);
  expect(pages.read(2 ** 40 - 2, 10)).toBe("\0\0x");
});

test("fitting counts pages that would be new", () => {
  const pages = new BytePages();
  pages.write(0, "x");
  expect(pages.fitting(1, PAGE_BYTES - 1, 0)).toBe(PAGE_BYTES - 1);
  expect(pages.fitting(1, PAGE_BYTES, 0)).toBe(PAGE_BYTES - 1);
  expect(pages.fitting(1, 10 * PAGE_BYTES, 2)).toBe(3 * PAGE_BYTES - 1);
  expect(pages.fitting(PAGE_BYTES, 1, 0)).toBe(0);
});

test("a gigabyte of zeros and a hundred thousand appends are quick", () => {
  const pages = new BytePages();
  const piece = zeros(1024 * 1024);
  for (let i = 0; i < 1024; i++) pages.write(i * piece.length, piece);
  expect(pages.sizeBytes).toBe(2 ** 30);
  const lines = new BytePages();
  for (let i = 0; i < 100_000; i++) lines.write(lines.sizeBytes, "some line\n");
  expect(lines.read(999_990, 100)).toBe("some line\n");
});
