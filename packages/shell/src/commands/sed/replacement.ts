/** The right side of sed's `s`: text, `&`, `\1`, and the case conversions \L \U \l \u \E. */

import { CONTROL_ESCAPES } from "../support/escapes.ts";

export type ReplacementPart =
  | { readonly kind: "text"; readonly text: string }
  /** Group 0 is the whole match. */
  | { readonly kind: "group"; readonly group: number }
  | { readonly kind: "case"; readonly letter: "L" | "U" | "l" | "u" | "E" };

export function parseReplacement(text: string): ReplacementPart[] {
  const parts: ReplacementPart[] = [];
  const token =
    /\\([0-9])|\\([LUluE])|\\x([0-9a-fA-F]{1,2})|\\o([0-7]{1,3})|\\d([0-9]{3})|\\([\s\S])|(&)|([^\\&]+)|\\/g;
  for (const match of text.matchAll(token)) {
    const [, group, letter, hex, octal, decimal, escaped, whole, plain] = match;
    const code = hex ?? octal ?? decimal;
    if (group !== undefined) parts.push({ kind: "group", group: Number(group) });
    else if (letter === "L" || letter === "U" || letter === "l" || letter === "u" || letter === "E") {
      parts.push({ kind: "case", letter });
    } else if (code !== undefined) {
      const radix = hex !== undefined ? 16 : octal !== undefined ? 8 : 10;
      parts.push({ kind: "text", text: String.fromCharCode(Number.parseInt(code, radix) & 0xff) });
    } else if (escaped !== undefined) parts.push({ kind: "text", text: CONTROL_ESCAPES.get(escaped) ?? escaped });
    else if (whole !== undefined) parts.push({ kind: "group", group: 0 });
    else if (plain !== undefined) parts.push({ kind: "text", text: plain });
  }
  return parts;
}

/** The replacement for one match. */
export function expandReplacement(parts: readonly ReplacementPart[], match: RegExpExecArray): string {
  let out = "";
  let all = "";
  let next = "";
  for (const part of parts) {
    if (part.kind === "case") {
      if (part.letter === "l" || part.letter === "u") next = part.letter;
      else {
        all = part.letter === "E" ? "" : part.letter;
        next = "";
      }
      continue;
    }
    let text = part.kind === "text" ? part.text : (match[part.group] ?? "");
    if (text === "") continue;
    if (all !== "") text = convert(text, all === "U");
    if (next !== "") text = convert(text.charAt(0), next === "u") + text.slice(1);
    next = "";
    out += text;
  }
  return out;
}

function convert(text: string, upper: boolean): string {
  return upper
    ? text.replace(/[a-z]+/g, (run) => run.toUpperCase())
    : text.replace(/[A-Z]+/g, (run) => run.toLowerCase());
}
