/** The patterns of one grep: each compiled by itself, and the leftmost-longest of their matches taken. */

import { compileBre, compileEre } from "../regex/index.ts";

export type Syntax = "basic" | "extended" | "fixed";

export interface MatchHow {
  readonly syntax: Syntax;
  readonly ignoreCase: boolean;
  readonly wholeWord: boolean;
  readonly wholeLine: boolean;
}

const WORD = "[A-Za-z0-9_]";

interface Span {
  readonly start: number;
  readonly end: number;
}

export class Patterns {
  readonly #regexes: readonly RegExp[];

  private constructor(regexes: readonly RegExp[]) {
    this.#regexes = regexes;
  }

  /** Compiles; the error is what grep prints after its name. */
  static compile(
    texts: readonly string[],
    how: MatchHow,
    warn: (text: string) => void,
  ): Patterns | { readonly error: string } {
    const regexes: RegExp[] = [];
    for (const text of texts) {
      const regex = compileOne(text, how, warn);
      if ("error" in regex) return regex;
      regexes.push(regex);
    }
    return new Patterns(regexes);
  }

  test(line: string): boolean {
    for (const regex of this.#regexes) {
      regex.lastIndex = 0;
      if (regex.test(line)) return true;
    }
    return false;
  }

  /** Leftmost match at or after `from`, the longest of those. */
  find(line: string, from: number): Span | undefined {
    let best: Span | undefined;
    for (const regex of this.#regexes) {
      regex.lastIndex = from;
      const match = regex.exec(line);
      if (match === null) continue;
      const end = match.index + match[0].length;
      if (best === undefined || match.index < best.start || (match.index === best.start && end > best.end)) {
        best = { start: match.index, end };
      }
    }
    return best;
  }
}

function compileOne(text: string, how: MatchHow, warn: (text: string) => void): RegExp | { readonly error: string } {
  let regex: RegExp | { readonly error: string };
  if (how.syntax === "fixed") {
    const bytes = text.replace(/[^A-Za-z0-9_ ]/g, (c) => `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`);
    const source = how.ignoreCase ? bytes.replace(/(\\x..)|[A-Za-z]/g, bothCases) : bytes;
    regex = new RegExp(source, "g");
  } else {
    const compile = how.syntax === "extended" ? compileEre : compileBre;
    regex = compile(text, { ignoreCase: how.ignoreCase, flags: "g", flavour: "grep", warn });
  }
  if ("error" in regex) return regex;
  if (how.wholeLine) return new RegExp(`^(?:${regex.source})$`, regex.flags);
  if (how.wholeWord) return new RegExp(`(?<!${WORD})(?:${regex.source})(?!${WORD})`, regex.flags);
  return regex;
}

function bothCases(match: string, hex: string | undefined): string {
  return hex === undefined ? `[${match.toUpperCase()}${match.toLowerCase()}]` : match;
}
