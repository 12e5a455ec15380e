/**
 * An export is a promise; one that nobody takes up is dropped. A name counts as used when another file imports it.
 * Passing it on (`export … from`) counts only if what is passed on is used, and a package's index.ts only if the
 * user is another package, a test, a script or a benchmark. A declaration tagged as public API is exempt.
 */

import { ALL_NAMES, exportsOf, type ModuleExport, packageManifests, referencesOf, resolveModule } from "./modules.ts";
import type { Finding, Repository, RepositoryFile, Rule } from "./repository.ts";

export const deadExports: Rule = { name: "dead-exports", check };

/** All exports of the repository and which of them are used. */
interface Exports {
  readonly byFile: ReadonlyMap<RepositoryFile, readonly ModuleExport[]>;
  readonly used: ReadonlyMap<RepositoryFile, Set<string>>;
  readonly resolve: (from: RepositoryFile, specifier: string) => RepositoryFile | undefined;
}

function check(repository: Repository): readonly Finding[] {
  const exports = collect(repository);
  for (const file of repository.typeScript()) markImports(exports, file);
  const findings: Finding[] = [];
  for (const [file, own] of exports.byFile) {
    if (file.packageName === undefined || file.isTest) continue;
    for (const one of own) {
      const message = judge(exports, file, one);
      if (message !== undefined) findings.push({ path: file.path, line: one.line, message });
    }
  }
  return findings;
}

function collect(repository: Repository): Exports {
  const manifests = packageManifests(repository);
  const files = repository.typeScript();
  return {
    byFile: new Map(files.map((file) => [file, exportsOf(file)])),
    used: new Map(files.map((file) => [file, new Set()])),
    resolve: (from, specifier) => resolveModule(repository, manifests, from, specifier),
  };
}

function markImports(exports: Exports, file: RepositoryFile): void {
  for (const reference of referencesOf(file)) {
    const target = exports.resolve(file, reference.specifier);
    if (target === undefined) continue;
    const insideOwnIndex = target.path === `packages/${file.packageName}/src/index.ts` && !file.isTest;
    if (insideOwnIndex) continue;
    for (const name of reference.names) markUsed(exports, target, name);
  }
}

/** Marks `name` of `file`, and what it is passed on from. */
function markUsed(exports: Exports, file: RepositoryFile, name: string): void {
  const used = exports.used.get(file);
  if (used === undefined || used.has(name)) return;
  used.add(name);
  const own = exports.byFile.get(file) ?? [];
  const named = own.filter((one) => name === ALL_NAMES || one.name === name);
  const passing = named.length > 0 ? named : own.filter((one) => one.name === ALL_NAMES);
  for (const one of passing) {
    if (one.from === undefined) continue;
    const origin = exports.resolve(file, one.from.specifier);
    if (origin === undefined) continue;
    const passesAll = one.name === ALL_NAMES;
    markUsed(exports, origin, passesAll ? name : one.from.name);
  }
}

function isUsed(exports: Exports, file: RepositoryFile, name: string): boolean {
  const used = exports.used.get(file);
  return used !== undefined && (used.has(name) || used.has(ALL_NAMES));
}

/** What is wrong with the export; undefined when it is used, public, or reported at its declaration already. */
function judge(exports: Exports, file: RepositoryFile, one: ModuleExport): string | undefined {
  if (one.isPublic || one.name === ALL_NAMES || isUsed(exports, file, one.name)) return undefined;
  if (one.from === undefined) return `nothing else uses ${one.name}; drop the export, or the code`;
  const origin = findDeclaration(exports, file, one);
  if (origin?.declared.isPublic) return undefined;
  if (origin !== undefined && !isUsed(exports, origin.file, origin.declared.name)) return undefined;
  return `${one.name} is passed on but no other package, test, script or benchmark takes it; drop it here`;
}

/** Follows an export that is passed on to where it is declared. */
function findDeclaration(
  exports: Exports,
  file: RepositoryFile,
  one: ModuleExport,
): { readonly file: RepositoryFile; readonly declared: ModuleExport } | undefined {
  if (one.from === undefined) return { file, declared: one };
  const { specifier, name } = one.from;
  const origin = exports.resolve(file, specifier);
  if (origin === undefined) return undefined;
  const next = (exports.byFile.get(origin) ?? []).find((candidate) => candidate.name === name);
  return next === undefined ? undefined : findDeclaration(exports, origin, next);
}
