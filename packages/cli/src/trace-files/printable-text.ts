/** Byte strings of recorded names, as text for other programs and back. */

import { fromByteString, toByteString } from "../output.ts";

/**
 * What the bytes say as UTF-8. Bytes that are none, which a task may have in its name, are written as `\xNN`, and then a
 * backslash as `\x5c`.
 */
export function printableText(bytes: string): string {
  const text = fromByteString(bytes);
  if (toByteString(text) === bytes && !text.includes("\\x")) return text;
  return [...bytes].map((byte) => (byte < "\x80" && byte !== "\\" ? byte : escaped(byte))).join("");
}

/** The bytes of what `printableText` wrote. */
export function bytesOfPrintable(text: string): string {
  return toByteString(text).replace(/\\x([0-9a-f]{2})/g, (_, digits) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}

function escaped(byte: string): string {
  return `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
