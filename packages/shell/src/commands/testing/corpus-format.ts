/**
 * Recorded behaviour of the real programs, as text. One case:
 *
 * ```
 * $ sort -n numbers
 * < a line of stdin
 * > a line of stdout
 * ! a line of stderr
 * = 1                    exit status, absent when 0
 * + name                 a file made or changed, its lines follow
 * | a line of the file
 * - name                 a file that is gone
 * ```
 *
 * `@ name text` sets a file for the cases after it in the same corpus; `#` starts a comment. `~` instead of the space
 * after the mark says that the line lacks its newline. Backslash escapes are `\\`, `\t` and `\xHH`.
 */

export interface CorpusCase {
  readonly line: number;
  readonly command: string;
  readonly argv: readonly string[];
  readonly stdin: string;
  readonly files: ReadonlyMap<string, string>;
  readonly outcome: Outcome;
}

export interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
  /** Files made or changed; undefined for one that is gone. */
  readonly changes: ReadonlyMap<string, string | undefined>;
}

/** A line of the corpus that is kept as it is when outcomes are recorded anew. */
export type CorpusItem =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "case"; readonly case: CorpusCase };

/** Splits a command line into words: quotes and `$'...'`, no expansion. */
export function splitWords(line: string): string[] {
  const words: string[] = [];
  const token = /\$'((?:[^'\\]|\\[\s\S])*)'|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([ \t]+)|([\s\S])/gy;
  let word: string | undefined;
  for (const match of line.matchAll(token)) {
    const [, ansi, single, double, escaped, blank, plain] = match;
    if (blank !== undefined) {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    const piece =
      ansi !== undefined ? decode(ansi) : (single ?? double?.replace(/\\(["\\$`])/g, "$1") ?? escaped ?? plain);
    word = (word ?? "") + (piece ?? "");
  }
  if (word !== undefined) words.push(word);
  return words;
}

export function parseCorpus(text: string): CorpusItem[] {
  const items: CorpusItem[] = [];
  const files = new Map<string, string>();
  const lines = text.split("\n");
  if (lines[lines.length - 1] === "") lines.pop();
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? "";
    if (line.startsWith("$ ")) {
      const end = endOfCase(lines, at + 1);
      items.push({ kind: "case", case: parseCase(lines.slice(at, end), at + 1, new Map(files)) });
      at = end;
      continue;
    }
    const setting = /^@ (\S+) ?(.*)$/.exec(line);
    if (setting !== null) files.set(setting[1] ?? "", decode(setting[2] ?? ""));
    items.push({ kind: "text", text: line });
    at++;
  }
  return items;
}

export function printCorpus(items: readonly CorpusItem[]): string {
  return items.map((item) => (item.kind === "text" ? `${item.text}\n` : printCase(item.case))).join("");
}

function endOfCase(lines: readonly string[], from: number): number {
  let at = from;
  while (at < lines.length && /^[<>!=+|-]/.test(lines[at] ?? "")) at++;
  return at;
}

function parseCase(lines: readonly string[], line: number, files: ReadonlyMap<string, string>): CorpusCase {
  const command = (lines[0] ?? "").slice(2);
  const texts = new Map<string, string>();
  const changes = new Map<string, string | undefined>();
  let file = "";
  let status = 0;
  for (const entry of lines.slice(1)) {
    const mark = entry.charAt(0);
    const body = decode(entry.slice(2)) + (entry[1] === "~" ? "" : "\n");
    if (mark === "=") status = Number(entry.slice(1));
    else if (mark === "-") changes.set(entry.slice(2), undefined);
    else if (mark === "+") {
      file = entry.slice(2);
      changes.set(file, "");
    } else if (mark === "|") changes.set(file, (changes.get(file) ?? "") + body);
    else texts.set(mark, (texts.get(mark) ?? "") + body);
  }
  const outcome = { stdout: texts.get(">") ?? "", stderr: texts.get("!") ?? "", status, changes };
  return { line, command, argv: splitWords(command), stdin: texts.get("<") ?? "", files, outcome };
}

function printCase(c: CorpusCase): string {
  let out = `$ ${c.command}\n${printLines("<", c.stdin)}${printLines(">", c.outcome.stdout)}`;
  out += printLines("!", c.outcome.stderr);
  if (c.outcome.status !== 0) out += `= ${c.outcome.status}\n`;
  for (const [name, text] of c.outcome.changes) {
    out += text === undefined ? `- ${name}\n` : `+ ${name}\n${printLines("|", text)}`;
  }
  return out;
}

function printLines(mark: string, text: string): string {
  if (text === "") return "";
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  const whole = lines.map((line) => `${mark} ${encode(line)}\n`).join("");
  return last === "" ? whole : `${whole}${mark}~${encode(last)}\n`;
}

function encode(text: string): string {
  return text.replace(/[^\x20-\x7e]|\\| $/g, (c) => {
    if (c === "\\") return "\\\\";
    if (c === "\t") return "\\t";
    return `\\x${c.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}

function decode(text: string): string {
  return text.replace(/\\(x[0-9a-f]{2}|[\s\S])/g, (_, code: string) => {
    if (code === "n") return "\n";
    if (code === "t") return "\t";
    if (code.length === 3) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return code;
  });
}
