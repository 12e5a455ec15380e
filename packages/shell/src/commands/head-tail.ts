/** head and tail. */

import { EISDIR, type Errno, isErrno } from "../errno.ts";
import type { CommandContext, InputStream, Running } from "../process/command.ts";
import { optionTable, type ParsedOptions, parseOptions } from "./support/options.ts";
import { complain, quote, quoteForShell } from "./support/report.ts";
import { parseSize } from "./support/sizes.ts";
import { closeInput, FileInput, Output, openFile } from "./support/streams.ts";

const BLOCK_BYTES = 65_536;
const DEFAULT_LINES = 10;

const HEAD_OPTIONS = optionTable({
  short: "c:n:qv",
  long: ["bytes= c", "lines= n", "quiet q", "silent q", "verbose v"],
  refusedShort: "z",
  refusedLong: ["zero-terminated"],
});

const TAIL_OPTIONS = optionTable({
  short: "c:n:qv",
  long: ["bytes= c", "lines= n", "quiet q", "silent q", "verbose v"],
  refusedShort: "fFsz",
  refusedLong: ["follow", "pid", "retry", "sleep-interval", "zero-terminated", "max-unchanged-stats"],
});

interface Part {
  readonly inBytes: boolean;
  readonly count: number;
  /** head: all but the last count; tail: from the count-th on. */
  readonly reversed: boolean;
}

/** Prints the first lines or bytes of each file. */
export function* head(context: CommandContext): Running<number> {
  const [first = ""] = context.args;
  const old = /^-(\d+)([bkm]?)([clqv]*)$/.exec(first);
  const args =
    old === null ? context.args : [`-${old[3]?.includes("c") ? "c" : "n"}${old[1]}${old[2]}`, ...context.args.slice(1)];
  const options = parseOptions(context, HEAD_OPTIONS, args);
  if (typeof options === "number") return options;
  const part = parsePart(context, options, "-");
  if (part === undefined) return 1;
  return yield* eachFile(context, options, function* (input, output) {
    if (part.reversed) return yield* allButLast(input, output, part);
    return part.inBytes ? yield* firstBytes(input, output, part.count) : yield* firstLines(input, output, part.count);
  });
}

/** Prints the last lines or bytes of each file. */
export function* tail(context: CommandContext): Running<number> {
  const [first = ""] = context.args;
  const old = /^([-+])(\d+)([clb]?)$/.exec(first);
  const args = old === null ? context.args : [oldTail(old), ...context.args.slice(1)];
  const options = parseOptions(context, TAIL_OPTIONS, args);
  if (typeof options === "number") return options;
  const part = parsePart(context, options, "+");
  if (part === undefined) return 1;
  return yield* eachFile(context, options, function* (input, output) {
    if (part.reversed) return yield* fromPosition(input, output, part);
    return yield* lastPart(input, output, part);
  });
}

function oldTail(match: RegExpExecArray): string {
  const sign = match[1] === "+" ? "+" : "";
  return `-${match[3] === "c" ? "c" : "n"}${sign}${match[2] ?? ""}`;
}

function parsePart(context: CommandContext, options: ParsedOptions, reversal: string): Part | undefined {
  const which = options.last("cn");
  const text = which === "" ? String(DEFAULT_LINES) : (options.value(which) ?? "");
  const inBytes = which === "c";
  const reversed = text.startsWith(reversal);
  const count = parseSize(text.replace(/^[-+]/, ""));
  if (count === undefined) {
    complain(context, `invalid number of ${inBytes ? "bytes" : "lines"}: ${quote(text.replace(/^[-+]/, ""))}`);
    return undefined;
  }
  return { inBytes, count, reversed };
}

type Copier = (input: InputStream, output: Output) => Running<Errno | undefined>;

function* eachFile(context: CommandContext, options: ParsedOptions, copy: Copier): Running<number> {
  const paths = options.operands.length === 0 ? ["-"] : options.operands;
  const headers = options.has("v") || (paths.length > 1 && !options.has("q"));
  const output = new Output(context);
  let status = 0;
  let separator = "";
  for (const path of paths) {
    const input = path === "-" ? context.stdin : openFile(context, path);
    if (isErrno(input) && input !== EISDIR) {
      output.flush();
      complain(context, `cannot open ${quoteForShell(path)} for reading: ${input.message}`);
      status = 1;
      continue;
    }
    if (headers) output.write(`${separator}==> ${path === "-" ? "standard input" : path} <==\n`);
    separator = "\n";
    const failure = isErrno(input) ? input : yield* copy(input, output);
    if (!isErrno(input)) closeInput(input);
    if (failure !== undefined) {
      output.flush();
      complain(context, `error reading ${quoteForShell(path)}: ${failure.message}`);
      status = 1;
    }
    if (output.full && !(yield* output.settle())) break;
  }
  return output.finish(status);
}

function* firstLines(input: InputStream, output: Output, count: number): Running<Errno | undefined> {
  for (let i = 0; i < count; i++) {
    const line = yield* input.readLine();
    if (line === undefined) return undefined;
    if (isErrno(line)) return line;
    output.write(line);
    if (output.full && !(yield* output.settle())) return undefined;
  }
  return undefined;
}

function* firstBytes(input: InputStream, output: Output, count: number): Running<Errno | undefined> {
  let left = count;
  while (left > 0) {
    const text = yield* input.read(Math.min(left, BLOCK_BYTES));
    if (isErrno(text)) return text;
    if (text === "") return undefined;
    left -= text.length;
    output.write(text);
    if (output.full && !(yield* output.settle())) return undefined;
  }
  return undefined;
}

function* allButLast(input: InputStream, output: Output, part: Part): Running<Errno | undefined> {
  const text = yield* input.readAll();
  if (isErrno(text)) return text;
  if (part.inBytes) output.write(text.slice(0, Math.max(0, text.length - part.count)));
  else output.write(text.slice(0, startOfLastLines(text, part.count)));
  return undefined;
}

function* fromPosition(input: InputStream, output: Output, part: Part): Running<Errno | undefined> {
  const skipped = Math.max(0, part.count - 1);
  if (part.inBytes) {
    const text = yield* input.readAll();
    if (isErrno(text)) return text;
    output.write(text.slice(skipped));
    return undefined;
  }
  for (let i = 0; ; i++) {
    const line = yield* input.readLine();
    if (line === undefined) return undefined;
    if (isErrno(line)) return line;
    if (i >= skipped) output.write(line);
    if (output.full && !(yield* output.settle())) return undefined;
  }
}

/** A file is read whole; a pipe may be endless but for its end, so only its last part is kept. */
function* lastPart(input: InputStream, output: Output, part: Part): Running<Errno | undefined> {
  if (part.inBytes || input instanceof FileInput) {
    const text = yield* input.readAll();
    if (isErrno(text)) return text;
    output.write(text.slice(part.inBytes ? Math.max(0, text.length - part.count) : startOfLastLines(text, part.count)));
    return undefined;
  }
  const kept: string[] = [];
  for (let next = 0; ; next = (next + 1) % Math.max(1, part.count)) {
    const line = yield* input.readLine();
    if (isErrno(line)) return line;
    if (line === undefined) {
      const older = kept.slice(next);
      if (part.count > 0) output.write([...older, ...kept.slice(0, next)].join(""));
      return undefined;
    }
    kept[next] = line;
  }
}

function startOfLastLines(text: string, count: number): number {
  if (count === 0) return text.length;
  let at = text.endsWith("\n") ? text.length - 1 : text.length;
  for (let i = 0; i < count; i++) {
    if (at <= 0) return 0;
    at = text.lastIndexOf("\n", at - 1);
    if (at < 0) return 0;
  }
  return at + 1;
}
