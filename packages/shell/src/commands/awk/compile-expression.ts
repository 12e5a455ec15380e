/** Expressions that cannot wait, as closures over the runtime. */

import type { Running } from "../../process/command.ts";
import type { Analysis } from "./analysis.ts";
import { AwkSyntaxError, type CallExpr, type Expr, type Lvalue, specialSlot, type VariableRef } from "./ast.ts";
import { compileBuiltin } from "./builtins.ts";
import { AwkFault, EXIT, type Frame, NEXT, NEXT_FILE, type Runtime, Unwind } from "./runtime.ts";
import { type AwkArray, type Cell, compareValues, isTrue, toNumber, type Value } from "./value.ts";

export type Eval = (rt: Runtime) => Value;

/** Where an assignment goes. The key is computed once, then the value read and written by it. */
export interface Reference {
  key(rt: Runtime): string | number;
  get(rt: Runtime, key: string | number): Value;
  set(rt: Runtime, key: string | number, value: Value): void;
}

export interface CompiledFunction {
  readonly name: string;
  readonly nrParameters: number;
  /** One of the two, by whether the function may wait. */
  body: ((rt: Runtime) => number) | undefined;
  waitingBody: ((rt: Runtime) => Running<number>) | undefined;
}

const NF = specialSlot("NF");
const MAX_DEPTH = 1000;

export class ExpressionCompiler {
  readonly analysis: Analysis;
  readonly functions: ReadonlyMap<string, CompiledFunction>;

  constructor(analysis: Analysis, functions: ReadonlyMap<string, CompiledFunction>) {
    this.analysis = analysis;
    this.functions = functions;
  }

  compile(expr: Expr): Eval {
    switch (expr.kind) {
      case "number":
      case "string": {
        const { value } = expr;
        return () => value;
      }
      case "temporary": {
        const { index } = expr;
        return (rt) => rt.frame.temporaries[index];
      }
      case "regex": {
        const { regex } = expr;
        return (rt) => matches(regex, rt.text(rt.getField(0)));
      }
      case "variable":
        return variable(expr.ref);
      case "field":
        return this.#field(expr.index);
      case "element":
        return this.#element(expr.array, expr.subscripts);
      case "assign":
        return this.#assign(expr.target, expr.operator, this.compile(expr.value));
      case "step":
        return this.#step(expr.target, expr.delta, expr.prefix);
      case "call":
        return this.#call(expr);
      case "builtin":
        return compileBuiltin(this, expr.name, expr.args, expr.line);
      case "in":
        return this.#in(expr.subscripts, expr.array);
      case "getline":
        throw new AwkSyntaxError(0, "getline was not hoisted");
      default:
        return this.#operation(expr);
    }
  }

  /** The regex an operand means: a literal one itself, else its text compiled. */
  regex(expr: Expr): (rt: Runtime) => RegExp {
    if (expr.kind === "regex") {
      const { regex } = expr;
      return () => regex;
    }
    const source = this.compile(expr);
    return (rt) => rt.compile(rt.text(source(rt)));
  }

  array(expr: Expr | undefined, line: number): (rt: Runtime) => AwkArray {
    if (expr?.kind !== "variable") throw new AwkSyntaxError(line, "array expected");
    return arrayOf(expr.ref);
  }

  reference(target: Lvalue): Reference {
    if (target.kind === "field") {
      const index = this.compile(target.index);
      return {
        key: (rt) => Math.trunc(toNumber(index(rt))),
        get: (rt, key) => rt.getField(Number(key)),
        set: (rt, key, value) => rt.setField(Number(key), value),
      };
    }
    if (target.kind === "element") {
      const array = arrayOf(target.array);
      const key = this.#subscript(target.subscripts);
      return {
        key,
        get: (rt, at) => array(rt).get(String(at)),
        set: (rt, at, value) => {
          array(rt).set(String(at), value);
        },
      };
    }
    return variableReference(target.ref);
  }

  #operation(expr: Expr): Eval {
    switch (expr.kind) {
      case "conditional": {
        const [test, yes, no] = [this.compile(expr.test), this.compile(expr.yes), this.compile(expr.no)];
        return (rt) => (isTrue(test(rt)) ? yes(rt) : no(rt));
      }
      case "and": {
        const [left, right] = [this.compile(expr.left), this.compile(expr.right)];
        return (rt) => (isTrue(left(rt)) && isTrue(right(rt)) ? 1 : 0);
      }
      case "or": {
        const [left, right] = [this.compile(expr.left), this.compile(expr.right)];
        return (rt) => (isTrue(left(rt)) || isTrue(right(rt)) ? 1 : 0);
      }
      case "concat": {
        const [left, right] = [this.compile(expr.left), this.compile(expr.right)];
        return (rt) => {
          const head = rt.text(left(rt));
          return head + rt.text(right(rt));
        };
      }
      case "match": {
        const [left, right] = [this.compile(expr.left), this.regex(expr.right)];
        const wanted = expr.negated ? 0 : 1;
        return (rt) => {
          const text = rt.text(left(rt));
          return matches(right(rt), text) === wanted ? 1 : 0;
        };
      }
      case "unary": {
        const operand = this.compile(expr.operand);
        if (expr.operator === "!") return (rt) => (isTrue(operand(rt)) ? 0 : 1);
        if (expr.operator === "-") return (rt) => -toNumber(operand(rt));
        return (rt) => toNumber(operand(rt));
      }
      case "arithmetic":
        return arithmetic(expr.operator, this.compile(expr.left), this.compile(expr.right));
      case "compare":
        return compare(expr.operator, this.compile(expr.left), this.compile(expr.right));
      default:
        throw new AwkSyntaxError(0, `no expression: ${expr.kind}`);
    }
  }

  #field(index: Expr): Eval {
    if (index.kind === "number") {
      const fixed = Math.trunc(index.value);
      return (rt) => rt.getField(fixed);
    }
    const at = this.compile(index);
    return (rt) => rt.getField(Math.trunc(toNumber(at(rt))));
  }

  #subscript(subscripts: readonly Expr[]): (rt: Runtime) => string {
    const [first, ...rest] = subscripts.map((subscript) => this.compile(subscript));
    if (first === undefined) return () => "";
    if (rest.length === 0) return (rt) => rt.text(first(rt));
    return (rt) => rt.subscript([first(rt), ...rest.map((part) => part(rt))]);
  }

  /** Reading an element makes it. */
  #element(ref: VariableRef, subscripts: readonly Expr[]): Eval {
    const array = arrayOf(ref);
    const key = this.#subscript(subscripts);
    return (rt) => {
      const at = key(rt);
      const cells = array(rt);
      const value = cells.get(at);
      if (value === undefined && !cells.has(at)) cells.set(at, undefined);
      return value;
    };
  }

  #in(subscripts: readonly Expr[], ref: VariableRef): Eval {
    const array = arrayOf(ref);
    const key = this.#subscript(subscripts);
    return (rt) => (array(rt).has(key(rt)) ? 1 : 0);
  }

  #assign(target: Lvalue, operator: string, value: Eval): Eval {
    const reference = this.reference(target);
    if (operator === "") {
      return (rt) => {
        const key = reference.key(rt);
        const result = value(rt);
        reference.set(rt, key, result);
        return result;
      };
    }
    const combine = combiner(operator);
    return (rt) => {
      const key = reference.key(rt);
      const right = toNumber(value(rt));
      const result = combine(toNumber(reference.get(rt, key)), right);
      reference.set(rt, key, result);
      return result;
    };
  }

  #step(target: Lvalue, delta: number, prefix: boolean): Eval {
    const reference = this.reference(target);
    return (rt) => {
      const key = reference.key(rt);
      const before = toNumber(reference.get(rt, key));
      reference.set(rt, key, before + delta);
      return prefix ? before + delta : before;
    };
  }

  /** Arguments as they are bound: a bare name passes its array, or its value. */
  bindings(call: CallExpr): ((rt: Runtime) => Cell)[] {
    const arrays = this.analysis.arrayParameters.get(call.name) ?? [];
    return call.args.map((arg, i) => {
      if (arg.kind !== "variable") return this.compile(arg);
      if (arrays[i] === true) return arrayOf(arg.ref);
      const { ref } = arg;
      if (ref.scope === "global" && ref.index === NF) return (rt) => rt.nrFields();
      return (rt) => (ref.scope === "global" ? rt.globals : rt.frame.slots)[ref.index];
    });
  }

  #call(call: CallExpr): Eval {
    const bindings = this.bindings(call);
    const { name } = call;
    const { functions } = this;
    return (rt) => {
      const callee = functions.get(name);
      if (callee?.body === undefined) throw new AwkFault(`function ${name} is not compiled`);
      const before = enterCall(rt, callee, bindings);
      const signal = callee.body(rt);
      return leaveCall(rt, before, signal);
    };
  }
}

/** Makes the frame of a call; returns the caller's. */
export function enterCall(rt: Runtime, callee: CompiledFunction, bindings: readonly ((rt: Runtime) => Cell)[]): Frame {
  const slots = new Array<Cell>(callee.nrParameters).fill(undefined);
  for (let i = 0; i < bindings.length; i++) slots[i] = bindings[i]?.(rt);
  if (rt.depth >= MAX_DEPTH) throw new AwkFault(`function call nesting too deep in ${callee.name}`);
  rt.depth++;
  const before = rt.frame;
  rt.frame = { slots, temporaries: [] };
  rt.returnValue = undefined;
  return before;
}

export function leaveCall(rt: Runtime, before: Frame, signal: number): Value {
  rt.frame = before;
  rt.depth--;
  if (signal === NEXT || signal === NEXT_FILE || signal === EXIT) throw new Unwind(signal);
  const value = rt.returnValue;
  rt.returnValue = undefined;
  return value;
}

function matches(regex: RegExp, text: string): number {
  regex.lastIndex = 0;
  return regex.test(text) ? 1 : 0;
}

function arrayOf(ref: VariableRef): (rt: Runtime) => AwkArray {
  const { index, name } = ref;
  if (ref.scope === "global") {
    return (rt) => {
      const cell = rt.globals[index];
      return cell instanceof Map ? cell : rt.array(rt.globals, index, name);
    };
  }
  return (rt) => {
    const cell = rt.frame.slots[index];
    return cell instanceof Map ? cell : rt.array(rt.frame.slots, index, name);
  };
}

function scalar(cell: Cell, name: string): Value {
  if (cell instanceof Map) throw new AwkFault(`attempt to use array '${name}' in a scalar context`);
  return cell;
}

function variable(ref: VariableRef): Eval {
  const { index, name } = ref;
  if (ref.scope === "local") return (rt) => scalar(rt.frame.slots[index], name);
  if (index === NF) return (rt) => rt.nrFields();
  return (rt) => scalar(rt.globals[index], name);
}

function variableReference(ref: VariableRef): Reference {
  const { index, name } = ref;
  const key = (): number => 0;
  if (ref.scope === "local") {
    return {
      key,
      get: (rt) => scalar(rt.frame.slots[index], name),
      set: (rt, _key, value) => {
        rt.frame.slots[index] = value;
      },
    };
  }
  if (index === NF) {
    return { key, get: (rt) => rt.nrFields(), set: (rt, _key, value) => rt.setNrFields(toNumber(value)) };
  }
  return {
    key,
    get: (rt) => scalar(rt.globals[index], name),
    set: (rt, _key, value) => {
      if (rt.globals[index] instanceof Map) throw new AwkFault(`attempt to use array '${name}' in a scalar context`);
      rt.globals[index] = value;
    },
  };
}

function combiner(operator: string): (a: number, b: number) => number {
  switch (operator) {
    case "+":
      return (a, b) => a + b;
    case "-":
      return (a, b) => a - b;
    case "*":
      return (a, b) => a * b;
    case "/":
      return divide;
    case "%":
      return remainder;
    default:
      return (a, b) => a ** b;
  }
}

/** By zero as mawk does: infinite, not a fault. */
function divide(a: number, b: number): number {
  return a / b;
}

function remainder(a: number, b: number): number {
  return a % b;
}

function arithmetic(operator: string, left: Eval, right: Eval): Eval {
  const combine = combiner(operator);
  return (rt) => {
    const a = toNumber(left(rt));
    return combine(a, toNumber(right(rt)));
  };
}

function compare(operator: string, left: Eval, right: Eval): Eval {
  const order = (rt: Runtime): number => {
    const a = left(rt);
    return compareValues(a, right(rt), rt.text);
  };
  switch (operator) {
    case "<":
      return (rt) => (order(rt) < 0 ? 1 : 0);
    case "<=":
      return (rt) => (order(rt) <= 0 ? 1 : 0);
    case ">":
      return (rt) => (order(rt) > 0 ? 1 : 0);
    case ">=":
      return (rt) => (order(rt) >= 0 ? 1 : 0);
    case "==":
      return (rt) => (order(rt) === 0 ? 1 : 0);
    default:
      return (rt) => (order(rt) !== 0 ? 1 : 0);
  }
}
