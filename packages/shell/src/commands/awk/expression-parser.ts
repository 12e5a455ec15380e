/** Expressions of awk, by precedence climbing, and the token cursor under them. */

import { compileEre } from "../regex/index.ts";
import {
  type ArithmeticOperator,
  AwkSyntaxError,
  type CallExpr,
  type CompareOperator,
  type Expr,
  type FunctionDefinition,
  type Lvalue,
  SPECIAL_VARIABLES,
  type VariableRef,
} from "./ast.ts";
import type { Token } from "./lexer.ts";

const END: Token = { kind: "end", text: "", line: 0 };
const ASSIGNMENTS = new Set(["=", "+=", "-=", "*=", "/=", "%=", "^="]);
const COMPARISONS = new Set(["<", "<=", "==", "!=", ">", ">="]);

export class ExpressionParser {
  position = 0;
  readonly #tokens: readonly Token[];
  readonly #globals: string[] = [...SPECIAL_VARIABLES];
  readonly #globalSlots = new Map<string, number>(SPECIAL_VARIABLES.map((name, i) => [name, i]));
  readonly #calls: CallExpr[] = [];
  #parameters: readonly string[] = [];
  /** `>` is a redirection here, not a comparison. */
  #noGreater = false;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  peek(ahead = 0): Token {
    return this.#tokens[this.position + ahead] ?? END;
  }

  advance(): Token {
    const token = this.peek();
    this.position++;
    return token;
  }

  at(operator: string): boolean {
    const token = this.peek();
    return token.kind === "operator" && token.text === operator;
  }

  atKeyword(word: string): boolean {
    const token = this.peek();
    return token.kind === "keyword" && token.text === word;
  }

  expect(operator: string): void {
    if (!this.at(operator)) this.unexpected(this.peek());
    this.position++;
  }

  unexpected(token: Token): never {
    const shown = token.kind === "end" || token.text === "\n" ? "end of line" : token.text;
    const line = token.kind === "end" ? (this.#tokens[this.#tokens.length - 1]?.line ?? 1) : token.line;
    throw new AwkSyntaxError(line, `syntax error at or near ${shown}`);
  }

  skipNewlines(): void {
    while (this.peek().kind === "newline") this.position++;
  }

  skipTerminators(): void {
    while (this.peek().kind === "newline" || this.at(";")) this.position++;
  }

  enterFunction(parameters: readonly string[]): void {
    this.#parameters = parameters;
  }

  leaveFunction(): void {
    this.#parameters = [];
  }

  globalNames(): readonly string[] {
    return this.#globals;
  }

  /** The slot of a name: a parameter, or a global made on first sight. */
  resolve(name: string): VariableRef {
    const parameter = this.#parameters.indexOf(name);
    if (parameter >= 0) return { scope: "local", index: parameter, name };
    let slot = this.#globalSlots.get(name);
    if (slot === undefined) {
      slot = this.#globals.length;
      this.#globals.push(name);
      this.#globalSlots.set(name, slot);
    }
    return { scope: "global", index: slot, name };
  }

  checkCalls(functions: ReadonlyMap<string, FunctionDefinition>): void {
    for (const call of this.#calls) {
      const definition = functions.get(call.name);
      if (definition === undefined) throw new AwkSyntaxError(call.line, `function ${call.name} never defined`);
      if (call.args.length > definition.parameters.length) {
        throw new AwkSyntaxError(call.line, `too many arguments in call to ${call.name}`);
      }
    }
  }

  expression(): Expr {
    const target = this.#ternary();
    const operator = this.peek();
    if (operator.kind !== "operator" || !ASSIGNMENTS.has(operator.text)) return target;
    if (target.kind !== "variable" && target.kind !== "field" && target.kind !== "element")
      return this.unexpected(operator);
    this.advance();
    this.skipNewlines();
    const value = this.expression();
    return { kind: "assign", operator: arithmetic(operator.text.slice(0, -1)), target, value };
  }

  /** Comma-separated; in a print list without parentheses `>` ends it. */
  expressionList(noGreater: boolean): Expr[] {
    const before = this.#noGreater;
    this.#noGreater = noGreater;
    const list = [this.expression()];
    while (this.at(",")) {
      this.advance();
      this.skipNewlines();
      list.push(this.expression());
    }
    this.#noGreater = before;
    return list;
  }

  /** What a redirection goes to. */
  destination(): Expr {
    const before = this.#noGreater;
    this.#noGreater = true;
    const expr = this.#ternary();
    this.#noGreater = before;
    return expr;
  }

  subscripts(): Expr[] {
    this.expect("[");
    const list = this.expressionList(false);
    this.expect("]");
    return list;
  }

  #ternary(): Expr {
    const test = this.#or();
    if (!this.at("?")) return test;
    this.advance();
    this.skipNewlines();
    const yes = this.expression();
    this.skipNewlines();
    this.expect(":");
    this.skipNewlines();
    return { kind: "conditional", test, yes, no: this.expression() };
  }

  #or(): Expr {
    let left = this.#and();
    while (this.at("||")) {
      this.advance();
      this.skipNewlines();
      left = { kind: "or", left, right: this.#and() };
    }
    return left;
  }

  #and(): Expr {
    let left = this.#in();
    while (this.at("&&")) {
      this.advance();
      this.skipNewlines();
      left = { kind: "and", left, right: this.#in() };
    }
    return left;
  }

  #in(): Expr {
    let left = this.#match();
    while (this.atKeyword("in")) {
      this.advance();
      const name = this.advance();
      if (name.kind !== "name") this.unexpected(name);
      left = { kind: "in", subscripts: [left], array: this.resolve(name.text) };
    }
    return left;
  }

  #match(): Expr {
    let left = this.#comparison();
    while (this.at("~") || this.at("!~")) {
      const negated = this.advance().text === "!~";
      left = { kind: "match", negated, left, right: this.#comparison() };
    }
    return left;
  }

  #comparison(): Expr {
    let left = this.#concat();
    for (;;) {
      const operator = this.peek();
      if (operator.kind !== "operator") return left;
      if (operator.text === "|" && this.peek(1).text === "getline" && this.peek(1).kind === "keyword") {
        this.position += 2;
        left = { kind: "getline", source: "command", operand: left, target: this.#optionalLvalue() };
        continue;
      }
      const compares = COMPARISONS.has(operator.text) && !(operator.text === ">" && this.#noGreater);
      if (!compares) return left;
      this.advance();
      left = { kind: "compare", operator: comparison(operator.text), left, right: this.#concat() };
    }
  }

  #concat(): Expr {
    let left = this.#additive();
    while (this.#startsOperand()) left = { kind: "concat", left, right: this.#additive() };
    return left;
  }

  /** What follows can be concatenated: a sign would have been an operator. */
  #startsOperand(): boolean {
    const token = this.peek();
    switch (token.kind) {
      case "number":
      case "string":
      case "regex":
      case "name":
      case "function-name":
      case "builtin":
        return true;
      case "operator":
        return ["$", "(", "++", "--"].includes(token.text);
      default:
        return false;
    }
  }

  #additive(): Expr {
    let left = this.#multiplicative();
    while (this.at("+") || this.at("-")) {
      const operator = arithmetic(this.advance().text);
      if (operator === "") break;
      left = { kind: "arithmetic", operator, left, right: this.#multiplicative() };
    }
    return left;
  }

  #multiplicative(): Expr {
    let left = this.#unary();
    while (this.at("*") || this.at("/") || this.at("%")) {
      const operator = arithmetic(this.advance().text);
      if (operator === "") break;
      left = { kind: "arithmetic", operator, left, right: this.#unary() };
    }
    return left;
  }

  #unary(): Expr {
    const token = this.peek();
    if (token.kind === "operator" && (token.text === "!" || token.text === "-" || token.text === "+")) {
      this.advance();
      return { kind: "unary", operator: token.text, operand: this.#unary() };
    }
    return this.#power();
  }

  #power(): Expr {
    const base = this.#postfix();
    if (!this.at("^")) return base;
    this.advance();
    // right associative; a sign may stand in the exponent
    const signed = this.at("-") || this.at("+") || this.at("!");
    const right = signed ? this.#unary() : this.#power();
    return { kind: "arithmetic", operator: "^", left: base, right };
  }

  #postfix(): Expr {
    if (this.at("++") || this.at("--")) {
      const delta = this.advance().text === "++" ? 1 : -1;
      return { kind: "step", target: this.#lvalue(), delta, prefix: true };
    }
    const expr = this.#primary();
    const isTarget = expr.kind === "variable" || expr.kind === "field" || expr.kind === "element";
    if (isTarget && (this.at("++") || this.at("--"))) {
      const delta = this.advance().text === "++" ? 1 : -1;
      return { kind: "step", target: expr, delta, prefix: false };
    }
    return expr;
  }

  #lvalue(): Lvalue {
    const token = this.peek();
    const expr = this.#primary();
    if (expr.kind === "variable" || expr.kind === "field" || expr.kind === "element") return expr;
    return this.unexpected(token);
  }

  #optionalLvalue(): Lvalue | undefined {
    const token = this.peek();
    if (token.kind === "name" || (token.kind === "operator" && token.text === "$")) return this.#lvalue();
    return undefined;
  }

  #primary(): Expr {
    const token = this.advance();
    switch (token.kind) {
      case "number":
        return { kind: "number", value: Number(token.text) };
      case "string":
        return { kind: "string", value: token.text };
      case "regex":
        return { kind: "regex", regex: this.#regex(token) };
      case "name":
        return this.#variable(token);
      case "function-name":
        return this.#call(token);
      case "builtin":
        return { kind: "builtin", name: token.text, args: this.#builtinArguments(), line: token.line };
      case "keyword":
        if (token.text === "getline") return this.#getline();
        return this.unexpected(token);
      case "operator":
        if (token.text === "$") return { kind: "field", index: this.#fieldIndex() };
        if (token.text === "(") return this.#group();
        return this.unexpected(token);
      default:
        return this.unexpected(token);
    }
  }

  #fieldIndex(): Expr {
    if (this.at("-") || this.at("+") || this.at("!")) return this.#unary();
    if (this.at("++") || this.at("--")) return this.#postfix();
    return this.#primary();
  }

  #regex(token: Token): RegExp {
    const regex = compileEre(token.text, { flavour: "awk", flags: "g" });
    if ("error" in regex) throw new AwkSyntaxError(token.line, `regular expression compile failed (${regex.error})`);
    return regex;
  }

  #variable(token: Token): Expr {
    const ref = this.resolve(token.text);
    if (this.at("[")) return { kind: "element", array: ref, subscripts: this.subscripts() };
    return { kind: "variable", ref };
  }

  #arguments(): Expr[] {
    this.expect("(");
    this.skipNewlines();
    const args = this.at(")") ? [] : this.expressionList(false);
    this.skipNewlines();
    this.expect(")");
    return args;
  }

  #builtinArguments(): Expr[] {
    return this.at("(") ? this.#arguments() : [];
  }

  #call(token: Token): Expr {
    const call: CallExpr = { kind: "call", name: token.text, args: this.#arguments(), line: token.line };
    this.#calls.push(call);
    return call;
  }

  #getline(): Expr {
    const target = this.#optionalLvalue();
    if (!this.at("<")) return { kind: "getline", source: "main", operand: undefined, target };
    this.advance();
    return { kind: "getline", source: "file", operand: this.#postfix(), target };
  }

  /** `( expr )`, or `(i, j) in array`. */
  #group(): Expr {
    const list = this.expressionList(false);
    this.expect(")");
    const [first] = list;
    if (list.length > 1 || first === undefined) {
      if (!this.atKeyword("in")) this.unexpected(this.peek());
      this.advance();
      return { kind: "in", subscripts: list, array: this.resolve(this.advance().text) };
    }
    return first;
  }
}

function arithmetic(text: string): ArithmeticOperator | "" {
  switch (text) {
    case "+":
    case "-":
    case "*":
    case "/":
    case "%":
    case "^":
      return text;
    default:
      return "";
  }
}

function comparison(text: string): CompareOperator {
  switch (text) {
    case "<":
    case "<=":
    case "==":
    case "!=":
    case ">":
      return text;
    default:
      return ">=";
  }
}
