/** Escapes of C: what a letter behind a backslash stands for, and how a byte that cannot be shown is written. */

/** Control characters by their letter, as regular expressions and sed's replacements know them. */
export const CONTROL_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
  ["f", "\f"],
  ["v", "\v"],
  ["a", "\x07"],
]);

const C_ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\x07", "\\a"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\v", "\\v"],
  ["'", "\\'"],
  ["\\", "\\\\"],
]);

/** A byte as C writes it: its letter, or three octal digits. */
export function cEscape(c: string): string {
  return C_ESCAPES.get(c) ?? `\\${c.charCodeAt(0).toString(8).padStart(3, "0")}`;
}
