/**
 * POSIX regular expressions compiled to JavaScript's: used by grep, sed, awk, expr, find and by the shell's `=~`.
 * Text is byte strings and the locale is C: classes and case hold for ASCII only. See `translate.ts` for where the two
 * languages differ.
 */

import { type Flavour, translate } from "./translate.ts";

interface RegexOptions {
  readonly ignoreCase?: boolean;
  /** JavaScript flags to add: "g", "y", "m", "d". */
  readonly flags?: string;
  /** Which program's escapes and leniencies hold; regcomp(3) itself when absent. */
  readonly flavour?: Flavour;
  /** Told what grep remarks about a pattern it takes all the same. */
  readonly warn?: (text: string) => void;
}

type CompiledRegex = RegExp | { readonly error: string };

/** An extended regular expression (grep -E, awk, `[[ =~ ]]`). */
export function compileEre(pattern: string, options: RegexOptions = {}): CompiledRegex {
  return compile(pattern, true, options);
}

/** A basic regular expression (grep, sed, expr). */
export function compileBre(pattern: string, options: RegexOptions = {}): CompiledRegex {
  return compile(pattern, false, options);
}

/** Number of groups the expression has. */
export function countGroups(regex: RegExp): number {
  return (new RegExp(`${regex.source}|`, regex.flags.replace(/[gy]/g, "")).exec("")?.length ?? 1) - 1;
}

function compile(pattern: string, extended: boolean, options: RegexOptions): CompiledRegex {
  const ignoreCase = options.ignoreCase ?? false;
  const translation = translate(pattern, extended, ignoreCase, options.flavour ?? "regcomp");
  if ("error" in translation) return translation;
  for (const warning of translation.warnings) options.warn?.(warning);
  const caseFlag = ignoreCase && translation.hasBackReference ? "i" : "";
  return new RegExp(translation.source, (options.flags ?? "") + caseFlag);
}
