/** Pathname expansion: a pattern against the directories of the file tree. */

import { isErrno } from "../errno.ts";
import { compilePattern, hasPatternCharacter, matchesWhole, type PatternOptions } from "./pattern.ts";
import type { Shell } from "./shell.ts";

interface GlobRun {
  readonly shell: Shell;
  readonly options: PatternOptions;
  readonly dotglob: boolean;
  readonly globstar: boolean;
  readonly out: string[];
}

/** Paths that match `pattern` in byte order; empty when none does. */
export function globPaths(pattern: string, shell: Shell): readonly string[] {
  const run: GlobRun = {
    shell,
    options: { extglob: shell.options.has("extglob"), ignoreCase: shell.options.has("nocaseglob") },
    dotglob: shell.options.has("dotglob"),
    globstar: shell.options.has("globstar"),
    out: [],
  };
  const parts = splitPath(pattern);
  const absolute = pattern.startsWith("/");
  if (absolute) while (parts[0] === "") parts.shift();
  match(run, parts, 0, absolute ? "/" : "");
  return run.out.sort(byBytes);
}

function byBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Components between slashes that are not inside brackets or groups. */
function splitPath(pattern: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let depth = 0;
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern.charAt(i);
    if (char === "\\") i++;
    else if (char === "(") depth++;
    else if (char === ")" && depth > 0) depth--;
    else if (char === "/" && depth === 0) {
      parts.push(pattern.slice(start, i));
      start = i + 1;
    }
  }
  parts.push(pattern.slice(start));
  return parts;
}

function match(run: GlobRun, parts: readonly string[], index: number, prefix: string): void {
  const part = parts[index];
  if (part === undefined) return;
  const isLast = index === parts.length - 1;
  if (part === "" || !hasPatternCharacter(part, run.options.extglob)) {
    const path = prefix + part.replace(/\\(.)/gs, "$1");
    if (isLast) {
      if (part === "" ? isDirectory(run, prefix) : exists(run, path)) run.out.push(path);
    } else match(run, parts, index + 1, `${path}/`);
    return;
  }
  if (run.globstar && part === "**") {
    matchTree(run, parts, index, prefix);
    return;
  }
  const pattern = compilePattern(part, run.options);
  for (const name of candidates(run, prefix, part)) {
    if (!matchesWhole(pattern, run.options.ignoreCase ? name.toLowerCase() : name)) continue;
    const path = prefix + name;
    if (isLast) run.out.push(path);
    else if (isDirectory(run, path)) match(run, parts, index + 1, `${path}/`);
  }
}

/** `**`: this directory and all below it. */
function matchTree(run: GlobRun, parts: readonly string[], index: number, prefix: string): void {
  const isLast = index === parts.length - 1;
  if (isLast && prefix !== "") run.out.push(prefix);
  if (!isLast) match(run, parts, index + 1, prefix);
  const visit = (at: string): void => {
    for (const name of candidates(run, at, "*")) {
      const path = at + name;
      const node = run.shell.machine.vfs.lookup(path, run.shell.cwd, { follow: false });
      const descends = !isErrno(node) && node.kind === "directory";
      if (isLast) run.out.push(path);
      else if (descends) match(run, parts, index + 1, `${path}/`);
      if (descends) visit(`${path}/`);
    }
  };
  visit(prefix);
}

function candidates(run: GlobRun, prefix: string, part: string): readonly string[] {
  const names = run.shell.machine.vfs.readdir(prefix === "" ? "." : prefix, run.shell.cwd);
  if (isErrno(names)) return [];
  if (run.dotglob || part.startsWith(".") || part.startsWith("\\.")) return names;
  return names.filter((name) => !name.startsWith("."));
}

function exists(run: GlobRun, path: string): boolean {
  return !isErrno(run.shell.machine.vfs.lookup(path, run.shell.cwd, { follow: false }));
}

function isDirectory(run: GlobRun, path: string): boolean {
  const node = run.shell.machine.vfs.lookup(path === "" ? "." : path, run.shell.cwd);
  return !isErrno(node) && node.kind === "directory";
}
