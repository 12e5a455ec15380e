/** `${x@Q}` and the other transformations, and how `declare -p` and `set` print values. */

import { expandEscapes } from "./escapes.ts";
import type { Shell } from "./shell.ts";
import { lowerBytes, upperBytes, type Variable } from "./variables.ts";

/** `${x@letter}` of a scalar. */
export function transformValue(shell: Shell, name: string, text: string | undefined, letter: string): string {
  switch (letter) {
    case "Q":
      return text === undefined ? "" : singleQuoted(text);
    case "E":
      return expandEscapes(text ?? "");
    case "U":
      return upperBytes(text ?? "");
    case "u":
      return upperBytes((text ?? "").slice(0, 1)) + (text ?? "").slice(1);
    case "L":
      return lowerBytes(text ?? "");
    case "a":
      return attributeLetters(shell.variables.find(name));
    case "A":
      return assignmentText(shell, name, text);
    case "K":
    case "k":
      return text === undefined ? "" : singleQuoted(text);
    default:
      return text ?? "";
  }
}

/** `${a[@]@letter}`. */
export function transformList(shell: Shell, name: string, list: readonly string[], letter: string): readonly string[] {
  if (letter === "K" || letter === "k") {
    const keys = shell.variables.keys(name);
    const variable = shell.variables.find(name);
    if (letter === "k") return list.flatMap((value, i) => [keys[i] ?? "", value]);
    const pairs = list.map(
      (value, i) =>
        `${variable?.associative === undefined ? (keys[i] ?? "") : keyText(keys[i] ?? "")} ${doubleQuoted(value)}`,
    );
    return [variable?.associative === undefined ? pairs.join(" ") : pairs.map((pair) => `${pair} `).join("")];
  }
  if (letter === "A") {
    if (name === "@" || name === "*") return [`set -- ${list.map(singleQuoted).join(" ")}`];
    const declaration = declarationText(shell, name, shell.variables.find(name));
    return declaration === undefined ? [] : [declaration];
  }
  if (letter === "a") {
    const letters = attributeLetters(shell.variables.find(name));
    return list.map(() => letters);
  }
  return list.map((value) => transformValue(shell, name, value, letter));
}

/** Attribute letters in bash's order, e.g. "aix". */
export function attributeLetters(variable: Variable | undefined): string {
  if (variable === undefined) return "";
  let letters = "";
  if (variable.indexed !== undefined || variable.dynamic?.list !== undefined) letters += "a";
  if (variable.associative !== undefined) letters += "A";
  if (variable.integer) letters += "i";
  if (variable.nameref) letters += "n";
  if (variable.readonly) letters += "r";
  if (variable.exported) letters += "x";
  if (variable.letterCase !== "") letters += variable.letterCase;
  return letters;
}

function assignmentText(shell: Shell, name: string, text: string | undefined): string {
  const variable = shell.variables.find(name);
  const letters = attributeLetters(variable);
  if (text === undefined) return letters === "" ? "" : `declare -${letters} ${name}`;
  if (letters === "") return `${name}=${singleQuoted(text)}`;
  return `declare -${letters} ${name}=${singleQuoted(text)}`;
}

/** The line `declare -p` prints; undefined for a variable that does not exist. */
export function declarationText(shell: Shell, name: string, variable: Variable | undefined): string | undefined {
  if (variable === undefined) return undefined;
  const letters = attributeLetters(variable);
  const head = `declare -${letters === "" ? "-" : letters} ${name}`;
  const value = valueText(shell, variable);
  return value === undefined ? head : `${head}=${value}`;
}

function valueText(shell: Shell, variable: Variable): string | undefined {
  if (variable.dynamic?.list !== undefined) {
    return `(${variable.dynamic
      .list(shell)
      .map((value, i) => `[${i}]=${doubleQuoted(value)}`)
      .join(" ")})`;
  }
  if (variable.isDeclaredOnly) return undefined;
  if (variable.dynamic !== undefined) return doubleQuoted(variable.dynamic.get(shell));
  if (variable.indexed !== undefined) {
    const { indexed } = variable;
    return `(${indexed
      .keys()
      .map((key) => `[${key}]=${doubleQuoted(indexed.get(key) ?? "")}`)
      .join(" ")})`;
  }
  if (variable.associative !== undefined) {
    const { associative } = variable;
    const pairs = associative.keys().map((key) => `[${keyText(key)}]=${doubleQuoted(associative.get(key) ?? "")} `);
    return `(${pairs.join("")})`;
  }
  return variable.value === undefined ? undefined : doubleQuoted(variable.value);
}

/** `name=value` as `set` prints it. */
export function setText(shell: Shell, name: string, variable: Variable): string | undefined {
  if (variable.indexed !== undefined || variable.associative !== undefined)
    return `${name}=${valueText(shell, variable) ?? "()"}`;
  const value = variable.dynamic?.get(shell) ?? variable.value;
  return value === undefined ? undefined : `${name}=${quotedIfNeeded(value)}`;
}

function keyText(key: string): string {
  if (key === "@" || key === "*" || key === "") return `"${key}"`;
  return /^[A-Za-z0-9_./:+,%@^-]+$/.test(key) ? key : doubleQuoted(key);
}

/** As `set` and `set -x` print a value: bare when it needs no quotes. */
function quotedIfNeeded(text: string): string {
  if (text === "") return "";
  if (hasControl(text)) return ansiQuoted(text);
  if (/[ \t\n'"\\|&;()<>!{}*[\]?^$`]|^[#~]|[=:]~/.test(text)) return singleQuoted(text);
  return text;
}

/** A word as `set -x` prints it. */
export function tracedWord(text: string): string {
  return text === "" ? "''" : quotedIfNeeded(text);
}

/** In single quotes, or $'...' when it holds control characters. */
export function singleQuoted(text: string): string {
  if (hasControl(text)) return ansiQuoted(text);
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function doubleQuoted(text: string): string {
  if (hasControl(text)) return ansiQuoted(text);
  return `"${text.replace(/["\\$`]/g, "\\$&")}"`;
}

function hasControl(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code < 32 || code >= 127) return true;
  }
  return false;
}

const ANSI = new Map<string, string>([
  ["\x07", "\\a"],
  ["\b", "\\b"],
  ["\t", "\\t"],
  ["\n", "\\n"],
  ["\v", "\\v"],
  ["\f", "\\f"],
  ["\r", "\\r"],
  ["\x1b", "\\E"],
  ["\\", "\\\\"],
  ["'", "\\'"],
]);

function ansiQuoted(text: string): string {
  let out = "";
  for (const char of text) {
    const code = char.charCodeAt(0);
    out += ANSI.get(char) ?? (code < 32 || code >= 127 ? `\\${code.toString(8).padStart(3, "0")}` : char);
  }
  return `$'${out}'`;
}
