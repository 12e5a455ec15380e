/** Statements: plain closures where nothing in them waits, generators otherwise. Each returns how it ended. */

import { isErrno } from "../../errno.ts";
import type { Running } from "../../process/command.ts";
import { expressionsOf } from "./analysis.ts";
import type { Expr, PrintStatement, Statement } from "./ast.ts";
import { specialSlot } from "./ast.ts";
import { sprintf } from "./builtins.ts";
import { WaitingCompiler } from "./compile-waiting.ts";
import { AwkFault, BREAK, CONTINUE, EXIT, NEXT, NEXT_FILE, NORMAL, RETURN, type Runtime } from "./runtime.ts";
import { isTrue, toNumber, type Value } from "./value.ts";

type Exec = (rt: Runtime) => number;
export type WaitingExec = (rt: Runtime) => Running<number>;
type Statements<K extends Statement["kind"]> = Extract<Statement, { kind: K }>;

const OFS = specialSlot("OFS");
const ORS = specialSlot("ORS");

/** A loop goes on after NORMAL and CONTINUE, ends quietly after BREAK, and passes the rest outward. */
function endsLoop(signal: number): boolean {
  return signal !== NORMAL && signal !== CONTINUE;
}

function loopResult(signal: number): number {
  return signal === BREAK ? NORMAL : signal;
}

export class StatementCompiler extends WaitingCompiler {
  execute(statement: Statement): Exec {
    switch (statement.kind) {
      case "expression": {
        const evaluate = this.compile(statement.expr);
        return (rt) => {
          evaluate(rt);
          return NORMAL;
        };
      }
      case "block":
        return this.#block(statement.body.map((part) => this.execute(part)));
      case "if": {
        const test = this.compile(statement.test);
        const yes = this.execute(statement.yes);
        const no = statement.no === undefined ? undefined : this.execute(statement.no);
        return (rt) => (isTrue(test(rt)) ? yes(rt) : (no?.(rt) ?? NORMAL));
      }
      case "while":
      case "do":
      case "for":
        return this.#loop(statement);
      case "for-in":
        return this.#forIn(statement);
      case "print":
        return this.#print(statement);
      default:
        return this.#simple(statement);
    }
  }

  executeWaiting(statement: Statement): WaitingExec {
    if (!this.analysis.statementWaits(statement)) {
      const run = this.execute(statement);
      // biome-ignore lint/correctness/useYield: a statement without waits in a place that allows them
      return function* (rt) {
        return run(rt);
      };
    }
    switch (statement.kind) {
      case "block":
        return this.#blockWaiting(statement.body);
      case "if":
        return this.#ifWaiting(statement);
      case "while":
      case "do":
      case "for":
        return this.#loopWaiting(statement);
      case "for-in":
        return this.#forInWaiting(statement);
      default:
        return this.#simpleWaiting(statement);
    }
  }

  #block(parts: readonly Exec[]): Exec {
    const [only] = parts;
    if (parts.length === 1 && only !== undefined) return only;
    return (rt) => {
      for (const part of parts) {
        const signal = part(rt);
        if (signal !== NORMAL) return signal;
      }
      return NORMAL;
    };
  }

  #loop(statement: Statements<"while" | "do" | "for">): Exec {
    const start = statement.kind === "for" && statement.start !== undefined ? this.execute(statement.start) : undefined;
    const test = statement.test === undefined ? undefined : this.compile(statement.test);
    const step = statement.kind === "for" && statement.step !== undefined ? this.execute(statement.step) : undefined;
    const body = this.execute(statement.body);
    const testFirst = statement.kind !== "do";
    return (rt) => {
      start?.(rt);
      if (testFirst && test !== undefined && !isTrue(test(rt))) return NORMAL;
      for (;;) {
        const signal = body(rt);
        if (endsLoop(signal)) return loopResult(signal);
        step?.(rt);
        if (test !== undefined && !isTrue(test(rt))) return NORMAL;
      }
    };
  }

  #forIn(statement: Statements<"for-in">): Exec {
    const array = this.array({ kind: "variable", ref: statement.array }, 0);
    const reference = this.reference(statement.variable);
    const body = this.execute(statement.body);
    return (rt) => {
      const cells = array(rt);
      for (const key of [...cells.keys()]) {
        if (!cells.has(key)) continue;
        reference.set(rt, reference.key(rt), key);
        const signal = body(rt);
        if (endsLoop(signal)) return loopResult(signal);
      }
      return NORMAL;
    };
  }

  #simple(statement: Statement): Exec {
    switch (statement.kind) {
      case "delete":
        return this.#delete(statement);
      case "break":
        return () => BREAK;
      case "continue":
        return () => CONTINUE;
      case "next":
        return () => NEXT;
      case "nextfile":
        return () => NEXT_FILE;
      case "exit": {
        const value = statement.value === undefined ? undefined : this.compile(statement.value);
        return (rt) => {
          if (value !== undefined) setExit(rt, value(rt));
          return EXIT;
        };
      }
      case "return": {
        const value = statement.value === undefined ? undefined : this.compile(statement.value);
        return (rt) => {
          rt.returnValue = value?.(rt);
          return RETURN;
        };
      }
      default:
        return () => NORMAL;
    }
  }

  #delete(statement: Statements<"delete">): Exec {
    const array = this.array({ kind: "variable", ref: statement.array }, 0);
    if (statement.subscripts === undefined) {
      return (rt) => {
        array(rt).clear();
        return NORMAL;
      };
    }
    const parts = statement.subscripts.map((subscript) => this.compile(subscript));
    return (rt) => {
      array(rt).delete(rt.subscript(parts.map((part) => part(rt))));
      return NORMAL;
    };
  }

  #print(statement: PrintStatement): Exec {
    const text = this.#printed(statement);
    if (statement.redirect === "") {
      return (rt) => {
        rt.output.write(text(rt));
        return NORMAL;
      };
    }
    const destination = this.compile(statement.destination ?? { kind: "string", value: "" });
    const { redirect } = statement;
    return (rt) => {
      const line = text(rt);
      const name = rt.text(destination(rt));
      writeTo(rt, redirect, name, line);
      return NORMAL;
    };
  }

  #printed(statement: PrintStatement): (rt: Runtime) => string {
    const parts = statement.args.map((arg) => this.compile(arg));
    const [first, ...rest] = parts;
    if (statement.formatted) {
      return (rt) =>
        sprintf(
          rt,
          rt.text(first?.(rt)),
          rest.map((part) => part(rt)),
        );
    }
    if (first === undefined) return (rt) => rt.text(rt.getField(0)) + rt.global(ORS);
    if (rest.length === 0) return (rt) => rt.printText(first(rt)) + rt.global(ORS);
    return (rt) => {
      const texts = parts.map((part) => rt.printText(part(rt)));
      return texts.join(rt.global(OFS)) + rt.global(ORS);
    };
  }

  #blockWaiting(body: readonly Statement[]): WaitingExec {
    const parts = body.map((part) =>
      this.analysis.statementWaits(part)
        ? { run: undefined, wait: this.executeWaiting(part) }
        : { run: this.execute(part), wait: undefined },
    );
    return function* (rt) {
      for (const { run, wait } of parts) {
        const signal = run !== undefined ? run(rt) : wait === undefined ? NORMAL : yield* wait(rt);
        if (signal !== NORMAL) return signal;
      }
      return NORMAL;
    };
  }

  #ifWaiting(statement: Statements<"if">): WaitingExec {
    const test = this.compileWaiting(statement.test);
    const yes = this.executeWaiting(statement.yes);
    const no = statement.no === undefined ? undefined : this.executeWaiting(statement.no);
    return function* (rt) {
      if (isTrue(yield* test(rt))) return yield* yes(rt);
      return no === undefined ? NORMAL : yield* no(rt);
    };
  }

  #loopWaiting(statement: Statements<"while" | "do" | "for">): WaitingExec {
    const start =
      statement.kind === "for" && statement.start !== undefined ? this.executeWaiting(statement.start) : undefined;
    const test = statement.test === undefined ? undefined : this.compileWaiting(statement.test);
    const step =
      statement.kind === "for" && statement.step !== undefined ? this.executeWaiting(statement.step) : undefined;
    const body = this.executeWaiting(statement.body);
    const testFirst = statement.kind !== "do";
    return function* (rt) {
      if (start !== undefined) yield* start(rt);
      if (testFirst && test !== undefined && !isTrue(yield* test(rt))) return NORMAL;
      for (;;) {
        const signal = yield* body(rt);
        if (endsLoop(signal)) return loopResult(signal);
        if (rt.output.full && !(yield* rt.output.settle())) return EXIT;
        if (step !== undefined) yield* step(rt);
        if (test !== undefined && !isTrue(yield* test(rt))) return NORMAL;
      }
    };
  }

  #forInWaiting(statement: Statements<"for-in">): WaitingExec {
    const array = this.array({ kind: "variable", ref: statement.array }, 0);
    const reference = this.reference(statement.variable);
    const body = this.executeWaiting(statement.body);
    return function* (rt) {
      const cells = array(rt);
      for (const key of [...cells.keys()]) {
        if (!cells.has(key)) continue;
        reference.set(rt, reference.key(rt), key);
        const signal = yield* body(rt);
        if (endsLoop(signal)) return loopResult(signal);
        if (rt.output.full && !(yield* rt.output.settle())) return EXIT;
      }
      return NORMAL;
    };
  }

  /** A statement without statements in it: what waits goes into temporaries, the rest is as usual. */
  #simpleWaiting(statement: Statement): WaitingExec {
    const parts = expressionsOf(statement);
    const { exprs, prepare } = this.hoist(parts, false);
    const run = this.execute(withParts(statement, exprs));
    return function* (rt) {
      yield* prepare(rt);
      return run(rt);
    };
  }
}

/** The statement with other expressions, in the order of `expressionsOf`. */
function withParts(statement: Statement, parts: readonly Expr[]): Statement {
  const [first] = parts;
  switch (statement.kind) {
    case "expression":
      return first === undefined ? statement : { ...statement, expr: first };
    case "print": {
      const nrArgs = statement.args.length;
      return { ...statement, args: parts.slice(0, nrArgs), destination: parts[nrArgs] };
    }
    case "delete":
      return statement.subscripts === undefined ? statement : { ...statement, subscripts: parts };
    case "exit":
    case "return":
      return { ...statement, value: first };
    default:
      return statement;
  }
}

function setExit(rt: Runtime, value: Value): void {
  rt.exitStatus = Math.trunc(toNumber(value)) & 0xff;
}

function writeTo(rt: Runtime, redirect: string, name: string, text: string): void {
  if (redirect === "|") {
    rt.streams.writeToPipe(name, text);
    return;
  }
  if (name === "/dev/stdout" || name === "-") {
    rt.output.write(text);
    return;
  }
  const stream = rt.streams.fileWriter(name, redirect === ">>");
  const failure = isErrno(stream) ? stream : stream.write(text);
  if (failure !== undefined) throw new AwkFault(`cannot open "${name}" for output (${failure.message})`);
}
