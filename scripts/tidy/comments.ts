/** Finds the comments of a TypeScript file; what looks like one inside a string, template or regular expression is none. */

import ts from "typescript";

export interface Comment {
  /** Offset of the first character of `text` in the file. */
  readonly offset: number;
  /** With its delimiters. */
  readonly text: string;
}

export function findComments(source: ts.SourceFile): readonly Comment[] {
  const text = source.text;
  const literalEnds = new Map<number, number>();
  collectLiterals(source, source, literalEnds);
  const comments: Comment[] = [];
  let at = 0;
  while (at < text.length) {
    const literalEnd = literalEnds.get(at);
    const isBlock = text.startsWith("/*", at);
    if (literalEnd !== undefined) {
      at = Math.max(literalEnd, at + 1);
    } else if (isBlock || text.startsWith("//", at)) {
      const closeAt = isBlock ? text.indexOf("*/", at + 2) : text.indexOf("\n", at);
      const end = closeAt === -1 ? text.length : isBlock ? closeAt + 2 : closeAt;
      comments.push({ offset: at, text: text.slice(at, end) });
      at = end;
    } else {
      at++;
    }
  }
  return comments;
}

/** Where each literal starts and ends. A template's parts are literals of their own, its expressions are code. */
function collectLiterals(node: ts.Node, source: ts.SourceFile, ends: Map<number, number>): void {
  const isText =
    ts.isStringLiteralLike(node) ||
    ts.isRegularExpressionLiteral(node) ||
    ts.isTemplateHead(node) ||
    ts.isTemplateMiddleOrTemplateTail(node) ||
    ts.isJsxText(node);
  if (isText) ends.set(node.getStart(source), node.end);
  ts.forEachChild(node, (child) => collectLiterals(child, source, ends));
}
