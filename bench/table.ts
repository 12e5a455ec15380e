/** Rows of named cells as an aligned table: text to the left, everything after the first number to the right. */

export type Row = Readonly<Record<string, string>>;

export function tableOf(rows: readonly Row[]): string {
  const heads = Object.keys(rows[0] ?? {});
  const widths = heads.map((head) => Math.max(head.length, ...rows.map((row) => (row[head] ?? "").length)));
  const isText = heads.map((head) => !/^-?[0-9.]+$/.test(rows[0]?.[head] ?? ""));
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (isText[i] ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join("  ");
  return [heads, ...rows.map((row) => heads.map((head) => row[head] ?? ""))]
    .map((cells) => `${line(cells).trimEnd()}\n`)
    .join("");
}
