/** Brace expansion, which is textual and comes before everything else: `a{b,c}` and `{1..9..2}`. */

/** The words `text` stands for, in order; just `text` when it has no valid braces. */
export function expandBraces(text: string): readonly string[] {
  const open = findGroup(text, 0);
  if (open === undefined) return [text];
  const head = text.slice(0, open.start);
  const tails = expandBraces(text.slice(open.end));
  const out: string[] = [];
  for (const middle of open.items) for (const tail of tails) out.push(head + middle + tail);
  return out;
}

interface Group {
  readonly start: number;
  readonly end: number;
  /** Already expanded. */
  readonly items: readonly string[];
}

/** The first brace group that expands to something. */
function findGroup(text: string, from: number): Group | undefined {
  for (let at = from; at < text.length; at++) {
    const skipped = skipQuoted(text, at);
    if (skipped > at) {
      at = skipped - 1;
      continue;
    }
    if (text.charAt(at) !== "{") continue;
    const parsed = parseGroup(text, at);
    if (parsed !== undefined) return parsed;
  }
  return undefined;
}

function parseGroup(text: string, start: number): Group | undefined {
  const pieces: string[] = [];
  let depth = 0;
  let pieceStart = start + 1;
  for (let at = start + 1; at < text.length; at++) {
    const skipped = skipQuoted(text, at);
    if (skipped > at) {
      at = skipped - 1;
      continue;
    }
    const char = text.charAt(at);
    if (char === "{") depth++;
    else if (char === "," && depth === 0) {
      pieces.push(text.slice(pieceStart, at));
      pieceStart = at + 1;
    } else if (char === "}" && depth > 0) depth--;
    else if (char === "}") {
      const last = text.slice(pieceStart, at);
      if (pieces.length > 0) {
        pieces.push(last);
        return { start, end: at + 1, items: pieces.flatMap((piece) => expandBraces(piece)) };
      }
      const sequence = expandSequence(last);
      return sequence === undefined ? undefined : { start, end: at + 1, items: sequence };
    }
  }
  return undefined;
}

/** End of the quoted or expanded piece at `at`; `at` itself when there is none. */
function skipQuoted(text: string, at: number): number {
  const char = text.charAt(at);
  if (char === "\\") return at + 2;
  if (char === "'" || char === '"' || char === "`") return skipTo(text, at + 1, char);
  if (char !== "$") return at;
  const next = text.charAt(at + 1);
  if (next === "{") return skipNested(text, at + 1, "{", "}");
  if (next === "(") return skipNested(text, at + 1, "(", ")");
  if (next === "'") return skipTo(text, at + 2, "'");
  return at;
}

function skipTo(text: string, from: number, close: string): number {
  for (let at = from; at < text.length; at++) {
    if (text.charAt(at) === "\\" && close !== "'") at++;
    else if (text.charAt(at) === close) return at + 1;
  }
  return text.length;
}

function skipNested(text: string, from: number, open: string, close: string): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === "\\") at++;
    else if (char === "'" || char === '"') at = skipTo(text, at + 1, char) - 1;
    else if (char === open) depth++;
    else if (char === close && --depth === 0) return at + 1;
  }
  return text.length;
}

/** `1..5`, `a..e`, `05..1..2`; undefined when it is no sequence. */
function expandSequence(text: string): readonly string[] | undefined {
  const parts = text.split("..");
  const [first = "", last = "", stepText = "1"] = parts;
  if (parts.length < 2 || parts.length > 3 || !isInteger(stepText)) return undefined;
  const step = Math.abs(Number(stepText)) || 1;
  if (isInteger(first) && isInteger(last)) return numbers(first, last, step);
  if (!isLetter(first) || !isLetter(last)) return undefined;
  const out: string[] = [];
  const [from, to] = [first.charCodeAt(0), last.charCodeAt(0)];
  for (let code = from; from <= to ? code <= to : code >= to; code += from <= to ? step : -step) {
    out.push(String.fromCharCode(code));
  }
  return out;
}

function numbers(first: string, last: string, step: number): readonly string[] {
  const [from, to] = [Number(first), Number(last)];
  const isPadded = hasLeadingZero(first) || hasLeadingZero(last);
  const width = isPadded ? Math.max(first.length, last.length) : 0;
  const out: string[] = [];
  for (let value = from; from <= to ? value <= to : value >= to; value += from <= to ? step : -step) {
    const digits = String(Math.abs(value));
    out.push(value < 0 ? `-${digits.padStart(width - 1, "0")}` : digits.padStart(width, "0"));
  }
  return out;
}

function hasLeadingZero(text: string): boolean {
  const digits = text.replace(/^[-+]/, "");
  return digits.length > 1 && digits.startsWith("0");
}

function isInteger(text: string): boolean {
  return /^[-+]?[0-9]+$/.test(text);
}

function isLetter(text: string): boolean {
  return /^[A-Za-z]$/.test(text);
}
