/** Evaluates shell arithmetic over the variables of a shell. */

import {
  ArithmeticError,
  type ArithmeticNode,
  parseArithmetic,
  type ShellInteger,
  type VariableNode,
  wrapInteger,
} from "./arithmetic-parse.ts";

/** The variables an expression may use. A subscript is the raw text between the brackets. */
export interface ArithmeticScope {
  getNumeric(name: string, subscript: string | undefined): string | undefined;
  setNumeric(name: string, subscript: string | undefined, value: string): void;
}

const MAX_DEPTH = 1024;
const MAX_CACHED = 4096;
const cache = new Map<string, ArithmeticNode>();

/** The tree of `text`, remembered; throws ArithmeticError. */
function compileArithmetic(text: string): ArithmeticNode {
  let node = cache.get(text);
  if (node === undefined) {
    node = parseArithmetic(text);
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(text, node);
  }
  return node;
}

/** The value of `text`; throws ArithmeticError. */
export function evaluateText(text: string, scope: ArithmeticScope): ShellInteger {
  const plain = plainDecimal(text);
  if (plain !== undefined) return plain;
  return new Evaluation(text, scope, 0).value(compileArithmetic(text));
}

/** Value of decimal digits with an optional "-", at most 15 of them; undefined for anything else. */
function plainDecimal(text: string): number | undefined {
  const length = text.length;
  const start = text.charCodeAt(0) === 45 ? 1 : 0;
  if (length === start || length > 15) return undefined;
  if (text.charCodeAt(start) === 48 && length > start + 1) return undefined;
  let value = 0;
  for (let i = start; i < length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return start === 1 && value !== 0 ? -value : value;
}

class Evaluation {
  readonly #text: string;
  readonly #scope: ArithmeticScope;
  readonly #depth: number;

  constructor(text: string, scope: ArithmeticScope, depth: number) {
    this.#text = text;
    this.#scope = scope;
    this.#depth = depth;
  }

  value(node: ArithmeticNode): ShellInteger {
    switch (node.kind) {
      case "number":
        return node.value;
      case "variable":
        return this.#variable(node);
      case "binary":
        return this.#binary(node.operator, this.value(node.left), this.value(node.right), node.token);
      case "unary":
        return unary(node.operator, this.value(node.operand));
      case "step": {
        const before = this.#variable(node.target);
        const after = add(before, node.delta);
        this.#assign(node.target, after);
        return node.prefix ? after : before;
      }
      case "logical": {
        const left = isTrue(this.value(node.left));
        if (left !== node.isAnd) return left ? 1 : 0;
        return isTrue(this.value(node.right)) ? 1 : 0;
      }
      case "ternary":
        return isTrue(this.value(node.test)) ? this.value(node.yes) : this.value(node.no);
      case "assign":
        return this.#assignment(node);
    }
  }

  #assignment(node: Extract<ArithmeticNode, { kind: "assign" }>): ShellInteger {
    let value: ShellInteger;
    if (node.operator === "") value = this.value(node.value);
    else {
      const before = this.#variable(node.target);
      value = this.#binary(node.operator, before, this.value(node.value), node.token);
    }
    this.#assign(node.target, value);
    return value;
  }

  #assign(target: VariableNode, value: ShellInteger): void {
    this.#scope.setNumeric(target.name, target.subscript, String(value));
  }

  #variable(node: VariableNode): ShellInteger {
    const text = this.#scope.getNumeric(node.name, node.subscript);
    if (text === undefined || text === "") return 0;
    const plain = plainDecimal(text);
    if (plain !== undefined) return plain;
    if (this.#depth >= MAX_DEPTH) {
      throw new ArithmeticError(text, "expression recursion level exceeded", text);
    }
    return new Evaluation(text, this.#scope, this.#depth + 1).value(compileArithmetic(text));
  }

  #binary(operator: string, left: ShellInteger, right: ShellInteger, token: string): ShellInteger {
    if (typeof left === "number" && typeof right === "number") {
      const small = smallBinary(operator, left, right);
      if (small !== undefined) return small;
    }
    if ((operator === "/" || operator === "%") && Number(right) === 0) {
      throw new ArithmeticError(this.#text, "division by 0", token);
    }
    if (operator === "**" && right < 0) throw new ArithmeticError(this.#text, "exponent less than 0", token);
    return bigBinary(operator, BigInt(left), BigInt(right));
  }
}

/** True for anything but 0. */
export function isTrue(value: ShellInteger): boolean {
  return value !== 0;
}

function add(left: ShellInteger, delta: number): ShellInteger {
  if (typeof left === "number" && Number.isSafeInteger(left + delta)) return left + delta;
  return wrapInteger(BigInt(left) + BigInt(delta));
}

function unary(operator: string, value: ShellInteger): ShellInteger {
  switch (operator) {
    case "-":
      return typeof value === "number" ? (value === 0 ? 0 : -value) : wrapInteger(-value);
    case "+":
      return value;
    case "!":
      return isTrue(value) ? 0 : 1;
    default:
      return typeof value === "number" ? -value - 1 : wrapInteger(~value);
  }
}

/** The result where doubles are exact; undefined sends the caller to BigInt. */
function smallBinary(operator: string, left: number, right: number): number | undefined {
  switch (operator) {
    case "+":
      return safe(left + right);
    case "-":
      return safe(left - right);
    case "*":
      return safe(left * right);
    case "/":
      return right === 0 ? undefined : withoutMinusZero(Math.trunc(left / right));
    case "%":
      return right === 0 ? undefined : withoutMinusZero(left % right);
    case ",":
      return right;
    default:
      return comparison(operator, left, right);
  }
}

/** 1 or 0 for a comparison; undefined for another operator. */
function comparison(operator: string, left: number | bigint, right: number | bigint): number | undefined {
  switch (operator) {
    case "<":
      return left < right ? 1 : 0;
    case ">":
      return left > right ? 1 : 0;
    case "<=":
      return left <= right ? 1 : 0;
    case ">=":
      return left >= right ? 1 : 0;
    case "==":
      return left === right ? 1 : 0;
    case "!=":
      return left !== right ? 1 : 0;
    default:
      return undefined;
  }
}

function safe(value: number): number | undefined {
  return Number.isSafeInteger(value) ? withoutMinusZero(value) : undefined;
}

function withoutMinusZero(value: number): number {
  return value === 0 ? 0 : value;
}

function bigBinary(operator: string, left: bigint, right: bigint): ShellInteger {
  switch (operator) {
    case "+":
      return wrapInteger(left + right);
    case "-":
      return wrapInteger(left - right);
    case "*":
      return wrapInteger(left * right);
    case "/":
      return wrapInteger(left / right);
    case "%":
      return wrapInteger(left % right);
    case "**":
      return wrapInteger(power(left, right));
    case "<<":
      return wrapInteger(left << (right & 63n));
    case ">>":
      return wrapInteger(left >> (right & 63n));
    case "&":
      return wrapInteger(left & right);
    case "|":
      return wrapInteger(left | right);
    case "^":
      return wrapInteger(left ^ right);
    default:
      return comparison(operator, left, right) ?? wrapInteger(right);
  }
}

/** Power in 64 bits: the exponent may be large, the factors never are. */
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let factor = base;
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = BigInt.asIntN(64, result * factor);
    factor = BigInt.asIntN(64, factor * factor);
  }
  return result;
}
