/**
 * Word expansion. Literal words cost nothing; words that always give one field are put together directly; all others
 * go through a generator, because a command substitution may have to wait.
 */

import { isErrno } from "../errno.ts";
import type { Running } from "../process/command.ts";
import { expandParameter } from "./expand-parameter.ts";
import { type Field, FieldSink, PatternSink, quoteRegex, type Sink, TextSink } from "./expand-sink.ts";
import { globPaths } from "./glob.ts";
import type { Segment, TextIr, WordIr } from "./ir.ts";
import { type Shell, ShellError } from "./shell.ts";

/** Runs a body that is known never to wait. */
function runNow<T>(body: Running<T>): T {
  const step = body.next();
  if (step.done !== true) throw new Error("a body that must not wait did");
  return step.value;
}

/** The fields of an argument or `for` word, appended to `out`. */
export function expandArgument(shell: Shell, word: WordIr, out: string[]): Running<void> | undefined {
  if (word.kind === "literal") {
    // Without segments an empty text comes from `{,}` and is no field.
    if (word.literal !== "" || word.segments.length > 0) out.push(word.literal);
    return undefined;
  }
  if (word.kind === "single" && !word.waits) {
    out.push(joinSegments(shell, word.segments));
    return undefined;
  }
  if (!word.waits) {
    runNow(expandFields(shell, word, out));
    return undefined;
  }
  return expandFields(shell, word, out);
}

function* expandFields(shell: Shell, word: WordIr, out: string[]): Running<void> {
  if (word.kind === "literal") {
    if (word.literal !== "" || word.segments.length > 0) out.push(word.literal);
  } else if (word.kind === "braces")
    for (const alternative of word.alternatives) yield* expandFields(shell, alternative, out);
  else {
    const extglob = shell.options.has("extglob");
    const sink = new FieldSink(shell.variables.get("IFS") ?? " \t\n", !shell.options.noglob, extglob);
    yield* expandSegments(shell, word.segments, sink);
    for (const field of sink.finish()) pushField(shell, field, out);
  }
}

function pushField(shell: Shell, field: Field, out: string[]): void {
  if (field.pattern === undefined) {
    out.push(field.text);
    return;
  }
  const paths = globPaths(field.pattern, shell);
  if (paths.length > 0) {
    for (const path of paths) out.push(path);
    return;
  }
  if (shell.options.has("failglob")) {
    shell.report(`no match: ${field.text}`);
    throw new ShellError("discard", 1);
  }
  if (!shell.options.has("nullglob")) out.push(field.text);
}

/** The word as one text, neither split nor matched: assignments, `case`, `[[`. */
export function* expandText(shell: Shell, word: WordIr): Running<string> {
  if (word.segments.length === 0) return word.literal;
  const sink = new TextSink();
  yield* expandSegments(shell, word.segments, sink);
  return sink.text;
}

/** `expandText` for a word that does not wait. */
export function expandTextNow(shell: Shell, word: WordIr): string {
  if (word.kind === "literal") return word.literal;
  return word.kind === "single" ? joinSegments(shell, word.segments) : runNow(expandText(shell, word));
}

/** The word as a pattern. */
export function* expandPattern(shell: Shell, word: WordIr): Running<string> {
  const sink = new PatternSink();
  yield* expandOperand(shell, word, sink, false);
  return sink.text;
}

/** The word as the right side of `=~`: quoted text matches itself. */
export function* expandRegex(shell: Shell, word: WordIr): Running<string> {
  const sink = new PatternSink(quoteRegex);
  yield* expandOperand(shell, word, sink, false);
  return sink.text;
}

/** Arithmetic and here-document text. */
export function* expandDocument(shell: Shell, text: TextIr): Running<string> {
  if (text.constant !== undefined) return text.constant;
  if (!text.waits && text.segments.every(isPlain)) return joinSegments(shell, text.segments);
  const sink = new TextSink();
  yield* expandSegments(shell, text.segments, sink);
  return sink.text;
}

/** `expandDocument` for text that does not wait. */
export function expandDocumentNow(shell: Shell, text: TextIr): string {
  return text.constant ?? runNow(expandDocument(shell, text));
}

/** The operand of an operation such as `${x:-operand}`; its unquoted text is split where the sink splits. */
export function* expandOperand(shell: Shell, word: WordIr, sink: Sink, split: boolean): Running<void> {
  if (word.segments.length === 0) {
    if (split) sink.value(word.literal, false);
    else sink.literal(word.literal, false);
    return;
  }
  yield* expandSegments(shell, word.segments, sink, split);
}

/** Puts every segment into `sink`. */
function* expandSegments(shell: Shell, segments: readonly Segment[], sink: Sink, split = false): Running<void> {
  for (const segment of segments) {
    switch (segment.kind) {
      case "literal":
        if (split && !segment.quoted) sink.value(segment.text, false);
        else sink.literal(segment.text, segment.quoted);
        break;
      case "parameter":
        if (segment.parameter.isSimple) {
          const value = simpleValue(shell, segment.parameter.name);
          if (value !== "" || segment.weak !== true) sink.value(value, segment.quoted);
        } else
          yield* expandParameter(
            shell,
            segment.parameter,
            segment.quoted,
            segment.weak === true ? weakSink(sink) : sink,
          );
        break;
      case "command":
        (segment.weak === true ? weakSink(sink) : sink).value(
          yield* shell.machine.executor.substitute(shell, segment.script),
          segment.quoted,
        );
        break;
      case "arithmetic":
        sink.value(String(shell.arithmetic(yield* expandDocument(shell, segment.expression))), segment.quoted);
        break;
      case "process":
        sink.literal(yield* shell.machine.executor.substituteProcess(shell, segment.script, segment.direction), true);
        break;
      case "tilde":
        sink.literal(homeOf(shell, segment.user), true);
        break;
    }
  }
}

/** Passes everything on but empty pieces. */
function weakSink(sink: Sink): Sink {
  return {
    splits: sink.splits,
    literal: (text, quoted) => {
      if (text !== "") sink.literal(text, quoted);
    },
    value: (text, quoted) => {
      if (text !== "") sink.value(text, quoted);
    },
    separator: () => sink.separator(),
  };
}

/** Value of a plain `$name`; an unset one ends the shell under `set -u`. */
function simpleValue(shell: Shell, name: string): string {
  const value = shell.parameter(name);
  if (value !== undefined) return value;
  if (shell.options.nounset) shell.failUnbound(name);
  return "";
}

/** One text from segments that neither wait nor give several fields. */
function joinSegments(shell: Shell, segments: readonly Segment[]): string {
  let text = "";
  for (const segment of segments) {
    if (segment.kind === "literal") text += segment.text;
    else if (segment.kind === "parameter" && segment.parameter.isSimple)
      text += simpleValue(shell, segment.parameter.name);
    else {
      const sink = new TextSink();
      runNow(expandSegments(shell, [segment], sink));
      text += sink.text;
    }
  }
  return text;
}

function isPlain(segment: Segment): boolean {
  return segment.kind === "literal" || (segment.kind === "parameter" && segment.parameter.isSimple);
}

function homeOf(shell: Shell, user: string): string {
  switch (user) {
    case "":
      return shell.variables.get("HOME") ?? "/root";
    case "+":
      return shell.variables.get("PWD") ?? shell.cwd;
    case "-":
      return shell.variables.get("OLDPWD") ?? "~-";
    case "root":
      return "/root";
    default: {
      const home = `/home/${user}`;
      return isErrno(shell.machine.vfs.lookup(home, "/")) ? `~${user}` : home;
    }
  }
}
