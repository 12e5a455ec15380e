/** awk functions that take a regex, an array or a target: length, split, sub, gsub, gensub, match, asort, asorti. */

import { AwkSyntaxError, type Expr, specialSlot } from "./ast.ts";
import type { Eval, ExpressionCompiler, Reference } from "./compile-expression.ts";
import { splitByRegex, splitFields } from "./record.ts";
import type { Runtime } from "./runtime.ts";
import { type AwkArray, compareValues, InputText, toNumber, type Value } from "./value.ts";

const FS = specialSlot("FS");
const RSTART = specialSlot("RSTART");
const RLENGTH = specialSlot("RLENGTH");
const WHOLE_RECORD: Expr = { kind: "field", index: { kind: "number", value: 0 } };

export function compileTextBuiltin(
  compiler: ExpressionCompiler,
  name: string,
  args: readonly Expr[],
  line: number,
): Eval {
  switch (name) {
    case "length":
      return compileLength(compiler, args);
    case "split":
      return compileSplit(compiler, args, line);
    case "sub":
    case "gsub":
      return compileSubstitute(compiler, args, name === "gsub", line);
    case "gensub":
      return compileGensub(compiler, args, line);
    case "match":
      return compileMatch(compiler, args, line);
    case "asort":
    case "asorti":
      return compileArraySort(compiler, args, name === "asorti", line);
    default:
      throw new AwkSyntaxError(line, `function ${name} is not modelled by ebb`);
  }
}

function needed(args: readonly Expr[], index: number, line: number): Expr {
  const arg = args[index];
  if (arg === undefined) throw new AwkSyntaxError(line, "not enough arguments");
  return arg;
}

/** Characters of a text, or elements of an array. */
function compileLength(compiler: ExpressionCompiler, args: readonly Expr[]): Eval {
  const [arg = WHOLE_RECORD] = args;
  if (arg.kind === "variable" && arg.ref.index >= 0) {
    const { ref } = arg;
    const value = compiler.compile(arg);
    return (rt) => {
      const cell = (ref.scope === "global" ? rt.globals : rt.frame.slots)[ref.index];
      return cell instanceof Map ? cell.size : rt.text(value(rt)).length;
    };
  }
  const value = compiler.compile(arg);
  return (rt) => rt.text(value(rt)).length;
}

function compileSplit(compiler: ExpressionCompiler, args: readonly Expr[], line: number): Eval {
  const text = compiler.compile(needed(args, 0, line));
  const array = compiler.array(args[1], line);
  const separator = args[2];
  const cutter = compileCutter(compiler, separator);
  return (rt) => {
    // the text first: it may be an element of the array
    const pieces = cutter(rt, rt.text(text(rt)));
    const target = array(rt);
    target.clear();
    for (let i = 0; i < pieces.length; i++) target.set(String(i + 1), new InputText(pieces[i] ?? ""));
    return pieces.length;
  };
}

function compileCutter(
  compiler: ExpressionCompiler,
  separator: Expr | undefined,
): (rt: Runtime, text: string) => string[] {
  if (separator?.kind === "regex") {
    const { regex } = separator;
    return (_rt, text) => splitByRegex(text, regex);
  }
  const source: Eval = separator === undefined ? (rt) => rt.global(FS) : compiler.compile(separator);
  return (rt, text) => splitFields(text, rt.text(source(rt)), false, rt.compile);
}

/**
 * The text of a replacement for one match: `&` is the match, `\&` an ampersand, and of backslashes before `&` each
 * pair is one.
 */
function expandAmpersand(replacement: string, matched: string): string {
  if (!replacement.includes("&")) return replacement;
  return replacement.replace(/(\\*)&/g, (_, slashes: string) => {
    const kept = "\\".repeat(Math.floor(slashes.length / 2));
    return kept + (slashes.length % 2 === 1 ? "&" : matched);
  });
}

/** Replaces the first match, or all; undefined when there is none. An empty match right after another is none. */
function substitute(text: string, regex: RegExp, all: boolean, expand: (match: RegExpExecArray) => string) {
  let out = "";
  let from = 0;
  let lastEnd = -1;
  let count = 0;
  regex.lastIndex = 0;
  for (let match = regex.exec(text); match !== null; match = regex.exec(text)) {
    const end = match.index + match[0].length;
    if (match[0] !== "" || match.index !== lastEnd) {
      out += text.slice(from, match.index) + expand(match);
      from = end;
      lastEnd = end;
      count++;
      if (!all) break;
    }
    if (match[0] === "") regex.lastIndex = end + 1;
  }
  return count === 0 ? undefined : { text: out + text.slice(from), count };
}

function compileSubstitute(compiler: ExpressionCompiler, args: readonly Expr[], all: boolean, line: number): Eval {
  const regex = compiler.regex(needed(args, 0, line));
  const replacement = compiler.compile(needed(args, 1, line));
  const target = args[2] ?? WHOLE_RECORD;
  let reference: Reference | undefined;
  if (target.kind === "variable" || target.kind === "field" || target.kind === "element") {
    reference = compiler.reference(target);
  }
  const value = compiler.compile(target);
  return (rt) => {
    const pattern = regex(rt);
    const text = rt.text(replacement(rt));
    const key = reference?.key(rt) ?? 0;
    const before = rt.text(reference === undefined ? value(rt) : reference.get(rt, key));
    const plain = !text.includes("&") && !text.includes("\\");
    const result = substitute(before, pattern, all, (match) => (plain ? text : expandAmpersand(text, match[0])));
    if (result === undefined) return 0;
    reference?.set(rt, key, result.text);
    return result.count;
  };
}

function compileGensub(compiler: ExpressionCompiler, args: readonly Expr[], line: number): Eval {
  const regex = compiler.regex(needed(args, 0, line));
  const replacement = compiler.compile(needed(args, 1, line));
  const which = compiler.compile(needed(args, 2, line));
  const target = compiler.compile(args[3] ?? WHOLE_RECORD);
  return (rt) => {
    const pattern = regex(rt);
    const text = rt.text(replacement(rt));
    const how = which(rt);
    const all = /^[gG]/.test(rt.text(how));
    const wanted = all ? 0 : Math.max(1, Math.trunc(toNumber(how)));
    const before = rt.text(target(rt));
    let nth = 0;
    const result = substitute(before, pattern, true, (match) => {
      nth++;
      return all || nth === wanted ? expandGroups(text, match) : match[0];
    });
    return result?.text ?? before;
  };
}

function expandGroups(replacement: string, match: RegExpExecArray): string {
  return replacement.replace(/\\([0-9&\\])|&/g, (whole, code: string | undefined) => {
    if (code === undefined) return match[0];
    if (code === "&") return "&";
    return code === "\\" ? "\\" : code === "0" ? match[0] : (match[Number(code)] ?? (whole === "" ? whole : ""));
  });
}

function compileMatch(compiler: ExpressionCompiler, args: readonly Expr[], line: number): Eval {
  const text = compiler.compile(needed(args, 0, line));
  const regex = compiler.regex(needed(args, 1, line));
  const array = args[2] === undefined ? undefined : compiler.array(args[2], line);
  return (rt) => {
    const subject = rt.text(text(rt));
    const pattern = regex(rt);
    pattern.lastIndex = 0;
    const match = pattern.exec(subject);
    rt.globals[RSTART] = match === null ? 0 : match.index + 1;
    rt.globals[RLENGTH] = match === null ? -1 : match[0].length;
    if (array !== undefined) fillGroups(array(rt), match);
    return match === null ? 0 : match.index + 1;
  };
}

function fillGroups(array: AwkArray, match: RegExpExecArray | null): void {
  array.clear();
  match?.forEach((group, i) => {
    if (group !== undefined) array.set(String(i), new InputText(group));
  });
}

function compileArraySort(compiler: ExpressionCompiler, args: readonly Expr[], byIndex: boolean, line: number): Eval {
  const source = compiler.array(args[0], line);
  const target = args[1] === undefined ? source : compiler.array(args[1], line);
  if (args.length > 2) throw new AwkSyntaxError(line, "asort with a comparison is not modelled by ebb");
  return (rt) => {
    const from = source(rt);
    const values: Value[] = byIndex ? [...from.keys()] : [...from.values()];
    values.sort((a, b) => rankOf(a) - rankOf(b) || compareValues(a, b, rt.text));
    const into = target(rt);
    into.clear();
    values.forEach((value, i) => {
      into.set(String(i + 1), value);
    });
    return values.length;
  };
}

/** Numbers sort before texts. */
function rankOf(value: Value): number {
  return typeof value === "string" || (value instanceof InputText && value.number === undefined) ? 1 : 0;
}
