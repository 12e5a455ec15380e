/**
 * How files name one another: what each imports, exports and passes on, and which file of the repository a specifier
 * means. Syntax only, no types, so the whole repository takes milliseconds.
 */

import { posix } from "node:path";
import ts from "typescript";
import { type Repository, type RepositoryFile, visitAll } from "./repository.ts";

/** Stands for every name a module exports. */
export const ALL_NAMES = "*";

/** One place where a file names another module. */
export interface ModuleReference {
  readonly specifier: string;
  readonly line: number;
  /** Names taken for use in the file itself; `ALL_NAMES` for a namespace or a dynamic import. */
  readonly names: readonly string[];
}

export interface ModuleExport {
  readonly name: string;
  readonly line: number;
  /** The declaration carries the tag that makes it public API, used here or not. */
  readonly isPublic: boolean;
  /** Where it comes from when it is only passed on (`export … from`); name `ALL_NAMES` for all of that module. */
  readonly from: { readonly specifier: string; readonly name: string } | undefined;
}

/** Several rules ask for the same file's references. */
const known = new WeakMap<RepositoryFile, readonly ModuleReference[]>();

export function referencesOf(file: RepositoryFile): readonly ModuleReference[] {
  const before = known.get(file);
  if (before !== undefined) return before;
  const found: ModuleReference[] = [];
  visitAll(file.syntax, (node) => {
    const reference = readReference(node);
    if (reference !== undefined) found.push({ ...reference, line: file.lineOf(node) });
  });
  known.set(file, found);
  return found;
}

type Reference = Omit<ModuleReference, "line">;

function readReference(node: ts.Node): Reference | undefined {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, names: importedNames(node.importClause) };
  }
  if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)) {
    return { specifier: node.moduleSpecifier.text, names: [] };
  }
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument) && ts.isStringLiteral(node.argument.literal)) {
    return { specifier: node.argument.literal.text, names: [leftmostName(node.qualifier)] };
  }
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
    const argument = node.arguments[0];
    return argument !== undefined && ts.isStringLiteralLike(argument)
      ? { specifier: argument.text, names: [ALL_NAMES] }
      : undefined;
  }
  return readUrlReference(node);
}

/** `new URL("./worker.ts", import.meta.url)`: how a worker's file is named. */
function readUrlReference(node: ts.Node): Reference | undefined {
  if (!ts.isNewExpression(node) || node.expression.getText() !== "URL") return undefined;
  const [target, base] = node.arguments ?? [];
  if (target === undefined || base === undefined || !ts.isStringLiteralLike(target)) return undefined;
  const isModule = /\.tsx?$/.test(target.text) && base.getText() === "import.meta.url";
  return isModule ? { specifier: target.text, names: [ALL_NAMES] } : undefined;
}

function leftmostName(name: ts.EntityName | undefined): string {
  if (name === undefined) return ALL_NAMES;
  return ts.isIdentifier(name) ? name.text : leftmostName(name.left);
}

function importedNames(clause: ts.ImportClause | undefined): readonly string[] {
  const names: string[] = clause?.name === undefined ? [] : ["default"];
  const bindings = clause?.namedBindings;
  if (bindings === undefined) return names;
  if (ts.isNamespaceImport(bindings)) return [...names, ALL_NAMES];
  return [...names, ...bindings.elements.map((element) => (element.propertyName ?? element.name).text)];
}

export function exportsOf(file: RepositoryFile): readonly ModuleExport[] {
  const found: ModuleExport[] = [];
  for (const statement of file.syntax.statements) {
    if (ts.isExportDeclaration(statement)) readExportDeclaration(file, statement, found);
    else if (hasExportModifier(statement)) {
      for (const declared of declaredNames(statement)) {
        found.push({
          name: declared.text,
          line: file.lineOf(declared),
          isPublic: hasPublicTag(statement),
          from: undefined,
        });
      }
    }
  }
  return found;
}

function readExportDeclaration(file: RepositoryFile, node: ts.ExportDeclaration, out: ModuleExport[]): void {
  const isPublic = hasPublicTag(node);
  const specifier =
    node.moduleSpecifier !== undefined && ts.isStringLiteral(node.moduleSpecifier)
      ? node.moduleSpecifier.text
      : undefined;
  const clause = node.exportClause;
  if (clause !== undefined && ts.isNamedExports(clause)) {
    for (const element of clause.elements) {
      const from =
        specifier === undefined ? undefined : { specifier, name: (element.propertyName ?? element.name).text };
      out.push({ name: element.name.text, line: file.lineOf(element), isPublic, from });
    }
  } else if (specifier !== undefined) {
    const name = clause === undefined ? ALL_NAMES : clause.name.text;
    out.push({ name, line: file.lineOf(node), isPublic, from: { specifier, name: ALL_NAMES } });
  }
}

function hasExportModifier(statement: ts.Statement): boolean {
  return (
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement) ?? []).some((modifier) => modifier.kind === ts.SyntaxKind.ExportKeyword)
  );
}

function hasPublicTag(statement: ts.Statement): boolean {
  return ts.getJSDocTags(statement).some((tag) => tag.tagName.text === "public");
}

function declaredNames(statement: ts.Statement): readonly ts.Identifier[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap((declaration) => boundNames(declaration.name));
  }
  const isNamed =
    ts.isFunctionDeclaration(statement) ||
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement);
  return isNamed && statement.name !== undefined ? [statement.name] : [];
}

function boundNames(name: ts.BindingName): readonly ts.Identifier[] {
  if (ts.isIdentifier(name)) return [name];
  return name.elements.flatMap((element) => (ts.isBindingElement(element) ? boundNames(element.name) : []));
}

/** From package name to what its package.json says. */
export function packageManifests(repository: Repository): ReadonlyMap<string, PackageManifest> {
  const manifests = new Map<string, PackageManifest>();
  for (const file of repository.files()) {
    const folder = /^packages\/([^/]+)\/package\.json$/.exec(file.path)?.[1];
    if (folder === undefined) continue;
    const manifest = readManifest(file.text, folder);
    manifests.set(manifest.name, manifest);
  }
  return manifests;
}

export interface PackageManifest {
  readonly name: string;
  /** Folder name under packages/. */
  readonly folder: string;
  /** From "." or "./sub" to the path of the file in the package. */
  readonly entries: ReadonlyMap<string, string>;
  readonly dependencies: readonly string[];
}

/** Reads the parts of a package.json that say what may be imported. */
export function readManifest(text: string, folder: string): PackageManifest {
  const json: unknown = JSON.parse(text);
  const entries = new Map<string, string>();
  for (const [subpath, target] of Object.entries(member(json, "exports"))) {
    const path: unknown = typeof target === "string" ? target : Object(target).default;
    if (typeof path === "string") entries.set(subpath, posix.normalize(path));
  }
  const dependencies = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
  return {
    name: String(Object(json).name),
    folder,
    entries,
    dependencies: dependencies.flatMap((key) => Object.keys(member(json, key))),
  };
}

function member(json: unknown, key: string): Record<string, unknown> {
  return Object(Object(json)[key]);
}

/** The repository's file that `specifier` means in `from`; undefined for packages from outside and missing files. */
export function resolveModule(
  repository: Repository,
  manifests: ReadonlyMap<string, PackageManifest>,
  from: RepositoryFile,
  specifier: string,
): RepositoryFile | undefined {
  if (specifier.startsWith(".")) return repository.file(posix.join(posix.dirname(from.path), specifier));
  const name = packageNameOf(specifier);
  const manifest = manifests.get(name);
  const entry = manifest?.entries.get(`.${specifier.slice(name.length)}`);
  return manifest === undefined || entry === undefined
    ? undefined
    : repository.file(`packages/${manifest.folder}/${entry}`);
}

/** "@ebb/shell" of "@ebb/shell/fuse"; "vitest" of "vitest/config". */
export function packageNameOf(specifier: string): string {
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? specifier);
}
