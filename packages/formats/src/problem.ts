/**
 * Bad input as data: where, what was expected, what was found, what to do. Importers return problems beside their
 * result and never throw; the command prints them and decides the exit code.
 */

export interface Problem {
  readonly severity: "info" | "data-loss" | "error";
  /** Name of the input as the user gave it. */
  readonly file: string;
  /** Line, from 1; 0 when the whole input is meant. */
  readonly line: number;
  readonly message: string;
  readonly expected: string;
  readonly found: string;
  readonly toDo: string;
}

/** The problem as the user reads it, without a newline at the end. */
export function printProblem(p: Problem): string {
  const where = p.line > 0 ? `${p.file}:${p.line}` : p.file;
  const rows = [`${where}: ${p.severity}: ${p.message}`];
  if (p.expected !== "") rows.push(`  expected  ${p.expected}`);
  if (p.found !== "") rows.push(`  got       ${p.found}`);
  if (p.toDo !== "") rows.push(`  to do     ${p.toDo}`);
  return rows.join("\n");
}
