/** unset, shift, let, getopts. */

import { evaluateText, isTrue } from "../arithmetic.ts";
import { ArithmeticError } from "../arithmetic-parse.ts";
import type { Shell } from "../shell.ts";

export function unsetBuiltin(shell: Shell, args: readonly string[]): number {
  let at = 0;
  let kind = "";
  for (; at < args.length && /^-[fvn]+$/.test(args[at] ?? ""); at++) kind = args[at]?.charAt(1) ?? "";
  if (args[at] === "--") at++;
  let status = 0;
  for (const name of args.slice(at)) if (!unsetOne(shell, name, kind)) status = 1;
  return status;
}

function unsetOne(shell: Shell, name: string, kind: string): boolean {
  const { variables } = shell;
  if (kind === "f") {
    shell.functions.delete(name);
    return true;
  }
  const match = /^([A-Za-z_][A-Za-z0-9_]*)(?:\[(.*)\])?$/s.exec(name);
  if (match === null) {
    if (kind === "") {
      shell.functions.delete(name);
      return true;
    }
    shell.report(`\`${name}': not a valid identifier`);
    return false;
  }
  const [, base = "", key] = match;
  try {
    if (key !== undefined) {
      if (key === "@" || key === "*") variables.unset(base);
      else if (variables.find(base) !== undefined) variables.unsetElement(base, shell.key(base, key));
      return true;
    }
    if (kind === "n") variables.unset(base);
    else if (variables.findOwn(base) !== undefined) variables.unset(variables.resolve(base));
    else if (kind === "") shell.functions.delete(base);
    return true;
  } catch (error) {
    shell.translate(error);
    return false;
  }
}

export function shiftBuiltin(shell: Shell, args: readonly string[]): number {
  const word = args[0] ?? "1";
  if (!/^[-+]?[0-9]+$/.test(word)) {
    shell.report(`${word}: numeric argument required`);
    return 1;
  }
  const count = Number(word);
  if (count < 0) {
    shell.report(`${word}: shift count out of range`);
    return 1;
  }
  if (count > shell.params.length) return 1;
  if (count > 0) shell.params = shell.params.slice(count);
  return 0;
}

export function letBuiltin(shell: Shell, args: readonly string[]): number {
  if (args.length === 0) {
    shell.report("expression expected");
    return 1;
  }
  let value: number | bigint = 0;
  try {
    for (const text of args) value = evaluateText(text, shell);
  } catch (error) {
    const translated = shell.translate(error);
    if (error instanceof ArithmeticError) return 1;
    throw translated;
  }
  return isTrue(value) ? 0 : 1;
}

export function getoptsBuiltin(shell: Shell, args: readonly string[]): number {
  const [spec, name, ...given] = args;
  if (spec === undefined || name === undefined) {
    shell.writeError("getopts: usage: getopts optstring name [arg ...]\n");
    return 2;
  }
  const words = args.length > 2 ? given : shell.params;
  const silent = spec.startsWith(":");
  let index = Number(shell.variables.get("OPTIND") ?? "1");
  if (index !== shell.getoptsIndex) shell.getoptsAt = 1;
  const word = words[index - 1];
  const finish = (option: string, argument: string | undefined, status = 0): number => {
    shell.variables.set("OPTIND", String(index));
    shell.getoptsIndex = index;
    if (argument === undefined) shell.variables.unset("OPTARG");
    else shell.variables.set("OPTARG", argument);
    shell.variables.set(name, option);
    return status;
  };
  if (word === "--") index++;
  if (word === undefined || word === "--" || !word.startsWith("-") || word === "-") {
    shell.getoptsAt = 1;
    return finish("?", undefined, 1);
  }
  const letter = word.charAt(shell.getoptsAt);
  const place = letter === ":" ? -1 : spec.indexOf(letter, silent ? 1 : 0);
  shell.getoptsAt++;
  const isLast = shell.getoptsAt >= word.length;
  const next = (): void => {
    index++;
    shell.getoptsAt = 1;
  };
  if (place < 0) {
    if (isLast) next();
    if (silent) return finish("?", letter);
    reportOption(shell, `illegal option -- ${letter}`);
    return finish("?", undefined);
  }
  if (spec.charAt(place + 1) !== ":") {
    if (isLast) next();
    return finish(letter, undefined);
  }
  const joined = word.slice(shell.getoptsAt);
  next();
  if (!isLast) return finish(letter, joined);
  const argument = words[index - 1];
  if (argument !== undefined) {
    index++;
    return finish(letter, argument);
  }
  if (silent) return finish(":", letter);
  reportOption(shell, `option requires an argument -- ${letter}`);
  return finish("?", undefined);
}

function reportOption(shell: Shell, text: string): void {
  if (shell.variables.get("OPTERR") !== "0") shell.writeError(`${shell.name}: ${text}\n`);
}
