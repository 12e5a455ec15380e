/** The current record: `$0`, its fields, and which of the two must be made anew from the other. */

import { InputText, type Value } from "./value.ts";

export class Record {
  #text: Value = "";
  /** Fields as they were cut out of the record. */
  #raw: readonly string[] = [];
  /** Fields that were assigned, or read before; undefined where the raw one still holds. */
  #fields: Value[] = [];
  #count = 0;
  #textStale = false;
  #fieldsStale = false;
  #separator = " ";

  /** `separator` is FS now: a later change of FS is for the next record. */
  set(text: Value, separator: string): void {
    this.#text = text;
    this.#textStale = false;
    this.#fieldsStale = true;
    this.#separator = separator;
  }

  /** `$0`; `join` is OFS, `text` turns a value into a string. */
  whole(join: string, text: (value: Value) => string): Value {
    if (this.#textStale) {
      const parts: string[] = [];
      for (let i = 0; i < this.#count; i++) parts.push(text(this.#fields[i] ?? this.#raw[i]));
      this.#text = new InputText(parts.join(join));
      this.#textStale = false;
    }
    return this.#text;
  }

  count(split: FieldSplitter): number {
    this.#splitNow(split);
    return this.#count;
  }

  get(index: number, split: FieldSplitter): Value {
    this.#splitNow(split);
    if (index > this.#count) return undefined;
    const known = this.#fields[index - 1];
    if (known !== undefined) return known;
    const field = new InputText(this.#raw[index - 1] ?? "");
    this.#fields[index - 1] = field;
    return field;
  }

  setField(index: number, value: number | string | InputText, split: FieldSplitter): void {
    this.#splitNow(split);
    if (index > this.#count) this.#count = index;
    this.#fields[index - 1] = value;
    this.#textStale = true;
  }

  setCount(count: number, split: FieldSplitter): void {
    this.#splitNow(split);
    for (let i = count; i < this.#count; i++) this.#fields[i] = "";
    if (count < this.#raw.length) this.#raw = this.#raw.slice(0, count);
    if (count < this.#fields.length) this.#fields.length = count;
    this.#count = count;
    this.#textStale = true;
  }

  #splitNow(split: FieldSplitter): void {
    if (!this.#fieldsStale) return;
    this.#fieldsStale = false;
    const text = this.#text;
    this.#raw = split(typeof text === "string" ? text : text instanceof InputText ? text.text : "", this.#separator);
    this.#fields = [];
    this.#count = this.#raw.length;
  }
}

type FieldSplitter = (text: string, separator: string) => string[];

/** Pieces between matches; empty matches separate nothing. */
export function splitByRegex(text: string, regex: RegExp): string[] {
  if (text === "") return [];
  const parts: string[] = [];
  let from = 0;
  regex.lastIndex = 0;
  for (let match = regex.exec(text); match !== null; match = regex.exec(text)) {
    if (match[0] === "") {
      regex.lastIndex++;
      continue;
    }
    parts.push(text.slice(from, match.index));
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return parts;
}

/**
 * Splits as FS says: " " at runs of blanks, one other character literally, "" into characters, more as a regex.
 *
 * @param paragraphs  RS is empty, so a newline separates fields too
 */
export function splitFields(
  text: string,
  separator: string,
  paragraphs: boolean,
  compile: (source: string) => RegExp,
): string[] {
  if (separator === " ") return text.match(/[^ \t\n]+/g) ?? [];
  if (text === "") return [];
  if (separator === "") return text.split("");
  if (separator.length === 1 && separator !== "\\") {
    if (!paragraphs) return text.split(separator);
    return text.split(separator).flatMap((part) => part.split("\n"));
  }
  return splitByRegex(text, compile(paragraphs ? `(${separator})|\n` : separator));
}
