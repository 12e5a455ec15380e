/** bc: a calculator with numbers of any length. Functions (`define`, and the library of -l) are left out. */

import { isErrno } from "../../errno.ts";
import type { CommandContext, Running } from "../../process/command.ts";
import { optionTable, parseOptions } from "../support/options.ts";
import { complain } from "../support/report.ts";
import { Output, openOperand } from "../support/streams.ts";
import {
  add,
  compare,
  type Decimal,
  decimalText,
  divide,
  multiply,
  negate,
  ONE,
  parseDecimal,
  raise,
  remainder,
  rescale,
  squareRoot,
  ZERO,
} from "./decimal.ts";
import { type BcExpr, BcIncomplete, type BcStatement, BcSyntaxError, type BcVariable, parseBc } from "./parser.ts";

const OPTIONS = optionTable({
  short: "lq",
  long: ["mathlib l", "quiet q"],
  refusedShort: "himsvw",
  refusedLong: ["interactive", "standard", "warn"],
});
const LIBRARY_SCALE = 20;
const LINE_CHARACTERS = 69;

class BcFault extends Error {}

type Flow = "next" | "break" | "continue" | "quit";

/** Calculates what its files and stdin say. */
export function* bc(context: CommandContext): Running<number> {
  const options = parseOptions(context, OPTIONS);
  if (typeof options === "number") return options;
  const output = new Output(context);
  const warn = (text: string): void => {
    output.flush();
    context.stderr.write(`Runtime warning (func=(main), adr=8): ${text}\n`);
  };
  const machine = new Calculator(output, options.has("l") ? LIBRARY_SCALE : 0, warn);
  for (const path of [...options.operands, "-"]) {
    const input = openOperand(context, path);
    if (input === undefined) return output.finish(1);
    let pending = "";
    let lineNumber = 0;
    for (;;) {
      const line = yield* input.readLine();
      if (line === undefined || isErrno(line)) break;
      lineNumber++;
      pending += line;
      if (pending.endsWith("\\\n")) continue;
      const flow = runText(context, machine, output, pending, lineNumber);
      if (flow === "more") continue;
      pending = "";
      if (flow === "quit") return output.finish(0);
      if (output.full && !(yield* output.settle())) return output.finish(0);
    }
    if (pending !== "") runText(context, machine, output, pending, lineNumber);
  }
  return output.finish(0);
}

function runText(
  context: CommandContext,
  machine: Calculator,
  output: Output,
  text: string,
  line: number,
): Flow | "more" {
  try {
    for (const statement of parseBc(text)) {
      const flow = machine.execute(statement);
      if (flow === "quit") return flow;
    }
  } catch (error) {
    if (error instanceof BcIncomplete) return "more";
    output.flush();
    if (error instanceof BcSyntaxError) {
      context.stderr.write(`(standard_in) ${line + (error.atNewline ? 1 : 0)}: ${error.message}\n`);
    } else if (error instanceof BcFault) context.stderr.write(`Runtime error (func=(main), adr=3): ${error.message}\n`);
    else throw error;
    if (error.message.endsWith("not modelled by ebb")) complain(context, error.message);
  }
  return "next";
}

class Calculator {
  readonly #output: Output;
  readonly #variables = new Map<string, Decimal>();
  readonly #warn: (text: string) => void;
  #last = ZERO;
  #ibase = 10;
  #obase = 10;
  #scale: number;

  constructor(output: Output, scale: number, warn: (text: string) => void) {
    this.#output = output;
    this.#warn = warn;
    this.#scale = scale;
  }

  execute(statement: BcStatement): Flow {
    switch (statement.kind) {
      case "expression": {
        const value = this.#evaluate(statement.expr);
        if (statement.expr.kind !== "assign") this.#show(value);
        return "next";
      }
      case "string":
        this.#output.write(statement.text);
        return "next";
      case "print":
        for (const item of statement.items) {
          if (typeof item === "string") this.#output.write(unescapeText(item));
          else {
            this.#last = this.#evaluate(item);
            this.#output.write(decimalText(this.#last, this.#obase));
          }
        }
        return "next";
      case "block":
        for (const part of statement.body) {
          const flow = this.execute(part);
          if (flow !== "next") return flow;
        }
        return "next";
      case "if":
        if (isTrue(this.#evaluate(statement.test))) return this.execute(statement.yes);
        return statement.no === undefined ? "next" : this.execute(statement.no);
      case "loop":
        return this.#loop(statement);
      default:
        return statement.kind;
    }
  }

  #loop(statement: Extract<BcStatement, { kind: "loop" }>): Flow {
    if (statement.start !== undefined) this.#evaluate(statement.start);
    while (statement.test === undefined || isTrue(this.#evaluate(statement.test))) {
      const flow = this.execute(statement.body);
      if (flow === "quit") return flow;
      if (flow === "break") break;
      if (statement.step !== undefined) this.#evaluate(statement.step);
    }
    return "next";
  }

  /** Long lines are folded with a backslash. */
  #show(value: Decimal): void {
    this.#last = value;
    let text = decimalText(value, this.#obase);
    while (text.length > LINE_CHARACTERS) {
      this.#output.write(`${text.slice(0, LINE_CHARACTERS - 1)}\\\n`);
      text = text.slice(LINE_CHARACTERS - 1);
    }
    this.#output.write(`${text}\n`);
  }

  #evaluate(expr: BcExpr): Decimal {
    switch (expr.kind) {
      case "number":
        return parseDecimal(expr.text, this.#ibase);
      case "variable":
        return this.#get(expr);
      case "group":
        return this.#evaluate(expr.inner);
      case "unary": {
        const operand = this.#evaluate(expr.operand);
        return expr.operator === "-" ? negate(operand) : truth(!isTrue(operand));
      }
      case "assign": {
        const right = this.#evaluate(expr.value);
        const value = expr.operator === "" ? right : this.#combine(this.#get(expr.target), expr.operator, right);
        return this.#set(expr.target, value);
      }
      case "step": {
        const before = this.#get(expr.target);
        const after = this.#set(expr.target, add(before, { value: BigInt(expr.delta), scale: 0 }));
        return expr.prefix ? after : before;
      }
      case "call":
        return this.#call(expr.name, expr.args);
      default:
        return this.#binary(expr);
    }
  }

  #binary(expr: Extract<BcExpr, { kind: "binary" }>): Decimal {
    const left = this.#evaluate(expr.left);
    if (expr.operator === "&&") return truth(isTrue(left) && isTrue(this.#evaluate(expr.right)));
    if (expr.operator === "||") return truth(isTrue(left) || isTrue(this.#evaluate(expr.right)));
    return this.#combine(left, expr.operator, this.#evaluate(expr.right));
  }

  #combine(a: Decimal, operator: string, b: Decimal): Decimal {
    const scale = this.#scale;
    switch (operator) {
      case "+":
        return add(a, b);
      case "-":
        return add(a, negate(b));
      case "*":
        return multiply(a, b, scale);
      case "/":
        if (b.value === 0n) throw new BcFault("Divide by zero");
        return divide(a, b, scale);
      case "%":
        if (b.value === 0n) throw new BcFault("Modulo by zero");
        return remainder(a, b, scale);
      case "^":
        if (a.value === 0n && b.value < 0n) throw new BcFault("Divide by zero");
        if (b.scale > 0) this.#warn("non-zero scale in exponent");
        return raise(a, b, scale);
      case "<":
        return truth(compare(a, b) < 0);
      case "<=":
        return truth(compare(a, b) <= 0);
      case ">":
        return truth(compare(a, b) > 0);
      case ">=":
        return truth(compare(a, b) >= 0);
      case "==":
        return truth(compare(a, b) === 0);
      default:
        return truth(compare(a, b) !== 0);
    }
  }

  #call(name: string, args: readonly BcExpr[]): Decimal {
    const [first] = args;
    if (first === undefined) throw new BcSyntaxError("syntax error");
    const value = this.#evaluate(first);
    switch (name) {
      case "sqrt":
        if (value.value < 0n) throw new BcFault("Square root of a negative number");
        return squareRoot(value, this.#scale);
      case "length": {
        const digits = (value.value < 0n ? -value.value : value.value).toString();
        return { value: BigInt(Math.max(digits.length, value.scale)), scale: 0 };
      }
      case "scale":
        return { value: BigInt(value.scale), scale: 0 };
      default:
        throw new BcSyntaxError(`function \`${name}' is not modelled by ebb`);
    }
  }

  #key(target: BcVariable): string {
    if (target.index === undefined) return target.name;
    return `${target.name}[${rescale(this.#evaluate(target.index), 0).value}]`;
  }

  #get(target: BcVariable): Decimal {
    const whole = (n: number): Decimal => ({ value: BigInt(n), scale: 0 });
    if (target.index === undefined) {
      if (target.name === "scale") return whole(this.#scale);
      if (target.name === "ibase") return whole(this.#ibase);
      if (target.name === "obase") return whole(this.#obase);
      if (target.name === "last") return this.#last;
    }
    return this.#variables.get(this.#key(target)) ?? ZERO;
  }

  #set(target: BcVariable, value: Decimal): Decimal {
    const whole = Number(rescale(value, 0).value);
    if (target.index === undefined && target.name === "scale") this.#scale = Math.max(0, whole);
    else if (target.index === undefined && target.name === "ibase") this.#ibase = Math.min(16, Math.max(2, whole));
    else if (target.index === undefined && target.name === "obase") this.#obase = Math.max(2, whole);
    else this.#variables.set(this.#key(target), value);
    return value;
  }
}

function isTrue(value: Decimal): boolean {
  return value.value !== 0n;
}

function truth(condition: boolean): Decimal {
  return condition ? ONE : ZERO;
}

function unescapeText(text: string): string {
  const known = new Map([
    ["n", "\n"],
    ["t", "\t"],
    ["q", '"'],
    ["\\", "\\"],
    ["a", "\x07"],
    ["b", "\b"],
    ["f", "\f"],
    ["r", "\r"],
  ]);
  return text.replace(/\\(.)/g, (whole, code: string) => known.get(code) ?? whole);
}
