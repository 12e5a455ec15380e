/** One file searched: which lines are chosen, and how they are printed with context, names, numbers and offsets. */

import { type Errno, isErrno } from "../../errno.ts";
import type { CommandContext, InputStream, Running } from "../../process/command.ts";
import { complain } from "../support/report.ts";
import type { Output } from "../support/streams.ts";
import type { Patterns } from "./patterns.ts";

export interface SearchHow {
  readonly patterns: Patterns;
  readonly invert: boolean;
  readonly mode: "lines" | "count" | "list" | "list-without" | "quiet";
  readonly onlyMatching: boolean;
  readonly withName: boolean;
  readonly withLineNumber: boolean;
  readonly withOffset: boolean;
  readonly maxCount: number;
  readonly before: number;
  readonly after: number;
  /** Line between groups with context; undefined for none. */
  readonly separator: string | undefined;
  readonly asText: boolean;
  /** Line terminator. */
  readonly end: string;
  /** Name shown for stdin. */
  readonly label: string;
  readonly lineBuffered: boolean;
}

/** What the whole run found so far. */
interface Found {
  any: boolean;
  failed: boolean;
  /** A group was printed, so the next one is set apart. */
  printed: boolean;
}

interface Line {
  readonly text: string;
  readonly number: number;
  readonly offset: number;
}

/** Searches one file; the answer is a read error, if any. */
export function* search(
  input: InputStream,
  path: string,
  how: SearchHow,
  output: Output,
  found: Found,
  context: CommandContext,
): Running<Errno | undefined> {
  const searcher = new Searcher(path === "-" ? how.label : path, how, output, found, context);
  const lines = how.end === "\n" ? undefined : (yield* wholeText(input))?.split(how.end);
  if (lines?.[lines.length - 1] === "") lines.pop();
  while (!searcher.done) {
    const line = lines === undefined ? yield* input.readLine() : lines.shift();
    if (line === undefined) break;
    if (isErrno(line)) return line;
    searcher.take(line.endsWith("\n") && lines === undefined ? line.slice(0, -1) : line);
    if ((output.full || how.lineBuffered) && !(yield* output.settle())) return undefined;
  }
  searcher.finish();
  return undefined;
}

function* wholeText(input: InputStream): Running<string | undefined> {
  const text = yield* input.readAll();
  return isErrno(text) ? undefined : text;
}

class Searcher {
  done = false;
  readonly #name: string;
  readonly #how: SearchHow;
  readonly #output: Output;
  readonly #found: Found;
  readonly #caller: CommandContext;
  readonly #before: Line[] = [];
  #count = 0;
  #number = 0;
  #offset = 0;
  #afterLeft = 0;
  #lastPrinted = 0;
  #binary = false;

  constructor(name: string, how: SearchHow, output: Output, found: Found, context: CommandContext) {
    this.#name = name;
    this.#how = how;
    this.#output = output;
    this.#found = found;
    this.#caller = context;
    this.done = how.maxCount === 0;
  }

  take(text: string): void {
    const how = this.#how;
    this.#number++;
    const line: Line = { text, number: this.#number, offset: this.#offset };
    this.#offset += text.length + 1;
    if (!how.asText && how.end === "\n" && text.includes("\0")) this.#binary = true;
    if (this.#count >= how.maxCount) {
      this.#trailing(line);
      return;
    }
    if (how.patterns.test(text) === how.invert) {
      this.#unmatched(line);
      return;
    }
    this.#count++;
    this.#found.any = true;
    if (how.mode === "lines") this.#print(line);
    else if (how.mode !== "count") this.done = true;
    if (this.#count >= how.maxCount && (how.mode !== "lines" || how.after === 0)) this.done = true;
  }

  finish(): void {
    const how = this.#how;
    if (how.mode === "count") {
      this.#output.write(`${how.withName ? `${this.#name}:` : ""}${this.#count}\n`);
    } else if (how.mode === "list" && this.#count > 0) {
      this.#output.write(`${this.#name}\n`);
    } else if (how.mode === "list-without" && this.#count === 0) {
      this.#output.write(`${this.#name}\n`);
    }
  }

  /** After the last wanted line only its context is printed. */
  #trailing(line: Line): void {
    if (this.#afterLeft > 0 && this.#how.patterns.test(line.text) === this.#how.invert) this.#context(line);
    else this.done = true;
    if (this.#afterLeft === 0) this.done = true;
  }

  #unmatched(line: Line): void {
    const how = this.#how;
    if (how.mode !== "lines") return;
    if (this.#afterLeft > 0) {
      this.#context(line);
      return;
    }
    if (how.before === 0) return;
    this.#before.push(line);
    if (this.#before.length > how.before) this.#before.shift();
  }

  #context(line: Line): void {
    this.#afterLeft--;
    if (!this.#how.onlyMatching) this.#writeLine(line, "-");
    this.#lastPrinted = line.number;
  }

  #print(line: Line): void {
    const how = this.#how;
    if (this.#binary) {
      this.#output.flush();
      complain(this.#caller, `${this.#name}: binary file matches`);
      this.done = true;
      return;
    }
    if (how.before > 0 || how.after > 0) this.#startGroup(line);
    this.#afterLeft = how.after;
    this.#lastPrinted = line.number;
    if (how.onlyMatching) this.#writeMatches(line);
    else this.#writeLine(line, ":");
    this.#found.printed = true;
  }

  #startGroup(line: Line): void {
    const first = this.#before[0]?.number ?? line.number;
    const apart = this.#lastPrinted === 0 ? this.#found.printed : first > this.#lastPrinted + 1;
    if (apart && this.#how.separator !== undefined) this.#output.write(`${this.#how.separator}\n`);
    for (const before of this.#before) if (!this.#how.onlyMatching) this.#writeLine(before, "-");
    this.#before.length = 0;
  }

  #writeMatches(line: Line): void {
    if (this.#how.invert) return;
    for (let at = 0; at <= line.text.length; ) {
      const span = this.#how.patterns.find(line.text, at);
      if (span === undefined) return;
      if (span.end > span.start) {
        const text = line.text.slice(span.start, span.end);
        this.#writeLine({ text, number: line.number, offset: line.offset + span.start }, ":");
      }
      at = span.end > span.start ? span.end : span.end + 1;
    }
  }

  #writeLine(line: Line, mark: string): void {
    const how = this.#how;
    let head = how.withName ? this.#name + mark : "";
    if (how.withLineNumber) head += line.number + mark;
    if (how.withOffset) head += line.offset + mark;
    this.#output.write(head + line.text + how.end);
  }
}
