/** uniq. */

import { isErrno } from "../errno.ts";
import type { CommandContext, OutputStream, Running } from "../process/command.ts";
import { optionTable, type ParsedOptions, parseOptions } from "./support/options.ts";
import { complain, complainAbout, complainUsage, quote } from "./support/report.ts";
import { closeInput, FileOutput, Output, openForWriting, openOperand } from "./support/streams.ts";

const OPTIONS = optionTable({
  short: "cdDuif:s:w:",
  long: ["count c", "repeated d", "unique u", "ignore-case i", "skip-fields= f", "skip-chars= s", "check-chars= w"],
  refusedShort: "z",
  refusedLong: ["all-repeated", "group", "zero-terminated"],
});

interface UniqHow {
  readonly count: boolean;
  readonly repeated: boolean;
  readonly unique: boolean;
  readonly all: boolean;
  readonly key: (line: string) => string;
}

/** Drops or counts repeated neighbouring lines. */
export function* uniq(context: CommandContext): Running<number> {
  const options = parseOptions(context, OPTIONS);
  if (typeof options === "number") return options;
  const how = uniqHow(context, options);
  if (how === undefined) return 1;
  const [from = "-", to, extra] = options.operands;
  if (extra !== undefined) {
    complainUsage(context, `extra operand ${quote(extra)}`);
    return 1;
  }
  const input = openOperand(context, from);
  if (input === undefined) return 1;
  let stream: OutputStream = context.stdout;
  if (to !== undefined && to !== "-") {
    const file = openForWriting(context, to, false);
    if (isErrno(file)) {
      complainAbout(context, to, file);
      return 1;
    }
    stream = file;
  }
  const output = new Output(context, stream);
  let group: string[] = [];
  let groupKey = "";
  let nrLines = 0;
  for (;;) {
    const read = yield* input.readLine();
    if (read === undefined || isErrno(read)) break;
    const line = read.endsWith("\n") ? read.slice(0, -1) : read;
    const key = how.key(line);
    if (nrLines > 0 && key === groupKey) {
      nrLines++;
      if (how.all) group.push(line);
      continue;
    }
    if (nrLines > 0) output.write(printGroup(group, nrLines, how));
    if (output.full && !(yield* output.settle())) return output.finish(0);
    group = [line];
    groupKey = key;
    nrLines = 1;
  }
  if (nrLines > 0) output.write(printGroup(group, nrLines, how));
  const status = output.finish(0);
  closeInput(input);
  if (stream instanceof FileOutput) stream.close();
  return status;
}

function uniqHow(context: CommandContext, options: ParsedOptions): UniqHow | undefined {
  const nrFields = Number(options.value("f") ?? 0);
  const nrChars = Number(options.value("s") ?? 0);
  const width = Number(options.value("w") ?? Number.POSITIVE_INFINITY);
  for (const [letter, what] of [
    ["f", "fields to skip"],
    ["s", "bytes to skip"],
    ["w", "bytes to compare"],
  ] as const) {
    const text = options.value(letter);
    if (text !== undefined && !/^\d+$/.test(text)) {
      complain(context, `${text}: invalid number of ${what}`);
      return undefined;
    }
  }
  const fold = options.has("i");
  const key = (line: string): string => {
    let at = 0;
    for (let i = 0; i < nrFields; i++) {
      while (line[at] === " " || line[at] === "\t") at++;
      while (at < line.length && line[at] !== " " && line[at] !== "\t") at++;
    }
    const text = line.slice(at + nrChars, width === Number.POSITIVE_INFINITY ? undefined : at + nrChars + width);
    return fold ? text.toUpperCase() : text;
  };
  const repeated = options.has("d") || options.has("D");
  return { count: options.has("c"), repeated, unique: options.has("u"), all: options.has("D"), key };
}

function printGroup(group: readonly string[], nrLines: number, how: UniqHow): string {
  if (how.repeated && nrLines === 1) return "";
  if (how.unique && nrLines > 1) return "";
  if (how.all) return group.map((line) => `${line}\n`).join("");
  const line = `${group[0] ?? ""}\n`;
  return how.count ? `${String(nrLines).padStart(7)} ${line}` : line;
}
