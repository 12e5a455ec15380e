/** expr: integers of any length, comparisons, and `:` with a basic regular expression. */

import type { CommandContext } from "../process/command.ts";
import { compileBre } from "./regex/index.ts";
import { complain, complainUsage, quote } from "./support/report.ts";

const WRONG_STATUS = 2;

class ExprError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const LEVELS: readonly (readonly string[])[] = [
  ["|"],
  ["&"],
  ["<", "<=", "=", "==", "!=", ">=", ">"],
  ["+", "-"],
  ["*", "/", "%"],
  [":"],
];

export function expr(context: CommandContext): number {
  const args = context.args[0] === "--" ? context.args.slice(1) : context.args;
  if (args.length === 0) {
    complainUsage(context, "missing operand");
    return WRONG_STATUS;
  }
  try {
    const parser = new ExprParser(args);
    const value = parser.whole();
    context.stdout.write(`${value}\n`);
    return isNull(value) ? 1 : 0;
  } catch (error) {
    if (!(error instanceof ExprError)) throw error;
    complain(context, error.message);
    return error.status;
  }
}

function isNull(value: string): boolean {
  return value === "" || /^-?0+$/.test(value);
}

class ExprParser {
  readonly #args: readonly string[];
  #at = 0;

  constructor(args: readonly string[]) {
    this.#args = args;
  }

  whole(): string {
    const value = this.#level(0);
    const extra = this.#args[this.#at];
    if (extra !== undefined) throw new ExprError(WRONG_STATUS, `syntax error: unexpected argument ${quote(extra)}`);
    return value;
  }

  #level(depth: number): string {
    const operators = LEVELS[depth];
    if (operators === undefined) return this.#primary();
    let left = this.#level(depth + 1);
    for (;;) {
      const operator = this.#args[this.#at];
      if (operator === undefined || !operators.includes(operator)) return left;
      this.#at++;
      left = apply(left, operator, this.#level(depth + 1));
    }
  }

  #primary(): string {
    const word = this.#take();
    switch (word) {
      case "(": {
        const value = this.#level(0);
        const close = this.#args[this.#at];
        if (close === undefined)
          throw new ExprError(
            WRONG_STATUS,
            `syntax error: expecting ')' after ${quote(this.#args[this.#at - 1] ?? "")}`,
          );
        if (close !== ")") throw new ExprError(WRONG_STATUS, `syntax error: expecting ')' instead of ${quote(close)}`);
        this.#at++;
        return value;
      }
      case ")":
        throw new ExprError(WRONG_STATUS, "syntax error: unexpected ')'");
      case "+":
        return this.#take();
      case "length":
        return String(this.#level(LEVELS.length).length);
      case "match": {
        const text = this.#level(LEVELS.length);
        return matchText(text, this.#level(LEVELS.length));
      }
      case "index": {
        const text = this.#level(LEVELS.length);
        const characters = this.#level(LEVELS.length);
        return String([...text].findIndex((c) => characters.includes(c)) + 1);
      }
      case "substr": {
        const [text, position, length] = [
          this.#level(LEVELS.length),
          this.#level(LEVELS.length),
          this.#level(LEVELS.length),
        ];
        const from = Number(position);
        const count = Number(length);
        return from > 0 && count > 0 ? text.slice(from - 1, from - 1 + count) : "";
      }
      default:
        return word;
    }
  }

  #take(): string {
    const word = this.#args[this.#at];
    if (word === undefined) {
      throw new ExprError(
        WRONG_STATUS,
        `syntax error: missing argument after ${quote(this.#args[this.#at - 1] ?? "")}`,
      );
    }
    this.#at++;
    return word;
  }
}

function apply(left: string, operator: string, right: string): string {
  switch (operator) {
    case "|":
      return isNull(left) ? (isNull(right) ? "0" : right) : left;
    case "&":
      return isNull(left) || isNull(right) ? "0" : left;
    case ":":
      return matchText(left, right);
    case "+":
    case "-":
    case "*":
    case "/":
    case "%":
      return arithmetic(left, operator, right);
    default:
      return compare(left, operator, right) ? "1" : "0";
  }
}

function arithmetic(left: string, operator: string, right: string): string {
  if (!isInteger(left) || !isInteger(right)) throw new ExprError(WRONG_STATUS, "non-integer argument");
  const a = BigInt(left);
  const b = BigInt(right);
  if ((operator === "/" || operator === "%") && b === 0n) throw new ExprError(WRONG_STATUS, "division by zero");
  switch (operator) {
    case "+":
      return String(a + b);
    case "-":
      return String(a - b);
    case "*":
      return String(a * b);
    case "/":
      return String(a / b);
    default:
      return String(a % b);
  }
}

function isInteger(text: string): boolean {
  return /^-?\d+$/.test(text);
}

function compare(left: string, operator: string, right: string): boolean {
  const numbers = isInteger(left) && isInteger(right);
  const [a, b] = numbers ? [BigInt(left), BigInt(right)] : [left, right];
  switch (operator) {
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case "=":
    case "==":
      return a === b;
    case "!=":
      return a !== b;
    case ">":
      return a > b;
    default:
      return a >= b;
  }
}

/** The first group of an anchored match, or its length. */
function matchText(text: string, pattern: string): string {
  const regex = compileBre(pattern, { flags: "y" });
  if ("error" in regex) throw new ExprError(WRONG_STATUS, regex.error);
  const hasGroup = /\\\(/.test(pattern);
  const match = regex.exec(text);
  if (match === null) return hasGroup ? "" : "0";
  return hasGroup ? (match[1] ?? "") : String(match[0].length);
}
