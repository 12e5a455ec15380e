/**
 * Expressions that may wait. What waits inside a larger expression is computed first, into a temporary of the current
 * call; the larger expression is then a plain closure that reads the temporary.
 */

import { isErrno } from "../../errno.ts";
import type { Running } from "../../process/command.ts";
import { type Expr, type GetlineExpr, type Lvalue, specialSlot } from "./ast.ts";
import { ExpressionCompiler, enterCall, leaveCall } from "./compile-expression.ts";
import type { Runtime } from "./runtime.ts";
import { InputText, isTrue, toNumber, type Value } from "./value.ts";

type WaitingEval = (rt: Runtime) => Running<Value>;

const NR = specialSlot("NR");
const FNR = specialSlot("FNR");
const RS = specialSlot("RS");

export class WaitingCompiler extends ExpressionCompiler {
  #nrTemporaries = 0;

  /** Any expression, as a generator. */
  compileWaiting(expr: Expr): WaitingEval {
    if (!this.analysis.expressionWaits(expr)) {
      const evaluate = this.compile(expr);
      // biome-ignore lint/correctness/useYield: an expression without waits in a place that allows them
      return function* (rt) {
        return evaluate(rt);
      };
    }
    switch (expr.kind) {
      case "getline":
        return this.#getline(expr);
      case "call":
        return this.#callWaiting(expr);
      case "builtin":
        if (expr.name === "system") return this.#system(expr.args);
        if (expr.name === "close") return this.#close(expr.args);
        if (expr.name === "fflush") return this.#flush();
        return this.#strict(expr);
      case "and":
      case "or":
        return this.#shortCircuit(expr.left, expr.right, expr.kind === "and");
      case "conditional": {
        const [test, yes, no] = [expr.test, expr.yes, expr.no].map((part) => this.compileWaiting(part));
        return function* (rt) {
          const branch = isTrue(yield* (test ?? never)(rt)) ? yes : no;
          return yield* (branch ?? never)(rt);
        };
      }
      default:
        return this.#strict(expr);
    }
  }

  /**
   * Computes what waits in these expressions into temporaries, and what stands before it too, so that the order stays
   * from left to right. Returns the expressions with the temporaries in place.
   *
   * @param keepVariables  bare names stay: they may be arrays, passed by reference
   */
  hoist(
    exprs: readonly Expr[],
    keepVariables: boolean,
  ): { readonly exprs: Expr[]; readonly prepare: (rt: Runtime) => Running<void> } {
    const steps: { readonly index: number; readonly evaluate: WaitingEval }[] = [];
    const lastWaiting = exprs.findLastIndex((expr) => this.analysis.expressionWaits(expr));
    const hoisted = exprs.map((expr, i): Expr => {
      const stays = expr.kind === "regex" || (keepVariables && expr.kind === "variable");
      if (i > lastWaiting || stays) return expr;
      const index = this.#nrTemporaries;
      this.#nrTemporaries++;
      steps.push({ index, evaluate: this.compileWaiting(expr) });
      return { kind: "temporary", index };
    });
    const prepare = function* (rt: Runtime): Running<void> {
      for (const step of steps) {
        const value = yield* step.evaluate(rt);
        rt.frame.temporaries[step.index] = value;
      }
    };
    return { exprs: hoisted, prepare };
  }

  #strict(expr: Expr): WaitingEval {
    const waiting: Expr[] = [];
    mapChildren(expr, (child) => {
      waiting.push(child);
      return child;
    });
    const { exprs, prepare } = this.hoist(waiting, expr.kind === "builtin");
    let next = 0;
    const replaced = mapChildren(expr, (child) => exprs[next++] ?? child);
    const evaluate = this.compile(replaced);
    return function* (rt) {
      yield* prepare(rt);
      return evaluate(rt);
    };
  }

  #shortCircuit(leftExpr: Expr, rightExpr: Expr, isAnd: boolean): WaitingEval {
    const left = this.compileWaiting(leftExpr);
    const right = this.compileWaiting(rightExpr);
    return function* (rt) {
      if (isTrue(yield* left(rt)) !== isAnd) return isAnd ? 0 : 1;
      return isTrue(yield* right(rt)) ? 1 : 0;
    };
  }

  #callWaiting(expr: Extract<Expr, { kind: "call" }>): WaitingEval {
    const { exprs, prepare } = this.hoist(expr.args, true);
    const bindings = this.bindings({ ...expr, args: exprs });
    const { functions } = this;
    return function* (rt) {
      yield* prepare(rt);
      const callee = functions.get(expr.name);
      if (callee === undefined) return undefined;
      const before = enterCall(rt, callee, bindings);
      const signal = callee.waitingBody === undefined ? (callee.body?.(rt) ?? 0) : yield* callee.waitingBody(rt);
      return leaveCall(rt, before, signal);
    };
  }

  #system(args: readonly Expr[]): WaitingEval {
    const script = this.compileWaiting(args[0] ?? { kind: "string", value: "" });
    return function* (rt) {
      const text = rt.text(yield* script(rt));
      rt.output.flush();
      return yield* rt.context.runShell(text);
    };
  }

  #close(args: readonly Expr[]): WaitingEval {
    const name = this.compileWaiting(args[0] ?? { kind: "string", value: "" });
    return function* (rt) {
      const text = rt.text(yield* name(rt));
      rt.output.flush();
      return yield* rt.streams.close(text);
    };
  }

  #flush(): WaitingEval {
    return function* (rt) {
      yield* rt.output.settle();
      return 0;
    };
  }

  #getline(expr: GetlineExpr): WaitingEval {
    const store = this.#storeLine(expr.target);
    if (expr.source === "main") {
      return function* (rt) {
        const record = rt.mainInput === undefined ? undefined : yield* rt.mainInput.next();
        if (record === undefined) return 0;
        store(rt, record);
        return 1;
      };
    }
    const operand = this.compileWaiting(expr.operand ?? { kind: "string", value: "" });
    const isCommand = expr.source === "command";
    return function* (rt) {
      const name = rt.text(yield* operand(rt));
      if (isCommand) rt.output.flush();
      const reader = isCommand ? rt.streams.commandReader(name) : rt.streams.fileReader(name);
      if (isErrno(reader)) return -1;
      const record = yield* reader.next(rt.global(RS), rt.compile);
      if (isErrno(record)) return -1;
      if (record === undefined) return 0;
      if (isCommand) countRecord(rt);
      store(rt, record);
      return 1;
    };
  }

  /** Into a variable, or into $0. */
  #storeLine(target: Lvalue | undefined): (rt: Runtime, record: string) => void {
    if (target === undefined) return (rt, record) => rt.setRecord(record);
    const reference = this.reference(target);
    return (rt, record) => reference.set(rt, reference.key(rt), new InputText(record));
  }
}

/** NR and FNR go up by one. */
export function countRecord(rt: Runtime): void {
  for (const slot of [NR, FNR]) {
    const cell = rt.globals[slot];
    rt.globals[slot] = (cell instanceof Map ? 0 : toNumber(cell)) + 1;
  }
}

// biome-ignore lint/correctness/useYield: stands for a branch that every conditional has
function* never(): Running<Value> {
  return undefined;
}

function mapTarget(target: Lvalue, change: (child: Expr) => Expr): Lvalue {
  if (target.kind === "field") return { ...target, index: change(target.index) };
  if (target.kind === "element") return { ...target, subscripts: target.subscripts.map(change) };
  return target;
}

/** The expression with its direct children changed; for those that evaluate all their children. */
function mapChildren(expr: Expr, change: (child: Expr) => Expr): Expr {
  switch (expr.kind) {
    case "field":
    case "element":
      return mapTarget(expr, change);
    case "builtin":
    case "call":
      return { ...expr, args: expr.args.map(change) };
    case "assign":
      return { ...expr, target: mapTarget(expr.target, change), value: change(expr.value) };
    case "step":
      return { ...expr, target: mapTarget(expr.target, change) };
    case "concat":
    case "arithmetic":
    case "compare":
    case "match":
      return { ...expr, left: change(expr.left), right: change(expr.right) };
    case "in":
      return { ...expr, subscripts: expr.subscripts.map(change) };
    case "unary":
      return { ...expr, operand: change(expr.operand) };
    default:
      return expr;
  }
}
