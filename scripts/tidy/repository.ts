/**
 * What the tidy rules look at: the files git knows or would add, their text, and for TypeScript the syntax tree and
 * the comments. Everything is made on demand and kept, so that a rule costs only what it asks for. A rule is a
 * function from a repository to findings.
 */

import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { type Comment, findComments } from "./comments.ts";

export interface Finding {
  readonly path: string;
  /** From 1; 1 too when the whole file is meant. */
  readonly line: number;
  /** What to do about it. */
  readonly message: string;
  /** Printed, but no reason to fail. */
  readonly warning?: boolean;
}

export interface Rule {
  readonly name: string;
  readonly check: (repository: Repository) => readonly Finding[];
}

/** Files are searched for a NUL up to here to tell bytes from text, as git does. */
const BINARY_PROBE_BYTES = 8000;

export class RepositoryFile {
  /** From the root, with "/" between the parts. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly #readText: () => string;
  #text: string | undefined = undefined;
  #syntax: ts.SourceFile | undefined = undefined;
  #comments: readonly Comment[] | undefined = undefined;

  constructor(path: string, sizeBytes: number, readText: () => string) {
    this.path = path;
    this.sizeBytes = sizeBytes;
    this.#readText = readText;
  }

  get text(): string {
    this.#text ??= this.#readText();
    return this.#text;
  }

  get isBinary(): boolean {
    const nulAt = this.text.indexOf("\0");
    return nulAt !== -1 && nulAt < BINARY_PROBE_BYTES;
  }

  get isTypeScript(): boolean {
    return this.path.endsWith(".ts") || this.path.endsWith(".tsx");
  }

  get isTest(): boolean {
    return /\.test\.tsx?$/.test(this.path);
  }

  /** Folder name under packages/ for a source file of a package; undefined for everything else. */
  get packageName(): string | undefined {
    return /^packages\/([^/]+)\/src\//.exec(this.path)?.[1];
  }

  /** Only for TypeScript. */
  get syntax(): ts.SourceFile {
    this.#syntax ??= ts.createSourceFile(this.path, this.text, ts.ScriptTarget.ES2023, true);
    return this.#syntax;
  }

  /** Only for TypeScript. */
  get comments(): readonly Comment[] {
    this.#comments ??= findComments(this.syntax);
    return this.#comments;
  }

  /** @param offset character in the text; line numbers start at 1 */
  lineAt(offset: number): number {
    let line = 1;
    for (let at = this.text.indexOf("\n"); at !== -1 && at < offset; at = this.text.indexOf("\n", at + 1)) line++;
    return line;
  }

  lineOf(node: ts.Node): number {
    return this.syntax.getLineAndCharacterOfPosition(node.getStart(this.syntax)).line + 1;
  }
}

export class Repository {
  readonly #files: ReadonlyMap<string, RepositoryFile>;

  constructor(files: readonly RepositoryFile[]) {
    this.#files = new Map(files.map((file) => [file.path, file]));
  }

  files(): readonly RepositoryFile[] {
    return [...this.#files.values()];
  }

  typeScript(): readonly RepositoryFile[] {
    return this.files().filter((file) => file.isTypeScript);
  }

  file(path: string): RepositoryFile | undefined {
    return this.#files.get(path);
  }
}

/** The working tree at `root`: what git tracks, and what it would if all were added. */
export function readRepository(root: string): Repository {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 0x10000000,
  });
  const files: RepositoryFile[] = [];
  for (const path of [...new Set(listed.split("\0"))].sort()) {
    const absolute = join(root, path);
    const stats = path === "" ? undefined : statSync(absolute, { throwIfNoEntry: false });
    if (!stats?.isFile()) continue;
    files.push(new RepositoryFile(path, stats.size, () => readFileSync(absolute, "utf8")));
  }
  return new Repository(files);
}

/** Calls `visit` for each node of the tree, parents first. */
export function visitAll(root: ts.Node, visit: (node: ts.Node) => void): void {
  visit(root);
  ts.forEachChild(root, (child) => visitAll(child, visit));
}
