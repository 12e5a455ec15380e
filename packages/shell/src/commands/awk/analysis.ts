/**
 * What must be known of a program before it is compiled: which functions take arrays, and which expressions,
 * statements and functions may wait (for input, a child program, or room in a pipe). What cannot wait is compiled to
 * plain closures; only the rest pays for generators.
 */

import type { Expr, Lvalue, Program, Statement } from "./ast.ts";

const WAITING_BUILTINS = new Set(["system", "close", "fflush"]);
/** Which argument of a builtin is an array. */
const ARRAY_ARGUMENTS: ReadonlyMap<string, readonly number[]> = new Map([
  ["split", [1]],
  ["match", [2]],
  ["asort", [0, 1]],
  ["asorti", [0, 1]],
]);

export interface Analysis {
  /** By function: which parameters are used as arrays. */
  readonly arrayParameters: ReadonlyMap<string, readonly boolean[]>;
  expressionWaits(expr: Expr): boolean;
  statementWaits(statement: Statement): boolean;
  functionWaits(name: string): boolean;
}

function subexpressionsOf(target: Lvalue): readonly Expr[] {
  if (target.kind === "field") return [target.index];
  return target.kind === "element" ? target.subscripts : [];
}

/** The expressions directly under one; a target counts by what it is computed from. */
function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case "field":
    case "element":
      return subexpressionsOf(expr);
    case "getline":
      return [
        ...(expr.operand === undefined ? [] : [expr.operand]),
        ...(expr.target === undefined ? [] : [expr.target]),
      ];
    case "call":
    case "builtin":
      return expr.args;
    case "assign":
      return [...subexpressionsOf(expr.target), expr.value];
    case "step":
      return subexpressionsOf(expr.target);
    case "conditional":
      return [expr.test, expr.yes, expr.no];
    case "and":
    case "or":
    case "concat":
    case "arithmetic":
    case "compare":
    case "match":
      return [expr.left, expr.right];
    case "in":
      return expr.subscripts;
    case "unary":
      return [expr.operand];
    default:
      return [];
  }
}

/** Expressions directly in a statement, not those of the statements in it. */
export function expressionsOf(statement: Statement): readonly Expr[] {
  switch (statement.kind) {
    case "expression":
      return [statement.expr];
    case "print":
      return statement.destination === undefined ? statement.args : [...statement.args, statement.destination];
    case "if":
    case "while":
    case "do":
      return [statement.test];
    case "for":
      return statement.test === undefined ? [] : [statement.test];
    case "for-in":
      return [statement.variable];
    case "delete":
      return statement.subscripts ?? [];
    case "exit":
    case "return":
      return statement.value === undefined ? [] : [statement.value];
    default:
      return [];
  }
}

function substatementsOf(statement: Statement): readonly Statement[] {
  switch (statement.kind) {
    case "block":
      return statement.body;
    case "if":
      return statement.no === undefined ? [statement.yes] : [statement.yes, statement.no];
    case "while":
    case "do":
    case "for-in":
      return [statement.body];
    case "for":
      return [statement.start, statement.step, statement.body].filter((part) => part !== undefined);
    default:
      return [];
  }
}

function visitExpression(expr: Expr, visit: (expr: Expr) => void): void {
  visit(expr);
  for (const child of childrenOf(expr)) visitExpression(child, visit);
}

function visitStatement(
  statement: Statement,
  onStatement: (s: Statement) => void,
  onExpression: (e: Expr) => void,
): void {
  onStatement(statement);
  for (const expr of expressionsOf(statement)) visitExpression(expr, onExpression);
  for (const part of substatementsOf(statement)) visitStatement(part, onStatement, onExpression);
}

export function analyze(program: Program): Analysis {
  const arrayParameters = findArrayParameters(program);
  const waiting = new Set<string>();
  const expressionWaits = (expr: Expr): boolean => {
    if (expr.kind === "getline") return true;
    if (expr.kind === "builtin" && WAITING_BUILTINS.has(expr.name)) return true;
    if (expr.kind === "call" && waiting.has(expr.name)) return true;
    return childrenOf(expr).some(expressionWaits);
  };
  const statementWaits = (statement: Statement): boolean =>
    (isLoop(statement) && prints(statement)) ||
    expressionsOf(statement).some(expressionWaits) ||
    substatementsOf(statement).some(statementWaits);
  for (let changed = true; changed; ) {
    changed = false;
    for (const [name, definition] of program.functions) {
      if (waiting.has(name) || !statementWaits(definition.body)) continue;
      waiting.add(name);
      changed = true;
    }
  }
  return { arrayParameters, expressionWaits, statementWaits, functionWaits: (name) => waiting.has(name) };
}

function isLoop(statement: Statement): boolean {
  return (
    statement.kind === "while" || statement.kind === "do" || statement.kind === "for" || statement.kind === "for-in"
  );
}

/** A loop that prints must let a full pipe drain, or notice that nobody reads. */
function prints(statement: Statement): boolean {
  if (statement.kind === "print" && statement.redirect === "") return true;
  return substatementsOf(statement).some(prints);
}

function findArrayParameters(program: Program): Map<string, boolean[]> {
  const found = new Map<string, boolean[]>();
  for (const [name, definition] of program.functions)
    found.set(
      name,
      definition.parameters.map(() => false),
    );
  for (let changed = true; changed; ) {
    changed = false;
    for (const [name, definition] of program.functions) {
      const flags = found.get(name) ?? [];
      const mark = (ref: { readonly scope: string; readonly index: number }): void => {
        if (ref.scope !== "local" || flags[ref.index] === true) return;
        flags[ref.index] = true;
        changed = true;
      };
      visitStatement(
        definition.body,
        (statement) => {
          if (statement.kind === "for-in" || statement.kind === "delete") mark(statement.array);
        },
        (expr) => {
          for (const ref of arraysOf(expr, found)) mark(ref);
        },
      );
    }
  }
  return found;
}

/** Variables an expression uses as arrays. */
function arraysOf(expr: Expr, functions: ReadonlyMap<string, readonly boolean[]>) {
  if (expr.kind === "element" || expr.kind === "in") return [expr.array];
  if (expr.kind === "assign" || expr.kind === "step") return expr.target.kind === "element" ? [expr.target.array] : [];
  const args = expr.kind === "call" || expr.kind === "builtin" ? expr.args : [];
  const positions =
    expr.kind === "builtin"
      ? (ARRAY_ARGUMENTS.get(expr.name) ?? [])
      : expr.kind === "call"
        ? args.map((_, i) => i).filter((i) => functions.get(expr.name)?.[i] === true)
        : [];
  return positions.flatMap((i) => {
    const arg = args[i];
    return arg?.kind === "variable" ? [arg.ref] : [];
  });
}
