/** The tree of an awk program. Names are resolved to slots while parsing: globals by number, parameters by position. */

export interface VariableRef {
  readonly scope: "global" | "local";
  readonly index: number;
  readonly name: string;
}

export type Lvalue =
  | { readonly kind: "variable"; readonly ref: VariableRef }
  | { readonly kind: "field"; readonly index: Expr }
  | { readonly kind: "element"; readonly array: VariableRef; readonly subscripts: readonly Expr[] };

export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%" | "^";
export type CompareOperator = "<" | "<=" | "==" | "!=" | ">" | ">=";

export interface GetlineExpr {
  readonly kind: "getline";
  readonly source: "main" | "file" | "command";
  readonly operand: Expr | undefined;
  readonly target: Lvalue | undefined;
}

export interface CallExpr {
  readonly kind: "call";
  readonly name: string;
  readonly args: readonly Expr[];
  readonly line: number;
}

export type Expr =
  | Lvalue
  | GetlineExpr
  | CallExpr
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "regex"; readonly regex: RegExp }
  | {
      readonly kind: "assign";
      readonly operator: ArithmeticOperator | "";
      readonly target: Lvalue;
      readonly value: Expr;
    }
  | { readonly kind: "step"; readonly target: Lvalue; readonly delta: number; readonly prefix: boolean }
  | { readonly kind: "conditional"; readonly test: Expr; readonly yes: Expr; readonly no: Expr }
  | { readonly kind: "and" | "or" | "concat"; readonly left: Expr; readonly right: Expr }
  | { readonly kind: "arithmetic"; readonly operator: ArithmeticOperator; readonly left: Expr; readonly right: Expr }
  | { readonly kind: "compare"; readonly operator: CompareOperator; readonly left: Expr; readonly right: Expr }
  | { readonly kind: "match"; readonly negated: boolean; readonly left: Expr; readonly right: Expr }
  | { readonly kind: "in"; readonly subscripts: readonly Expr[]; readonly array: VariableRef }
  | { readonly kind: "unary"; readonly operator: "-" | "+" | "!"; readonly operand: Expr }
  | { readonly kind: "builtin"; readonly name: string; readonly args: readonly Expr[]; readonly line: number }
  /** A value computed before; see `compile-waiting.ts`. */
  | { readonly kind: "temporary"; readonly index: number };

export interface PrintStatement {
  readonly kind: "print";
  readonly formatted: boolean;
  readonly args: readonly Expr[];
  /** `>`, `>>`, `|` or none. */
  readonly redirect: "" | ">" | ">>" | "|";
  readonly destination: Expr | undefined;
}

export type Statement =
  | PrintStatement
  | { readonly kind: "expression"; readonly expr: Expr }
  | { readonly kind: "block"; readonly body: readonly Statement[] }
  | { readonly kind: "if"; readonly test: Expr; readonly yes: Statement; readonly no: Statement | undefined }
  | { readonly kind: "while"; readonly test: Expr; readonly body: Statement }
  | { readonly kind: "do"; readonly test: Expr; readonly body: Statement }
  | {
      readonly kind: "for";
      readonly start: Statement | undefined;
      readonly test: Expr | undefined;
      readonly step: Statement | undefined;
      readonly body: Statement;
    }
  | { readonly kind: "for-in"; readonly variable: Lvalue; readonly array: VariableRef; readonly body: Statement }
  | { readonly kind: "delete"; readonly array: VariableRef; readonly subscripts: readonly Expr[] | undefined }
  | { readonly kind: "break" | "continue" | "next" | "nextfile" }
  | { readonly kind: "exit" | "return"; readonly value: Expr | undefined };

export interface Rule {
  readonly kind: "BEGIN" | "END" | "pattern";
  /** The pattern; with `last` a range. */
  readonly first: Expr | undefined;
  readonly last: Expr | undefined;
  /** Absent: print the record. */
  readonly body: Statement | undefined;
}

export interface FunctionDefinition {
  readonly name: string;
  readonly parameters: readonly string[];
  readonly body: Statement;
}

export interface Program {
  readonly rules: readonly Rule[];
  readonly functions: ReadonlyMap<string, FunctionDefinition>;
  /** Globals by slot. */
  readonly globals: readonly string[];
}

/** The predefined variables, in their slots. */
export const SPECIAL_VARIABLES = [
  "NF",
  "NR",
  "FNR",
  "FS",
  "OFS",
  "ORS",
  "RS",
  "SUBSEP",
  "CONVFMT",
  "OFMT",
  "RSTART",
  "RLENGTH",
  "FILENAME",
  "ENVIRON",
  "ARGC",
  "ARGV",
] as const;

type SpecialName = (typeof SPECIAL_VARIABLES)[number];

/** Slot of a predefined variable. */
export function specialSlot(name: SpecialName): number {
  return SPECIAL_VARIABLES.indexOf(name);
}

/** A program that cannot be run; `line` counts from 1. */
export class AwkSyntaxError extends Error {
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}
