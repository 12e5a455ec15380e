/** Every test runs. One that cannot pass yet asserts today's wrong answer and says so. */

import ts from "typescript";
import { type Finding, type Repository, type RepositoryFile, type Rule, visitAll } from "./repository.ts";

const SUITES: ReadonlySet<string> = new Set(["it", "test", "describe", "suite", "bench"]);
const MODIFIERS: ReadonlySet<string> = new Set(["skip", "only", "todo", "fails", "skipIf", "runIf"]);

export const skippedTests: Rule = { name: "skipped-tests", check };

function check(repository: Repository): readonly Finding[] {
  return repository
    .typeScript()
    .filter((file) => file.isTest)
    .flatMap(checkFile);
}

function checkFile(file: RepositoryFile): readonly Finding[] {
  const findings: Finding[] = [];
  visitAll(file.syntax, (node) => {
    if (!ts.isPropertyAccessExpression(node) || !MODIFIERS.has(node.name.text)) return;
    if (!SUITES.has(leftmostText(node))) return;
    const message = `.${node.name.text}: run it; if it cannot pass yet, assert today's answer under a "WRONG:" comment`;
    findings.push({ path: file.path, line: file.lineOf(node), message });
  });
  return findings;
}

/** `describe` of `describe.concurrent.only`. */
function leftmostText(node: ts.PropertyAccessExpression): string {
  let at: ts.Expression = node;
  while (ts.isPropertyAccessExpression(at)) at = at.expression;
  return at.getText();
}
