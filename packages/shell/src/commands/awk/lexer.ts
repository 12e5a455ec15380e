/** Tokens of an awk program. A slash after something that has a value divides, elsewhere it opens a regex. */

import { AwkSyntaxError } from "./ast.ts";

type TokenKind =
  | "number"
  | "string"
  | "regex"
  | "name"
  | "function-name"
  | "builtin"
  | "keyword"
  | "newline"
  | "operator"
  | "end";

export interface Token {
  readonly kind: TokenKind;
  /** Text of an operator, name or keyword; value of a string or regex. */
  readonly text: string;
  readonly line: number;
}

const KEYWORDS = new Set([
  "BEGIN",
  "END",
  "function",
  "func",
  "if",
  "else",
  "while",
  "for",
  "do",
  "break",
  "continue",
  "next",
  "nextfile",
  "exit",
  "return",
  "delete",
  "in",
  "getline",
  "print",
  "printf",
]);

const BUILTINS = new Set([
  "length",
  "substr",
  "index",
  "split",
  "sub",
  "gsub",
  "gensub",
  "match",
  "sprintf",
  "sin",
  "cos",
  "atan2",
  "exp",
  "log",
  "sqrt",
  "int",
  "rand",
  "srand",
  "tolower",
  "toupper",
  "system",
  "close",
  "fflush",
  "systime",
  "strftime",
  "mktime",
  "and",
  "or",
  "xor",
  "lshift",
  "rshift",
  "compl",
  "strtonum",
  "asort",
  "asorti",
]);

const OPERATORS = [
  "**=",
  "&&",
  "||",
  "**",
  "^=",
  "+=",
  "-=",
  "*=",
  "/=",
  "%=",
  "==",
  "<=",
  ">=",
  "!=",
  "!~",
  "++",
  "--",
  ">>",
  ..."{}()[];,+-*/%^!<>|?:~$=",
];

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["n", "\n"],
  ["t", "\t"],
  ["r", "\r"],
  ["\\", "\\"],
  ['"', '"'],
  ["/", "/"],
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["v", "\v"],
]);

/** Escapes of a string constant, also of `-v` assignments. An unknown one keeps its backslash. */
export function unescapeString(text: string): string {
  if (!text.includes("\\")) return text;
  return text.replace(/\\([0-7]{1,3}|x[0-9a-fA-F]{1,2}|\n|[\s\S])/g, (whole, code: string) => {
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 0xff);
    if (/^x[0-9a-fA-F]/.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (code === "\n") return "";
    return ESCAPES.get(code) ?? whole;
  });
}

/** Splits a whole program. */
export function tokenize(source: string): Token[] {
  const lexer = new Lexer(source);
  return lexer.all();
}

class Lexer {
  readonly #source: string;
  readonly #tokens: Token[] = [];
  #at = 0;
  #line = 1;

  constructor(source: string) {
    this.#source = source;
  }

  all(): Token[] {
    while (this.#skipBlanks()) this.#next();
    this.#push("newline", "\n");
    this.#line++;
    this.#push("end", "");
    return this.#tokens;
  }

  #push(kind: TokenKind, text: string): void {
    this.#tokens.push({ kind, text, line: this.#line });
  }

  #fail(message: string): never {
    throw new AwkSyntaxError(this.#line, message);
  }

  /** Skips blanks, comments and continued line ends; false at the end of the source. */
  #skipBlanks(): boolean {
    const source = this.#source;
    for (;;) {
      const c = source[this.#at];
      if (c === undefined) return false;
      if (c === " " || c === "\t" || c === "\r") this.#at++;
      else if (c === "\\" && /^\\\r?\n/.test(source.slice(this.#at, this.#at + 3))) {
        this.#at = source.indexOf("\n", this.#at) + 1;
        this.#line++;
      } else if (c === "#") {
        const end = source.indexOf("\n", this.#at);
        this.#at = end < 0 ? source.length : end;
      } else return true;
    }
  }

  #next(): void {
    const source = this.#source;
    const c = source.charAt(this.#at);
    if (c === "\n") {
      this.#push("newline", "\n");
      this.#at++;
      this.#line++;
      return;
    }
    if (/[0-9]/.test(c) || (c === "." && /[0-9]/.test(source.charAt(this.#at + 1)))) {
      const text = /^(?:0[xX][0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/.exec(source.slice(this.#at))?.[0] ?? c;
      this.#at += text.length;
      this.#push("number", text);
      return;
    }
    if (/[A-Za-z_]/.test(c)) {
      this.#word();
      return;
    }
    if (c === '"') {
      this.#string();
      return;
    }
    if (c === "/" && !this.#afterValue()) {
      this.#regex();
      return;
    }
    const operator = OPERATORS.find((candidate) => source.startsWith(candidate, this.#at));
    if (operator === undefined) this.#fail(`unexpected character '${c}'`);
    this.#at += operator.length;
    this.#push("operator", operator.replace("**", "^"));
  }

  #word(): void {
    const word = /^[A-Za-z_0-9]+/.exec(this.#source.slice(this.#at))?.[0] ?? "";
    this.#at += word.length;
    if (KEYWORDS.has(word)) this.#push("keyword", word === "func" ? "function" : word);
    else if (BUILTINS.has(word)) this.#push("builtin", word);
    else this.#push(this.#source[this.#at] === "(" ? "function-name" : "name", word);
  }

  #string(): void {
    let end = this.#at + 1;
    for (; ; end++) {
      const c = this.#source[end];
      if (c === undefined || c === "\n") {
        this.#fail(`runaway string constant ${this.#source.slice(this.#at, this.#at + 10)} ...`);
      }
      if (c === '"') break;
      if (c === "\\") end++;
    }
    const raw = this.#source.slice(this.#at + 1, end);
    this.#push("string", unescapeString(raw));
    this.#line += raw.split("\n").length - 1;
    this.#at = end + 1;
  }

  #regex(): void {
    let inBracket = false;
    let end = this.#at + 1;
    for (; ; end++) {
      const c = this.#source[end];
      if (c === undefined || c === "\n") {
        this.#fail(`runaway regular expression ${this.#source.slice(this.#at, this.#at + 10)} ...`);
      }
      if (c === "\\") end++;
      else if (inBracket) inBracket = c !== "]" || /\[\^?$/.test(this.#source.slice(Math.max(0, end - 2), end));
      else if (c === "[") inBracket = this.#source.indexOf("]", end) > 0;
      else if (c === "/") break;
    }
    this.#push("regex", this.#source.slice(this.#at + 1, end));
    this.#at = end + 1;
  }

  /** True when the token before has a value, so that a slash divides. */
  #afterValue(): boolean {
    const last = this.#tokens[this.#tokens.length - 1];
    if (last === undefined) return false;
    if (last.kind === "operator") return [")", "]", "$", "++", "--"].includes(last.text);
    return ["number", "string", "name", "builtin"].includes(last.kind);
  }
}
