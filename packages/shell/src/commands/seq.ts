/** seq. Values are decimals scaled to integers, so that 0.1 steps end where they should. */

import type { CommandContext, Running } from "../process/command.ts";
import { type Conversion, formatFloating } from "./support/number-format.ts";
import { optionTable, parseOptions } from "./support/options.ts";
import { complain, complainUsage, quote } from "./support/report.ts";
import { Output } from "./support/streams.ts";

const OPTIONS = optionTable({
  short: "f:s:w",
  long: ["format= f", "separator= s", "equal-width w"],
  stopAtOperand: true,
});

const NUMERAL = /^[ \t]*[-+]?(\d+\.?(\d*)|\.(\d+))(?:[eE]([-+]?\d+))?$/;

interface Decimal {
  readonly text: string;
  readonly value: number;
  /** Digits after the point. */
  readonly decimals: number;
}

/** Prints numbers from first to last. */
export function* seq(context: CommandContext): Running<number> {
  // a first operand such as -5 is a number, not an option
  const firstNumber = context.args.findIndex((word) => /^-[\d.]/.test(word));
  const optionWords = firstNumber < 0 ? context.args : context.args.slice(0, firstNumber);
  const options = parseOptions(context, OPTIONS, optionWords);
  if (typeof options === "number") return options;
  const operands = [...options.operands, ...(firstNumber < 0 ? [] : context.args.slice(firstNumber))];
  if (operands.length === 0) return usage(context, "missing operand");
  const extra = operands[3];
  if (extra !== undefined) return usage(context, `extra operand ${quote(extra)}`);
  const numbers: Decimal[] = [];
  for (const text of operands) {
    const number = parseDecimal(text);
    if (number === undefined) return usage(context, `invalid floating point argument: ${quote(text)}`);
    numbers.push(number);
  }
  const one: Decimal = { text: "1", value: 1, decimals: 0 };
  const last = numbers[numbers.length - 1] ?? one;
  const first = numbers.length > 1 ? (numbers[0] ?? one) : one;
  const step = numbers.length > 2 ? (numbers[1] ?? one) : one;
  if (step.value === 0) return usage(context, `invalid Zero increment value: ${quote(step.text)}`);
  const formatText = options.value("f");
  if (formatText !== undefined && options.has("w")) {
    return usage(context, "format string may not be specified when printing equal width strings");
  }
  const print =
    formatText === undefined ? plainPrinter(first, step, last, options.has("w")) : formatPrinter(formatText);
  if (typeof print === "string") {
    complain(context, print);
    return 1;
  }
  return yield* printAll(context, first, step, last, print, options.value("s") ?? "\n");
}

function usage(context: CommandContext, text: string): number {
  complainUsage(context, text);
  return 1;
}

function parseDecimal(text: string): Decimal | undefined {
  if (/^[-+]?inf(inity)?$/i.test(text)) {
    const sign = text.startsWith("-") ? -1 : 1;
    return { text, value: sign * Number.POSITIVE_INFINITY, decimals: 0 };
  }
  if (/^[-+]?0[xX][0-9a-fA-F]+$/.test(text)) {
    const value = Number(text.replace(/^[-+]/, "")) * (text.startsWith("-") ? -1 : 1);
    return { text, value, decimals: 0 };
  }
  const match = NUMERAL.exec(text);
  if (match === null) return undefined;
  const decimals = Math.max(0, (match[2] ?? match[3] ?? "").length - Number(match[4] ?? "0"));
  return { text: text.trim(), value: Number(text), decimals };
}

type Printer = (scaled: number, decimals: number) => string;

function* printAll(
  context: CommandContext,
  first: Decimal,
  step: Decimal,
  last: Decimal,
  print: Printer,
  separator: string,
): Running<number> {
  const output = new Output(context);
  const decimals = Math.max(first.decimals, step.decimals);
  const scale = 10 ** Math.max(decimals, last.decimals);
  const from = Math.round(first.value * scale);
  const by = Math.round(step.value * scale);
  const to = last.value * scale;
  const limit = Number.isFinite(to) ? Math.round(to) : to;
  const shown = Math.max(decimals, last.decimals);
  for (let i = 0, at = from; by > 0 ? at <= limit : at >= limit; i++, at = from + i * by) {
    output.write((i === 0 ? "" : separator) + print(at, shown));
    if (output.full && !(yield* output.settle())) return output.finish(0);
  }
  if (by > 0 ? from <= limit : from >= limit) output.write("\n");
  return output.finish(0);
}

/** A scaled integer as decimal text with `keep` of its `decimals`. */
function decimalText(scaled: number, decimals: number, keep: number): string {
  if (decimals === 0) return String(scaled);
  const digits = String(Math.abs(scaled)).padStart(decimals + 1, "0");
  const sign = scaled < 0 ? "-" : "";
  const whole = digits.slice(0, -decimals);
  return keep === 0 ? sign + whole : `${sign}${whole}.${digits.slice(-decimals).slice(0, keep)}`;
}

function plainPrinter(first: Decimal, step: Decimal, last: Decimal, equalWidth: boolean): Printer {
  const keep = Math.max(first.decimals, step.decimals);
  if (!equalWidth) return (scaled, decimals) => decimalText(scaled, decimals, keep);
  const widthOf = (number: Decimal): number => {
    const whole = String(Math.trunc(Math.abs(number.value))).length;
    const sign = /^-/.test(number.text) ? 1 : 0;
    return whole + sign + (keep > 0 ? keep + 1 : 0);
  };
  const width = Math.max(widthOf(first), widthOf(last));
  return (scaled, decimals) => {
    const text = decimalText(scaled, decimals, keep);
    if (!text.startsWith("-")) return text.padStart(width, "0");
    return `-${text.slice(1).padStart(width - 1, "0")}`;
  };
}

/** The printer of a `-f` format, or what is wrong with the format. */
function formatPrinter(format: string): Printer | string {
  const match = /^((?:[^%]|%%)*)%([-+ 0#']*)(\d*)(?:\.(\d*))?([\s\S])((?:[^%]|%%)*)$/.exec(format);
  if (match === null) {
    const count = (format.replace(/%%/g, "").match(/%/g) ?? []).length;
    if (count === 0) return `format ${quote(format)} has no % directive`;
    if (count > 1) return `format ${quote(format)} has too many % directives`;
    return `format ${quote(format)} ends in %`;
  }
  const [, before = "", flags = "", width = "", precision, letter = "", after = ""] = match;
  if (!/[efgEFG]/.test(letter)) return `format ${quote(format)} has unknown %${letter} directive`;
  const spec: Conversion = {
    left: flags.includes("-"),
    plus: flags.includes("+"),
    space: flags.includes(" "),
    alternate: flags.includes("#"),
    zero: flags.includes("0"),
    width: Number(width),
    precision: precision === undefined ? -1 : Number(precision),
    letter,
  };
  const head = before.replace(/%%/g, "%");
  const tail = after.replace(/%%/g, "%");
  return (scaled, decimals) => head + formatFloating(scaled / 10 ** decimals, spec) + tail;
}
