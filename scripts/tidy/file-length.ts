/** A file holds one concept; one that has grown past the limit holds two. */

import type { Finding, Repository, Rule } from "./repository.ts";

const NR_LINES_WARN = 500;
const NR_LINES_MAX = 800;

/** Pure tables: nothing in them is read from top to bottom. */
const TABLES: ReadonlySet<string> = new Set<string>([]);

export const fileLength: Rule = { name: "file-length", check };

function check(repository: Repository): readonly Finding[] {
  const findings: Finding[] = [];
  for (const file of repository.typeScript()) {
    const nrLines = file.text.split("\n").length - (file.text.endsWith("\n") ? 1 : 0);
    if (nrLines <= NR_LINES_WARN || TABLES.has(file.path)) continue;
    const warning = nrLines <= NR_LINES_MAX;
    const message = `${nrLines} lines, ${warning ? `aim below ${NR_LINES_WARN}` : `limit ${NR_LINES_MAX}`}; split by concept`;
    findings.push({ path: file.path, line: 1, message, warning });
  }
  return findings;
}
