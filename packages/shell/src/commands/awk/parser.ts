/** Rules, functions and statements; `expression-parser.ts` reads the expressions. */

import { AwkSyntaxError, type Expr, type FunctionDefinition, type Program, type Rule, type Statement } from "./ast.ts";
import { ExpressionParser } from "./expression-parser.ts";
import { tokenize } from "./lexer.ts";

/** Parses a program. @throws AwkSyntaxError */
export function parseProgram(source: string): Program {
  return new Parser(tokenize(source)).program();
}

class Parser extends ExpressionParser {
  readonly #rules: Rule[] = [];
  readonly #functions = new Map<string, FunctionDefinition>();
  #loopDepth = 0;
  #inFunction = false;

  program(): Program {
    this.skipTerminators();
    while (this.peek().kind !== "end") {
      if (this.atKeyword("function")) this.#function();
      else this.#rules.push(this.#rule());
      this.skipTerminators();
    }
    this.checkCalls(this.#functions);
    return { rules: this.#rules, functions: this.#functions, globals: this.globalNames() };
  }

  #function(): void {
    this.advance();
    const name = this.advance();
    if (name.kind !== "name" && name.kind !== "function-name") this.unexpected(name);
    this.expect("(");
    const parameters: string[] = [];
    while (!this.at(")")) {
      this.skipNewlines();
      const parameter = this.advance();
      if (parameter.kind !== "name") this.unexpected(parameter);
      parameters.push(parameter.text);
      if (!this.at(")")) this.expect(",");
      this.skipNewlines();
    }
    this.expect(")");
    this.skipNewlines();
    this.enterFunction(parameters);
    this.#inFunction = true;
    const body = this.#block();
    this.#inFunction = false;
    this.leaveFunction();
    this.#functions.set(name.text, { name: name.text, parameters, body });
  }

  #rule(): Rule {
    if (this.atKeyword("BEGIN") || this.atKeyword("END")) {
      const kind = this.advance().text === "BEGIN" ? "BEGIN" : "END";
      this.skipNewlines();
      if (!this.at("{")) this.unexpected(this.peek());
      return { kind, first: undefined, last: undefined, body: this.#block() };
    }
    let first: Expr | undefined;
    let last: Expr | undefined;
    if (!this.at("{")) {
      first = this.expression();
      if (this.at(",")) {
        this.advance();
        this.skipNewlines();
        last = this.expression();
      }
    }
    return { kind: "pattern", first, last, body: this.at("{") ? this.#block() : undefined };
  }

  #block(): Statement {
    this.expect("{");
    const body: Statement[] = [];
    this.skipTerminators();
    while (!this.at("}")) {
      if (this.peek().kind === "end") throw new AwkSyntaxError(this.peek().line, "missing } near end of file");
      body.push(this.#statement());
      this.skipTerminators();
    }
    this.expect("}");
    return { kind: "block", body };
  }

  /** A statement under `if`, `while` and the like; a lone semicolon is the empty one. */
  #body(): Statement {
    this.skipNewlines();
    if (this.at(";")) {
      this.advance();
      return { kind: "block", body: [] };
    }
    return this.#statement();
  }

  #loopBody(): Statement {
    this.#loopDepth++;
    const body = this.#body();
    this.#loopDepth--;
    return body;
  }

  #statement(): Statement {
    if (this.at("{")) return this.#block();
    const token = this.peek();
    if (token.kind === "keyword") {
      switch (token.text) {
        case "if":
          return this.#if();
        case "while":
          return this.#while();
        case "do":
          return this.#do();
        case "for":
          return this.#for();
        default:
      }
    }
    const statement = this.#simple();
    this.#endOfStatement();
    return statement;
  }

  #endOfStatement(): void {
    if (this.at(";") || this.peek().kind === "newline") this.advance();
    else if (!this.at("}") && this.peek().kind !== "end") this.unexpected(this.peek());
  }

  #if(): Statement {
    this.advance();
    const test = this.#parenthesized();
    const yes = this.#body();
    const mark = this.position;
    this.skipTerminators();
    if (this.atKeyword("else")) {
      this.advance();
      return { kind: "if", test, yes, no: this.#body() };
    }
    this.position = mark;
    return { kind: "if", test, yes, no: undefined };
  }

  #parenthesized(): Expr {
    this.expect("(");
    const test = this.expression();
    this.expect(")");
    return test;
  }

  #while(): Statement {
    this.advance();
    const test = this.#parenthesized();
    return { kind: "while", test, body: this.#loopBody() };
  }

  #do(): Statement {
    this.advance();
    const body = this.#loopBody();
    this.skipTerminators();
    if (!this.atKeyword("while")) this.unexpected(this.peek());
    this.advance();
    const test = this.#parenthesized();
    this.#endOfStatement();
    return { kind: "do", test, body };
  }

  #for(): Statement {
    this.advance();
    this.expect("(");
    const name = this.peek();
    const array = this.peek(2);
    if (name.kind === "name" && this.peek(1).text === "in" && array.kind === "name" && this.peek(3).text === ")") {
      this.position += 4;
      const variable = { kind: "variable", ref: this.resolve(name.text) } as const;
      return { kind: "for-in", variable, array: this.resolve(array.text), body: this.#loopBody() };
    }
    const start = this.at(";") ? undefined : this.#simple();
    this.expect(";");
    this.skipNewlines();
    const test = this.at(";") ? undefined : this.expression();
    this.expect(";");
    this.skipNewlines();
    const step = this.at(")") ? undefined : this.#simple();
    this.expect(")");
    return { kind: "for", start, test, step, body: this.#loopBody() };
  }

  #simple(): Statement {
    const token = this.peek();
    if (token.kind !== "keyword") return { kind: "expression", expr: this.expression() };
    switch (token.text) {
      case "print":
      case "printf":
        return this.#print();
      case "delete":
        return this.#delete();
      case "break":
      case "continue":
        this.advance();
        if (this.#loopDepth === 0) throw new AwkSyntaxError(token.line, `${token.text} statement outside of a loop`);
        return { kind: token.text };
      case "next":
      case "nextfile":
        this.advance();
        return { kind: token.text };
      case "exit":
      case "return":
        this.advance();
        if (token.text === "return" && !this.#inFunction) {
          throw new AwkSyntaxError(token.line, "return outside function body");
        }
        return { kind: token.text, value: this.#atEndOfSimple() ? undefined : this.expression() };
      default:
        return { kind: "expression", expr: this.expression() };
    }
  }

  #atEndOfSimple(): boolean {
    return this.at(";") || this.at("}") || this.peek().kind === "newline";
  }

  #delete(): Statement {
    this.advance();
    const name = this.advance();
    if (name.kind !== "name") this.unexpected(name);
    const array = this.resolve(name.text);
    return { kind: "delete", array, subscripts: this.at("[") ? this.subscripts() : undefined };
  }

  #print(): Statement {
    const formatted = this.advance().text === "printf";
    const args = this.#printArguments();
    let redirect: "" | ">" | ">>" | "|" = "";
    let destination: Expr | undefined;
    const operator = this.peek();
    if (operator.kind === "operator" && (operator.text === ">" || operator.text === ">>" || operator.text === "|")) {
      this.advance();
      redirect = operator.text;
      destination = this.destination();
    }
    return { kind: "print", formatted, args, redirect, destination };
  }

  /** The list may stand in parentheses; then a comparison in it may use `>`. */
  #printArguments(): readonly Expr[] {
    if (this.#atEndOfPrintList()) return [];
    if (this.at("(")) {
      const mark = this.position;
      this.advance();
      this.skipNewlines();
      const list = this.expressionList(false);
      if (this.at(")")) {
        this.advance();
        if (this.#atEndOfPrintList()) return list;
      }
      this.position = mark;
    }
    return this.expressionList(true);
  }

  #atEndOfPrintList(): boolean {
    return this.#atEndOfSimple() || this.at(">") || this.at(">>") || this.at("|");
  }
}
