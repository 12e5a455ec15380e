/** Where expansion puts its pieces: into fields (splitting and matching files), one text, a pattern, or a regex. */

import { hasPatternCharacter, quotePattern } from "./pattern.ts";

export interface Sink {
  /** True when unquoted values are split, so that lists keep their elements apart. */
  readonly splits: boolean;
  /** Text of the script itself. */
  literal(text: string, quoted: boolean): void;
  /** What an expansion gave. */
  value(text: string, quoted: boolean): void;
  /** Between two elements of a list. */
  separator(): void;
}

/** One field before file names are matched. */
export interface Field {
  readonly text: string;
  /** The same with quoted characters escaped, when it holds pattern characters; else undefined. */
  readonly pattern: string | undefined;
}

const WHITESPACE = " \t\n";

export class FieldSink implements Sink {
  readonly splits = true;
  readonly fields: Field[] = [];
  readonly #ifs: string;
  readonly #globs: boolean;
  readonly #extglob: boolean;
  #text = "";
  #pattern = "";
  #special = false;
  #open = false;
  /** The last field was ended by whitespace, which a following separator character belongs to. */
  #closedBySpace = false;

  constructor(ifs: string, globs: boolean, extglob: boolean) {
    this.#ifs = ifs;
    this.#globs = globs;
    this.#extglob = extglob;
  }

  literal(text: string, quoted: boolean): void {
    if (quoted) this.#open = true;
    this.#append(text, quoted);
  }

  value(text: string, quoted: boolean): void {
    if (quoted) {
      this.literal(text, true);
      return;
    }
    const ifs = this.#ifs;
    let start = 0;
    for (let i = 0; i < text.length; i++) {
      const char = text.charAt(i);
      if (!ifs.includes(char)) continue;
      if (i > start) this.#append(text.slice(start, i), false);
      start = i + 1;
      if (WHITESPACE.includes(char)) {
        if (this.#open) {
          this.#endField();
          this.#closedBySpace = true;
        }
      } else if (this.#closedBySpace) this.#closedBySpace = false;
      else {
        this.#open = true;
        this.#endField();
      }
    }
    if (start < text.length) this.#append(start === 0 ? text : text.slice(start), false);
  }

  separator(): void {
    this.#endField();
  }

  finish(): readonly Field[] {
    this.#endField();
    return this.fields;
  }

  #append(text: string, quoted: boolean): void {
    if (text === "") return;
    this.#open = true;
    this.#closedBySpace = false;
    this.#text += text;
    if (!this.#globs) return;
    if (quoted) this.#pattern += quotePattern(text);
    else {
      this.#pattern += text;
      if (!this.#special && hasPatternCharacter(this.#extglob ? this.#pattern : text, this.#extglob))
        this.#special = true;
    }
  }

  #endField(): void {
    if (!this.#open) return;
    this.fields.push({ text: this.#text, pattern: this.#special ? this.#pattern : undefined });
    this.#text = "";
    this.#pattern = "";
    this.#special = false;
    this.#open = false;
  }
}

/** Assignments, here-documents, `case` words: everything is one text. */
export class TextSink implements Sink {
  readonly splits = false;
  text = "";

  literal(text: string): void {
    this.text += text;
  }

  value(text: string): void {
    this.text += text;
  }

  separator(): void {
    this.text += " ";
  }
}

/** Patterns: quoted characters match only themselves. */
export class PatternSink implements Sink {
  readonly splits = false;
  text = "";
  readonly #quote: (text: string) => string;

  constructor(quote: (text: string) => string = quotePattern) {
    this.#quote = quote;
  }

  literal(text: string, quoted: boolean): void {
    this.text += quoted ? this.#quote(text) : text;
  }

  value(text: string, quoted: boolean): void {
    this.literal(text, quoted);
  }

  separator(): void {
    this.text += " ";
  }
}

/** Escapes what an extended regular expression treats specially. */
export function quoteRegex(text: string): string {
  return text.replace(/[\\^$.[\]|()*+?{}]/g, "\\$&");
}
