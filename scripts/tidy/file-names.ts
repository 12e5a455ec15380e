/** Source files and their folders are named in kebab-case. */

import type { Finding, Repository, Rule } from "./repository.ts";

const SOURCE = /\.(?:ts|tsx|js|mjs|cjs|css|html|sh|awk)$/;
const FILE_NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:test|config|d))?\.[a-z]+$/;
const FOLDER_NAME = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

export const fileNames: Rule = { name: "file-names", check };

function check(repository: Repository): readonly Finding[] {
  const findings: Finding[] = [];
  for (const { path } of repository.files()) {
    // Fixtures keep the names they were recorded under; folders with a leading dot are named by their tools.
    if (!SOURCE.test(path) || path.startsWith("fixtures/") || path.startsWith(".")) continue;
    const folders = path.split("/");
    const name = folders.pop() ?? "";
    const wrong = FILE_NAME.test(name) ? folders.find((folder) => !FOLDER_NAME.test(folder)) : name;
    if (wrong !== undefined) findings.push({ path, line: 1, message: `rename "${wrong}" to kebab-case` });
  }
  return findings;
}
