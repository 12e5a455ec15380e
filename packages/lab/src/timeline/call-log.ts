/**
 * The calls made of a machine, as columns: what is needed to make them again.
 *
 *     call          0            1          2 ...
 *     code          mkdir        fork       deferred
 *     words    ... 0 12 3 0 |   1000   |  2 17 | ...      numbers, texts by number, truth values as 0 and 1
 *     timeNs        when it was over
 */

import type { CallArgument } from "@ebb/model";
import { countUpTo, FloatColumn, IntColumn } from "./columns.ts";

/** More are not written down: those of a script without an end would fill the memory (160 MB are these). */
export const MOST_CALLS = 4_000_000;

type ArgumentKind = "number" | "text" | "truth";

export class CallLog {
  readonly timeNs = new FloatColumn();
  private readonly codes = new IntColumn();
  private readonly firstWord = new IntColumn();
  private readonly words = new FloatColumn();
  /** Kinds of a call's arguments, by its code: always the same. */
  private readonly kinds: (readonly ArgumentKind[] | undefined)[] = [];
  private readonly texts: string[] = [];
  private readonly numbers = new Map<string, number>();

  /** Calls that are over. */
  get length(): number {
    return this.timeNs.length;
  }

  begins(code: number, args: readonly CallArgument[]): void {
    this.kinds[code] ??= args.map(kindOf);
    this.codes.push(code);
    this.firstWord.push(this.words.length);
    for (const arg of args) this.words.push(typeof arg === "string" ? this.numberOf(arg) : Number(arg));
  }

  ended(timeNs: number): void {
    this.timeNs.push(timeNs);
  }

  codeOf(call: number): number {
    return this.codes.at(call);
  }

  argumentsOf(call: number): CallArgument[] {
    const from = this.firstWord.at(call);
    const kinds = this.kinds[this.codeOf(call)] ?? [];
    const args: CallArgument[] = [];
    for (let i = 0; i < kinds.length; i++) {
      const word = this.words.at(from + i);
      args.push(kinds[i] === "text" ? (this.texts[word] ?? "") : kinds[i] === "truth" ? word !== 0 : word);
    }
    return args;
  }

  /** The first argument as a number. */
  firstArgument(call: number): number {
    return this.words.at(this.firstWord.at(call));
  }

  /** Calls over at or before the time. */
  nrUpTo(timeNs: number): number {
    return countUpTo(this.timeNs.rows(), this.length, timeNs);
  }

  private numberOf(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    this.numbers.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }
}

function kindOf(arg: CallArgument): ArgumentKind {
  if (typeof arg === "string") return "text";
  return typeof arg === "boolean" ? "truth" : "number";
}
