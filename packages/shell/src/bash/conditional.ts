/** `[[ ... ]]`. */

import { compileEre } from "../commands/regex/index.ts";
import { evaluateTest, integerComparison } from "../commands/test-expression.ts";
import { isErrno } from "../errno.ts";
import type { Running } from "../process/command.ts";
import { evaluateText } from "./arithmetic.ts";
import { ArithmeticError } from "./arithmetic-parse.ts";
import { IndexedArray } from "./arrays.ts";
import { expandPattern, expandRegex, expandText, expandTextNow } from "./expand.ts";
import type { TestIr, WordIr } from "./ir.ts";
import { compilePattern, matchesWhole } from "./pattern.ts";
import type { Shell } from "./shell.ts";
import { trace } from "./trace.ts";
import { tracedWord } from "./transform.ts";

const MAX_REGEXES = 512;
const regexes = new Map<string, RegExp>();

/** 0 true, 1 false, 2 for an error whose message is printed. */
export function* runConditional(shell: Shell, test: TestIr): Running<number> {
  switch (test.kind) {
    case "logical": {
      let status = 0;
      for (const operand of test.operands) {
        status = yield* runConditional(shell, operand);
        if (test.isAnd ? status !== 0 : status === 0) return status;
      }
      return status;
    }
    case "not": {
      const status = yield* runConditional(shell, test.operand);
      return status === 0 ? 1 : status === 1 ? 0 : status;
    }
    case "unary": {
      const operand = yield* textOf(shell, test.operand);
      if (shell.options.xtrace) trace(shell, `[[ ${test.operator} ${tracedWord(operand)} ]]`);
      return unary(shell, test.operator, operand);
    }
    case "binary":
      return yield* binary(shell, test.operator, test.left, test.right);
  }
}

function* textOf(shell: Shell, word: WordIr): Running<string> {
  return word.waits ? yield* expandText(shell, word) : expandTextNow(shell, word);
}

function unary(shell: Shell, operator: string, operand: string): number {
  switch (operator) {
    case "-z":
      return operand === "" ? 0 : 1;
    case "-n":
      return operand !== "" ? 0 : 1;
    default: {
      const special = shellTest(shell, operator, operand);
      if (special !== undefined) return special ? 0 : 1;
      return asStatus(shell, evaluateTest([operator, operand], testContext(shell)));
    }
  }
}

/** Tests of the shell itself, which `test` has too; undefined for all others. */
export function shellTest(shell: Shell, operator: string, operand: string): boolean | undefined {
  switch (operator) {
    case "-v":
      return isSet(shell, operand);
    case "-o":
      return shell.options.has(operand);
    case "-R":
      return shell.variables.findOwn(operand)?.nameref === true;
    default:
      return undefined;
  }
}

function isSet(shell: Shell, name: string): boolean {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)\[(.*)\]$/s.exec(name);
  if (match === null) {
    if (/^[0-9]+$/.test(name)) return shell.parameter(name) !== undefined;
    return shell.variables.get(name) !== undefined;
  }
  const [, base = "", key = ""] = match;
  if (key === "@" || key === "*") return shell.variables.list(base).length > 0;
  return shell.variables.getElement(base, shell.key(base, key)) !== undefined;
}

/** What the shared test expressions need to know of a shell. */
export function testContext(shell: Shell): Parameters<typeof evaluateTest>[1] {
  return { vfs: shell.machine.vfs, cwd: shell.cwd, isTerminal: () => false };
}

function asStatus(shell: Shell, result: ReturnType<typeof evaluateTest>): number {
  if (typeof result === "boolean") return result ? 0 : 1;
  shell.report(result.error);
  return 2;
}

function* binary(shell: Shell, operator: string, left: WordIr, right: WordIr): Running<number> {
  const text = yield* textOf(shell, left);
  switch (operator) {
    case "=":
    case "==":
    case "!=": {
      const pattern = yield* expandPattern(shell, right);
      if (shell.options.xtrace) trace(shell, `[[ ${tracedWord(text)} ${operator} ${pattern} ]]`);
      const matches = matchesPattern(shell, text, pattern);
      return matches === (operator !== "!=") ? 0 : 1;
    }
    case "=~":
      return matchRegex(shell, text, yield* expandRegex(shell, right));
    case "<":
      return text < (yield* textOf(shell, right)) ? 0 : 1;
    case ">":
      return text > (yield* textOf(shell, right)) ? 0 : 1;
    case "-nt":
    case "-ot":
    case "-ef":
      return asStatus(shell, evaluateTest([text, operator, yield* textOf(shell, right)], testContext(shell)));
    default:
      return compare(shell, operator, text, yield* textOf(shell, right));
  }
}

function matchesPattern(shell: Shell, text: string, source: string): boolean {
  const options = shell.patternOptions(true);
  return matchesWhole(compilePattern(source, options), options.ignoreCase ? text.toLowerCase() : text);
}

function matchRegex(shell: Shell, text: string, source: string): number {
  const ignoreCase = shell.options.has("nocasematch");
  const key = ignoreCase ? `i${source}` : `-${source}`;
  let regex = regexes.get(key);
  if (regex === undefined) {
    const compiled = compileEre(source, { ignoreCase });
    if (!(compiled instanceof RegExp)) return 2;
    regex = compiled;
    if (regexes.size >= MAX_REGEXES) regexes.clear();
    regexes.set(key, regex);
  }
  const match = regex.exec(text);
  const variable = shell.variables.own("BASH_REMATCH");
  variable.value = undefined;
  variable.indexed = match === null ? new IndexedArray() : IndexedArray.of(match.map((group) => group ?? ""));
  return match === null ? 1 : 0;
}

function compare(shell: Shell, operator: string, left: string, right: string): number {
  const before = shell.builtin;
  shell.builtin = "[[";
  try {
    const [a, b] = [evaluateText(left, shell), evaluateText(right, shell)];
    const holds = integerComparison(operator, a, b);
    if (holds !== undefined) return holds ? 0 : 1;
    shell.report(`${operator}: conditional binary operator expected`);
    return 2;
  } catch (error) {
    if (!(error instanceof ArithmeticError)) throw error;
    shell.translate(error);
    return 1;
  } finally {
    shell.builtin = before;
  }
}

/** True when `path` is a directory, for `cd` and sourcing. */
export function isDirectory(shell: Shell, path: string): boolean {
  const node = shell.machine.vfs.lookup(path, shell.cwd);
  return !isErrno(node) && node.kind === "directory";
}
