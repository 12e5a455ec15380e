/** Words of the parser's tree to the segments of `ir.ts`. */

import {
  type DoubleQuotedChild,
  type ParameterExpansionPart,
  type ParameterOperation,
  type ParsedScript,
  parse,
  type Word,
  type WordPart,
} from "unbash";
import { closingBracket } from "./arithmetic-parse.ts";
import { expandBraces } from "./braces.ts";
import { expandEscapes } from "./escapes.ts";
import type {
  ElementIr,
  OperationIr,
  ParameterIr,
  ScriptIr,
  Segment,
  SubscriptIr,
  TextIr,
  WordIr,
  WordKind,
} from "./ir.ts";
import { hasPatternCharacter } from "./pattern.ts";
import { SourceMap } from "./source-map.ts";

/** Compiles a nested script; given by `compile.ts`. */
type ScriptCompiler = (script: ParsedScript, map: SourceMap, line: number) => ScriptIr;

/** Where a word stands decides what is special in it. */
interface WordContext {
  /** Braces expand: arguments and `for` lists. */
  readonly braces: boolean;
  /** `~` is special after `:` too. */
  readonly assignment: boolean;
}

const ARGUMENT: WordContext = { braces: true, assignment: false };
const PLAIN: WordContext = { braces: false, assignment: false };
const ASSIGNMENT: WordContext = { braces: false, assignment: true };

const EMPTY_SEGMENTS: readonly Segment[] = [];

/** A word that is exactly `text`. */
export function literalWord(text: string): WordIr {
  return { kind: "literal", literal: text, segments: EMPTY_SEGMENTS, alternatives: [], waits: false, text };
}

export class WordCompiler {
  readonly #compileScript: ScriptCompiler;

  constructor(compileScript: ScriptCompiler) {
    this.#compileScript = compileScript;
  }

  argument(word: Word, map: SourceMap): WordIr {
    return this.#word(word, map, ARGUMENT);
  }

  /** No brace expansion: redirection targets, `case`, `[[`, patterns. */
  plain(word: Word, map: SourceMap): WordIr {
    return this.#word(word, map, PLAIN);
  }

  assignmentValue(word: Word, map: SourceMap): WordIr {
    return this.#word(word, map, ASSIGNMENT);
  }

  /** One element of `a=(...)`. */
  element(word: Word, map: SourceMap): readonly ElementIr[] {
    const close = word.text.startsWith("[") ? closingBracket(word.text, 0) : -1;
    const rest = close < 0 ? "" : word.text.slice(close + 1);
    const append = rest.startsWith("+=");
    if (!append && !rest.startsWith("="))
      return [{ subscript: undefined, append: false, value: this.argument(word, map) }];
    const line = map.lineAt(word.pos);
    const subscript = this.subscriptText(word.text.slice(1, close), line, map);
    return [{ subscript, append, value: this.#reparsed(rest.slice(append ? 2 : 1), line, map, ASSIGNMENT) }];
  }

  /** The text of arithmetic. */
  arithmetic(text: string, line: number, map: SourceMap): TextIr {
    return this.document(text, line, map);
  }

  /** Text in which only `$`, backquote and backslash are special. `line` is that of its first character. */
  document(text: string, line: number, map: SourceMap): TextIr {
    if (!text.includes("$") && !text.includes("`")) {
      return { constant: unescapeDocument(text), segments: EMPTY_SEGMENTS, waits: false };
    }
    const delimiter = "EBB_DOCUMENT_END";
    const source = `: <<${delimiter}\n${text}\n${delimiter}\n`;
    const inner = new SourceMap(source, line - 1, map.errors);
    const command = parse(source).commands[0]?.command;
    const redirect = command?.type === "Command" ? command.redirects[0] : undefined;
    if (redirect?.type !== "HereDoc") return { constant: text, segments: EMPTY_SEGMENTS, waits: false };
    const parts = redirect.body.parts;
    const body = redirect.body.text;
    if (parts === undefined) {
      return { constant: unescapeDocument(body.slice(0, -1)), segments: EMPTY_SEGMENTS, waits: false };
    }
    const segments: Segment[] = [];
    for (const part of parts) this.#part(part, inner, true, segments);
    const last = segments.at(-1);
    if (last?.kind === "literal") segments[segments.length - 1] = { ...last, text: last.text.slice(0, -1) };
    return { constant: undefined, segments, waits: segments.some(segmentWaits) };
  }

  /** What stands between the brackets of `a[...]`. */
  subscriptText(text: string, line: number, map: SourceMap): WordIr {
    if (/^[A-Za-z0-9_@* ]*$/.test(text)) return literalWord(text);
    const source = `\${a[${text}]}`;
    const command = parse(source).commands[0]?.command;
    const part = command?.type === "Command" ? command.name?.parts?.[0] : undefined;
    if (part?.type !== "ParameterExpansion" || part.index === undefined) return literalWord(text);
    return this.plain(part.index, new SourceMap(source, line, map.errors));
  }

  #word(word: Word, map: SourceMap, context: WordContext): WordIr {
    const parts = word.parts;
    if (context.braces && parts?.some((part) => part.type === "BraceExpansion") === true) {
      const texts = expandBraces(word.text);
      if (texts.length > 1 || texts[0] !== word.text) {
        const line = map.lineAt(word.pos);
        const alternatives = texts.map((text) => this.#reparsed(text, line, map, PLAIN));
        return {
          ...literalWord(""),
          kind: "braces",
          alternatives,
          waits: alternatives.some((a) => a.waits),
          text: word.text,
        };
      }
    }
    const segments: Segment[] = [];
    const rest = context.braces
      ? argumentTilde(word.text, segments)
      : tildeSegment(word.text, context.assignment, segments);
    if (parts === undefined) pushLiteral(word.text.slice(rest), segments, context.assignment);
    else this.#parts(parts, rest, map, context, segments);
    return finishWord(segments, word.text);
  }

  /** A piece of text as a word of its own. */
  #reparsed(text: string, line: number, map: SourceMap, context: WordContext): WordIr {
    if (/^[A-Za-z0-9_./:%+,@=-]*$/.test(text)) return literalWord(text);
    const source = `v=${text}`;
    const command = parse(source).commands[0]?.command;
    const assignment = command?.type === "Command" ? command.prefix[0] : undefined;
    if (assignment?.type !== "Assignment" || assignment.value.type !== "Word") return literalWord(text);
    return this.#word(assignment.value, new SourceMap(source, line, map.errors), context);
  }

  #parts(parts: readonly WordPart[], skip: number, map: SourceMap, context: WordContext, out: Segment[]): void {
    let left = skip;
    for (const part of parts) {
      if (left > 0 && part.type === "Literal") {
        pushLiteral(part.text.slice(left), out, context.assignment);
        left = 0;
      } else if (part.type === "Literal") pushLiteral(part.text, out, context.assignment);
      else this.#part(part, map, false, out);
    }
  }

  #part(part: WordPart | DoubleQuotedChild, map: SourceMap, quoted: boolean, out: Segment[]): void {
    switch (part.type) {
      case "Literal":
        if (quoted) out.push({ kind: "literal", text: part.value, quoted: true });
        else pushLiteral(part.text, out, false);
        break;
      case "SingleQuoted":
        out.push({ kind: "literal", text: part.value, quoted: true });
        break;
      case "AnsiCQuoted":
        // Decoded here, because the parser's value is Unicode text and ours are bytes.
        out.push({ kind: "literal", text: expandEscapes(part.text.slice(2, -1)), quoted: true });
        break;
      case "DoubleQuoted":
      case "LocaleString":
        if (part.parts.length === 0) out.push({ kind: "literal", text: "", quoted: true });
        this.#doubleQuoted(part.parts, map, out);
        break;
      case "SimpleExpansion":
        out.push({ kind: "parameter", parameter: simpleParameter(part.text), quoted });
        break;
      case "ParameterExpansion":
        out.push({ kind: "parameter", parameter: this.#parameter(part, map, quoted), quoted });
        break;
      case "CommandExpansion":
        out.push({ kind: "command", script: this.#script(part.script, part.pos, map), quoted });
        break;
      case "ArithmeticExpansion": {
        const text = part.text.startsWith("$((") ? part.text.slice(3, -2) : part.text.slice(2, -1);
        out.push({ kind: "arithmetic", expression: this.arithmetic(text, map.lineAt(part.pos), map), quoted });
        break;
      }
      case "ProcessSubstitution":
        out.push({
          kind: "process",
          script: this.#script(part.script, part.pos, map),
          direction: part.operator,
          text: part.text,
        });
        break;
      case "Glob":
      case "ExtendedGlob":
      case "BraceExpansion":
        this.#withGaps(part, map, out);
        break;
    }
  }

  #doubleQuoted(children: readonly DoubleQuotedChild[], map: SourceMap, out: Segment[]): void {
    const nrBefore = out.length;
    for (const child of children) this.#part(child, map, true, out);
    if (children.length < 2 || !out.slice(nrBefore).some(isElementList)) return;
    for (let i = nrBefore; i < out.length; i++) {
      const segment = out[i];
      if (segment === undefined || isElementList(segment)) continue;
      if (segment.kind === "parameter" || segment.kind === "command") out[i] = { ...segment, weak: true };
    }
  }

  /** Characters between the parts inside `[...]`, `@(...)` and `{...}` are literal. */
  #withGaps(
    part: Extract<WordPart, { type: "Glob" | "ExtendedGlob" | "BraceExpansion" }>,
    map: SourceMap,
    out: Segment[],
  ): void {
    let at = part.pos;
    for (const child of part.parts ?? []) {
      if (child.pos > at) pushLiteral(map.source.slice(at, child.pos), out, false);
      this.#part(child, map, false, out);
      at = child.end;
    }
    if (part.end > at) pushLiteral(map.source.slice(at, part.end), out, false);
  }

  #script(script: ParsedScript | undefined, pos: number, map: SourceMap): ScriptIr {
    const line = map.lineAt(pos);
    if (script === undefined) return { statements: [], line };
    const inner = script.source === undefined ? map : new SourceMap(script.source, line, map.errors);
    return this.#compileScript(script, inner, line);
  }

  #parameter(part: ParameterExpansionPart, map: SourceMap, quoted: boolean): ParameterIr {
    const subscript = this.#subscript(part.index, map);
    const operation = part.operation === undefined ? undefined : this.#operation(part.operation, map, quoted);
    // `${!:+x}` is about `$!`, not indirect.
    const isLastJob = part.parameter === "" && part.prefix === "!" && operation !== undefined;
    const name = isLastJob ? "!" : part.parameter;
    const isNamed = /^(?:[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[-@*#?$!])$/.test(name);
    const prefix = isLastJob ? "" : (part.prefix ?? "");
    const isList = name === "@" || name === "*" || (subscript?.all ?? "") !== "";
    return {
      name,
      subscript,
      prefix,
      operation: isNamed ? operation : { kind: "bad" },
      text: part.text,
      isSimple: isNamed && prefix === "" && operation === undefined && subscript === undefined && !isList,
      waits: subscript?.word.waits === true || (operation !== undefined && operationWaits(operation)),
    };
  }

  #subscript(index: Word | undefined, map: SourceMap): SubscriptIr | undefined {
    if (index === undefined) return undefined;
    const all = index.text === "@" || index.text === "*" ? index.text : "";
    return { all, word: all === "" ? this.plain(index, map) : literalWord(all) };
  }

  #operation(operation: ParameterOperation, map: SourceMap, quoted: boolean): OperationIr {
    switch (operation.type) {
      case "Default": {
        const colon = operation.operator.startsWith(":");
        const operand = this.#operand(operation.operand, map, quoted);
        return { kind: "default", operator: defaultOperator(operation.operator), colon, operand };
      }
      case "Remove": {
        const fromEnd = operation.operator.startsWith("%");
        const pattern = this.plain(operation.operand, map);
        return { kind: "remove", fromEnd, longest: operation.operator.length === 2, pattern };
      }
      case "Replace": {
        const mark = operation.operator.charAt(1);
        const anchor = mark === "#" || mark === "%" ? mark : "";
        const pattern = this.plain(operation.pattern, map);
        const replacement = this.#operand(operation.replacement, map, false);
        return { kind: "replace", anchor, all: mark === "/", pattern, replacement };
      }
      case "Slice": {
        const line = map.lineAt(operation.pos);
        const offset = this.arithmetic(operation.offset.text, line, map);
        const length = operation.length === undefined ? undefined : this.arithmetic(operation.length.text, line, map);
        return { kind: "slice", offset, length };
      }
      case "CaseModification": {
        const pattern =
          operation.operand === undefined || operation.operand.text === ""
            ? undefined
            : this.plain(operation.operand, map);
        const change = operation.operator.startsWith("^") ? "upper" : "lower";
        return { kind: "case", change, all: operation.operator.length === 2, pattern };
      }
      case "Transform":
        return { kind: "transform", letter: operation.operand.text };
      case "Names":
        return { kind: "names", star: operation.operator === "*" };
      case "Unknown":
        return this.#toggle(operation.operator, map.lineAt(operation.pos), map);
    }
  }

  /** `${x~pattern}` and `${x~~pattern}`, which the parser does not know. */
  #toggle(text: string, line: number, map: SourceMap): OperationIr {
    const match = /^(~~?)(.*)$/s.exec(text);
    if (match === null) return { kind: "bad" };
    const pattern = match[2] === undefined || match[2] === "" ? undefined : this.#reparsed(match[2], line, map, PLAIN);
    return { kind: "case", change: "toggle", all: match[1] === "~~", pattern };
  }

  /** In double quotes an operand's unquoted text is quoted too. */
  #operand(word: Word, map: SourceMap, quoted: boolean): WordIr {
    if (!quoted) return this.plain(word, map);
    if (word.parts === undefined) {
      const text = unescapeDocument(word.text, true);
      return finishWord([{ kind: "literal", text, quoted: true }], word.text);
    }
    const segments: Segment[] = [];
    for (const part of word.parts) {
      if (part.type === "Literal")
        segments.push({ kind: "literal", text: unescapeDocument(part.text, true), quoted: true });
      else this.#part(part, map, true, segments);
    }
    return finishWord(segments, word.text);
  }
}

/** `$@` and `${a[@]}`, whose elements stay apart in quotes. */
function isElementList(segment: Segment): boolean {
  if (segment.kind !== "parameter" || segment.parameter.prefix === "#") return false;
  return segment.parameter.name === "@" || segment.parameter.subscript?.all === "@";
}

/** Takes the backslashes before `$`, backquote, backslash and newline away, as here-documents do. */
function unescapeDocument(text: string, doubleQuoted = false): string {
  if (!text.includes("\\")) return text;
  return text.replace(
    doubleQuoted ? /\\([$`"\\}])|\\\n/g : /\\([$`\\])|\\\n/g,
    (_, char: string | undefined) => char ?? "",
  );
}

function defaultOperator(operator: string): "-" | "=" | "+" | "?" {
  const last = operator.charAt(operator.length - 1);
  return last === "=" || last === "+" || last === "?" ? last : "-";
}

function simpleParameter(text: string): ParameterIr {
  const name = text.slice(1);
  return {
    name,
    subscript: undefined,
    prefix: "",
    operation: undefined,
    text,
    isSimple: name !== "@" && name !== "*",
    waits: false,
  };
}

/** Pushes what a leading `~` or `~user` is; returns how many characters it took. */
function tildeSegment(text: string, assignment: boolean, out: Segment[]): number {
  if (!text.startsWith("~")) return 0;
  const match = (assignment ? /^~([A-Za-z0-9_+-]*)(?=[/:]|$)/ : /^~([A-Za-z0-9_+-]*)(?=\/|$)/).exec(text);
  if (match === null) return 0;
  out.push({ kind: "tilde", user: match[1] ?? "" });
  return match[0].length;
}

/** As `tildeSegment` for an argument, where `name=~` counts too. */
function argumentTilde(text: string, out: Segment[]): number {
  const match = /^[A-Za-z_][A-Za-z0-9_]*=(?=~)/.exec(text);
  if (match === null) return tildeSegment(text, false, out);
  const prefix = match[0];
  const tilde: Segment[] = [];
  const nrTaken = tildeSegment(text.slice(prefix.length), true, tilde);
  if (nrTaken === 0) return 0;
  out.push({ kind: "literal", text: prefix, quoted: false }, ...tilde);
  return prefix.length + nrTaken;
}

/** Pushes unquoted source text: backslashes quote, and in assignments `~` after `:` is home. */
function pushLiteral(text: string, out: Segment[], assignment: boolean): void {
  let plain = "";
  const flush = (): void => {
    if (plain !== "") out.push({ kind: "literal", text: plain, quoted: false });
    plain = "";
  };
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === "\\" && i + 1 < text.length) {
      i++;
      if (text.charAt(i) === "\n") continue;
      flush();
      out.push({ kind: "literal", text: text.charAt(i), quoted: true });
    } else if (assignment && char === "~" && i > 0 && text.charAt(i - 1) === ":") {
      flush();
      const taken = tildeSegment(text.slice(i), true, out);
      if (taken === 0) plain = "~";
      else i += taken - 1;
    } else plain += char;
  }
  flush();
}

function finishWord(segments: readonly Segment[], text: string): WordIr {
  const kind = wordKind(segments, text);
  const literal = kind === "literal" ? segments.map((s) => (s.kind === "literal" ? s.text : "")).join("") : "";
  return { kind, literal, segments, alternatives: [], waits: segments.some(segmentWaits), text };
}

function wordKind(segments: readonly Segment[], text: string): WordKind {
  if (segments.length === 0) return text === "" ? "literal" : "literal";
  let kind: WordKind = "literal";
  for (const segment of segments) {
    switch (segment.kind) {
      case "literal":
        if (!segment.quoted && hasPatternCharacter(segment.text, true)) return "general";
        break;
      case "parameter":
        if (!segment.quoted || !isScalarParameter(segment.parameter)) return "general";
        kind = "single";
        break;
      case "command":
      case "arithmetic":
        if (!segment.quoted) return "general";
        kind = "single";
        break;
      default:
        return "general";
    }
  }
  // An extended pattern may begin in one segment and open its parenthesis in the next.
  return kind;
}

/** In quotes it always gives exactly one piece of text. */
function isScalarParameter(parameter: ParameterIr): boolean {
  if (parameter.isSimple) return true;
  if (parameter.prefix === "!" || parameter.name === "@" || parameter.name === "*") return parameter.prefix === "#";
  if (parameter.subscript !== undefined && parameter.subscript.all !== "") return parameter.prefix === "#";
  const operation = parameter.operation;
  if (operation?.kind === "default") return operation.operand.kind === "literal" || operation.operand.kind === "single";
  return operation?.kind !== "bad" && operation?.kind !== "names";
}

/** True when expanding it runs commands. */
function segmentWaits(segment: Segment): boolean {
  switch (segment.kind) {
    case "command":
    case "process":
      return true;
    case "parameter":
      return segment.parameter.waits;
    case "arithmetic":
      return segment.expression.waits;
    default:
      return false;
  }
}

function operationWaits(operation: OperationIr): boolean {
  switch (operation.kind) {
    case "default":
      return operation.operand.waits;
    case "remove":
      return operation.pattern.waits;
    case "replace":
      return operation.pattern.waits || operation.replacement.waits;
    case "slice":
      return operation.offset.waits || operation.length?.waits === true;
    case "case":
      return operation.pattern?.waits === true;
    default:
      return false;
  }
}
