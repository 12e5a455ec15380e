/** The operations of `${x#pattern}`, `${x/pattern/text}` and `${x^pattern}` on one text. */

import { longestMatchEnd, matchesRange, matchesWhole, type Pattern, shortestMatchEnd } from "./pattern.ts";

/** `text` without the part at its start (or end) that matches. */
export function removeMatch(text: string, pattern: Pattern, fromEnd: boolean, longest: boolean): string {
  if (!fromEnd) {
    const end = longest ? longestMatchEnd(pattern, text, 0) : shortestMatchEnd(pattern, text, 0);
    return end < 0 ? text : text.slice(end);
  }
  if (longest) {
    for (let start = 0; start <= text.length; start++) {
      if (matchesRange(pattern, text, start, text.length)) return text.slice(0, start);
    }
    return text;
  }
  for (let start = text.length; start >= 0; start--) {
    if (matchesRange(pattern, text, start, text.length)) return text.slice(0, start);
  }
  return text;
}

/**
 * `text` with the first match, all matches, or an anchored match replaced.
 *
 * @param pieces the replacement; undefined stands for the text that matched
 */
export function replaceMatches(
  text: string,
  pattern: Pattern,
  anchor: "" | "#" | "%",
  all: boolean,
  pieces: readonly (string | undefined)[],
): string {
  const put = (match: string): string => pieces.map((piece) => piece ?? match).join("");
  if (pattern.literal === "") return anchor === "#" ? put("") + text : anchor === "%" ? text + put("") : text;
  // bash does not look for matches in an empty text, but for a lone "*" and at the end.
  if (text === "" && anchor !== "%") return isStar(pattern) ? put("") : text;
  if (anchor === "#") {
    const end = longestMatchEnd(pattern, text, 0);
    return end < 0 ? text : put(text.slice(0, end)) + text.slice(end);
  }
  if (anchor === "%") {
    const kept = removeMatch(text, pattern, true, true);
    return kept.length === text.length && !matchesRange(pattern, text, text.length, text.length)
      ? text
      : kept + put(text.slice(kept.length));
  }
  let out = "";
  let at = 0;
  while (at < text.length) {
    const end = longestMatchEnd(pattern, text, at);
    if (end < 0 || end === at) {
      if (pattern.literal !== undefined) {
        const next = text.indexOf(pattern.literal, at);
        if (next < 0) break;
        out += text.slice(at, next);
        at = next;
        continue;
      }
      out += text.charAt(at);
      at++;
      continue;
    }
    out += put(text.slice(at, end));
    at = end;
    if (!all) break;
  }
  return out + text.slice(at);
}

function isStar(pattern: Pattern): boolean {
  return pattern.nodes.length === 1 && pattern.nodes[0]?.kind === "star";
}

type CaseChange = "upper" | "lower" | "toggle";

/** Raises or lowers the first character, or all, that match `pattern`. */
export function changeCase(text: string, pattern: Pattern, change: CaseChange, all: boolean): string {
  let out = "";
  const end = all ? text.length : Math.min(1, text.length);
  for (let i = 0; i < end; i++) {
    const char = text.charAt(i);
    out += matchesWhole(pattern, char) ? changed(char, change) : char;
  }
  return out + text.slice(end);
}

function changed(char: string, change: CaseChange): string {
  const isUpper = char >= "A" && char <= "Z";
  if (change === "upper" || (change === "toggle" && !isUpper))
    return char >= "a" && char <= "z" ? char.toUpperCase() : char;
  return isUpper ? char.toLowerCase() : char;
}
