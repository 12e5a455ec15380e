/** Shifts and masks of the model live in one file; elsewhere a question about bits is a function named after it. */

import ts from "typescript";
import { type Finding, type Repository, type RepositoryFile, type Rule, visitAll } from "./repository.ts";

const HOME = "packages/model/src/bits.ts";

const BIT_OPERATORS: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.LessThanLessThanToken,
  ts.SyntaxKind.LessThanLessThanEqualsToken,
  ts.SyntaxKind.GreaterThanGreaterThanToken,
  ts.SyntaxKind.GreaterThanGreaterThanEqualsToken,
  ts.SyntaxKind.GreaterThanGreaterThanGreaterThanToken,
  ts.SyntaxKind.GreaterThanGreaterThanGreaterThanEqualsToken,
  ts.SyntaxKind.AmpersandToken,
  ts.SyntaxKind.AmpersandEqualsToken,
  ts.SyntaxKind.BarToken,
  ts.SyntaxKind.BarEqualsToken,
  ts.SyntaxKind.CaretToken,
  ts.SyntaxKind.CaretEqualsToken,
]);

export const modelBits: Rule = { name: "model-bits", check };

function check(repository: Repository): readonly Finding[] {
  return repository
    .typeScript()
    .filter((file) => file.packageName === "model" && !file.isTest && file.path !== HOME)
    .flatMap(checkFile);
}

function checkFile(file: RepositoryFile): readonly Finding[] {
  const findings: Finding[] = [];
  visitAll(file.syntax, (node) => {
    const operator = bitOperator(node);
    if (operator === undefined) return;
    const message = `"${operator.text}" belongs in ${HOME}, in a function named after the question; use / and % for sizes`;
    findings.push({ path: file.path, line: file.lineOf(operator.node), message });
  });
  return findings;
}

/** The operator of a bit expression on numbers; one with a bigint literal is none. */
function bitOperator(node: ts.Node): { readonly text: string; readonly node: ts.Node } | undefined {
  if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.TildeToken) {
    return ts.isBigIntLiteral(node.operand) ? undefined : { text: "~", node };
  }
  if (!ts.isBinaryExpression(node) || !BIT_OPERATORS.has(node.operatorToken.kind)) return undefined;
  if (ts.isBigIntLiteral(node.left) || ts.isBigIntLiteral(node.right)) return undefined;
  return { text: node.operatorToken.getText(), node: node.operatorToken };
}
