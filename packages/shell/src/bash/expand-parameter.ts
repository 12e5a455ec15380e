/** `${...}`: values, lists and the operations on them. */

import type { Running } from "../process/command.ts";
import { literalWord } from "./compile-word.ts";
import { expandDocument, expandOperand, expandPattern, expandText } from "./expand.ts";
import { type Sink, TextSink } from "./expand-sink.ts";
import type { OperationIr, ParameterIr, WordIr } from "./ir.ts";
import { compilePattern } from "./pattern.ts";
import { changeCase, removeMatch, replaceMatches } from "./pattern-operations.ts";
import { type Shell, ShellError } from "./shell.ts";
import { transformList, transformValue } from "./transform.ts";

/** What a parameter stands for before its operation. */
interface Value {
  /** Elements of `$@`, `$*`, `${a[@]}`, `${a[*]}`. */
  readonly list: readonly string[] | undefined;
  readonly star: boolean;
  /** Scalar value, undefined when unset. */
  readonly text: string | undefined;
  /** How errors name it. */
  readonly label: string;
}

/** Puts the expansion of `parameter` into `sink`. */
export function* expandParameter(shell: Shell, parameter: ParameterIr, quoted: boolean, sink: Sink): Running<void> {
  const operation = parameter.operation;
  if (operation?.kind === "bad") failSubstitution(shell, parameter);
  if (parameter.prefix === "!") {
    yield* expandIndirect(shell, parameter, quoted, sink);
    return;
  }
  const value = yield* evaluate(shell, parameter);
  if (parameter.prefix === "#") {
    if (value.list === undefined && value.text === undefined) checkBound(shell, value);
    sink.value(String(value.list === undefined ? (value.text ?? "").length : value.list.length), quoted);
    return;
  }
  if (operation === undefined) {
    checkBound(shell, value);
    emit(shell, value, quoted, sink);
    return;
  }
  if (operation.kind === "default") {
    yield* applyDefault(shell, parameter, value, operation, quoted, sink);
    return;
  }
  checkBound(shell, value);
  if (operation.kind === "slice") emit(shell, yield* slice(shell, parameter, value, operation), quoted, sink, "slice");
  else if (operation.kind === "transform") emitTransformed(shell, parameter, value, operation.letter, quoted, sink);
  else {
    const change = yield* textOperation(shell, operation);
    const list = value.list?.map(change);
    emit(
      shell,
      { ...value, list, text: value.text === undefined ? undefined : change(value.text) },
      quoted,
      sink,
      operation.kind,
    );
  }
}

function failSubstitution(shell: Shell, parameter: ParameterIr): never {
  shell.report(`${parameter.text}: bad substitution`);
  throw new ShellError("discard", 1);
}

function checkBound(shell: Shell, value: Value): void {
  if (shell.options.nounset && value.list === undefined && value.text === undefined) shell.failUnbound(value.label);
}

/** The value of name and subscript alone. */
function* evaluate(shell: Shell, parameter: ParameterIr): Running<Value> {
  const { name, subscript } = parameter;
  if (name === "@" || name === "*") return { list: shell.params, star: name === "*", text: undefined, label: name };
  if (subscript === undefined) return { list: undefined, star: false, text: shell.parameter(name), label: name };
  if (subscript.all !== "") {
    return {
      list: shell.variables.list(name),
      star: subscript.all === "*",
      text: undefined,
      label: `${name}[${subscript.all}]`,
    };
  }
  const key = yield* subscriptKey(shell, name, subscript.word);
  const text = shell.variables.getElement(name, key);
  if (text === undefined && key.startsWith("-")) checkNegative(shell, name, Number(key));
  return { list: undefined, star: false, text, label: `${name}[${subscript.word.text}]` };
}

/** A negative subscript before the start is reported; the value is then empty. */
function checkNegative(shell: Shell, name: string, index: number): void {
  const variable = shell.variables.find(name);
  if (variable === undefined || variable.associative !== undefined) return;
  const end = variable.indexed === undefined ? 1 : variable.indexed.maxIndex + 1;
  if (end + index < 0) shell.report(`${name}: bad array subscript`);
}

/** The key a subscript means: text for an associative array, a number for others. */
function* subscriptKey(shell: Shell, name: string, word: WordIr): Running<string> {
  const text = yield* expandText(shell, word);
  if (shell.variables.find(name)?.associative !== undefined) return text;
  return String(shell.arithmetic(text));
}

/**
 * Hands a value over. An unquoted list is joined by the first character of IFS and split again, so that empty elements
 * survive between separators; without separators its elements stay apart.
 *
 * @param operation the operation the list went through, for the odd ways in which bash then joins it
 */
function emit(shell: Shell, value: Value, quoted: boolean, sink: Sink, operation?: OperationIr["kind"]): void {
  const { list } = value;
  if (list === undefined) {
    sink.value(value.text ?? "", quoted);
    return;
  }
  const { joiner } = shell;
  if (!sink.splits) {
    const joinsByIfs = operation === "remove" || operation === "transform" || (quoted && operation !== undefined);
    const between = joinsByIfs && joiner !== "" ? joiner : " ";
    sink.value(list.join(value.star ? joiner : between), quoted);
    return;
  }
  if (quoted ? value.star : joiner !== "") {
    sink.value(list.join(joiner), quoted);
    return;
  }
  if (!quoted && operation === "remove" && value.label.endsWith("]")) {
    sink.value(list.join(" "), false);
    return;
  }
  for (let i = 0; i < list.length; i++) {
    if (i > 0) sink.separator();
    sink.value(list[i] ?? "", quoted);
  }
}

/** `${!x}`, `${!x*}`, `${!a[@]}`. */
function* expandIndirect(shell: Shell, parameter: ParameterIr, quoted: boolean, sink: Sink): Running<void> {
  const { name, subscript, operation } = parameter;
  if (operation?.kind === "names") {
    const list = shell.variables.names().filter((candidate) => candidate.startsWith(name));
    emit(shell, { list, star: operation.star, text: undefined, label: name }, quoted, sink);
    return;
  }
  if (subscript !== undefined && subscript.all !== "" && operation === undefined) {
    const star = subscript.all === "*";
    emit(shell, { list: shell.variables.keys(name), star, text: undefined, label: name }, quoted, sink);
    return;
  }
  const own = shell.variables.findOwn(name);
  if (own?.nameref === true && subscript === undefined) {
    sink.value(own.value ?? "", quoted);
    return;
  }
  const target = (yield* evaluate(shell, parameter)).text;
  if (target === undefined || target === "") {
    if (operation?.kind === "default") {
      yield* expandParameter(shell, { ...parameter, prefix: "" }, quoted, sink);
      return;
    }
    if (target === undefined && shell.options.nounset) shell.failUnbound(name);
    shell.report(target === undefined ? `${name}: invalid indirect expansion` : `${target}: invalid variable name`);
    throw new ShellError("discard", 1);
  }
  yield* expandParameter(shell, indirectTarget(shell, target, parameter), quoted, sink);
}

function indirectTarget(shell: Shell, target: string, from: ParameterIr): ParameterIr {
  const match = /^([A-Za-z_][A-Za-z0-9_]*|[0-9]+|[@*#?$!-])(?:\[(.*)\])?$/s.exec(target);
  if (match === null) {
    shell.report(`${target}: invalid variable name`);
    throw new ShellError("discard", 1);
  }
  const key = match[2];
  const all = key === "@" || key === "*" ? key : "";
  const subscript = key === undefined ? undefined : ({ all, word: literalWord(key) } as const);
  return { ...from, name: match[1] ?? "", subscript, prefix: "", isSimple: false };
}

type DefaultOperation = Extract<OperationIr, { kind: "default" }>;

function* applyDefault(
  shell: Shell,
  parameter: ParameterIr,
  value: Value,
  operation: DefaultOperation,
  quoted: boolean,
  sink: Sink,
): Running<void> {
  let isSet: boolean;
  if (value.list !== undefined) isSet = value.list.length > 0 && !(operation.colon && value.list.join(" ") === "");
  else isSet = value.text !== undefined && !(operation.colon && value.text === "");
  if (operation.operator === "+") {
    if (isSet) yield* expandOperand(shell, operation.operand, sink, !quoted);
    else if (quoted) sink.literal("", true);
    return;
  }
  if (isSet) {
    emit(shell, value, quoted, sink);
    return;
  }
  if (operation.operator === "-") {
    yield* expandOperand(shell, operation.operand, sink, !quoted);
    return;
  }
  const operand = new TextSink();
  yield* expandOperand(shell, operation.operand, operand, false);
  if (operation.operator === "=") {
    yield* assignDefault(shell, parameter, operand.text);
    sink.value(operand.text, quoted);
    return;
  }
  const reason =
    operation.operand.text !== "" ? operand.text : operation.colon ? "parameter null or not set" : "parameter not set";
  shell.report(`${value.label}: ${reason}`);
  throw new ShellError("exit", shell.isCommandString ? 127 : 1);
}

function* assignDefault(shell: Shell, parameter: ParameterIr, text: string): Running<void> {
  const { name, subscript } = parameter;
  if (!/^[A-Za-z_]/.test(name)) {
    shell.report(`$${name}: cannot assign in this way`);
    throw new ShellError("exit", 1);
  }
  try {
    if (subscript === undefined) shell.variables.set(name, text);
    else shell.variables.setElement(name, yield* subscriptKey(shell, name, subscript.word), text);
  } catch (error) {
    throw shell.translate(error);
  }
}

/** The change that #, %, /, ^ and their kin make to one text. */
function* textOperation(shell: Shell, operation: OperationIr): Running<(text: string) => string> {
  switch (operation.kind) {
    case "remove": {
      const pattern = compilePattern(yield* expandPattern(shell, operation.pattern), shell.patternOptions());
      return (text) => removeMatch(text, pattern, operation.fromEnd, operation.longest);
    }
    case "replace": {
      const pattern = compilePattern(yield* expandPattern(shell, operation.pattern), shell.patternOptions());
      const pieces = yield* replacementPieces(shell, operation.replacement);
      return (text) => replaceMatches(text, pattern, operation.anchor, operation.all, pieces);
    }
    case "case": {
      const source = operation.pattern === undefined ? "?" : yield* expandPattern(shell, operation.pattern);
      const pattern = compilePattern(source, shell.patternOptions());
      return (text) => changeCase(text, pattern, operation.change, operation.all);
    }
    default:
      return (text) => text;
  }
}

/** The replacement; an unquoted `&` in it (undefined here) stands for the match. */
function* replacementPieces(shell: Shell, word: WordIr): Running<readonly (string | undefined)[]> {
  const marked = yield* expandMarked(shell, word);
  return marked.split("\0").flatMap((piece, i) => (i === 0 ? [piece] : [undefined, piece]));
}

function* expandMarked(shell: Shell, word: WordIr): Running<string> {
  let text = "";
  const usesMatch = shell.options.has("patsub_replacement");
  const sink: Sink = {
    splits: false,
    literal: (piece, quoted) => {
      text += quoted || !usesMatch ? piece : piece.replaceAll("&", "\0");
    },
    value: (piece, quoted) => {
      // In an expanded value a backslash quotes "&".
      text +=
        quoted || !usesMatch ? piece : piece.replace(/\\([\\&])|&/g, (_, char: string | undefined) => char ?? "\0");
    },
    separator: () => {
      text += " ";
    },
  };
  yield* expandOperand(shell, word, sink, false);
  return text;
}

type SliceOperation = Extract<OperationIr, { kind: "slice" }>;

function* slice(shell: Shell, parameter: ParameterIr, value: Value, operation: SliceOperation): Running<Value> {
  const offset = Number(shell.arithmetic(yield* expandDocument(shell, operation.offset)));
  const length =
    operation.length === undefined
      ? undefined
      : Number(shell.arithmetic(yield* expandDocument(shell, operation.length)));
  if (value.list === undefined) {
    const text = value.text ?? "";
    const start = offset < 0 ? text.length + offset : offset;
    if (start < 0 || start > text.length) return { ...value, text: "" };
    const end = length === undefined ? text.length : length < 0 ? text.length + length : start + length;
    if (end < start) failSlice(shell, operation.length?.constant ?? String(length));
    return { ...value, text: text.slice(start, end) };
  }
  if (length !== undefined && length < 0) failSlice(shell, operation.length?.constant ?? String(length));
  const isPositional = parameter.name === "@" || parameter.name === "*";
  const indexed = isPositional ? undefined : shell.variables.find(parameter.name)?.indexed;
  let all = value.list;
  let start = offset;
  if (isPositional) {
    all = [shell.name, ...value.list];
    if (offset < 0) start = all.length + offset;
    if (offset === 0 && length !== undefined && length === 0) return { ...value, list: [] };
  } else if (indexed !== undefined) {
    const from = offset < 0 ? indexed.maxIndex + 1 + offset : offset;
    const at = from < 0 ? -1 : indexed.keys().findIndex((key) => key >= from);
    start = at < 0 ? all.length : at;
  } else if (offset < 0) start = all.length + offset;
  if (start < 0) return { ...value, list: [] };
  return { ...value, list: all.slice(start, length === undefined ? undefined : start + length) };
}

function failSlice(shell: Shell, length: string): never {
  shell.report(`${length}: substring expression < 0`);
  throw new ShellError("discard", 1);
}

/** `${x@Q}` and its kin. */
function emitTransformed(
  shell: Shell,
  parameter: ParameterIr,
  value: Value,
  letter: string,
  quoted: boolean,
  sink: Sink,
): void {
  if (!"QEPAKaUuLk".includes(letter) || letter.length !== 1) failSubstitution(shell, parameter);
  if (value.list !== undefined) {
    const list = transformList(shell, parameter.name, value.list, letter);
    emit(shell, { ...value, list }, quoted, sink, "transform");
    return;
  }
  const text =
    value.text === undefined && letter !== "a" && letter !== "A"
      ? ""
      : transformValue(shell, parameter.name, value.text, letter);
  sink.value(text, quoted);
}
