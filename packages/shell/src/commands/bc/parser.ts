/** The language of bc, without functions of one's own: expressions, assignments, if, while, for, blocks, print. */

export type BcExpr =
  | { readonly kind: "number"; readonly text: string }
  | { readonly kind: "variable"; readonly name: string; readonly index: BcExpr | undefined }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly BcExpr[] }
  | { readonly kind: "binary"; readonly operator: string; readonly left: BcExpr; readonly right: BcExpr }
  | { readonly kind: "unary"; readonly operator: string; readonly operand: BcExpr }
  | { readonly kind: "assign"; readonly operator: string; readonly target: BcVariable; readonly value: BcExpr }
  | { readonly kind: "step"; readonly target: BcVariable; readonly delta: 1 | -1; readonly prefix: boolean }
  | { readonly kind: "group"; readonly inner: BcExpr };

export type BcVariable = Extract<BcExpr, { kind: "variable" }>;

export type BcStatement =
  | { readonly kind: "expression"; readonly expr: BcExpr }
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "print"; readonly items: readonly (BcExpr | string)[] }
  | { readonly kind: "block"; readonly body: readonly BcStatement[] }
  | { readonly kind: "if"; readonly test: BcExpr; readonly yes: BcStatement; readonly no: BcStatement | undefined }
  | {
      readonly kind: "loop";
      readonly start: BcExpr | undefined;
      readonly test: BcExpr | undefined;
      readonly step: BcExpr | undefined;
      readonly body: BcStatement;
    }
  | { readonly kind: "break" | "continue" | "quit" };

export class BcSyntaxError extends Error {
  /** The end of the line was what did not fit: bc then counts it already. */
  readonly atNewline: boolean;

  constructor(message: string, atNewline = false) {
    super(message);
    this.atNewline = atNewline;
  }
}

/** More lines are needed: a block or comment is open. */
export class BcIncomplete extends Error {}

interface Token {
  readonly kind: "number" | "name" | "string" | "operator" | "newline" | "end";
  readonly text: string;
}

const TOKEN =
  /\\\n|[ \t]+|#[^\n]*|\/\*[\s\S]*?\*\/|(\n)|([0-9A-F]*\.[0-9A-F]*|[0-9A-F]+)|([a-z][a-z0-9_]*)|"([^"]*)"|(\+\+|--|[-+*/%^=<>!]=|&&|\|\||[-+*/%^=<>!(){}[\];,])/y;
const LEVELS: readonly (readonly string[])[] = [
  ["+", "-"],
  ["*", "/", "%"],
];

function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const at = TOKEN.lastIndex;
    const match = TOKEN.exec(source);
    if (match === null) {
      const rest = source.slice(at);
      if (rest.startsWith("/*") || rest.startsWith('"')) throw new BcIncomplete();
      throw new BcSyntaxError(`illegal character: ${rest.charAt(0)}`);
    }
    const [, newline, number, name, string, operator] = match;
    if (newline !== undefined) tokens.push({ kind: "newline", text: "\n" });
    else if (number !== undefined) tokens.push({ kind: "number", text: number });
    else if (name !== undefined) tokens.push({ kind: "name", text: name });
    else if (string !== undefined) tokens.push({ kind: "string", text: string });
    else if (operator !== undefined) tokens.push({ kind: "operator", text: operator });
  }
  return tokens;
}

/** Parses complete lines. @throws BcSyntaxError @throws BcIncomplete */
export function parseBc(source: string): BcStatement[] {
  return new BcParser(tokenize(source)).all();
}

class BcParser {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  all(): BcStatement[] {
    const statements: BcStatement[] = [];
    for (;;) {
      while (this.#peek().kind === "newline" || this.#is(";")) this.#at++;
      if (this.#peek().kind === "end") return statements;
      statements.push(this.#statement());
      const after = this.#peek();
      if (after.kind !== "newline" && after.kind !== "end" && !this.#is(";")) throw new BcSyntaxError("syntax error");
    }
  }

  #peek(): Token {
    return this.#tokens[this.#at] ?? { kind: "end", text: "" };
  }

  #is(operator: string): boolean {
    const token = this.#peek();
    return token.kind === "operator" && token.text === operator;
  }

  #isName(name: string): boolean {
    const token = this.#peek();
    return token.kind === "name" && token.text === name;
  }

  #take(operator: string): boolean {
    if (!this.#is(operator)) return false;
    this.#at++;
    return true;
  }

  #expect(operator: string): void {
    if (this.#take(operator)) return;
    if (this.#peek().kind === "end") throw new BcIncomplete();
    throw new BcSyntaxError("syntax error");
  }

  #skipNewlines(): void {
    while (this.#peek().kind === "newline") this.#at++;
    if (this.#peek().kind === "end") throw new BcIncomplete();
  }

  #statement(): BcStatement {
    const token = this.#peek();
    if (token.kind === "string") {
      this.#at++;
      return { kind: "string", text: token.text };
    }
    if (this.#take("{")) return this.#block();
    if (token.kind === "name") {
      switch (token.text) {
        case "if":
          return this.#if();
        case "while":
          return this.#while();
        case "for":
          return this.#for();
        case "print":
          return this.#print();
        case "break":
        case "continue":
        case "quit":
        case "halt":
          this.#at++;
          return { kind: token.text === "halt" ? "quit" : token.text };
        case "define":
        case "return":
        case "auto":
          throw new BcSyntaxError("functions are not modelled by ebb");
        default:
      }
    }
    return { kind: "expression", expr: this.#expression() };
  }

  #block(): BcStatement {
    const body: BcStatement[] = [];
    for (;;) {
      while (this.#peek().kind === "newline" || this.#is(";")) this.#at++;
      if (this.#take("}")) return { kind: "block", body };
      if (this.#peek().kind === "end") throw new BcIncomplete();
      body.push(this.#statement());
    }
  }

  #if(): BcStatement {
    this.#at++;
    this.#expect("(");
    const test = this.#expression();
    this.#expect(")");
    const newline = this.#peek().kind === "newline";
    if (newline) this.#skipNewlines();
    const yes = this.#statement();
    const mark = this.#at;
    if (this.#isName("else")) {
      this.#at++;
      this.#skipNewlines();
      return { kind: "if", test, yes, no: this.#statement() };
    }
    this.#at = mark;
    return { kind: "if", test, yes, no: undefined };
  }

  #while(): BcStatement {
    this.#at++;
    this.#expect("(");
    const test = this.#expression();
    this.#expect(")");
    this.#skipNewlines();
    return { kind: "loop", start: undefined, test, step: undefined, body: this.#statement() };
  }

  #for(): BcStatement {
    this.#at++;
    this.#expect("(");
    const start = this.#is(";") ? undefined : this.#expression();
    this.#expect(";");
    const test = this.#is(";") ? undefined : this.#expression();
    this.#expect(";");
    const step = this.#is(")") ? undefined : this.#expression();
    this.#expect(")");
    this.#skipNewlines();
    return { kind: "loop", start, test, step, body: this.#statement() };
  }

  #print(): BcStatement {
    this.#at++;
    const items: (BcExpr | string)[] = [];
    do {
      const token = this.#peek();
      if (token.kind === "string") {
        this.#at++;
        items.push(token.text);
      } else items.push(this.#expression());
    } while (this.#take(","));
    return { kind: "print", items };
  }

  #expression(): BcExpr {
    let left = this.#and();
    while (this.#take("||")) left = { kind: "binary", operator: "||", left, right: this.#and() };
    return left;
  }

  #and(): BcExpr {
    let left = this.#not();
    while (this.#take("&&")) left = { kind: "binary", operator: "&&", left, right: this.#not() };
    return left;
  }

  #not(): BcExpr {
    if (this.#take("!")) return { kind: "unary", operator: "!", operand: this.#not() };
    let left = this.#assignment();
    for (;;) {
      const token = this.#peek();
      if (token.kind !== "operator" || !["<", "<=", ">", ">=", "==", "!="].includes(token.text)) return left;
      this.#at++;
      left = { kind: "binary", operator: token.text, left, right: this.#assignment() };
    }
  }

  #assignment(): BcExpr {
    const target = this.#level(0);
    const token = this.#peek();
    const assigns = token.kind === "operator" && /^[-+*/%^]?=$/.test(token.text);
    if (!assigns) return target;
    if (target.kind !== "variable") throw new BcSyntaxError("syntax error");
    this.#at++;
    return { kind: "assign", operator: token.text.slice(0, -1), target, value: this.#assignment() };
  }

  #level(depth: number): BcExpr {
    const operators = LEVELS[depth];
    if (operators === undefined) return this.#power();
    let left = this.#level(depth + 1);
    for (;;) {
      const token = this.#peek();
      if (token.kind !== "operator" || !operators.includes(token.text)) return left;
      this.#at++;
      left = { kind: "binary", operator: token.text, left, right: this.#level(depth + 1) };
    }
  }

  #power(): BcExpr {
    const base = this.#unary();
    if (!this.#take("^")) return base;
    return { kind: "binary", operator: "^", left: base, right: this.#power() };
  }

  /** In bc a minus binds tighter than a power. */
  #unary(): BcExpr {
    if (this.#take("-")) return { kind: "unary", operator: "-", operand: this.#unary() };
    for (const [operator, delta] of [
      ["++", 1],
      ["--", -1],
    ] as const) {
      if (!this.#take(operator)) continue;
      const target = this.#primary();
      if (target.kind !== "variable") throw new BcSyntaxError("syntax error");
      return { kind: "step", target, delta, prefix: true };
    }
    const expr = this.#primary();
    if (expr.kind !== "variable") return expr;
    if (this.#take("++")) return { kind: "step", target: expr, delta: 1, prefix: false };
    if (this.#take("--")) return { kind: "step", target: expr, delta: -1, prefix: false };
    return expr;
  }

  #primary(): BcExpr {
    const token = this.#peek();
    this.#at++;
    if (token.kind === "number") return { kind: "number", text: token.text };
    if (token.kind === "operator" && token.text === "(") {
      const inner = this.#expression();
      this.#expect(")");
      return { kind: "group", inner };
    }
    if (token.kind !== "name") throw new BcSyntaxError("syntax error", token.kind === "newline");
    if (this.#take("(")) {
      const args: BcExpr[] = [];
      while (!this.#take(")")) {
        args.push(this.#expression());
        if (!this.#is(")")) this.#expect(",");
      }
      return { kind: "call", name: token.text, args };
    }
    let index: BcExpr | undefined;
    if (this.#take("[")) {
      index = this.#expression();
      this.#expect("]");
    }
    return { kind: "variable", name: token.text, index };
  }
}
