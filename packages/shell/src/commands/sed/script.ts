/** sed scripts: their parts, and the parser. Blocks and labels are resolved to positions in one flat list. */

import { compileBre, compileEre, countGroups } from "../regex/index.ts";
import { parseReplacement, type ReplacementPart } from "./replacement.ts";

export type Address =
  | { readonly kind: "line"; readonly line: number }
  | { readonly kind: "last" }
  /** `first~step` */
  | { readonly kind: "step"; readonly first: number; readonly step: number }
  /** undefined: the regex used last. */
  | { readonly kind: "regex"; readonly regex: RegExp | undefined }
  /** `addr,+N` and `addr,~N` */
  | { readonly kind: "plus" | "multiple"; readonly count: number };

export interface Substitution {
  readonly regex: RegExp | undefined;
  readonly replacement: readonly ReplacementPart[];
  readonly global: boolean;
  readonly nth: number;
  readonly print: boolean;
  readonly file: string | undefined;
}

export interface SedCommand {
  readonly letter: string;
  readonly first: Address | undefined;
  readonly last: Address | undefined;
  readonly negated: boolean;
  /** Text of a, i, c; file of r, R, w, W; label of b, t, T and `:`. */
  readonly text: string;
  /** Exit status of q and Q, width of l. */
  readonly number: number | undefined;
  readonly substitution: Substitution | undefined;
  readonly map: ReadonlyMap<string, string> | undefined;
  /** Where a jump, or a block not entered, goes on. */
  target: number;
}

export class SedScriptError extends Error {
  readonly offset: number;

  constructor(offset: number, message: string) {
    super(message);
    this.offset = offset;
  }
}

const ONE_ADDRESS = "=aiqQrR";
const KNOWN = "{}=abcdDFgGhHilnNpPqQrRstTvwWxyz#:";

/** Parses a whole script. @throws SedScriptError */
export function parseScript(text: string, extended: boolean): SedCommand[] {
  return new ScriptParser(text, extended).parse();
}

class ScriptParser {
  readonly #text: string;
  readonly #extended: boolean;
  readonly #commands: SedCommand[] = [];
  readonly #open: number[] = [];
  readonly #labels = new Map<string, number>();
  #at = 0;

  constructor(text: string, extended: boolean) {
    this.#text = text;
    this.#extended = extended;
  }

  parse(): SedCommand[] {
    for (;;) {
      this.#skip(/[ \t\n;]/);
      if (this.#at >= this.#text.length) break;
      this.#command();
    }
    if (this.#open.length > 0) throw new SedScriptError(0, "unmatched `{'");
    this.#resolveJumps();
    return this.#commands;
  }

  #fail(message: string): never {
    throw new SedScriptError(this.#at, message);
  }

  #skip(what: RegExp): void {
    while (this.#at < this.#text.length && what.test(this.#text.charAt(this.#at))) this.#at++;
  }

  #next(): string {
    const c = this.#text.charAt(this.#at);
    this.#at++;
    return c;
  }

  #command(): void {
    const first = this.#address();
    let last: Address | undefined;
    this.#skip(/[ \t]/);
    if (first !== undefined && this.#text[this.#at] === ",") {
      this.#at++;
      this.#skip(/[ \t]/);
      last = this.#address(true);
      if (last === undefined) {
        this.#at++;
        this.#fail("unexpected `,'");
      }
    }
    this.#skip(/[ \t]/);
    let negated = false;
    while (this.#text[this.#at] === "!") {
      if (negated) {
        this.#at++;
        this.#fail("multiple `!'s");
      }
      negated = true;
      this.#at++;
      this.#skip(/[ \t]/);
    }
    if (this.#at >= this.#text.length || this.#text[this.#at] === "\n" || this.#text[this.#at] === ";") {
      if (this.#at < this.#text.length) this.#at++;
      this.#fail("missing command");
    }
    const letter = this.#next();
    const isZero = first?.kind === "line" && first.line === 0;
    if (isZero && last?.kind !== "regex") this.#fail("invalid usage of line address 0");
    if (letter === "e") this.#fail("command `e' is not modelled by ebb");
    if (!KNOWN.includes(letter)) this.#fail(`unknown command: \`${letter}'`);
    if (last !== undefined && ONE_ADDRESS.includes(letter) && "qQ".includes(letter)) {
      this.#fail("command only uses one address");
    }
    this.#body(letter, { letter, first, last, negated });
  }

  #body(letter: string, head: Pick<SedCommand, "letter" | "first" | "last" | "negated">): void {
    const command: SedCommand = {
      ...head,
      text: "",
      number: undefined,
      substitution: undefined,
      map: undefined,
      target: -1,
    };
    switch (letter) {
      case "#":
        if (head.first !== undefined) this.#fail("comments don't accept any addresses");
        this.#skip(/[^\n]/);
        return;
      case "{":
        this.#open.push(this.#commands.length);
        this.#commands.push(command);
        return;
      case "}":
        this.#closeBlock(head.first !== undefined);
        this.#endOfCommand();
        return;
      case ":":
        this.#label(head.first !== undefined);
        return;
      case "a":
      case "i":
      case "c":
        this.#commands.push({ ...command, text: this.#textArgument() });
        return;
      case "s":
        this.#commands.push({ ...command, substitution: this.#substitution() });
        return;
      case "y":
        this.#commands.push({ ...command, map: this.#transliteration() });
        this.#endOfCommand();
        return;
      case "b":
      case "t":
      case "T":
        this.#commands.push({ ...command, text: this.#labelName(/[^\n;}]/) });
        return;
      case "r":
      case "R":
      case "w":
      case "W":
        this.#commands.push({ ...command, text: this.#fileName() });
        return;
      case "v":
        this.#skip(/[^\n;]/);
        return;
      default:
        this.#plain(command);
    }
  }

  #plain(command: SedCommand): void {
    let number: number | undefined;
    if ("qQlL".includes(command.letter)) {
      this.#skip(/[ \t]/);
      const digits = /^\d+/.exec(this.#text.slice(this.#at))?.[0];
      if (digits !== undefined) {
        number = Number(digits);
        this.#at += digits.length;
      }
    }
    this.#commands.push({ ...command, number });
    this.#endOfCommand();
  }

  #endOfCommand(): void {
    this.#skip(/[ \t]/);
    const c = this.#text[this.#at];
    if (c === undefined || c === "\n" || c === ";") {
      this.#at++;
      return;
    }
    if (c === "}" || c === "#") return;
    this.#at++;
    this.#fail("extra characters after command");
  }

  #closeBlock(hasAddress: boolean): void {
    if (hasAddress) this.#fail("} doesn't want any addresses");
    const open = this.#commands[this.#open.pop() ?? -1];
    if (open === undefined) this.#fail("unexpected `}'");
    open.target = this.#commands.length;
  }

  #label(hasAddress: boolean): void {
    if (hasAddress) this.#fail(": doesn't want any addresses");
    const name = this.#labelName(/[^\n;]/);
    if (name === "") this.#fail('":" lacks a label');
    this.#labels.set(name, this.#commands.length);
  }

  #labelName(part: RegExp): string {
    this.#skip(/[ \t]/);
    const start = this.#at;
    this.#skip(part);
    return this.#text.slice(start, this.#at).trimEnd();
  }

  #fileName(): string {
    this.#skip(/[ \t]/);
    const start = this.#at;
    this.#skip(/[^\n]/);
    if (this.#at === start) this.#fail("missing filename in r/R/w/W commands");
    return this.#text.slice(start, this.#at);
  }

  /** The text of a, i, c: on the same line, or on the lines after a backslash. */
  #textArgument(): string {
    this.#skip(/[ \t]/);
    if (this.#at >= this.#text.length) this.#fail("expected \\ after `a', `c' or `i'");
    if (this.#text[this.#at] === "\\") {
      this.#at++;
      const mark = this.#at;
      this.#skip(/[ \t]/);
      if (this.#text[this.#at] === "\n") this.#at++;
      else this.#at = mark;
      if (this.#at >= this.#text.length) return "";
    }
    let text = "";
    for (; this.#at < this.#text.length; this.#at++) {
      const c = this.#text.charAt(this.#at);
      if (c === "\n") break;
      if (c === "\\") {
        this.#at++;
        const next = this.#text.charAt(this.#at);
        text += next === "t" && text !== "" ? "\t" : next;
      } else text += c;
    }
    return `${text}\n`;
  }

  /** Reads up to an unescaped delimiter; an escaped one stands for itself, `\n` stays for the regex. */
  #delimited(delimiter: string, unterminated: string, isRegex: boolean): string {
    let out = "";
    for (;;) {
      const c = this.#text[this.#at];
      if (c === undefined || (c === "\n" && isRegex)) this.#fail(unterminated);
      this.#at++;
      if (c === delimiter) return out;
      if (c === "[" && isRegex) {
        out += this.#bracket();
        continue;
      }
      if (c !== "\\") {
        out += c;
        continue;
      }
      const next = this.#text[this.#at];
      if (next === undefined) this.#fail(unterminated);
      this.#at++;
      if (next === delimiter && next !== "n") out += isRegex || next !== "&" ? next : "\\&";
      else if (next === "\n" && isRegex) out += "\n";
      else out += `\\${next}`;
    }
  }

  /** The bracket expression just entered, in which the delimiter is a character like others. */
  #bracket(): string {
    const match = /^\^?\]?(?:\[[:.=][^\n]*?[:.=]\]|[^\]\n])*\]/.exec(this.#text.slice(this.#at));
    if (match === null) return "[";
    this.#at += match[0].length;
    return `[${match[0]}`;
  }

  #address(second = false): Address | undefined {
    const rest = this.#text.slice(this.#at);
    const step = /^(\d+)[ \t]*~[ \t]*(\d+)/.exec(rest);
    if (step !== null) {
      this.#at += step[0].length;
      return { kind: "step", first: Number(step[1]), step: Number(step[2]) };
    }
    const line = /^\d+/.exec(rest);
    if (line !== null) {
      this.#at += line[0].length;
      return { kind: "line", line: Number(line[0]) };
    }
    const relative = second ? /^([+~])(\d+)/.exec(rest) : null;
    if (relative !== null) {
      this.#at += relative[0].length;
      return { kind: relative[1] === "+" ? "plus" : "multiple", count: Number(relative[2]) };
    }
    if (rest[0] === "$") {
      this.#at++;
      return { kind: "last" };
    }
    if (rest[0] !== "/" && rest[0] !== "\\") return undefined;
    this.#at += rest[0] === "\\" ? 2 : 1;
    const delimiter = rest[0] === "\\" ? (rest[1] ?? "") : "/";
    const source = this.#delimited(delimiter, "unterminated address regex", true);
    const flags = /^[IM]*/.exec(this.#text.slice(this.#at))?.[0] ?? "";
    this.#at += flags.length;
    return { kind: "regex", regex: this.#regex(source, flags) };
  }

  #regex(source: string, flags: string): RegExp | undefined {
    if (source === "") return undefined;
    const compile = this.#extended ? compileEre : compileBre;
    const multiline = /[Mm]/.test(flags) ? "m" : "";
    const regex = compile(source, { flavour: "sed", ignoreCase: /[Ii]/.test(flags), flags: `g${multiline}` });
    if ("error" in regex) this.#fail(regex.error);
    return regex;
  }

  #substitution(): Substitution {
    const delimiter = this.#next();
    const unterminated = "unterminated `s' command";
    if (delimiter === "" || delimiter === "\n" || delimiter === "\\") this.#fail(unterminated);
    const source = this.#delimited(delimiter, unterminated, true);
    const replacement = this.#delimited(delimiter, unterminated, false);
    let flags = "";
    let nth = 1;
    let file: string | undefined;
    for (;;) {
      const c = this.#text[this.#at];
      if (c === undefined || c === "\n" || c === ";" || c === "}" || c === "#") break;
      this.#at++;
      if (/\d/.test(c)) {
        const digits = c + (/^\d*/.exec(this.#text.slice(this.#at))?.[0] ?? "");
        this.#at += digits.length - 1;
        nth = Number(digits);
        if (nth === 0) this.#fail("number option to `s' command may not be zero");
      } else if (c === "w") {
        file = this.#fileName();
        break;
      } else if (c === "e") this.#fail("the `e' option of `s' is not modelled by ebb");
      else if (c === " " || c === "\t") {
        this.#endOfCommand();
        break;
      } else if ("gpiImM".includes(c)) {
        if (c === "g" && flags.includes("g")) this.#fail("multiple `g' options to `s' command");
        if (c === "p" && flags.includes("p")) this.#fail("multiple `p' options to `s' command");
        flags += c;
      } else this.#fail("unknown option to `s'");
    }
    const regex = this.#regex(source, flags);
    const parts = parseReplacement(replacement);
    this.#checkReferences(regex, parts);
    return { regex, replacement: parts, global: flags.includes("g"), nth, print: flags.includes("p"), file };
  }

  #checkReferences(regex: RegExp | undefined, parts: readonly ReplacementPart[]): void {
    if (regex === undefined) return;
    const nrGroups = countGroups(regex);
    for (const part of parts) {
      if (part.kind === "group" && part.group > nrGroups) {
        this.#fail(`invalid reference \\${part.group} on \`s' command's RHS`);
      }
    }
  }

  #transliteration(): Map<string, string> {
    const delimiter = this.#next();
    const unterminated = "unterminated `y' command";
    const from = unescapeSet(this.#delimited(delimiter, unterminated, false));
    const to = unescapeSet(this.#delimited(delimiter, unterminated, false));
    if (from.length !== to.length) this.#fail("strings for `y' command are different lengths");
    return new Map([...from].map((c, i) => [c, to.charAt(i)]));
  }

  #resolveJumps(): void {
    for (const command of this.#commands) {
      if (!"btT".includes(command.letter)) continue;
      if (command.text === "") {
        command.target = this.#commands.length;
        continue;
      }
      const target = this.#labels.get(command.text);
      if (target === undefined) throw new SedScriptError(-1, `can't find label for jump to \`${command.text}'`);
      command.target = target;
    }
  }
}

function unescapeSet(text: string): string {
  return text.replace(/\\([nt\\])/g, (_, code: string) => (code === "n" ? "\n" : code === "t" ? "\t" : code));
}
