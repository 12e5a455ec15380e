/** Messages on stderr as the GNU programs word them, and their ways to quote a name in the C locale. */

import type { Errno } from "../../errno.ts";
import type { CommandContext } from "../../process/command.ts";
import { cEscape } from "./escapes.ts";

/** Status of a program ended by SIGPIPE, as the shell shows it. */
export const SIGPIPE_STATUS = 141;

/** Prints `NAME: text`. */
export function complain(context: CommandContext, text: string): void {
  context.stderr.write(`${context.name}: ${text}\n`);
}

/** Prints `NAME: path: reason`, the path quoted only if the shell would need it. */
export function complainAbout(context: CommandContext, path: string, errno: Errno): void {
  complain(context, `${quoteIfNeeded(path)}: ${errno.message}`);
}

/** Prints the message and the line that points to --help. */
export function complainUsage(context: CommandContext, text: string): void {
  complain(context, text);
  context.stderr.write(`Try '${context.name} --help' for more information.\n`);
}

/** Refuses an option that exists but that ebb leaves out. */
export function refuse(context: CommandContext, option: string): number {
  complain(context, `option '${option}' is not modelled by ebb`);
  return 2;
}

/** GNU's `quote`: always in single quotes, odd characters escaped as in C. */
export function quote(text: string): string {
  return `'${text.replace(/[^\x20-\x7e]|['\\]/g, cEscape)}'`;
}

/** GNU's `quoteaf`: quoted so that the shell reads it back. */
export function quoteForShell(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) {
    if (!text.includes("'")) return `'${text}'`;
    if (!/["$`\\]/.test(text)) return `"${text}"`;
    return `'${text.replace(/'/g, "'\\''")}'`;
  }
  let out = "";
  for (const part of text.split(/([^\x20-\x7e]+)/)) {
    if (part === "") {
      if (out === "") out = "''";
    } else if (/^[\x20-\x7e]/.test(part)) out += `'${part.replace(/'/g, "'\\''")}'`;
    else out += `$'${part.replace(/[^\x20-\x7e]/g, cEscape)}'`;
  }
  return out;
}

/** GNU's `quotef`: as `quoteForShell`, bare when the shell needs no quotes. */
export function quoteIfNeeded(text: string): string {
  if (text !== "" && !/[ !"$&'()*;<=>?[\\^`|]|^[#~]|^[{}]$|[^\x20-\x7e]/.test(text)) return text;
  return quoteForShell(text);
}
