/** File name patterns as fnmatch(3) reads them. */

import { parseBracket, setSource } from "../regex/bracket.ts";

/** A pattern as RegExp over a whole name; `*` and `?` also match "/" and a leading dot, as in find. */
export function globToRegex(pattern: string, ignoreCase: boolean): RegExp {
  let source = "";
  for (let at = 0; at < pattern.length; at++) {
    const c = pattern.charAt(at);
    if (c === "*") source += "[^]*";
    else if (c === "?") source += "[^]";
    else if (c === "[") {
      const body = pattern.slice(at).replace(/^\[!/, "[^");
      const parsed = parseBracket(body, 0, { escape: (letter) => letter, ignoreCase });
      if ("error" in parsed) source += "\\[";
      else {
        source += setSource(parsed.set);
        at += parsed.end - 1;
      }
    } else if (c === "\\" && at + 1 < pattern.length) {
      at++;
      source += literal(pattern.charAt(at), ignoreCase);
    } else source += literal(c, ignoreCase);
  }
  return new RegExp(`^${source}$`);
}

function literal(c: string, ignoreCase: boolean): string {
  if (ignoreCase && /[A-Za-z]/.test(c)) return `[${c.toUpperCase()}${c.toLowerCase()}]`;
  return `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
