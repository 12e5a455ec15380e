/**
 * POSIX basic and extended regular expressions, with the GNU extensions, as source of a JavaScript RegExp.
 *
 * The two languages differ in what an alternation prefers: POSIX the longest match, JavaScript the first branch. Where
 * no branch holds a group, branches are put in order of the length they can reach, longest first, which gives POSIX's
 * answer for alternatives of fixed length and nearly all others (`a*|ab` on "ab" is one it does not: it takes "a").
 * With groups in the branches the order stays as written, because groups are numbered by it.
 */

import { CONTROL_ESCAPES } from "../support/escapes.ts";
import { literalSource, parseBracket, setSource } from "./bracket.ts";

/** Which program reads the pattern: they differ in escapes and in what they forgive. */
export type Flavour = "grep" | "sed" | "awk" | "regcomp";

interface Translation {
  readonly source: string;
  readonly hasBackReference: boolean;
  /** What grep remarks about the pattern. */
  readonly warnings: readonly string[];
}

interface Fragment {
  readonly source: string;
  /** Shortest and longest text it can match. */
  readonly min: number;
  readonly max: number;
  readonly hasGroup: boolean;
  /** Matches a position, not text. */
  readonly isAnchor?: boolean;
}

const EMPTY: Fragment = { source: "", min: 0, max: 0, hasGroup: false };
const WORD = "[A-Za-z0-9_]";
const INTERVAL = /^(\d*)(,?)(\d*)$/;
const MAX_REPEAT = 32767;

const WORD_ESCAPES: ReadonlyMap<string, Fragment> = new Map([
  ["w", { source: WORD, min: 1, max: 1, hasGroup: false }],
  ["W", { source: "[^A-Za-z0-9_]", min: 1, max: 1, hasGroup: false }],
  ["s", { source: "[ \\t-\\r]", min: 1, max: 1, hasGroup: false }],
  ["S", { source: "[^ \\t-\\r]", min: 1, max: 1, hasGroup: false }],
  ["b", { ...EMPTY, source: "\\b", isAnchor: true }],
  ["B", { ...EMPTY, source: "\\B", isAnchor: true }],
  ["<", { ...EMPTY, source: `(?<!${WORD})(?=${WORD})`, isAnchor: true }],
  [">", { ...EMPTY, source: `(?<=${WORD})(?!${WORD})`, isAnchor: true }],
  ["`", { ...EMPTY, source: "(?<![^])", isAnchor: true }],
  ["'", { ...EMPTY, source: "(?![^])", isAnchor: true }],
]);

/** The translation, or regcomp's message. */
export function translate(
  pattern: string,
  extended: boolean,
  ignoreCase: boolean,
  flavour: Flavour,
): Translation | { readonly error: string } {
  const translator = new Translator(pattern, extended, ignoreCase, flavour);
  const fragment = translator.whole();
  if (fragment === undefined) return { error: translator.error };
  const { hasBackReference, warnings } = translator;
  return { source: fragment.source, hasBackReference, warnings };
}

class Translator {
  error = "";
  hasBackReference = false;
  readonly warnings: string[] = [];
  #nrGroups = 0;
  readonly #pattern: string;
  readonly #extended: boolean;
  readonly #ignoreCase: boolean;
  readonly #flavour: Flavour;
  readonly #closedGroups = new Set<number>();
  #at = 0;
  #depth = 0;

  constructor(pattern: string, extended: boolean, ignoreCase: boolean, flavour: Flavour) {
    this.#pattern = pattern;
    this.#extended = extended;
    this.#ignoreCase = ignoreCase;
    this.#flavour = flavour;
  }

  whole(): Fragment | undefined {
    const fragment = this.#alternatives();
    if (fragment !== undefined && this.#at < this.#pattern.length) return this.#fail("Unmatched ) or \\)");
    return fragment;
  }

  #fail(error: string): undefined {
    this.error = error;
    return undefined;
  }

  /** At an operator written with a backslash in basic and without in extended expressions. */
  #atOperator(letter: string): boolean {
    if (this.#extended) return this.#pattern[this.#at] === letter;
    return this.#pattern[this.#at] === "\\" && this.#pattern[this.#at + 1] === letter;
  }

  #skipOperator(): void {
    this.#at += this.#extended ? 1 : 2;
  }

  #alternatives(): Fragment | undefined {
    const branches: Fragment[] = [];
    for (;;) {
      const branch = this.#branch();
      if (branch === undefined) return undefined;
      branches.push(branch);
      if (!this.#atOperator("|")) break;
      this.#skipOperator();
    }
    const [only] = branches;
    if (branches.length === 1 && only !== undefined) return only;
    const hasGroup = branches.some((branch) => branch.hasGroup);
    if (!hasGroup) branches.sort((a, b) => compareLengths(a.max, b.max) || b.min - a.min);
    return {
      source: `(?:${branches.map((branch) => branch.source).join("|")})`,
      min: Math.min(...branches.map((branch) => branch.min)),
      max: Math.max(...branches.map((branch) => branch.max)),
      hasGroup,
    };
  }

  #branch(): Fragment | undefined {
    let source = "";
    let min = 0;
    let max = 0;
    let hasGroup = false;
    let atStart = true;
    while (this.#at < this.#pattern.length && !this.#atOperator("|")) {
      if (this.#atOperator(")")) {
        if (this.#depth > 0) break;
        const literal = this.#extended && (this.#flavour === "regcomp" || this.#flavour === "grep");
        if (!literal) return this.#fail("Unmatched ) or \\)");
      }
      const atom = this.#atom(atStart);
      if (atom === undefined) return undefined;
      const isStartAnchor = atom.isAnchor === true && atom.source === "^";
      atStart &&= isStartAnchor || atom.source === "";
      const piece = !this.#extended && isStartAnchor ? atom : this.#repeated(atom);
      if (piece === undefined) return undefined;
      source += piece.source;
      min += piece.min;
      max += piece.max;
      hasGroup ||= piece.hasGroup;
    }
    return { source, min, max, hasGroup };
  }

  #atom(atStart: boolean): Fragment | undefined {
    const pattern = this.#pattern;
    const c = pattern[this.#at] ?? "";
    if (this.#atOperator("(")) return this.#group();
    if (c === ")" && this.#extended) {
      this.#at++;
      return this.#literal(c);
    }
    if (c === "[") return this.#bracket();
    if (c === ".") {
      this.#at++;
      return { source: "[^]", min: 1, max: 1, hasGroup: false };
    }
    if (c === "^" && (this.#extended || atStart)) {
      this.#at++;
      return { ...EMPTY, source: "^", isAnchor: true };
    }
    if (c === "$" && (this.#extended || this.#endsBranch(this.#at + 1))) {
      this.#at++;
      return { ...EMPTY, source: "$", isAnchor: true };
    }
    if (c === "\\") return this.#escape(atStart);
    if (this.#extended && (c === "*" || c === "+" || c === "?") && atStart) return this.#strayRepeat();
    if (this.#extended && c === "{" && atStart && this.#flavour !== "awk" && this.#intervalAt(this.#at)) {
      return this.#strayRepeat();
    }
    this.#at++;
    return this.#literal(c);
  }

  /** A repetition with nothing before it: grep and sed take it as nothing, regcomp refuses. */
  #strayRepeat(): Fragment | undefined {
    if (this.#flavour !== "grep") return this.#fail("Invalid preceding regular expression");
    const c = this.#pattern[this.#at] ?? "";
    this.warnings.push(`${c === "{" ? "{...}" : c} at start of expression`);
    if (c === "{") return this.#repeated(EMPTY);
    this.#at++;
    return EMPTY;
  }

  #literal(c: string): Fragment {
    return { source: literalSource(c, this.#ignoreCase), min: 1, max: 1, hasGroup: false };
  }

  #endsBranch(at: number): boolean {
    const rest = this.#pattern.slice(at, at + 2);
    return rest === "" || rest === "\\)" || rest === "\\|" || (rest[0] === "\n" && this.#flavour === "grep");
  }

  #group(): Fragment | undefined {
    this.#skipOperator();
    this.#nrGroups++;
    const number = this.#nrGroups;
    this.#depth++;
    const inner = this.#alternatives();
    this.#depth--;
    if (inner === undefined) return undefined;
    if (!this.#atOperator(")")) return this.#fail("Unmatched ( or \\(");
    this.#skipOperator();
    this.#closedGroups.add(number);
    return { source: `(${inner.source})`, min: inner.min, max: inner.max, hasGroup: true };
  }

  #bracket(): Fragment | undefined {
    const parsed = parseBracket(this.#pattern, this.#at, {
      escape: (letter) => this.#bracketEscape(letter),
      ignoreCase: this.#ignoreCase,
    });
    if ("error" in parsed) return this.#fail(parsed.error);
    this.#at = parsed.end;
    return { source: setSource(parsed.set), min: 1, max: 1, hasGroup: false };
  }

  #bracketEscape(letter: string): string | undefined {
    if (this.#flavour === "awk") return CONTROL_ESCAPES.get(letter) ?? letter;
    if (this.#flavour === "sed") return CONTROL_ESCAPES.get(letter);
    return undefined;
  }

  #escape(atStart: boolean): Fragment | undefined {
    const letter = this.#pattern[this.#at + 1];
    if (letter === undefined) return this.#fail("Trailing backslash");
    if (this.#flavour === "awk" && /[0-7]/.test(letter)) return this.#numericEscape(/^[0-7]{1,3}/, 1, 8);
    if (letter >= "1" && letter <= "9") return this.#backReference(Number(letter));
    if (this.#flavour === "sed" || this.#flavour === "awk") {
      const control = CONTROL_ESCAPES.get(letter);
      if (control !== undefined) {
        this.#at += 2;
        return this.#literal(control);
      }
      const next = this.#pattern.slice(this.#at + 2);
      if (letter === "x" && /^[0-9a-fA-F]/.test(next)) return this.#numericEscape(/^[0-9a-fA-F]{1,2}/, 2, 16);
      if (letter === "o" && /^[0-7]/.test(next)) return this.#numericEscape(/^[0-7]{1,3}/, 2, 8);
      if (letter === "d" && /^\d{3}/.test(next)) return this.#numericEscape(/^\d{3}/, 2, 10);
    }
    const word = WORD_ESCAPES.get(this.#flavour === "awk" && letter === "y" ? "b" : letter);
    if (word !== undefined && !(this.#flavour === "awk" && letter === "b")) {
      this.#at += 2;
      return word;
    }
    const repeats = letter === "+" || letter === "?" || letter === "{";
    if (!this.#extended && repeats && !atStart) return this.#fail("Invalid preceding regular expression");
    if (!this.#extended && letter === "{" && atStart) return this.#fail("Invalid preceding regular expression");
    this.#at += 2;
    return this.#literal(this.#flavour === "awk" && letter === "b" ? "\b" : letter);
  }

  #numericEscape(digits: RegExp, skip: number, radix: number): Fragment {
    const text = digits.exec(this.#pattern.slice(this.#at + skip))?.[0] ?? "0";
    this.#at += skip + text.length;
    return this.#literal(String.fromCharCode(Number.parseInt(text, radix) & 0xff));
  }

  #backReference(number: number): Fragment | undefined {
    if (!this.#closedGroups.has(number)) return this.#fail("Invalid back reference");
    this.#at += 2;
    this.hasBackReference = true;
    return { source: `(?:\\${number})`, min: 0, max: Number.POSITIVE_INFINITY, hasGroup: false };
  }

  /** The atom with the repetitions that follow it. */
  #repeated(atom: Fragment): Fragment | undefined {
    let piece = atom;
    let bare = piece.isAnchor !== true && piece.source !== "";
    for (;;) {
      const bounds = this.#repetition();
      if (bounds === undefined) return this.error === "" ? piece : undefined;
      const [low, high] = bounds;
      const inner = bare && !piece.source.startsWith("(?:\\") ? piece.source : `(?:${piece.source})`;
      piece = {
        source: inner + repetitionSource(low, high),
        min: piece.min * low,
        max: high === 0 || piece.max === 0 ? 0 : piece.max * high,
        hasGroup: piece.hasGroup,
      };
      bare = false;
    }
  }

  /** Bounds of the repetition here, undefined when there is none (or, with `error` set, a wrong one). */
  #repetition(): readonly [number, number] | undefined {
    const c = this.#pattern[this.#at];
    if (c === "*") {
      this.#at++;
      return [0, Number.POSITIVE_INFINITY];
    }
    if (this.#atOperator("+")) {
      this.#skipOperator();
      return [1, Number.POSITIVE_INFINITY];
    }
    if (this.#atOperator("?")) {
      this.#skipOperator();
      return [0, 1];
    }
    if (!this.#atOperator("{")) return undefined;
    if (this.#extended && !this.#intervalAt(this.#at)) return undefined;
    return this.#interval();
  }

  /** In an extended expression a brace that opens no interval is itself. */
  #intervalAt(at: number): boolean {
    const close = this.#pattern.indexOf("}", at);
    const body = this.#pattern.slice(at + 1, close);
    return close > 0 && body !== "" && INTERVAL.test(body);
  }

  #interval(): readonly [number, number] | undefined {
    const open = this.#at + (this.#extended ? 1 : 2);
    const close = this.#pattern.indexOf(this.#extended ? "}" : "\\}", open);
    if (close < 0) return this.#fail("Unmatched \\{");
    const match = INTERVAL.exec(this.#pattern.slice(open, close));
    if (match === null || match[0] === "") return this.#fail("Invalid content of \\{\\}");
    const [, lowText = "", comma = "", highText = ""] = match;
    const low = lowText === "" ? 0 : Number(lowText);
    const high = comma === "" ? low : highText === "" ? Number.POSITIVE_INFINITY : Number(highText);
    if (low > high) return this.#fail("Invalid content of \\{\\}");
    if (low > MAX_REPEAT || (high > MAX_REPEAT && high !== Number.POSITIVE_INFINITY)) {
      return this.#fail("Regular expression too big");
    }
    this.#at = close + (this.#extended ? 1 : 2);
    return [low, high];
  }
}

function compareLengths(a: number, b: number): number {
  return a === b ? 0 : a > b ? -1 : 1;
}

function repetitionSource(low: number, high: number): string {
  if (high === Number.POSITIVE_INFINITY) return low === 0 ? "*" : low === 1 ? "+" : `{${low},}`;
  if (low === 0 && high === 1) return "?";
  return low === high ? `{${low}}` : `{${low},${high}}`;
}
