/** The model has no clock, no chance, no surroundings: the globals that would give it one are banned there. */

import ts from "typescript";
import { type Finding, type Repository, type RepositoryFile, type Rule, visitAll } from "./repository.ts";

const BANNED: ReadonlySet<string> = new Set([
  "Date",
  "console",
  "fetch",
  "globalThis",
  "performance",
  "process",
  "queueMicrotask",
  "setImmediate",
  "setInterval",
  "setTimeout",
]);

export const bannedGlobals: Rule = { name: "banned-globals", check };

function check(repository: Repository): readonly Finding[] {
  return repository
    .typeScript()
    .filter((file) => file.packageName === "model" && !file.isTest)
    .flatMap(checkFile);
}

function checkFile(file: RepositoryFile): readonly Finding[] {
  const findings: Finding[] = [];
  visitAll(file.syntax, (node) => {
    const name = bannedName(node);
    if (name === undefined) return;
    const message = `${name} is banned in the model; take times, seeds and output as arguments`;
    findings.push({ path: file.path, line: file.lineOf(node), message });
  });
  return findings;
}

function bannedName(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node) && node.getText() === "Math.random") return "Math.random";
  if (!ts.isIdentifier(node) || !BANNED.has(node.text) || isMemberName(node)) return undefined;
  return node.text;
}

/** `x.process`, `{ process: 1 }`, `interface { process: … }`: a name of something else. */
function isMemberName(node: ts.Identifier): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isBindingElement(parent)) return parent.propertyName === node;
  return (
    (ts.isClassElement(parent) || ts.isTypeElement(parent) || ts.isPropertyAssignment(parent)) && parent.name === node
  );
}
