/**
 * A comparison as the cover letters of kernel patches carry it: what the script printed of memory, policy by policy.
 *
 *     vanilla:
 *         $ ./percpu-churn.sh
 *         Percpu:             7296 kB
 *         Percpu:           481024 kB
 *         Percpu:           481024 kB
 */

import type { Comparison, ComparisonColumn } from "./compare.ts";

const INDENT = "    ";
const SHOWN = /^(?:Percpu:|Slab:|nr_dying_descendants )/;

/** The block, a newline at the end of each line. */
export function printCoverLetter(c: Comparison): string {
  const command = `./${c.scriptName.slice(c.scriptName.lastIndexOf("/") + 1)}`;
  return c.columns.map((column, i) => printColumn(column, i, command)).join("\n");
}

function printColumn(column: ComparisonColumn, i: number, command: string): string {
  const rows = [i === 0 ? `${column.policy}:` : `with ${column.policy}:`, `${INDENT}$ ${command}`];
  for (const reading of column.readings) {
    for (const line of reading?.output.split("\n") ?? []) if (SHOWN.test(line)) rows.push(INDENT + line);
  }
  return rows.map((row) => `${row}\n`).join("");
}
