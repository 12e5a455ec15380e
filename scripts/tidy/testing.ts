/** For the tests of the rules: small repositories in memory. */

import { Repository, RepositoryFile, type Rule } from "./repository.ts";

/** From path to text. */
export type Texts = Readonly<Record<string, string>>;

export function repositoryOf(texts: Texts): Repository {
  return new Repository(Object.entries(texts).map(([path, text]) => new RepositoryFile(path, text.length, () => text)));
}

/** What the rule finds, each as "path:line". */
export function offences(rule: Rule, texts: Texts): readonly string[] {
  return rule.check(repositoryOf(texts)).map(({ path, line }) => `${path}:${line}`);
}

/** The lines the rule finds in one file. */
export function offendingLines(rule: Rule, path: string, lines: readonly string[]): readonly number[] {
  return rule.check(repositoryOf({ [path]: lines.join("\n") })).map(({ line }) => line);
}

/** A package.json as ours are, with the given dependencies. */
export function manifest(name: string, ...dependencies: readonly string[]): string {
  return JSON.stringify({
    name,
    exports: { ".": { types: "./dist/types/index.d.ts", default: "./src/index.ts" } },
    dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, "1.0.0"])),
  });
}
