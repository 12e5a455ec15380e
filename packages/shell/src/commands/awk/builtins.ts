/** Functions of awk that cannot wait; `system`, `close` and `fflush` are in `compile-waiting.ts`. */

import { daysFromCivil, formatDate, momentOf } from "../support/strftime.ts";
import { AwkSyntaxError, type Expr } from "./ast.ts";
import type { Eval, ExpressionCompiler } from "./compile-expression.ts";
import { formatValues } from "./format.ts";
import { AwkFault, type Runtime } from "./runtime.ts";
import { compileTextBuiltin } from "./text-builtins.ts";
import { toNumber, type Value } from "./value.ts";

type Strict = (rt: Runtime, args: readonly Value[]) => Value;

interface StrictBuiltin {
  readonly least: number;
  readonly most: number;
  readonly run: Strict;
}

/** A function of one number. */
function numeric(compute: (x: number) => number): StrictBuiltin {
  return { least: 1, most: 1, run: (_rt, [x]) => compute(toNumber(x)) };
}

/** A function of non-negative integers, bit by bit. */
function bits(combine: (a: bigint, b: bigint) => bigint, most: number): StrictBuiltin {
  return {
    least: 2,
    most,
    run: (_rt, args) => Number(args.map((arg) => BigInt(Math.trunc(toNumber(arg)))).reduce((a, b) => combine(a, b))),
  };
}

const MANY = 100;

const STRICT: ReadonlyMap<string, StrictBuiltin> = new Map<string, StrictBuiltin>([
  ["sin", numeric(Math.sin)],
  ["cos", numeric(Math.cos)],
  ["exp", numeric(Math.exp)],
  ["log", numeric(Math.log)],
  ["sqrt", numeric(Math.sqrt)],
  ["int", numeric((x) => Math.trunc(x) + 0)],
  ["atan2", { least: 2, most: 2, run: (_rt, [y, x]) => Math.atan2(toNumber(y), toNumber(x)) }],
  ["rand", { least: 0, most: 0, run: (rt) => random(rt) }],
  ["srand", { least: 0, most: 1, run: seedRandom }],
  ["and", bits((a, b) => a & b, MANY)],
  ["or", bits((a, b) => a | b, MANY)],
  ["xor", bits((a, b) => a ^ b, MANY)],
  ["lshift", bits((a, b) => a << b, 2)],
  ["rshift", bits((a, b) => a >> b, 2)],
  ["compl", numeric((x) => Number(~BigInt(Math.trunc(x)) & 0x1fffffffffffffn))],
  ["strtonum", { least: 1, most: 1, run: (rt, [x]) => (typeof x === "number" ? x : numberOfLiteral(rt.text(x))) }],
  ["index", { least: 2, most: 2, run: (rt, [text, part]) => rt.text(text).indexOf(rt.text(part)) + 1 }],
  ["substr", { least: 2, most: 3, run: substring }],
  ["tolower", { least: 1, most: 1, run: (rt, [x]) => rt.text(x).replace(/[A-Z]+/g, (run) => run.toLowerCase()) }],
  ["toupper", { least: 1, most: 1, run: (rt, [x]) => rt.text(x).replace(/[a-z]+/g, (run) => run.toUpperCase()) }],
  ["sprintf", { least: 1, most: MANY, run: (rt, [format, ...values]) => sprintf(rt, rt.text(format), values) }],
  ["systime", { least: 0, most: 0, run: (rt) => wallSeconds(rt) }],
  ["strftime", { least: 0, most: 3, run: strftime }],
  ["mktime", { least: 1, most: 2, run: (rt, [spec]) => makeTime(rt.text(spec)) }],
]);

export function compileBuiltin(compiler: ExpressionCompiler, name: string, args: readonly Expr[], line: number): Eval {
  const strict = STRICT.get(name);
  if (strict === undefined) return compileTextBuiltin(compiler, name, args, line);
  if (args.length < strict.least || args.length > strict.most) {
    throw new AwkSyntaxError(line, `wrong number of arguments in call to ${name}`);
  }
  const evals = args.map((arg) => compiler.compile(arg));
  const { run } = strict;
  return (rt) =>
    run(
      rt,
      evals.map((evaluate) => evaluate(rt)),
    );
}

/** sprintf, also for printf. */
export function sprintf(rt: Runtime, format: string, values: readonly Value[]): string {
  const text = formatValues(format, values, rt.text);
  if (text === undefined) throw new AwkFault(`not enough arguments passed to sprintf("${format}")`);
  return text;
}

/** A generator of its own (mulberry32), so that a seed gives the same numbers everywhere. */
function random(rt: Runtime): number {
  rt.seed = (rt.seed + 0x6d2b79f5) % 0x100000000;
  let t = Math.imul(rt.seed ^ (rt.seed >>> 15), rt.seed | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 0x100000000;
}

function seedRandom(rt: Runtime, [seed]: readonly Value[]): Value {
  const before = rt.previousSeed;
  rt.previousSeed = seed === undefined ? wallSeconds(rt) : toNumber(seed);
  rt.seed = Math.abs(Math.trunc(rt.previousSeed)) % 0x100000000;
  return before;
}

/** Positions are rounded, and cut to the text only after. */
function substring(rt: Runtime, args: readonly Value[]): Value {
  const text = rt.text(args[0]);
  const start = roundHalfEven(toNumber(args[1]));
  const length = args.length < 3 ? Number.POSITIVE_INFINITY : roundHalfEven(toNumber(args[2]));
  if (Number.isNaN(start) || Number.isNaN(length)) return "";
  const from = Math.max(1, start);
  const end = Math.min(text.length + 1, start + length);
  return end > from ? text.slice(from - 1, end - 1) : "";
}

function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest < 0.5) return floor;
  if (rest > 0.5) return floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

function numberOfLiteral(text: string): number {
  const trimmed = text.trim();
  if (/^[-+]?0[xX][0-9a-fA-F]+/.test(trimmed)) return Number.parseInt(trimmed, 16);
  if (/^[-+]?0[0-7]+$/.test(trimmed)) return Number.parseInt(trimmed, 8);
  return Number.parseFloat(trimmed) || 0;
}

function wallSeconds(rt: Runtime): number {
  const { host } = rt.context;
  return host.bootEpochSeconds + Math.floor(host.nowNs() / 1e9);
}

function strftime(rt: Runtime, args: readonly Value[]): Value {
  const format = args.length > 0 ? rt.text(args[0]) : "%a %b %e %H:%M:%S %Z %Y";
  const seconds = args.length > 1 ? Math.floor(toNumber(args[1])) : wallSeconds(rt);
  return formatDate(format, momentOf(seconds, 0));
}

function makeTime(spec: string): number {
  const match = /^\s*(-?\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s+(\d+)/.exec(spec);
  if (match === null) return -1;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match.slice(1).map(Number);
  return daysFromCivil(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second;
}
