/** State of a running awk program: variables, the record, what is open, and the values' conversions. */

import type { CommandContext, Running } from "../../process/command.ts";
import { compileEre } from "../regex/index.ts";
import { Output } from "../support/streams.ts";
import { specialSlot } from "./ast.ts";
import { formatNumber } from "./format.ts";
import { Record, splitFields } from "./record.ts";
import { OpenStreams } from "./streams.ts";
import { type AwkArray, type Cell, InputText, numberText, type Value } from "./value.ts";

/** Slots of one function call. */
export interface Frame {
  readonly slots: Cell[];
  readonly temporaries: Value[];
}

/** A fault that ends the program: printed after the name, status 2. */
export class AwkFault extends Error {}

/** Leaves all calls at once: thrown by `next` and `exit` inside a function. */
export class Unwind extends Error {
  readonly signal: number;

  constructor(signal: number) {
    super("unwind");
    this.signal = signal;
  }
}

/** How a statement ended. */
export const NORMAL = 0;
export const BREAK = 1;
export const CONTINUE = 2;
export const NEXT = 3;
export const NEXT_FILE = 4;
export const EXIT = 5;
export const RETURN = 6;

const MAX_FIELD = 1_000_000;
const REGEX_CACHE_LIMIT = 500;

const SLOT = {
  FS: specialSlot("FS"),
  OFS: specialSlot("OFS"),
  RS: specialSlot("RS"),
  CONVFMT: specialSlot("CONVFMT"),
  OFMT: specialSlot("OFMT"),
  SUBSEP: specialSlot("SUBSEP"),
};

export class Runtime {
  readonly context: CommandContext;
  readonly globals: Cell[];
  readonly output: Output;
  readonly streams: OpenStreams;
  readonly record = new Record();
  frame: Frame = { slots: [], temporaries: [] };
  returnValue: Value;
  exitStatus = 0;
  depth = 0;
  /** State of rand(). */
  seed = 0;
  previousSeed = 0;
  /** The operand files, for plain getline. */
  mainInput: { next(): Running<string | undefined> } | undefined;
  readonly #regexes = new Map<string, RegExp>();

  constructor(context: CommandContext, nrGlobals: number) {
    this.context = context;
    this.globals = new Array<Cell>(nrGlobals).fill(undefined);
    this.output = new Output(context);
    this.streams = new OpenStreams(context);
  }

  readonly text = (value: Value): string => {
    if (typeof value === "string") return value;
    if (value === undefined) return "";
    if (typeof value === "number") return numberText(value, this.#convert);
    return value.text;
  };

  /** As print shows it: numbers through OFMT. */
  readonly printText = (value: Value): string => {
    if (typeof value === "number") return numberText(value, this.#convertForPrint);
    return this.text(value);
  };

  readonly compile = (source: string): RegExp => {
    const known = this.#regexes.get(source);
    if (known !== undefined) return known;
    const regex = compileEre(source, { flavour: "awk", flags: "g" });
    if ("error" in regex) throw new AwkFault(`regular expression compile failed (${regex.error})\n${source}`);
    if (this.#regexes.size >= REGEX_CACHE_LIMIT) this.#regexes.clear();
    this.#regexes.set(source, regex);
    return regex;
  };

  readonly #convert = (value: number): string => formatNumber(this.global(SLOT.CONVFMT), value);
  readonly #convertForPrint = (value: number): string => formatNumber(this.global(SLOT.OFMT), value);

  readonly splitRecord = (text: string, separator: string): string[] =>
    splitFields(text, separator, this.global(SLOT.RS) === "", this.compile);

  /** Text of a predefined variable. */
  global(slot: number): string {
    const cell = this.globals[slot];
    return cell instanceof Map ? "" : this.text(cell);
  }

  setRecord(text: string): void {
    this.record.set(new InputText(text), this.global(SLOT.FS));
  }

  getField(index: number): Value {
    if (index === 0) return this.record.whole(this.global(SLOT.OFS), this.text);
    if (!(index > 0 && index <= MAX_FIELD)) throw new AwkFault(`trying to access out of range field ${index}`);
    return this.record.get(index, this.splitRecord);
  }

  setField(index: number, value: Value): void {
    if (index === 0) {
      const text = value instanceof InputText ? value : new InputText(this.text(value));
      this.record.set(text, this.global(SLOT.FS));
      return;
    }
    if (!(index > 0 && index <= MAX_FIELD)) throw new AwkFault(`trying to access out of range field ${index}`);
    this.record.setField(index, value ?? "", this.splitRecord);
  }

  nrFields(): number {
    return this.record.count(this.splitRecord);
  }

  setNrFields(count: number): void {
    this.record.setCount(Math.max(0, Math.min(MAX_FIELD, Math.trunc(count))), this.splitRecord);
  }

  subscript(values: readonly Value[]): string {
    if (values.length === 1) return this.text(values[0]);
    return values.map(this.text).join(this.global(SLOT.SUBSEP));
  }

  /** The array in a slot, made on first use. */
  array(cells: Cell[], index: number, name: string): AwkArray {
    const cell = cells[index];
    if (cell instanceof Map) return cell;
    if (cell !== undefined) throw new AwkFault(`attempt to use scalar '${name}' as an array`);
    const made: AwkArray = new Map();
    cells[index] = made;
    return made;
  }
}
