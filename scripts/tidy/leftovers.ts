/** Notes to oneself and print statements do not stay: work left for later is an issue, output belongs to the command. */

import ts from "typescript";
import { type Finding, type Repository, type RepositoryFile, type Rule, visitAll } from "./repository.ts";

// Put together here so that this file does not contain what it looks for.
const MARK = new RegExp(`\\b(?:${["FIX" + "ME", "TO" + "DO", "X".repeat(3)].join("|")})\\b`);
/** Files other than TypeScript that are code as a whole; in TypeScript only comments are searched. */
const OTHER_CODE = /\.(?:js|mjs|cjs|sh|awk|css|html|yml|yaml)$/;

export const leftovers: Rule = { name: "leftovers", check };

function check(repository: Repository): readonly Finding[] {
  return repository
    .files()
    .filter((file) => !file.path.startsWith("fixtures/"))
    .flatMap((file) => [...findMarks(file), ...findPrints(file)]);
}

function findMarks(file: RepositoryFile): readonly Finding[] {
  const texts = file.isTypeScript ? file.comments : OTHER_CODE.test(file.path) ? [{ offset: 0, text: file.text }] : [];
  const findings: Finding[] = [];
  for (const { offset, text } of texts) {
    for (const [i, line] of text.split("\n").entries()) {
      const mark = MARK.exec(line)?.[0];
      if (mark === undefined) continue;
      const message = `${mark}: do it, or open an issue and say here what is so today`;
      findings.push({ path: file.path, line: file.lineAt(offset) + i, message });
    }
  }
  return findings;
}

function findPrints(file: RepositoryFile): readonly Finding[] {
  if (!file.isTypeScript || file.packageName === "cli") return [];
  const findings: Finding[] = [];
  visitAll(file.syntax, (node) => {
    if (!ts.isPropertyAccessExpression(node) || node.name.text !== "log") return;
    if (!ts.isIdentifier(node.expression) || node.expression.text !== "console") return;
    const message = "only the cli prints; return the text, or write to process.stdout in a script";
    findings.push({ path: file.path, line: file.lineOf(node), message });
  });
  return findings;
}
