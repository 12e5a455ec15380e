/** Bracket expressions and character classes of POSIX regular expressions, as sets of bytes. */

/** 256 flags, one for each byte. */
type ByteSet = Uint8Array;

const UNMATCHED = "Unmatched [, [^, [:, [., or [=";

const CLASSES: ReadonlyMap<string, RegExp> = new Map([
  ["alpha", /[A-Za-z]/],
  ["digit", /[0-9]/],
  ["alnum", /[A-Za-z0-9]/],
  ["upper", /[A-Z]/],
  ["lower", /[a-z]/],
  ["space", /[ \t\n\v\f\r]/],
  ["blank", /[ \t]/],
  ["punct", /[!-/:-@[-`{-~]/],
  ["print", /[ -~]/],
  ["graph", /[!-~]/],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the class of control characters
  ["cntrl", /[\0-\x1f\x7f]/],
  ["xdigit", /[0-9A-Fa-f]/],
]);

interface BracketSyntax {
  /** What a backslash and the next character stand for inside brackets; undefined where the backslash is itself. */
  readonly escape: (letter: string) => string | undefined;
  readonly ignoreCase: boolean;
}

/** Members of `[:name:]`; undefined when there is no such class. */
export function classBytes(name: string): ByteSet | undefined {
  const members = CLASSES.get(name);
  if (members === undefined) return undefined;
  const set = new Uint8Array(256);
  for (let byte = 0; byte < 128; byte++) if (members.test(String.fromCharCode(byte))) set[byte] = 1;
  return set;
}

/** Adds the other case of each ASCII letter. */
function foldCase(set: ByteSet): void {
  for (let upper = 65; upper <= 90; upper++) {
    if (set[upper] === 1 || set[upper + 32] === 1) {
      set[upper] = 1;
      set[upper + 32] = 1;
    }
  }
}

/**
 * Reads the bracket expression whose `[` is at `start`.
 *
 * @returns the set and where the pattern goes on, or regcomp's message
 */
export function parseBracket(
  pattern: string,
  start: number,
  syntax: BracketSyntax,
): { readonly set: ByteSet; readonly end: number } | { readonly error: string } {
  const set = new Uint8Array(256);
  let at = start + 1;
  const negated = pattern[at] === "^";
  if (negated) at++;
  for (let first = true; ; first = false) {
    const c = pattern[at];
    if (c === undefined) return { error: UNMATCHED };
    if (c === "]" && !first) break;
    if (c === "[" && pattern[at + 1] === ":") {
      const close = pattern.indexOf(":]", at + 2);
      if (close < 0) return { error: UNMATCHED };
      const members = classBytes(pattern.slice(at + 2, close));
      if (members === undefined) return { error: "Invalid character class name" };
      for (let byte = 0; byte < 256; byte++) if (members[byte] === 1) set[byte] = 1;
      at = close + 2;
      continue;
    }
    const low = readElement(pattern, at, syntax);
    if (low === undefined) return { error: UNMATCHED };
    at = low.end;
    let high = low;
    if (pattern[at] === "-" && pattern[at + 1] !== "]" && pattern[at + 1] !== undefined) {
      const upper = readElement(pattern, at + 1, syntax);
      if (upper === undefined) return { error: UNMATCHED };
      if (upper.byte < low.byte) return { error: "Invalid range end" };
      high = upper;
      at = upper.end;
    }
    for (let byte = low.byte; byte <= high.byte; byte++) set[byte] = 1;
  }
  if (syntax.ignoreCase) foldCase(set);
  if (negated) for (let byte = 0; byte < 256; byte++) set[byte] = set[byte] === 1 ? 0 : 1;
  return { set, end: at + 1 };
}

/** One end of a range: a character, `[.x.]`, `[=x=]` or an escape. */
function readElement(pattern: string, at: number, syntax: BracketSyntax): { byte: number; end: number } | undefined {
  const c = pattern[at];
  if (c === undefined) return undefined;
  const kind = pattern[at + 1];
  if (c === "[" && (kind === "." || kind === "=")) {
    const close = pattern.indexOf(`${kind}]`, at + 2);
    if (close < 0) return undefined;
    return { byte: pattern.charCodeAt(at + 2), end: close + 2 };
  }
  if (c === "\\" && kind !== undefined) {
    const meant = syntax.escape(kind);
    if (meant !== undefined) return { byte: meant.charCodeAt(0), end: at + 2 };
  }
  return { byte: c.charCodeAt(0), end: at + 1 };
}

/** A set as source of a JavaScript regular expression. */
export function setSource(set: ByteSet): string {
  const parts: string[] = [];
  let nrMembers = 0;
  for (let byte = 0; byte < 256; byte++) {
    if (set[byte] !== 1) continue;
    const first = byte;
    while (byte < 255 && set[byte + 1] === 1) byte++;
    nrMembers += byte - first + 1;
    parts.push(first === byte ? hexEscape(first) : `${hexEscape(first)}-${hexEscape(byte)}`);
  }
  if (nrMembers === 256) return "[^]";
  if (nrMembers === 0) return "[]";
  return nrMembers === 1 ? parts.join("") : `[${parts.join("")}]`;
}

function hexEscape(byte: number): string {
  const c = String.fromCharCode(byte);
  return /[A-Za-z0-9_ ]/.test(c) ? c : `\\x${byte.toString(16).padStart(2, "0")}`;
}

/** One literal byte as source, in both cases when asked. */
export function literalSource(c: string, ignoreCase: boolean): string {
  if (ignoreCase && /[A-Za-z]/.test(c)) return `[${c.toUpperCase()}${c.toLowerCase()}]`;
  return hexEscape(c.charCodeAt(0));
}
