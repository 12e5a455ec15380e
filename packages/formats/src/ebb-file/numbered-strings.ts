/** Strings of a file by number, and which of them it has already. */

import { assertFormat } from "./assert-format.ts";
import { MAX_STRING_UNITS } from "./layout.ts";

export class NumberedStrings {
  readonly #strings: string[];
  readonly #numbers: Map<string, number>;
  /** Strings that stand in the file. */
  nrWritten: number;
  /** The list asked for last, and the number of each of its strings. */
  #source: readonly string[] = [];
  #numbersOfSource: number[] = [];

  constructor(written: readonly string[]) {
    this.#strings = [...written];
    this.#numbers = new Map(written.map((text, number) => [text, number]));
    this.nrWritten = written.length;
  }

  get nr(): number {
    return this.#strings.length;
  }

  /** The file's number of each string of `source`, a list that grows; new ones get theirs in the list's order. */
  numbersOf(source: readonly string[]): readonly number[] {
    if (source !== this.#source) {
      this.#source = source;
      this.#numbersOfSource = [];
    }
    const numbers = this.#numbersOfSource;
    for (let i = numbers.length; i < source.length; i++) numbers.push(this.#numberOf(source[i] ?? ""));
    return numbers;
  }

  /** Strings that do not stand in the file yet, at least one, with no more than `maxUnits` units if it is not one. */
  takeUnwritten(maxUnits: number): readonly string[] {
    const start = this.nrWritten;
    let nrUnits = 0;
    do {
      nrUnits += this.#strings[this.nrWritten++]?.length ?? 0;
    } while (this.nrWritten < this.nr && nrUnits + (this.#strings[this.nrWritten]?.length ?? 0) <= maxUnits);
    return this.#strings.slice(start, this.nrWritten);
  }

  #numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    assertFormat(text.length <= MAX_STRING_UNITS, "a name fits into a block");
    this.#numbers.set(text, this.#strings.length);
    return this.#strings.push(text) - 1;
  }
}
