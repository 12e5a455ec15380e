/** echo, printf, yes: the programs that print their arguments. */

import type { CommandContext, Running } from "../process/command.ts";
import { expandEscapes, formatPrintf } from "./printf-format.ts";
import { complain, complainUsage } from "./support/report.ts";
import { Output } from "./support/streams.ts";

const YES_BLOCK_BYTES = 65_536;

/** Prints its arguments; -n, -e and -E in any cluster. */
export function echo(context: CommandContext): number {
  let newline = true;
  let escapes = false;
  let at = 0;
  for (; at < context.args.length; at++) {
    const word = context.args[at] ?? "";
    if (!/^-[neE]+$/.test(word)) break;
    for (const letter of word.slice(1)) {
      if (letter === "n") newline = false;
      else escapes = letter === "e";
    }
  }
  const output = new Output(context);
  const text = context.args.slice(at).join(" ");
  if (!escapes) output.write(newline ? `${text}\n` : text);
  else {
    const expanded = expandEscapes(text);
    output.write(newline && !expanded.stop ? `${expanded.text}\n` : expanded.text);
  }
  return output.finish(0);
}

/** printf the program; its format language is bash's. */
export function printf(context: CommandContext): number {
  const [first, ...rest] = context.args;
  const words = first === "--" ? rest : context.args;
  const [format, ...args] = words;
  if (format === undefined) {
    complainUsage(context, "missing operand");
    return 1;
  }
  const result = formatPrintf(format, args);
  for (const error of result.errors) complain(context, error);
  const output = new Output(context);
  output.write(result.output);
  return output.finish(result.status);
}

/** Prints its arguments until nobody reads. */
export function* yes(context: CommandContext): Running<number> {
  const words = context.args[0] === "--" ? context.args.slice(1) : context.args;
  const line = `${words.length === 0 ? "y" : words.join(" ")}\n`;
  const block = line.repeat(Math.ceil(YES_BLOCK_BYTES / line.length));
  const output = new Output(context);
  for (;;) {
    output.write(block);
    if (!(yield* output.settle())) return output.finish(0);
  }
}
