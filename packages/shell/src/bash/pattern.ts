/**
 * Shell patterns: `*`, `?`, `[...]`, and with extglob `?(..) *(..) +(..) @(..) !(..)`. A backslash quotes the next
 * character. Compiled patterns are remembered, for `case` and `${x%pat}` in loops.
 */

type PatternNode =
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "any" }
  | { readonly kind: "star" }
  | { readonly kind: "set"; readonly members: Uint8Array }
  | { readonly kind: "group"; readonly operator: string; readonly alternatives: readonly (readonly PatternNode[])[] };

export interface Pattern {
  /** The text itself when the pattern has nothing special. */
  readonly literal: string | undefined;
  readonly nodes: readonly PatternNode[];
}

export interface PatternOptions {
  readonly extglob: boolean;
  readonly ignoreCase: boolean;
}

const MAX_CACHED = 2048;
const cache = new Map<string, Pattern>();

/** The compiled form of `text`. */
export function compilePattern(text: string, options: PatternOptions): Pattern {
  const key = `${options.extglob ? "x" : "-"}${options.ignoreCase ? "i" : "-"}${text}`;
  let pattern = cache.get(key);
  if (pattern === undefined) {
    const parser = new PatternParser(options.ignoreCase ? text.toLowerCase() : text, options.extglob);
    const nodes = parser.sequence(false);
    pattern = { nodes, literal: literalOf(nodes) };
    if (cache.size >= MAX_CACHED) cache.clear();
    cache.set(key, pattern);
  }
  return pattern;
}

/** True when the whole of `text` matches. */
export function matchesWhole(pattern: Pattern, text: string): boolean {
  if (pattern.literal !== undefined) return pattern.literal === text;
  return matchAt(pattern.nodes, 0, text, 0, text.length);
}

/** True when exactly `[start, end)` of `text` matches. */
export function matchesRange(pattern: Pattern, text: string, start: number, end: number): boolean {
  if (pattern.literal !== undefined) {
    return end - start === pattern.literal.length && text.startsWith(pattern.literal, start);
  }
  return matchAt(pattern.nodes, 0, text, start, end);
}

/** End of the longest match that starts at `start`; -1 for none. */
export function longestMatchEnd(pattern: Pattern, text: string, start: number): number {
  if (pattern.literal !== undefined) {
    return text.startsWith(pattern.literal, start) ? start + pattern.literal.length : -1;
  }
  for (let end = text.length; end >= start; end--) if (matchAt(pattern.nodes, 0, text, start, end)) return end;
  return -1;
}

/** End of the shortest match that starts at `start`; -1 for none. */
export function shortestMatchEnd(pattern: Pattern, text: string, start: number): number {
  if (pattern.literal !== undefined) return longestMatchEnd(pattern, text, start);
  for (let end = start; end <= text.length; end++) if (matchAt(pattern.nodes, 0, text, start, end)) return end;
  return -1;
}

/** True when unquoted `text` would be taken for a file name pattern. */
export function hasPatternCharacter(text: string, extglob: boolean): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 42 || code === 63 || code === 91) return true;
    if (extglob && code === 40 && i > 0 && isExtglobOperator(text.charAt(i - 1))) return true;
  }
  return false;
}

/** `text` so that it matches only itself. */
export function quotePattern(text: string): string {
  let quoted = "";
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    quoted += SPECIAL.has(char) ? `\\${char}` : char;
  }
  return quoted;
}

const SPECIAL = new Set("*?[]\\!@+()|^-");

function isExtglobOperator(char: string): boolean {
  return char === "?" || char === "*" || char === "+" || char === "@" || char === "!";
}

function literalOf(nodes: readonly PatternNode[]): string | undefined {
  if (nodes.length === 0) return "";
  const only = nodes.length === 1 ? nodes[0] : undefined;
  return only?.kind === "literal" ? only.text : undefined;
}

function matchAt(nodes: readonly PatternNode[], first: number, text: string, from: number, end: number): boolean {
  let at = from;
  for (let i = first; i < nodes.length; i++) {
    const node = nodes[i];
    if (node === undefined) return false;
    switch (node.kind) {
      case "literal":
        if (end - at < node.text.length || !text.startsWith(node.text, at)) return false;
        at += node.text.length;
        break;
      case "any":
        if (at >= end) return false;
        at++;
        break;
      case "set":
        if (at >= end || node.members[text.charCodeAt(at) & 255] !== 1) return false;
        at++;
        break;
      case "star": {
        if (i === nodes.length - 1) return true;
        for (let next = at; next <= end; next++) if (matchAt(nodes, i + 1, text, next, end)) return true;
        return false;
      }
      case "group":
        return matchGroup(node, nodes, i + 1, text, at, end);
    }
  }
  return at === end;
}

function matchGroup(
  group: Extract<PatternNode, { kind: "group" }>,
  nodes: readonly PatternNode[],
  rest: number,
  text: string,
  at: number,
  end: number,
): boolean {
  const { operator, alternatives } = group;
  const someMatches = (stop: number): boolean => alternatives.some((option) => matchAt(option, 0, text, at, stop));
  if (operator === "!") {
    for (let stop = at; stop <= end; stop++) {
      if (!someMatches(stop) && matchAt(nodes, rest, text, stop, end)) return true;
    }
    return false;
  }
  if (operator !== "@" && operator !== "+" && matchAt(nodes, rest, text, at, end)) return true;
  const repeats = operator === "*" || operator === "+";
  for (let stop = at; stop <= end; stop++) {
    if (!someMatches(stop)) continue;
    if (matchAt(nodes, rest, text, stop, end)) return true;
    // An empty repetition would loop for ever and match nothing new.
    if (repeats && stop > at && matchGroup({ ...group, operator: "*" }, nodes, rest, text, stop, end)) return true;
  }
  return false;
}

class PatternParser {
  readonly #text: string;
  readonly #extglob: boolean;
  #at = 0;

  constructor(text: string, extglob: boolean) {
    this.#text = text;
    this.#extglob = extglob;
  }

  /** Nodes up to the end, or inside a group up to `|` or `)`. */
  sequence(inGroup: boolean): readonly PatternNode[] {
    const nodes: PatternNode[] = [];
    let literal = "";
    const push = (node: PatternNode): void => {
      if (literal !== "") nodes.push({ kind: "literal", text: literal });
      literal = "";
      nodes.push(node);
    };
    while (this.#at < this.#text.length) {
      const char = this.#text.charAt(this.#at);
      if (inGroup && (char === "|" || char === ")")) break;
      if (this.#extglob && isExtglobOperator(char) && this.#text.charAt(this.#at + 1) === "(") {
        const group = this.#group(char);
        if (group !== undefined) {
          push(group);
          continue;
        }
      }
      if (char === "*") {
        if (nodes.at(-1)?.kind !== "star" || literal !== "") push({ kind: "star" });
        this.#at++;
        continue;
      }
      if (char === "?") push({ kind: "any" });
      else if (char === "[") {
        const members = this.#bracket();
        if (members !== undefined) {
          push({ kind: "set", members });
          continue;
        }
        literal += char;
      } else if (char === "\\" && this.#at + 1 < this.#text.length) {
        this.#at++;
        literal += this.#text.charAt(this.#at);
      } else literal += char;
      this.#at++;
    }
    if (literal !== "") nodes.push({ kind: "literal", text: literal });
    return nodes;
  }

  #group(operator: string): PatternNode | undefined {
    const start = this.#at;
    this.#at += 2;
    const alternatives: (readonly PatternNode[])[] = [];
    for (;;) {
      alternatives.push(this.sequence(true));
      const stop = this.#text.charAt(this.#at);
      this.#at++;
      if (stop === ")") return { kind: "group", operator, alternatives };
      if (stop === "") break;
    }
    this.#at = start;
    return undefined;
  }

  /** The set after "[", leaving the position after "]"; undefined when there is no "]". */
  #bracket(): Uint8Array | undefined {
    const text = this.#text;
    let at = this.#at + 1;
    const negated = text.charAt(at) === "!" || text.charAt(at) === "^";
    if (negated) at++;
    const members = new Uint8Array(256);
    for (let first = true; ; first = false) {
      if (at >= text.length) return undefined;
      if (text.charAt(at) === "]" && !first) break;
      const named = namedClass(text, at);
      if (named !== undefined) {
        for (let code = 0; code < 256; code++) if (named.holds(code)) members[code] = 1;
        at = named.end;
        continue;
      }
      if (text.charAt(at) === "\\" && at + 1 < text.length) at++;
      const low = text.charCodeAt(at) & 255;
      at++;
      let high = low;
      if (text.charAt(at) === "-" && at + 1 < text.length && text.charAt(at + 1) !== "]") {
        at++;
        if (text.charAt(at) === "\\" && at + 1 < text.length) at++;
        high = text.charCodeAt(at) & 255;
        at++;
      }
      for (let code = low; code <= high; code++) members[code] = 1;
    }
    this.#at = at + 1;
    if (negated) for (let code = 0; code < 256; code++) members[code] = members[code] === 1 ? 0 : 1;
    return members;
  }
}

function namedClass(text: string, at: number): { end: number; holds: (code: number) => boolean } | undefined {
  if (!text.startsWith("[:", at)) return undefined;
  const close = text.indexOf(":]", at + 2);
  if (close < 0) return undefined;
  const holds = CLASSES.get(text.slice(at + 2, close));
  return holds === undefined ? undefined : { end: close + 2, holds };
}

function between(code: number, low: number, high: number): boolean {
  return code >= low && code <= high;
}

const isUpper = (code: number): boolean => between(code, 65, 90);
const isLower = (code: number): boolean => between(code, 97, 122);
const isDigit = (code: number): boolean => between(code, 48, 57);
const isAlnum = (code: number): boolean => isUpper(code) || isLower(code) || isDigit(code);

const CLASSES = new Map<string, (code: number) => boolean>([
  ["alpha", (code) => isUpper(code) || isLower(code)],
  ["digit", isDigit],
  ["alnum", isAlnum],
  ["upper", isUpper],
  ["lower", isLower],
  ["space", (code) => code === 32 || between(code, 9, 13)],
  ["blank", (code) => code === 32 || code === 9],
  ["punct", (code) => between(code, 33, 126) && !isAlnum(code)],
  ["print", (code) => between(code, 32, 126)],
  ["graph", (code) => between(code, 33, 126)],
  ["cntrl", (code) => code < 32 || code === 127],
  ["xdigit", (code) => isDigit(code) || between(code, 65, 70) || between(code, 97, 102)],
  ["word", (code) => isAlnum(code) || code === 95],
]);
