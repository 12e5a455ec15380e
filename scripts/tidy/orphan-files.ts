/** A source file that no entry point reaches through imports is dead. */

import { packageManifests, referencesOf, resolveModule } from "./modules.ts";
import type { Finding, Repository, RepositoryFile, Rule } from "./repository.ts";

/** Files that are started by something other than an import. */
const ENTRY_POINTS: readonly RegExp[] = [
  /^packages\/[^/]+\/src\/index\.ts$/,
  /-worker\.ts$/,
  /^packages\/(?:cli|web)\/src\/main\.tsx?$/,
  /^packages\/web\/demo\/[^/]+\.tsx?$/,
  /^(?:scripts|bench|experiments)\/[^/]+\.ts$/,
  /\.test\.tsx?$/,
  /^packages\/web\/journeys\/global-setup\.ts$/,
  /^[^/]+\.config\.ts$/,
  /\.d\.ts$/,
];

export const orphanFiles: Rule = { name: "orphan-files", check };

function check(repository: Repository): readonly Finding[] {
  const manifests = packageManifests(repository);
  const reached = new Set<RepositoryFile>();
  const waiting = repository.typeScript().filter((file) => isEntryPoint(file, manifestEntries(manifests)));
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    for (const { specifier } of referencesOf(file)) {
      const target = resolveModule(repository, manifests, file, specifier);
      if (target?.isTypeScript) waiting.push(target);
    }
  }
  return repository
    .typeScript()
    .filter((file) => !reached.has(file) && !file.path.startsWith("fixtures/"))
    .map((file) => ({
      path: file.path,
      line: 1,
      message: "no entry point or test imports it; import it or remove it",
    }));
}

function isEntryPoint(file: RepositoryFile, entries: ReadonlySet<string>): boolean {
  return entries.has(file.path) || ENTRY_POINTS.some((pattern) => pattern.test(file.path));
}

/** What the packages offer under their names. */
function manifestEntries(manifests: ReturnType<typeof packageManifests>): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const { folder, entries } of manifests.values()) {
    for (const entry of entries.values()) paths.add(`packages/${folder}/${entry}`);
  }
  return paths;
}
