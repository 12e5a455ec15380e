/**
 * The expressions of `test` and `[`: POSIX decides by the number of arguments, longer ones go through a small
 * recursive parser. Error texts are bash's. The caller is root, so whatever exists can be read and written.
 */

import { isErrno } from "../errno.ts";
import type { Node } from "../vfs/node.ts";
import type { Vfs } from "../vfs/vfs.ts";

interface TestContext {
  readonly vfs: Vfs;
  readonly cwd: string;
  readonly isTerminal?: (fd: number) => boolean;
}

type TestResult = boolean | { readonly error: string };

const UNARY = new Set("abcdefghknoprstuvwxzGLNORS".split("").map((letter) => `-${letter}`));
const BINARY = new Set(["=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef"]);

/** Evaluates the arguments of `test` (without the closing `]`). */
export function evaluateTest(args: readonly string[], context: TestContext): TestResult {
  return byCount(args, context);
}

function byCount(args: readonly string[], context: TestContext): TestResult {
  const [a = "", b = "", c = ""] = args;
  switch (args.length) {
    case 0:
      return false;
    case 1:
      return a !== "";
    case 2:
      if (a === "!") return b === "";
      if (UNARY.has(a)) return unary(a, b, context);
      return { error: `${a}: unary operator expected` };
    case 3:
      return threeArguments(a, b, c, args, context);
    case 4:
      if (a === "!") return negate(byCount(args.slice(1), context));
      if (a === "(" && args[3] === ")") return byCount(args.slice(1, 3), context);
      return new Parser(args, context).whole();
    default:
      return new Parser(args, context).whole();
  }
}

function threeArguments(a: string, b: string, c: string, args: readonly string[], context: TestContext): TestResult {
  if (BINARY.has(b)) return binary(a, b, c, context);
  if (b === "-a") return a !== "" && c !== "";
  if (b === "-o") return a !== "" || c !== "";
  if (a === "!") return negate(byCount(args.slice(1), context));
  if (a === "(" && c === ")") return b !== "";
  return { error: `${b}: binary operator expected` };
}

function negate(result: TestResult): TestResult {
  return typeof result === "boolean" ? !result : result;
}

/** Precedence: `!` over `-a` over `-o`. */
class Parser {
  readonly #args: readonly string[];
  readonly #context: TestContext;
  #at = 0;
  #error: string | undefined;

  constructor(args: readonly string[], context: TestContext) {
    this.#args = args;
    this.#context = context;
  }

  whole(): TestResult {
    const value = this.#or();
    if (this.#error !== undefined) return { error: this.#error };
    if (this.#at < this.#args.length) return { error: "too many arguments" };
    return value;
  }

  #or(): boolean {
    let value = this.#and();
    while (this.#args[this.#at] === "-o" && this.#error === undefined) {
      this.#at++;
      const right = this.#and();
      value = value || right;
    }
    return value;
  }

  #and(): boolean {
    let value = this.#term();
    while (this.#args[this.#at] === "-a" && this.#error === undefined) {
      this.#at++;
      const right = this.#term();
      value = value && right;
    }
    return value;
  }

  #term(): boolean {
    const args = this.#args;
    const word = args[this.#at];
    if (word === undefined) return this.#fail("argument expected");
    const operator = args[this.#at + 1];
    if (word === "!") {
      this.#at++;
      return !this.#term();
    }
    if (operator !== undefined && BINARY.has(operator) && args[this.#at + 2] !== undefined) {
      this.#at += 3;
      return this.#take(binary(word, operator, args[this.#at - 1] ?? "", this.#context));
    }
    if (word === "(") {
      this.#at++;
      const value = this.#or();
      if (args[this.#at] !== ")") {
        const found = args[this.#at];
        return this.#fail(found === undefined ? "`)' expected" : `\`)' expected, found ${found}`);
      }
      this.#at++;
      return value;
    }
    if (UNARY.has(word) && operator !== undefined && operator !== "-a" && operator !== "-o") {
      this.#at += 2;
      return this.#take(unary(word, operator, this.#context));
    }
    this.#at++;
    return word !== "";
  }

  #take(result: TestResult): boolean {
    if (typeof result === "boolean") return result;
    return this.#fail(result.error);
  }

  #fail(error: string): boolean {
    this.#error ??= error;
    return false;
  }
}

function unary(operator: string, operand: string, context: TestContext): TestResult {
  switch (operator) {
    case "-z":
      return operand === "";
    case "-n":
      return operand !== "";
    case "-t": {
      const fd = integer(operand);
      if (typeof fd !== "bigint") return fd;
      return context.isTerminal?.(Number(fd)) ?? false;
    }
    case "-v":
    case "-o":
    case "-R":
    case "-N":
      return { error: `${operator}: is not modelled by ebb` };
    default:
      return fileTest(operator, operand, context);
  }
}

function fileTest(operator: string, path: string, context: TestContext): boolean {
  const follow = operator !== "-L" && operator !== "-h";
  const node = context.vfs.lookup(path, context.cwd, { follow });
  if (isErrno(node)) return false;
  switch (operator) {
    case "-f":
      return node.kind === "file";
    case "-d":
      return node.kind === "directory";
    case "-L":
    case "-h":
      return node.kind === "symlink";
    case "-p":
      return node.kind === "fifo";
    case "-c":
      return node.kind === "character-device";
    case "-b":
    case "-S":
      return false;
    case "-s":
      return node.sizeBytes() > 0;
    case "-x":
      return node.kind === "directory" || (node.mode & 0o111) !== 0;
    case "-u":
      return (node.mode & 0o4000) !== 0;
    case "-g":
      return (node.mode & 0o2000) !== 0;
    case "-k":
      return (node.mode & 0o1000) !== 0;
    default:
      return true;
  }
}

function binary(left: string, operator: string, right: string, context: TestContext): TestResult {
  switch (operator) {
    case "=":
    case "==":
      return left === right;
    case "!=":
      return left !== right;
    case "<":
      return left < right;
    case ">":
      return left > right;
    case "-nt":
    case "-ot":
    case "-ef":
      return compareFiles(left, operator, right, context);
    default:
      return compareIntegers(left, operator, right);
  }
}

function compareFiles(left: string, operator: string, right: string, context: TestContext): boolean {
  const first = existing(left, context);
  const second = existing(right, context);
  if (operator === "-ef") return first !== undefined && first === second;
  const [newer, older] = operator === "-nt" ? [first, second] : [second, first];
  if (newer === undefined) return false;
  return older === undefined || newer.mtimeNs > older.mtimeNs;
}

function existing(path: string, context: TestContext): Node | undefined {
  const node = context.vfs.lookup(path, context.cwd);
  return isErrno(node) ? undefined : node;
}

/** A decimal integer, blanks around it allowed. */
function integer(text: string): bigint | { readonly error: string } {
  const match = /^[ \t\n]*([-+]?\d+)[ \t\n]*$/.exec(text);
  if (match === null) return { error: `${text}: integer expression expected` };
  return BigInt((match[1] ?? "0").replace(/^\+/, ""));
}

function compareIntegers(left: string, operator: string, right: string): TestResult {
  const a = integer(left);
  if (typeof a !== "bigint") return a;
  const b = integer(right);
  if (typeof b !== "bigint") return b;
  return integerComparison(operator, a, b) ?? false;
}

/** What `-eq` and its kin say of two integers; undefined for another operator. */
export function integerComparison(operator: string, a: number | bigint, b: number | bigint): boolean | undefined {
  switch (operator) {
    case "-eq":
      return a === b;
    case "-ne":
      return a !== b;
    case "-lt":
      return a < b;
    case "-le":
      return a <= b;
    case "-gt":
      return a > b;
    case "-ge":
      return a >= b;
    default:
      return undefined;
  }
}
