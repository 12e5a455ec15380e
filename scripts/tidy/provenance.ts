/**
 * Recorded truth says where it comes from: the nearest PROVENANCE.md at or above a fixture, below fixtures/ itself,
 * names it by its path from there, or covers it by a glob in backticks (`*` within a name, `**` across folders; a
 * glob without "/" covers files of that name at any depth).
 */

import { posix } from "node:path";
import type { Finding, Repository, RepositoryFile, Rule } from "./repository.ts";

const ROOT = "fixtures";
const PROVENANCE = "PROVENANCE.md";
const README = "README.md";

export const provenance: Rule = { name: "provenance", check };

/** What one PROVENANCE.md names. */
interface Named {
  readonly paths: ReadonlySet<string>;
  readonly globs: readonly RegExp[];
}

function check(repository: Repository): readonly Finding[] {
  const named = new Map<string, Named>();
  const fixtures: RepositoryFile[] = [];
  for (const file of repository.files()) {
    if (!file.path.startsWith(`${ROOT}/`)) continue;
    const name = posix.basename(file.path);
    if (name === PROVENANCE) named.set(posix.dirname(file.path), readNamed(file.text));
    else if (name !== README) fixtures.push(file);
  }
  const findings: Finding[] = [];
  const unexplained = new Set<string>();
  for (const { path } of fixtures) {
    const folder = nearest(named, posix.dirname(path));
    if (folder === undefined) unexplained.add(posix.dirname(path));
    else if (!covers(named.get(folder), path.slice(folder.length + 1))) {
      findings.push({ path, line: 1, message: `name it in ${folder}/${PROVENANCE}` });
    }
  }
  for (const path of unexplained) {
    const message = `no ${PROVENANCE}; record kernel, config, CPUs, command and date there, and name each file`;
    findings.push({ path, line: 1, message });
  }
  return findings;
}

/** The folder at or above `folder` that has a provenance; the root's is for files in the root alone. */
function nearest(named: ReadonlyMap<string, Named>, folder: string): string | undefined {
  for (let at = folder; at !== ROOT; at = posix.dirname(at)) if (named.has(at)) return at;
  return folder === ROOT && named.has(ROOT) ? ROOT : undefined;
}

function readNamed(text: string): Named {
  const quoted = [...text.matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? "");
  const words = text.split(/[\s`|,;()[\]]+/);
  return {
    paths: new Set([...quoted, ...words].map((word) => word.replace(/^\.\//, "").replace(/[:.]$/, ""))),
    globs: quoted.filter((word) => /[*?{]/.test(word) && /\w/.test(word)).map(globPattern),
  };
}

function covers(named: Named | undefined, path: string): boolean {
  return named !== undefined && (named.paths.has(path) || named.globs.some((glob) => glob.test(path)));
}

function globPattern(glob: string): RegExp {
  const escaped = glob.replace(/[.+^$()|[\]\\]/g, "\\$&");
  const body = escaped.replace(/\*\*\/?|\*|\?|\{|\}|,/g, (mark) => {
    if (mark.startsWith("**")) return mark.endsWith("/") ? "(?:.*/)?" : ".*";
    return GLOB_MARKS.get(mark) ?? mark;
  });
  return new RegExp(`^${glob.includes("/") ? "" : "(?:.*/)?"}${body}$`);
}

const GLOB_MARKS: ReadonlyMap<string, string> = new Map([
  ["*", "[^/]*"],
  ["?", "[^/]"],
  ["{", "(?:"],
  ["}", ")"],
  [",", "|"],
]);
