/**
 * Shell arithmetic: text to a tree. Values are 64-bit two's complement; a `number` where it is exact, else a `bigint`.
 * Error messages and their "error token" (the rest of the text from the last token read) are bash's.
 */

/** Canonical: a safe integer is always a `number`. */
export type ShellInteger = number | bigint;

export type ArithmeticNode =
  | { readonly kind: "number"; readonly value: ShellInteger }
  | { readonly kind: "variable"; readonly name: string; readonly subscript: string | undefined }
  | { readonly kind: "unary"; readonly operator: string; readonly operand: ArithmeticNode }
  | { readonly kind: "step"; readonly target: VariableNode; readonly delta: 1 | -1; readonly prefix: boolean }
  | {
      readonly kind: "binary";
      readonly operator: string;
      readonly left: ArithmeticNode;
      readonly right: ArithmeticNode;
      /** Text from the right operand on, for "division by 0". */
      readonly token: string;
    }
  | { readonly kind: "logical"; readonly isAnd: boolean; readonly left: ArithmeticNode; readonly right: ArithmeticNode }
  | {
      readonly kind: "ternary";
      readonly test: ArithmeticNode;
      readonly yes: ArithmeticNode;
      readonly no: ArithmeticNode;
    }
  | {
      readonly kind: "assign";
      readonly target: VariableNode;
      /** "" for plain assignment, else the binary operator. */
      readonly operator: string;
      readonly value: ArithmeticNode;
      readonly token: string;
    };

export type VariableNode = Extract<ArithmeticNode, { kind: "variable" }>;

/** Thrown for text that is not an expression, and for division by 0. `message` is what follows "EXPR: ". */
export class ArithmeticError extends Error {
  readonly expression: string;

  constructor(expression: string, reason: string, token: string) {
    super(`${reason} (error token is "${token}")`);
    this.expression = expression.replace(/^[ \t\n]+/, "");
  }
}

const MASK_BITS = 64;

/** Brings an exact result into 64 bits and into canonical form. */
export function wrapInteger(value: bigint): ShellInteger {
  const wrapped = BigInt.asIntN(MASK_BITS, value);
  const asNumber = Number(wrapped);
  return Number.isSafeInteger(asNumber) ? asNumber : wrapped;
}

const OPERATORS: readonly string[] = [
  "<<=",
  ">>=",
  "**",
  "++",
  "--",
  "<<",
  ">>",
  "<=",
  ">=",
  "==",
  "!=",
  "&&",
  "||",
  "+=",
  "-=",
  "*=",
  "/=",
  "%=",
  "&=",
  "^=",
  "|=",
  ..."+-*/%<>!~&^|=?:,()",
];

const PRECEDENCE = new Map<string, number>([
  ["||", 3],
  ["&&", 4],
  ["|", 5],
  ["^", 6],
  ["&", 7],
  ["==", 8],
  ["!=", 8],
  ["<", 9],
  [">", 9],
  ["<=", 9],
  [">=", 9],
  ["<<", 10],
  [">>", 10],
  ["+", 11],
  ["-", 11],
  ["*", 12],
  ["/", 12],
  ["%", 12],
  ["**", 13],
]);

const ASSIGNMENTS = new Set(["=", "+=", "-=", "*=", "/=", "%=", "<<=", ">>=", "&=", "^=", "|="]);

const ZERO: ArithmeticNode = { kind: "number", value: 0 };

/** The tree of `text`; empty text is 0. Throws ArithmeticError. */
export function parseArithmetic(text: string): ArithmeticNode {
  const parser = new Parser(text);
  return parser.parse();
}

class Parser {
  readonly #text: string;
  #at = 0;
  /** The current token: an operator, "n" for a number, "v" for a variable, "" at the end. */
  #token = "";
  #tokenStart = 0;
  #node: ArithmeticNode = ZERO;

  constructor(text: string) {
    this.#text = text;
    this.#next();
  }

  parse(): ArithmeticNode {
    if (this.#is("")) return ZERO;
    const node = this.#comma();
    if (!this.#is("")) this.#fail("syntax error in expression");
    return node;
  }

  #comma(): ArithmeticNode {
    let left = this.#assignment();
    while (this.#is(",")) {
      this.#next();
      left = { kind: "binary", operator: ",", left, right: this.#assignment(), token: "" };
    }
    return left;
  }

  #assignment(): ArithmeticNode {
    const target = this.#ternary();
    if (!ASSIGNMENTS.has(this.#token)) return target;
    if (target.kind !== "variable") return this.#fail("attempted assignment to non-variable");
    const operator = this.#token.slice(0, -1);
    this.#next();
    const token = this.#rest();
    return { kind: "assign", target, operator, value: this.#assignment(), token };
  }

  #ternary(): ArithmeticNode {
    const test = this.#binary(3);
    if (!this.#is("?")) return test;
    this.#next();
    if (this.#is("") || this.#is(":")) this.#fail("expression expected");
    const yes = this.#comma();
    if (!this.#is(":")) this.#fail("`:' expected for conditional expression");
    this.#next();
    if (this.#is("")) this.#fail("expression expected");
    return { kind: "ternary", test, yes, no: this.#ternary() };
  }

  #binary(least: number): ArithmeticNode {
    let left = this.#unary();
    for (;;) {
      const operator = this.#token;
      const precedence = PRECEDENCE.get(operator);
      if (precedence === undefined || precedence < least) return left;
      this.#next();
      let token = this.#rest();
      const right = this.#binary(operator === "**" ? precedence : precedence + 1);
      if (operator === "**") token = this.#text.slice(this.#lastTokenStart);
      if (operator === "&&" || operator === "||") left = { kind: "logical", isAnd: operator === "&&", left, right };
      else left = { kind: "binary", operator, left, right, token };
    }
  }

  #unary(): ArithmeticNode {
    const operator = this.#token;
    if (operator === "++" || operator === "--") {
      this.#next();
      const target = this.#node;
      if (!this.#is("v") || target.kind !== "variable") return this.#doubledSign(operator);
      this.#next();
      return { kind: "step", target, delta: operator === "++" ? 1 : -1, prefix: true };
    }
    if (operator === "!" || operator === "~" || operator === "-" || operator === "+") {
      this.#next();
      return { kind: "unary", operator, operand: this.#unary() };
    }
    return this.#postfix();
  }

  /** `--5` is two minus signs when no variable follows. */
  #doubledSign(operator: string): ArithmeticNode {
    const sign = operator.charAt(0);
    return { kind: "unary", operator: sign, operand: { kind: "unary", operator: sign, operand: this.#unary() } };
  }

  #postfix(): ArithmeticNode {
    if (this.#is("(")) {
      this.#next();
      const inner = this.#comma();
      if (!this.#is(")")) this.#fail("missing `)'");
      this.#next();
      return inner;
    }
    if (!this.#is("n") && !this.#is("v")) return this.#fail("syntax error: operand expected");
    const node = this.#node;
    this.#next();
    if (node.kind === "variable" && (this.#is("++") || this.#is("--"))) {
      const delta = this.#is("++") ? 1 : -1;
      this.#next();
      return { kind: "step", target: node, delta, prefix: false };
    }
    return node;
  }

  /** A method, because the compiler takes a compared field for unchanged across `#next`. */
  #is(token: string): boolean {
    return this.#token === token;
  }

  #rest(): string {
    return this.#text.slice(this.#tokenStart);
  }

  #fail(reason: string): never {
    // At the end of the text bash shows the last token it did read.
    if (this.#is("")) this.#tokenStart = this.#lastTokenStart;
    throw new ArithmeticError(this.#text, reason, this.#rest());
  }

  #lastTokenStart = 0;

  #next(): void {
    const text = this.#text;
    while (isSkipped(text.charCodeAt(this.#at))) this.#at++;
    if (!this.#is("")) this.#lastTokenStart = this.#tokenStart;
    this.#tokenStart = this.#at;
    if (this.#at >= text.length) {
      this.#token = "";
      return;
    }
    const code = text.charCodeAt(this.#at);
    if (isDigit(code)) this.#readNumber();
    else if (isNameStart(code)) this.#readVariable();
    else this.#readOperator();
  }

  #readOperator(): void {
    for (const operator of OPERATORS) {
      if (!this.#text.startsWith(operator, this.#at)) continue;
      this.#at += operator.length;
      this.#token = operator;
      return;
    }
    this.#token = "?!";
    throw new ArithmeticError(this.#text, "syntax error: operand expected", this.#rest());
  }

  #readVariable(): void {
    const text = this.#text;
    let end = this.#at;
    while (isNameStart(text.charCodeAt(end)) || isDigit(text.charCodeAt(end))) end++;
    const name = text.slice(this.#at, end);
    let subscript: string | undefined;
    if (text.charAt(end) === "[") {
      const close = closingBracket(text, end);
      if (close < 0) throw new ArithmeticError(text, "bad array subscript", this.#rest());
      subscript = text.slice(end + 1, close);
      end = close + 1;
    }
    this.#at = end;
    this.#token = "v";
    this.#node = { kind: "variable", name, subscript };
  }

  #readNumber(): void {
    const text = this.#text;
    let end = this.#at;
    while (isNumberPart(text.charCodeAt(end))) end++;
    const digits = text.slice(this.#at, end);
    this.#at = end;
    this.#token = "n";
    this.#node = { kind: "number", value: this.#numberValue(digits) };
  }

  #numberValue(digits: string): ShellInteger {
    const hash = digits.indexOf("#");
    if (hash > 0) {
      const base = Number(digits.slice(0, hash));
      if (!(base >= 2 && base <= 64)) this.#numberError("invalid arithmetic base");
      return this.#digitsValue(digits.slice(hash + 1), base);
    }
    if (digits.startsWith("0x") || digits.startsWith("0X")) return this.#digitsValue(digits.slice(2), 16);
    if (digits.length > 1 && digits.startsWith("0")) return this.#digitsValue(digits.slice(1), 8);
    return this.#digitsValue(digits, 10);
  }

  #digitsValue(digits: string, base: number): ShellInteger {
    let value = 0;
    let exact: bigint | undefined;
    for (let i = 0; i < digits.length; i++) {
      const digit = digitValue(digits.charCodeAt(i), base);
      if (digit < 0) this.#numberError("invalid number");
      if (digit >= base) this.#numberError("value too great for base");
      if (exact !== undefined) exact = exact * BigInt(base) + BigInt(digit);
      else if (Number.isSafeInteger(value * base + digit)) value = value * base + digit;
      else exact = BigInt(value) * BigInt(base) + BigInt(digit);
    }
    return exact === undefined ? value : wrapInteger(exact);
  }

  #numberError(reason: string): never {
    throw new ArithmeticError(this.#text, reason, this.#rest());
  }
}

/** Index of the "]" that closes the "[" at `open`; -1 when there is none. */
export function closingBracket(text: string, open: number): number {
  let depth = 0;
  for (let i = open; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === "[") depth++;
    else if (char === "]" && --depth === 0) return i;
    else if (char === "\\") i++;
    else if (char === '"' || char === "'") {
      const close = text.indexOf(char, i + 1);
      if (close > 0) i = close;
    }
  }
  return -1;
}

function digitValue(code: number, base: number): number {
  if (isDigit(code)) return code - 48;
  if (code >= 97 && code <= 122) return code - 87;
  if (code >= 65 && code <= 90) return base <= 36 ? code - 55 : code - 29;
  if (code === 64) return 62;
  if (code === 95) return 63;
  return -1;
}

/** Blanks, and the double quotes that quote removal would have taken. */
function isSkipped(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 34;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

function isNameStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;
}

function isNumberPart(code: number): boolean {
  return isDigit(code) || isNameStart(code) || code === 35 || code === 64;
}
