/** Nothing in the repository points at one machine: others have no such folder. */

import type { Finding, Repository, RepositoryFile, Rule } from "./repository.ts";

// Put together here so that this file does not contain what it looks for.
const ABSOLUTE = ["work", "root"].map((folder) => ["", folder, ""].join("/"));
const NEIGHBOUR = ["..", "shared"].join("/");
const PATTERN = new RegExp(
  `(?<![\\w.~*})-])(?:${ABSOLUTE.join("|")})|(?<![\\w.])${NEIGHBOUR.replaceAll(".", "\\.")}\\b`,
);

export const privatePaths: Rule = { name: "private-paths", check };

function check(repository: Repository): readonly Finding[] {
  return repository
    .files()
    .filter((file) => !file.isBinary)
    .flatMap(checkFile);
}

function checkFile(file: RepositoryFile): readonly Finding[] {
  if (!PATTERN.test(file.text)) return [];
  const findings: Finding[] = [];
  for (const [i, line] of file.text.split("\n").entries()) {
    const found = PATTERN.exec(line)?.[0];
    if (found === undefined) continue;
    const message = `"${found}" is a path of one machine; name it from the root of the repository or make it an argument`;
    findings.push({ path: file.path, line: i + 1, message });
  }
  return findings;
}
