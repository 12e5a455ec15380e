/**
 * The two file formats of the corpus. A `.sh` file holds snippets, each after a line `### name`. The `.expected` file
 * has the same headings; below each, stdout lines marked `|`, stderr lines marked `!` and the status. A last line
 * without newline is marked `\|` or `\!`.
 */

export interface Snippet {
  readonly name: string;
  readonly source: string;
}

export interface SnippetOutcome {
  readonly name: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

/** Snippets of a `.sh` file. */
export function parseSnippets(text: string): readonly Snippet[] {
  return sections(text).map(({ name, lines }) => ({ name, source: lines.map((line) => `${line}\n`).join("") }));
}

export function formatOutcomes(outcomes: readonly SnippetOutcome[]): string {
  return outcomes.map(formatOutcome).join("");
}

function formatOutcome({ name, stdout, stderr, status }: SnippetOutcome): string {
  return `### ${name}\n${marked(stdout, "|")}${marked(stderr, "!")}status ${status}\n`;
}

/** The outcomes an `.expected` file records. */
export function parseOutcomes(text: string): readonly SnippetOutcome[] {
  return sections(text).map(({ name, lines }) => {
    const status = lines.findLast((line) => line.startsWith("status "));
    return {
      name,
      stdout: unmarked(lines, "|"),
      stderr: unmarked(lines, "!"),
      status: Number(status?.slice(7) ?? "-1"),
    };
  });
}

function sections(text: string): readonly { readonly name: string; readonly lines: string[] }[] {
  const found: { readonly name: string; readonly lines: string[] }[] = [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  for (const line of lines) {
    if (line.startsWith("### ")) found.push({ name: line.slice(4), lines: [] });
    else found.at(-1)?.lines.push(line);
  }
  return found;
}

function marked(text: string, mark: string): string {
  if (text === "") return "";
  const lines = text.split("\n");
  const last = lines.pop() ?? "";
  return lines.map((line) => `${mark}${line}\n`).join("") + (last === "" ? "" : `\\${mark}${last}\n`);
}

function unmarked(lines: readonly string[], mark: string): string {
  let text = "";
  for (const line of lines) {
    if (line.startsWith(mark)) text += `${line.slice(1)}\n`;
    else if (line.startsWith(`\\${mark}`)) text += line.slice(2);
  }
  return text;
}
