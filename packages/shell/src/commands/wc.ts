/** wc. */

import { EISDIR, isErrno } from "../errno.ts";
import type { CommandContext, InputStream, Running } from "../process/command.ts";
import { optionTable, type ParsedOptions, parseOptions } from "./support/options.ts";
import { complainAbout } from "./support/report.ts";
import { closeInput, Output, openFile } from "./support/streams.ts";

const BLOCK_BYTES = 65_536;
/** Columns when a count of something without a size (a pipe) is among others. */
const PIPE_WIDTH = 7;

const OPTIONS = optionTable({
  short: "clLmw",
  long: ["bytes c", "chars m", "lines l", "words w", "max-line-length L"],
  refusedLong: ["files0-from", "debug"],
});

interface Counts {
  lines: number;
  words: number;
  bytes: number;
  longest: number;
}

/** Counts lines, words and bytes. */
export function* wc(context: CommandContext): Running<number> {
  const options = parseOptions(context, OPTIONS);
  if (typeof options === "number") return options;
  const show = options.list.length === 0 ? "lwc" : shownColumns(options);
  const { operands } = options;
  const width = numberWidth(context, operands, show.length);
  const output = new Output(context);
  const total: Counts = { lines: 0, words: 0, bytes: 0, longest: 0 };
  let status = 0;
  for (const path of operands.length === 0 ? ["-"] : operands) {
    const input = path === "-" ? context.stdin : openFile(context, path);
    if (isErrno(input)) {
      output.flush();
      complainAbout(context, path, input);
      if (input === EISDIR) output.write(printCounts({ lines: 0, words: 0, bytes: 0, longest: 0 }, show, width, path));
      status = 1;
      continue;
    }
    const counts = yield* count(input, show);
    closeInput(input);
    total.lines += counts.lines;
    total.words += counts.words;
    total.bytes += counts.bytes;
    total.longest = Math.max(total.longest, counts.longest);
    output.write(printCounts(counts, show, width, operands.length === 0 ? "" : path));
  }
  if (operands.length > 1) output.write(printCounts(total, show, width, "total"));
  return output.finish(status);
}

/** Columns always come in this order, whatever the order of the options. */
function shownColumns(options: ParsedOptions): string {
  return [..."lwmcL"].filter((letter) => options.has(letter)).join("");
}

function numberWidth(context: CommandContext, operands: readonly string[], nrColumns: number): number {
  if (operands.length <= 1 && nrColumns === 1) return 1;
  if (operands.length === 0) return PIPE_WIDTH;
  let totalBytes = 0;
  let minimum = 1;
  for (const path of operands) {
    const node = path === "-" ? undefined : context.vfs.lookup(path, context.cwd);
    if (isErrno(node)) continue;
    if (node?.kind === "file") totalBytes += node.sizeBytes();
    else minimum = PIPE_WIDTH;
  }
  return Math.max(minimum, String(totalBytes).length);
}

function* count(input: InputStream, show: string): Running<Counts> {
  const counts: Counts = { lines: 0, words: 0, bytes: 0, longest: 0 };
  const detailed = show.includes("w") || show.includes("L");
  const state = { inWord: false, column: 0 };
  for (;;) {
    const text = yield* input.read(BLOCK_BYTES);
    if (isErrno(text) || text === "") break;
    counts.bytes += text.length;
    if (detailed) countDetails(text, counts, state);
    else for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) counts.lines++;
  }
  counts.longest = Math.max(counts.longest, state.column);
  return counts;
}

function countDetails(text: string, counts: Counts, state: { inWord: boolean; column: number }): void {
  for (let i = 0; i < text.length; i++) {
    const byte = text.charCodeAt(i);
    if (byte === 10 || byte === 12 || byte === 13) {
      if (byte === 10) counts.lines++;
      counts.longest = Math.max(counts.longest, state.column);
      state.column = 0;
      state.inWord = false;
    } else if (byte === 9) {
      state.column += 8 - (state.column % 8);
      state.inWord = false;
    } else if (byte === 32 || byte === 11) {
      if (byte === 32) state.column++;
      state.inWord = false;
    } else if (byte > 32 && byte < 127) {
      state.column++;
      if (!state.inWord) counts.words++;
      state.inWord = true;
    }
  }
}

function printCounts(counts: Counts, show: string, width: number, name: string): string {
  const columns = [...show].map((letter) => {
    const value =
      letter === "l" ? counts.lines : letter === "w" ? counts.words : letter === "L" ? counts.longest : counts.bytes;
    return String(value).padStart(width);
  });
  return `${columns.join(" ")}${name === "" ? "" : ` ${name}`}\n`;
}
