/** Backslash escapes as `echo -e` and `$'...'` read them. */

import { SIMPLE_ESCAPES } from "../commands/printf-format.ts";

const SIMPLE = new Map<string, string>([...SIMPLE_ESCAPES, ["'", "'"], ['"', '"'], ["?", "?"]]);

/** The text of `$'text'`. */
export function expandEscapes(text: string): string {
  let out = "";
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char !== "\\" || at + 1 >= text.length) {
      out += char;
      continue;
    }
    const next = text.charAt(at + 1);
    const simple = SIMPLE.get(next);
    if (simple !== undefined) {
      out += simple;
      at++;
      continue;
    }
    if (next === "c" && at + 2 < text.length) {
      out += String.fromCharCode(text.charCodeAt(at + 2) & 31);
      at += 2;
      continue;
    }
    const coded = codedEscape(text, at + 1, 3);
    if (coded === undefined) out += char;
    else {
      out += coded.text;
      at = coded.end - 1;
    }
  }
  return out;
}

/** `echo -e`: `stop` after `\c`. Octal needs a leading 0 here. */
export function expandEchoEscapes(text: string): { readonly text: string; readonly stop: boolean } {
  if (!text.includes("\\")) return { text, stop: false };
  let out = "";
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    const next = text.charAt(at + 1);
    if (char !== "\\" || next === "") {
      out += char;
      continue;
    }
    if (next === "c") return { text: out, stop: true };
    const simple = next === "'" || next === '"' || next === "?" ? undefined : SIMPLE.get(next);
    if (simple !== undefined) {
      out += simple;
      at++;
      continue;
    }
    const coded =
      next === "0" ? octal(text, at + 2, 3) : next >= "1" && next <= "9" ? undefined : codedEscape(text, at + 1, 3);
    if (coded === undefined) out += char;
    else {
      out += coded.text;
      at = coded.end - 1;
    }
  }
  return { text: out, stop: false };
}

interface Coded {
  readonly text: string;
  readonly end: number;
}

/** The escape whose letter is at `at`: octal, hex, unicode or control. */
function codedEscape(text: string, at: number, maxOctal: number): Coded | undefined {
  const letter = text.charAt(at);
  if (letter >= "0" && letter <= "7") return octal(text, at, maxOctal);
  if (letter === "x") return hexadecimal(text, at + 1, 2);
  if (letter === "u") return hexadecimal(text, at + 1, 4);
  if (letter === "U") return hexadecimal(text, at + 1, 8);
  return undefined;
}

function octal(text: string, from: number, maxDigits: number): Coded {
  let end = from;
  let value = 0;
  while (end < from + maxDigits && text.charAt(end) >= "0" && text.charAt(end) <= "7" && end < text.length) {
    value = value * 8 + Number(text.charAt(end));
    end++;
  }
  return { text: String.fromCharCode(value & 255), end };
}

function hexadecimal(text: string, from: number, maxDigits: number): Coded | undefined {
  const digits = /^[0-9A-Fa-f]*/.exec(text.slice(from, from + maxDigits))?.[0] ?? "";
  if (digits === "") return undefined;
  const code = Number.parseInt(digits, 16);
  const end = from + digits.length;
  if (maxDigits === 2) return { text: String.fromCharCode(code), end };
  return { text: utf8(code), end };
}

/** A code point as the bytes of its UTF-8 form. */
function utf8(code: number): string {
  if (code < 0x80) return String.fromCharCode(code);
  const tail = (shift: number): number => 0x80 | (Math.floor(code / 2 ** shift) & 0x3f);
  if (code < 0x800) return String.fromCharCode(0xc0 | (code >> 6), tail(0));
  if (code < 0x10000) return String.fromCharCode(0xe0 | (code >> 12), tail(6), tail(0));
  return String.fromCharCode(0xf0 | ((code >> 18) & 7), tail(12), tail(6), tail(0));
}
