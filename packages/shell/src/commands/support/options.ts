/**
 * Command-line options as getopt_long(3) reads them, with its messages: short options in clusters, values joined or
 * separate, long options and their unambiguous abbreviations, options after operands, `--`.
 *
 * Every option a program has is in its table. One that ebb leaves out is listed as refused and fails loudly; it is
 * never taken for an unknown one and never ignored.
 */

import type { CommandContext } from "../../process/command.ts";
import { complain, refuse } from "./report.ts";

interface OptionTable {
  readonly short: ReadonlyMap<string, ValueNeed>;
  readonly long: ReadonlyMap<string, LongOption>;
  readonly refusedShort: string;
  readonly stopAtOperand: boolean;
  readonly status: number;
  readonly usage: string | undefined;
}

type ValueNeed = "none" | "required" | "optional";

interface LongOption {
  /** Name the program asks for; undefined when refused. */
  readonly key: string | undefined;
  readonly need: ValueNeed;
}

interface OptionSpec {
  /** One-letter options as getopt(3) spells them: a colon after a letter with a value, two for an optional one. */
  readonly short?: string;
  /** `name key`, `name= key` with a value, `name=? key` with an optional one; the key is the name when absent. */
  readonly long?: readonly string[];
  /** Letters GNU has and ebb refuses. */
  readonly refusedShort?: string;
  /** Long names GNU has and ebb refuses. */
  readonly refusedLong?: readonly string[];
  /** Options end at the first operand, as for programs that run another. */
  readonly stopAtOperand?: boolean;
  /** Exit status for wrong usage; 1 when absent. */
  readonly status?: number;
  /** Line printed before the pointer to --help. */
  readonly usage?: string;
}

interface ParsedOption {
  readonly name: string;
  readonly value: string;
}

/** Options in the order given, by the key their table names, and the operands. */
export class ParsedOptions {
  readonly list: readonly ParsedOption[];
  readonly operands: readonly string[];

  constructor(list: readonly ParsedOption[], operands: readonly string[]) {
    this.list = list;
    this.operands = operands;
  }

  has(name: string): boolean {
    for (const option of this.list) if (option.name === name) return true;
    return false;
  }

  /** Value of the last such option. */
  value(name: string): string | undefined {
    for (let i = this.list.length - 1; i >= 0; i--) {
      const option = this.list[i];
      if (option !== undefined && option.name === name) return option.value;
    }
    return undefined;
  }

  /** Which of the letters came last, "" when none did. */
  last(letters: string): string {
    for (let i = this.list.length - 1; i >= 0; i--) {
      const name = this.list[i]?.name ?? "";
      if (name.length === 1 && letters.includes(name)) return name;
    }
    return "";
  }
}

/** Builds the table once, when the module is loaded. */
export function optionTable(spec: OptionSpec): OptionTable {
  const short = new Map<string, ValueNeed>();
  const letters = spec.short ?? "";
  for (let i = 0; i < letters.length; i++) {
    const letter = letters.charAt(i);
    if (letter === ":") continue;
    const colons = letters[i + 1] !== ":" ? 0 : letters[i + 2] !== ":" ? 1 : 2;
    short.set(letter, colons === 0 ? "none" : colons === 1 ? "required" : "optional");
  }
  const long = new Map<string, LongOption>();
  for (const entry of spec.long ?? []) {
    const match = /^([^= ]+)(=\??)?(?: (.+))?$/.exec(entry);
    const name = match?.[1] ?? entry;
    const mark = match?.[2] ?? "";
    const need = mark === "" ? "none" : mark === "=" ? "required" : "optional";
    long.set(name, { key: match?.[3] ?? name, need });
  }
  for (const name of spec.refusedLong ?? []) long.set(name, { key: undefined, need: "optional" });
  for (const name of ["help", "version"]) if (!long.has(name)) long.set(name, { key: undefined, need: "none" });
  return {
    short,
    long,
    refusedShort: spec.refusedShort ?? "",
    stopAtOperand: spec.stopAtOperand ?? false,
    status: spec.status ?? 1,
    usage: spec.usage,
  };
}

/** Parses `args`; when they are wrong, prints why and returns the exit status. */
export function parseOptions(
  context: CommandContext,
  table: OptionTable,
  args: readonly string[] = context.args,
): ParsedOptions | number {
  const list: ParsedOption[] = [];
  const operands: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? "";
    if (word === "--") {
      operands.push(...args.slice(at + 1));
      break;
    }
    if (word.length < 2 || word[0] !== "-") {
      if (table.stopAtOperand) {
        operands.push(...args.slice(at));
        break;
      }
      operands.push(word);
      continue;
    }
    const used =
      word[1] === "-" ? parseLong(context, table, args, at, list) : parseCluster(context, table, args, at, list);
    if (used < 0) return -used;
    at += used;
  }
  return new ParsedOptions(list, operands);
}

/** Returns how many further words were used, or minus the exit status. */
function parseCluster(
  context: CommandContext,
  table: OptionTable,
  args: readonly string[],
  at: number,
  list: ParsedOption[],
): number {
  const word = args[at] ?? "";
  for (let i = 1; i < word.length; i++) {
    const letter = word.charAt(i);
    const need = table.short.get(letter);
    if (need === undefined) {
      if (table.refusedShort.includes(letter)) return -refuse(context, `-${letter}`);
      return usageError(context, table, `invalid option -- '${letter}'`);
    }
    if (need === "none") {
      list.push({ name: letter, value: "" });
      continue;
    }
    const joined = word.slice(i + 1);
    if (joined !== "" || need === "optional") {
      list.push({ name: letter, value: joined });
      return 0;
    }
    const value = args[at + 1];
    if (value === undefined) return usageError(context, table, `option requires an argument -- '${letter}'`);
    list.push({ name: letter, value });
    return 1;
  }
  return 0;
}

function parseLong(
  context: CommandContext,
  table: OptionTable,
  args: readonly string[],
  at: number,
  list: ParsedOption[],
): number {
  const word = args[at] ?? "";
  const equals = word.indexOf("=");
  const given = equals < 0 ? word.slice(2) : word.slice(2, equals);
  const names = table.long.has(given) ? [given] : candidates(table, given);
  const [name] = names;
  if (name === undefined) return usageError(context, table, `unrecognized option '${word}'`);
  if (names.length > 1) {
    const possible = names.map((candidate) => ` '--${candidate}'`).join("");
    return usageError(context, table, `option '${word}' is ambiguous; possibilities:${possible}`);
  }
  const option = table.long.get(name);
  if (option === undefined || option.key === undefined) return -refuse(context, `--${name}`);
  if (equals >= 0) {
    if (option.need === "none") return usageError(context, table, `option '--${name}' doesn't allow an argument`);
    list.push({ name: option.key, value: word.slice(equals + 1) });
    return 0;
  }
  if (option.need !== "required") {
    list.push({ name: option.key, value: "" });
    return 0;
  }
  const value = args[at + 1];
  if (value === undefined) return usageError(context, table, `option '--${name}' requires an argument`);
  list.push({ name: option.key, value });
  return 1;
}

/** Long names the abbreviation may mean; names that stand for the same option count once. */
function candidates(table: OptionTable, prefix: string): readonly string[] {
  const found: string[] = [];
  for (const name of table.long.keys()) if (name.startsWith(prefix)) found.push(name);
  const keys = new Set(found.map((name) => table.long.get(name)?.key ?? name));
  return keys.size === 1 ? found.slice(0, 1) : found;
}

function usageError(context: CommandContext, table: OptionTable, text: string): number {
  complain(context, text);
  if (table.usage !== undefined) context.stderr.write(`${table.usage}\n`);
  context.stderr.write(`Try '${context.name} --help' for more information.\n`);
  return -table.status;
}
