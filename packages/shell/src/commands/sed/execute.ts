/** Runs a sed script over the lines of its input. */

import { isErrno } from "../../errno.ts";
import type { CommandContext, OutputStream, Running } from "../../process/command.ts";
import { cEscape } from "../support/escapes.ts";
import { type FileInput, Output, openFile, openForWriting, slurpFile } from "../support/streams.ts";
import type { SedInput, SedLine } from "./input.ts";
import { expandReplacement } from "./replacement.ts";
import type { Address, SedCommand, Substitution } from "./script.ts";

interface SedHow {
  readonly quiet: boolean;
  /** Line numbers and `$` are by file (-s, -i). */
  readonly separate: boolean;
  readonly end: string;
}

/** Output that may lack the newline of its last line until more follows. */
export interface Sink {
  readonly output: Output;
  missingNewline: boolean;
}

/** A fault while running: printed after the name. */
export class SedFault extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

interface RangeState {
  active: boolean;
  /** Last line of the range, when it is known. */
  endLine: number;
}

const LIST_WIDTH = 70;

type Step = "next" | "end-cycle" | "restart" | "quit";

export class SedMachine {
  exitStatus = 0;
  readonly #context: CommandContext;
  readonly #commands: readonly SedCommand[];
  readonly #input: SedInput;
  readonly #how: SedHow;
  readonly #ranges: RangeState[];
  readonly #files = new Map<string, Sink>();
  readonly #readers = new Map<string, FileInput | undefined>();
  readonly #appended: (() => void)[] = [];
  #sink: Sink;
  #space = "";
  #ended = true;
  #hold = "";
  #file = "-";
  #lineNumber = 0;
  #substituted = false;
  #lastRegex: RegExp | undefined;
  #pc = 0;
  #quit = false;

  constructor(context: CommandContext, commands: readonly SedCommand[], input: SedInput, how: SedHow, sink: Sink) {
    this.#context = context;
    this.#commands = commands;
    this.#input = input;
    this.#how = how;
    this.#sink = sink;
    this.#ranges = commands.map((command) => ({
      active: command.first?.kind === "line" && command.first.line === 0,
      endLine: Number.POSITIVE_INFINITY,
    }));
    for (const command of commands) {
      const path = command.letter === "w" || command.letter === "W" ? command.text : command.substitution?.file;
      if (path !== undefined) this.#openSink(path);
    }
  }

  /** All cycles. `onFile` gives the output for a file when its first line comes (in-place editing). */
  *run(onFile: ((file: string) => Sink) | undefined): Running<void> {
    while (!this.#quit) {
      const line = yield* this.#input.next();
      if (line === undefined) break;
      this.#take(line, onFile);
      let step = yield* this.#cycle();
      while (step === "restart") step = yield* this.#cycle();
      if (this.#sink.output.full && !(yield* this.#sink.output.settle())) break;
    }
    for (const sink of this.#files.values()) sink.output.flush();
  }

  #take(line: SedLine, onFile: ((file: string) => Sink) | undefined): void {
    if (line.file !== this.#file || this.#lineNumber === 0) {
      if (this.#how.separate && line.file !== this.#file) this.#lineNumber = 0;
      this.#file = line.file;
      if (onFile !== undefined) this.#sink = onFile(line.file);
    }
    this.#space = line.text;
    this.#ended = line.ended;
    this.#lineNumber++;
  }

  *#cycle(): Running<Step> {
    this.#pc = 0;
    this.#substituted = false;
    let step: Step = "end-cycle";
    while (this.#pc < this.#commands.length) {
      const command = this.#commands[this.#pc];
      if (command === undefined) break;
      const range = this.#ranges[this.#pc] ?? { active: false, endLine: 0 };
      this.#pc++;
      if (this.#selects(command, range) === command.negated) {
        if (command.letter === "{") this.#pc = command.target;
        continue;
      }
      const letter = command.letter;
      const result = letter === "n" || letter === "N" ? yield* this.#nextLine(letter) : this.#execute(command, range);
      if (result === "next") continue;
      step = result;
      break;
    }
    if (step === "end-cycle" && this.#printAtEnd && !this.#how.quiet) this.#print(this.#space);
    this.#printAtEnd = true;
    this.#flushAppended();
    return step;
  }

  /** The pattern space is printed when the cycle ends; d, c and Q turn it off. */
  #printAtEnd = true;

  #drop(): Step {
    this.#printAtEnd = false;
    return "end-cycle";
  }

  *#nextLine(letter: string): Running<Step> {
    if (this.#input.isLast(this.#file, this.#how.separate)) {
      // without a next line GNU sed ends; N prints the pattern space first, n too unless -n
      this.#quit = !this.#how.separate || this.#input.isLast(this.#file, false);
      return "end-cycle";
    }
    if (letter === "n" && !this.#how.quiet) this.#print(this.#space);
    this.#flushAppended();
    const line = yield* this.#input.next();
    if (line === undefined) return "end-cycle";
    this.#space = letter === "N" ? `${this.#space}\n${line.text}` : line.text;
    this.#ended = line.ended;
    this.#lineNumber++;
    return "next";
  }

  #execute(command: SedCommand, range: RangeState): Step {
    switch (command.letter) {
      case "{":
        return "next";
      case "=":
        this.#write(this.#sink, `${this.#lineNumber}\n`);
        return "next";
      case "a":
        this.#appended.push(() => this.#write(this.#sink, command.text));
        return "next";
      case "i":
        this.#write(this.#sink, command.text);
        return "next";
      case "c":
        if (command.last === undefined || command.negated || !range.active) this.#write(this.#sink, command.text);
        return this.#drop();
      case "d":
        return this.#drop();
      case "D":
        return this.#deleteFirstLine();
      case "b":
        this.#pc = command.target;
        return "next";
      case "t":
      case "T":
        if (this.#substituted === (command.letter === "t")) this.#pc = command.target;
        this.#substituted = false;
        return "next";
      case "s":
        if (command.substitution !== undefined) this.#substitute(command.substitution);
        return "next";
      case "q":
      case "Q":
        this.#quit = true;
        this.exitStatus = command.number ?? 0;
        return command.letter === "Q" ? this.#drop() : "end-cycle";
      default:
        this.#edit(command);
        return "next";
    }
  }

  #edit(command: SedCommand): void {
    switch (command.letter) {
      case "g":
        this.#space = this.#hold;
        break;
      case "G":
        this.#space += `\n${this.#hold}`;
        break;
      case "h":
        this.#hold = this.#space;
        break;
      case "H":
        this.#hold += `\n${this.#space}`;
        break;
      case "x":
        [this.#space, this.#hold] = [this.#hold, this.#space];
        break;
      case "z":
        this.#space = "";
        break;
      case "p":
        this.#print(this.#space);
        break;
      case "P":
        this.#write(this.#sink, `${this.#firstLine()}\n`);
        break;
      case "l":
        this.#write(this.#sink, listLine(this.#space, command.number ?? LIST_WIDTH));
        break;
      case "F":
        this.#write(this.#sink, `${this.#file}\n`);
        break;
      case "y":
        this.#space = this.#space.replace(/[\s\S]/g, (c) => command.map?.get(c) ?? c);
        break;
      case "r":
        this.#appended.push(() => this.#appendFile(command.text));
        break;
      case "R":
        this.#appendLineOf(command.text);
        break;
      case "w":
        this.#writeLine(this.#openSink(command.text), this.#space);
        break;
      case "W":
        this.#write(this.#openSink(command.text), `${this.#firstLine()}\n`);
        break;
      default:
    }
  }

  #firstLine(): string {
    const newline = this.#space.indexOf("\n");
    return newline < 0 ? this.#space : this.#space.slice(0, newline);
  }

  #deleteFirstLine(): Step {
    const newline = this.#space.indexOf("\n");
    if (newline < 0) return this.#drop();
    this.#space = this.#space.slice(newline + 1);
    return "restart";
  }

  #print(text: string): void {
    this.#writeLine(this.#sink, text);
  }

  /** A line; its newline waits when the input's last line had none. */
  #writeLine(sink: Sink, text: string): void {
    this.#write(sink, this.#ended ? text + this.#how.end : text);
    sink.missingNewline = !this.#ended;
  }

  #write(sink: Sink, text: string): void {
    if (sink.missingNewline) sink.output.write(this.#how.end);
    sink.missingNewline = false;
    sink.output.write(text);
  }

  #flushAppended(): void {
    for (const write of this.#appended) write();
    this.#appended.length = 0;
  }

  #appendFile(path: string): void {
    const text = slurpFile(this.#context, path);
    if (!isErrno(text) && text !== "") this.#write(this.#sink, text);
  }

  #appendLineOf(path: string): void {
    if (!this.#readers.has(path)) {
      const file = openFile(this.#context, path);
      this.#readers.set(path, isErrno(file) ? undefined : file);
    }
    const line = this.#readers.get(path)?.nextLine();
    if (typeof line === "string") {
      this.#appended.push(() => this.#write(this.#sink, line.endsWith("\n") ? line : `${line}\n`));
    }
  }

  #openSink(path: string): Sink {
    if (path === "/dev/stdout") return this.#sink;
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const stream: OutputStream | ReturnType<typeof openForWriting> =
      path === "/dev/stderr" ? this.#context.stderr : openForWriting(this.#context, path, false);
    if (isErrno(stream)) throw new SedFault(4, `couldn't open file ${path}: ${stream.message}`);
    const sink: Sink = { output: new Output(this.#context, stream), missingNewline: false };
    this.#files.set(path, sink);
    return sink;
  }

  #substitute(how: Substitution): void {
    const regex = this.#current(how.regex);
    const text = this.#space;
    let out = "";
    let from = 0;
    let lastEnd = -1;
    let count = 0;
    let replaced = false;
    regex.lastIndex = 0;
    for (let match = regex.exec(text); match !== null; match = regex.exec(text)) {
      const end = match.index + match[0].length;
      if (match[0] !== "" || match.index !== lastEnd) {
        count++;
        lastEnd = end;
        if (count >= how.nth) {
          out += text.slice(from, match.index) + expandReplacement(how.replacement, match);
          from = end;
          replaced = true;
          if (!how.global) break;
        }
      }
      if (match[0] === "") regex.lastIndex = end + 1;
    }
    if (!replaced) return;
    this.#space = out + text.slice(from);
    this.#substituted = true;
    if (how.print) this.#print(this.#space);
    if (how.file !== undefined) this.#writeLine(this.#openSink(how.file), this.#space);
  }

  /** An empty regex is the one used last. */
  #current(regex: RegExp | undefined): RegExp {
    const current = regex ?? this.#lastRegex;
    if (current === undefined) throw new SedFault(1, "no previous regular expression");
    this.#lastRegex = current;
    return current;
  }

  #selects(command: SedCommand, range: RangeState): boolean {
    if (command.first === undefined) return true;
    if (command.last === undefined) return this.#matches(command.first);
    if (!range.active) return this.#startRange(command.first, command.last, range);
    return this.#continueRange(command.last, range);
  }

  #startRange(first: Address, last: Address, range: RangeState): boolean {
    if (!this.#matches(first)) return false;
    const line = this.#lineNumber;
    if (last.kind === "plus") range.endLine = line + last.count;
    else if (last.kind === "multiple")
      range.endLine = last.count === 0 ? line : line - (line % last.count) + last.count;
    else if (last.kind === "line") range.endLine = last.line;
    else range.endLine = Number.POSITIVE_INFINITY;
    range.active = range.endLine > line && !(last.kind === "last" && this.#isLastLine());
    return true;
  }

  #continueRange(last: Address, range: RangeState): boolean {
    if (last.kind === "regex" || last.kind === "last" || last.kind === "step") {
      if (this.#matches(last)) range.active = false;
      return true;
    }
    if (this.#lineNumber >= range.endLine) range.active = false;
    return this.#lineNumber <= range.endLine;
  }

  #isLastLine(): boolean {
    return this.#input.isLast(this.#file, this.#how.separate);
  }

  #matches(address: Address): boolean {
    switch (address.kind) {
      case "line":
        return this.#lineNumber === address.line;
      case "last":
        return this.#isLastLine();
      case "step":
        if (address.step === 0) return this.#lineNumber === address.first;
        return this.#lineNumber >= address.first && (this.#lineNumber - address.first) % address.step === 0;
      case "regex": {
        const regex = this.#current(address.regex);
        regex.lastIndex = 0;
        return regex.test(this.#space);
      }
      default:
        return false;
    }
  }
}

/** `l`: everything visible, lines folded with a backslash. */
function listLine(text: string, width: number): string {
  let out = "";
  let column = 0;
  for (const c of text) {
    const shown = c >= " " && c <= "~" && c !== "\\" ? c : cEscape(c);
    if (width > 1 && column + shown.length > width - 1) {
      out += "\\\n";
      column = 0;
    }
    out += shown;
    column += shown.length;
  }
  return `${out}$\n`;
}
