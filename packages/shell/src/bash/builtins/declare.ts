/** declare, local, export, readonly. */

import type { Running } from "../../process/command.ts";
import { runAssignment } from "../assignment.ts";
import { compileScript } from "../compile.ts";
import type { AssignmentIr } from "../ir.ts";
import { type Shell, ShellError } from "../shell.ts";
import { attributeLetters, declarationText, setText } from "../transform.ts";
import { VariableError } from "../variables.ts";
import { writeOut } from "./output.ts";
import type { DeclarationArgument } from "./table.ts";

interface Attributes {
  /** Letters switched on and off: "aAilnrtux". */
  on: string;
  off: string;
  print: boolean;
  functions: boolean;
  /** Names of functions only. */
  names: boolean;
  global: boolean;
}

export function* declareBuiltin(shell: Shell, args: readonly DeclarationArgument[]): Running<number> {
  const parsed = parseAttributes(shell, args);
  if (typeof parsed === "number") return parsed;
  const inFunction = shell.calls.some((frame) => frame.isFunction) && !parsed.attributes.global;
  return yield* declareAll(shell, parsed.attributes, parsed.rest, inFunction);
}

export function* localBuiltin(shell: Shell, args: readonly DeclarationArgument[]): Running<number> {
  if (!shell.calls.some((frame) => frame.isFunction)) {
    shell.report("can only be used in a function");
    return 1;
  }
  const parsed = parseAttributes(shell, args);
  if (typeof parsed === "number") return parsed;
  return yield* declareAll(shell, parsed.attributes, parsed.rest, true);
}

export function* exportBuiltin(shell: Shell, args: readonly DeclarationArgument[]): Running<number> {
  const parsed = parseAttributes(shell, args);
  if (typeof parsed === "number") return parsed;
  const { attributes } = parsed;
  // `-n` of export takes the attribute away; it has nothing to do with namerefs.
  const removes = attributes.on.includes("n");
  attributes.on = removes ? "" : "x";
  attributes.off = removes ? "x" : "";
  if (attributes.functions) {
    shell.report("-f is not modelled by ebb");
    return 1;
  }
  return yield* declareAll(shell, attributes, parsed.rest, false);
}

export function* readonlyBuiltin(shell: Shell, args: readonly DeclarationArgument[]): Running<number> {
  const parsed = parseAttributes(shell, args);
  if (typeof parsed === "number") return parsed;
  parsed.attributes.on += "r";
  if (parsed.attributes.functions) return 0;
  return yield* declareAll(shell, parsed.attributes, parsed.rest, false);
}

function parseAttributes(
  shell: Shell,
  args: readonly DeclarationArgument[],
): { attributes: Attributes; rest: readonly DeclarationArgument[] } | number {
  const attributes: Attributes = { on: "", off: "", print: false, functions: false, names: false, global: false };
  let at = 0;
  for (; at < args.length; at++) {
    const word = args[at];
    if (word === "--") {
      at++;
      break;
    }
    if (typeof word !== "string" || !/^[-+]./.test(word)) break;
    const isOn = word.startsWith("-");
    for (const letter of word.slice(1)) {
      if (letter === "p") attributes.print = true;
      else if (letter === "f" || letter === "F") {
        attributes.functions = true;
        attributes.names = letter === "F";
      } else if (letter === "g") attributes.global = true;
      else if ("aAilnrtuxI".includes(letter)) {
        if (isOn) attributes.on += letter;
        else attributes.off += letter;
      } else {
        shell.report(`-${letter}: invalid option`);
        return 2;
      }
    }
  }
  return { attributes, rest: args.slice(at) };
}

function* declareAll(
  shell: Shell,
  attributes: Attributes,
  args: readonly DeclarationArgument[],
  inFunction: boolean,
): Running<number> {
  if (attributes.functions) return yield* showFunctions(shell, attributes, args);
  if (args.length === 0 || (attributes.print && args.every((arg) => typeof arg === "string" && !arg.includes("=")))) {
    return yield* show(shell, attributes, args);
  }
  let status = 0;
  for (const arg of args) {
    const assignment = typeof arg === "string" ? parseDeclaration(shell, arg) : arg;
    if (assignment === undefined) {
      status = 1;
      continue;
    }
    if (!(yield* declareOne(shell, attributes, assignment, inFunction))) status = 1;
  }
  return status;
}

/** `name`, `name=value`, `name[key]=value`, or an array given as text: `a=(1 2)` after -a. */
function parseDeclaration(shell: Shell, text: string): AssignmentIr | undefined {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)(?:\[(.*?)\])?(?:(\+)?=(.*))?$/s.exec(text);
  if (match === null) {
    shell.report(`\`${text}': not a valid identifier`);
    return undefined;
  }
  const [, name = "", key, plus, value] = match;
  const word = (content: string) =>
    ({ kind: "literal", literal: content, segments: [], alternatives: [], waits: false, text: content }) as const;
  return {
    name,
    subscript: key === undefined ? undefined : word(key),
    append: plus !== undefined,
    value: value === undefined ? undefined : word(value),
    elements: undefined,
    text,
    waits: false,
  };
}

function* declareOne(
  shell: Shell,
  attributes: Attributes,
  assignment: AssignmentIr,
  inFunction: boolean,
): Running<boolean> {
  const { variables } = shell;
  const { name } = assignment;
  const isNameref = attributes.on.includes("n");
  const target = isNameref || inFunction ? name : variables.resolve(name);
  if (target.includes("[")) return true;
  const apply = function* (): Running<boolean> {
    if (inFunction) hideLocal(shell, name);
    return yield* applyAttributes(shell, attributes, assignment, target, isNameref);
  };
  if (!attributes.global) return yield* apply();
  const frames: boolean[] = [];
  const body = apply();
  variables.atGlobalScope(target, () => {
    const step = body.next();
    frames.push(step.done === true && step.value);
  });
  return frames[0] ?? false;
}

function hideLocal(shell: Shell, name: string): void {
  if (shell.variables.findOwn(name)?.readonly === true) {
    throw new VariableError(`${name}: readonly variable`);
  }
  shell.variables.hide(name, true);
}

function* applyAttributes(
  shell: Shell,
  attributes: Attributes,
  assignment: AssignmentIr,
  target: string,
  isNameref: boolean,
): Running<boolean> {
  const { variables } = shell;
  const { on, off } = attributes;
  const assigns = assignment.value !== undefined || assignment.elements !== undefined;
  const present = variables.findOwn(target);
  if (present?.readonly === true && (assigns || off.includes("r")))
    throw new VariableError(`${target}: readonly variable`);
  const variable =
    on.includes("A") || on.includes("a") ? variables.makeArray(target, on.includes("A")) : variables.own(target);
  if (on.includes("i")) variable.integer = true;
  if (off.includes("i")) variable.integer = false;
  if (on.includes("l")) variable.letterCase = "l";
  if (on.includes("u")) variable.letterCase = "u";
  if (off.includes("l") || off.includes("u")) variable.letterCase = "";
  if (isNameref) return assignNameref(shell, assignment, target);
  if (off.includes("n")) variable.nameref = false;
  if (assigns) {
    const isListText = assignment.value?.kind === "literal" && /^\(.*\)$/s.test(assignment.value.literal);
    const isArray = variable.indexed !== undefined || variable.associative !== undefined;
    if (isListText && isArray && assignment.subscript === undefined) yield* assignListText(shell, target, assignment);
    else yield* runAssignment(shell, { ...assignment, name: target });
  }
  const changed = variables.own(target);
  if (on.includes("x")) changed.exported = true;
  if (off.includes("x")) changed.exported = false;
  if (on.includes("x") || off.includes("x")) variables.exportEpoch++;
  if (on.includes("r")) changed.readonly = true;
  return true;
}

function assignNameref(shell: Shell, assignment: AssignmentIr, target: string): boolean {
  const variable = shell.variables.own(target);
  const value = assignment.value?.literal;
  if (value === target) {
    shell.report(`${target}: nameref variable self references not allowed`);
    return false;
  }
  variable.nameref = true;
  if (value !== undefined) variable.value = value;
  return true;
}

/** `declare -a "a=(1 2)"` */
function* assignListText(shell: Shell, name: string, assignment: AssignmentIr): Running<void> {
  const { script } = compileScript(
    `${name}${assignment.append ? "+" : ""}=${assignment.value?.literal ?? "()"}`,
    shell.line,
  );
  const command = script.statements[0]?.command;
  const parsed = command?.kind === "simple" ? command.assignments[0] : undefined;
  if (parsed === undefined) throw new ShellError("discard", 1);
  yield* runAssignment(shell, parsed);
}

function* showFunctions(shell: Shell, attributes: Attributes, args: readonly DeclarationArgument[]): Running<number> {
  let status = 0;
  let text = "";
  const names = args.length === 0 ? [...shell.functions.keys()].sort() : args.map(String);
  for (const name of names) {
    const found = shell.functions.get(name);
    if (found === undefined) status = 1;
    else if (!attributes.names) text += `${name} () \n${found.text}\n`;
    else text += args.length === 0 ? `declare -f ${name}\n` : `${name}\n`;
  }
  const written = writeOut(shell, text);
  if (typeof written !== "number") yield* written;
  return status;
}

function* show(shell: Shell, attributes: Attributes, args: readonly DeclarationArgument[]): Running<number> {
  let status = 0;
  let text = "";
  const names = args.length === 0 ? shell.variables.names() : args.map(String);
  for (const name of names) {
    const variable = shell.variables.findOwn(name);
    const letters = attributeLetters(variable);
    if (args.length === 0 && [...attributes.on].some((letter) => !letters.includes(letter))) continue;
    const declaration =
      attributes.print || attributes.on !== ""
        ? declarationText(shell, name, variable)
        : variable && setText(shell, name, variable);
    if (declaration === undefined) {
      if (args.length === 0) continue;
      shell.report(`${name}: not found`);
      status = 1;
    } else text += `${declaration}\n`;
  }
  const written = writeOut(shell, text);
  if (typeof written !== "number") yield* written;
  return status;
}
