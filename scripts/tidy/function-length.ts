/** A function fits on a screen. A test suite's `describe` is a heading, not a function to read, and is not counted. */

import ts from "typescript";
import { type Finding, type Repository, type RepositoryFile, type Rule, visitAll } from "./repository.ts";

const NR_LINES_MAX = 70;

export const functionLength: Rule = { name: "function-length", check };

function check(repository: Repository): readonly Finding[] {
  return repository.typeScript().flatMap(checkFile);
}

function checkFile(file: RepositoryFile): readonly Finding[] {
  const findings: Finding[] = [];
  visitAll(file.syntax, (node) => {
    if (!ts.isFunctionLike(node) || isSuite(node)) return;
    const line = file.lineOf(node);
    const nrLines = file.syntax.getLineAndCharacterOfPosition(node.end).line + 1 - line + 1;
    if (nrLines <= NR_LINES_MAX) return;
    const message = `${functionName(node)} has ${nrLines} lines, limit ${NR_LINES_MAX}; move a loop or a case into a function of its own`;
    findings.push({ path: file.path, line, message });
  });
  return findings;
}

function isSuite(node: ts.Node): boolean {
  return ts.isCallExpression(node.parent) && /^describe\b/.test(node.parent.expression.getText());
}

function functionName(node: ts.SignatureDeclaration): string {
  const parent = node.parent;
  const name =
    node.name ?? (ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) ? parent.name : undefined);
  return name?.getText() ?? (ts.isConstructorDeclaration(node) ? "constructor" : "function");
}
