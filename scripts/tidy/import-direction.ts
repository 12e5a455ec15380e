/**
 * Who may import whom. A package may import what its line below lists, nothing else; a relative import stays inside
 * its package; packages from outside must stand in the importer's package.json; only tests use the test kit; only
 * the outer parts touch Node's own modules.
 */

import { isBuiltin } from "node:module";
import { posix } from "node:path";
import {
  type ModuleReference,
  type PackageManifest,
  packageManifests,
  packageNameOf,
  readManifest,
  referencesOf,
} from "./modules.ts";
import type { Finding, Repository, RepositoryFile, Rule } from "./repository.ts";

const SCOPE = "@ebb/";
const TESTKIT = "testkit";
/** Tests too, though no test runner starts them. */
const LONG_TESTS = "scripts/long/";

/** What each package may import, by folder name under packages/. */
const MAY_IMPORT: ReadonlyMap<string, readonly string[]> = new Map([
  ["model", []],
  ["formats", []],
  ["shell", ["model", "formats"]],
  ["lab", ["model", "formats", "shell"]],
  ["host", ["model", "formats"]],
  ["web", ["model", "formats", "shell", "lab"]],
  ["cli", ["model", "formats", "shell", "lab", "host"]],
  [TESTKIT, ["model", "formats"]],
]);

/** Parts of an allowed package that a package may still not import: the browser has no FUSE. */
const FORBIDDEN_PARTS: ReadonlyMap<string, readonly string[]> = new Map([["web", [`${SCOPE}shell/fuse`]]]);

/** Packages whose every file may import Node's modules. */
const NODE_PACKAGES: readonly string[] = ["cli", "host", TESTKIT];

/** Files (or folders, with "/" at the end) of other packages that may import Node's modules, and why. */
const NODE_PATHS: readonly string[] = [
  "packages/shell/src/fuse/", // serves the files to the host's kernel
  "packages/lab/src/worker/", // runs sweeps on worker threads
  "packages/lab/src/queue/", // keeps sweep jobs in files
];

export const importDirection: Rule = { name: "import-direction", check };

function check(repository: Repository): readonly Finding[] {
  const manifests = packageManifests(repository);
  const rootText = repository.file("package.json")?.text;
  const rootDependencies = rootText === undefined ? [] : readManifest(rootText, "").dependencies;
  const findings: Finding[] = [];
  for (const file of repository.typeScript()) {
    for (const reference of referencesOf(file)) {
      const message = judge(file, reference, manifests, rootDependencies);
      if (message !== undefined) findings.push({ path: file.path, line: reference.line, message });
    }
  }
  return findings;
}

/** What is wrong with the reference; undefined when it is allowed. */
function judge(
  file: RepositoryFile,
  { specifier }: ModuleReference,
  manifests: ReadonlyMap<string, PackageManifest>,
  rootDependencies: readonly string[],
): string | undefined {
  if (specifier.startsWith(".")) return judgeRelative(file, specifier);
  if (isBuiltin(specifier)) return judgeNode(file, specifier);
  if (specifier.startsWith(SCOPE)) return judgeOwn(file, specifier);
  const name = packageNameOf(specifier);
  const testing = file.isTest || file.packageName === undefined || file.packageName === TESTKIT;
  // Of a package's other folders too: journeys through its page, a demo of its views.
  const folder = /^packages\/([^/]+)\//.exec(file.path)?.[1];
  const own = [...manifests.values()].find((manifest) => manifest.folder === folder);
  if (own?.dependencies.includes(name) || (testing && rootDependencies.includes(name))) return undefined;
  return `"${name}" is not in this package's package.json; a dependency needs a decision record first`;
}

function judgeRelative(file: RepositoryFile, specifier: string): string | undefined {
  if (file.packageName === undefined) return undefined;
  const target = posix.join(posix.dirname(file.path), specifier);
  return target.startsWith(`packages/${file.packageName}/`)
    ? undefined
    : `"${specifier}" leaves the package; import ${SCOPE}<package>, if this package may`;
}

function judgeNode(file: RepositoryFile, specifier: string): string | undefined {
  const owner = file.packageName;
  if (owner === undefined || NODE_PACKAGES.includes(owner)) return undefined;
  if (NODE_PATHS.some((path) => (path.endsWith("/") ? file.path.startsWith(path) : file.path === path))) {
    return undefined;
  }
  return `"${specifier}" is for ${NODE_PACKAGES.join(", ")}, scripts and bench; take bytes, lines and times as arguments`;
}

function judgeOwn(file: RepositoryFile, specifier: string): string | undefined {
  const target = packageNameOf(specifier).slice(SCOPE.length);
  if (target === TESTKIT) {
    return file.isTest || file.path.startsWith(LONG_TESTS) ? undefined : `only tests import ${SCOPE}${TESTKIT}`;
  }
  const owner = file.packageName;
  if (owner === undefined) return undefined;
  const allowed = MAY_IMPORT.get(owner);
  if (allowed === undefined) return `package "${owner}" has no line in the table of scripts/tidy/import-direction.ts`;
  if (FORBIDDEN_PARTS.get(owner)?.includes(specifier)) return `${owner} may not import ${specifier}`;
  if (allowed.includes(target) || (file.isTest && target === owner)) return undefined;
  return `${owner} may import ${allowed.join(", ") || "nothing"}, not ${target}`;
}
