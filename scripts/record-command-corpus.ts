/**
 * Records what the programs of this machine do for every case in packages/shell/src/commands/corpus, in the C locale.
 * `npx tsx scripts/record-command-corpus.ts [name...]` rewrites the outcomes; the cases themselves are written by hand.
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  type CorpusCase,
  type CorpusItem,
  type Outcome,
  parseCorpus,
  printCorpus,
} from "../packages/shell/src/commands/testing/corpus-format.ts";

const CORPUS = join(dirname(fileURLToPath(import.meta.url)), "../packages/shell/src/commands/corpus");

/** Files below `root` by relative path. */
function filesBelow(root: string, prefix = ""): Map<string, string> {
  const files = new Map<string, string>();
  for (const name of readdirSync(join(root, prefix)).sort()) {
    const path = prefix === "" ? name : `${prefix}/${name}`;
    if (statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory() === true) {
      for (const [below, text] of filesBelow(root, path)) files.set(below, text);
    } else files.set(path, readFileSync(join(root, path), "latin1"));
  }
  return files;
}

function record(c: CorpusCase): Outcome {
  const root = mkdtempSync(join(tmpdir(), "corpus-"));
  for (const [path, text] of c.files) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text, "latin1");
  }
  const [program = "", ...args] = c.argv;
  const result = spawnSync(program, args, {
    cwd: root,
    input: Buffer.from(c.stdin, "latin1"),
    env: { PATH: "/usr/bin:/bin:/usr/sbin:/sbin", LC_ALL: "C", HOME: "/root", TZ: "UTC" },
    encoding: "latin1",
    timeout: 10_000,
  });
  if (result.error !== undefined) throw new Error(`${c.command}: ${result.error.message}`);
  const after = filesBelow(root);
  rmSync(root, { recursive: true });
  const changes = new Map<string, string | undefined>();
  for (const [path, text] of after) if (c.files.get(path) !== text) changes.set(path, text);
  for (const path of c.files.keys()) if (!after.has(path)) changes.set(path, undefined);
  return { stdout: result.stdout, stderr: result.stderr, status: result.status ?? 128 + 13, changes };
}

function recordCorpus(path: string): void {
  const items = parseCorpus(readFileSync(path, "latin1"));
  const recorded = items.map(
    (item): CorpusItem =>
      item.kind === "case" ? { kind: "case", case: { ...item.case, outcome: record(item.case) } } : item,
  );
  writeFileSync(path, printCorpus(recorded), "latin1");
  const nrCases = recorded.filter((item) => item.kind === "case").length;
  process.stdout.write(`${basename(path)}: ${nrCases} cases\n`);
}

const wanted = process.argv.slice(2);
for (const name of readdirSync(CORPUS).sort()) {
  if (wanted.length === 0 || wanted.includes(name.replace(/\.txt$/, ""))) recordCorpus(join(CORPUS, name));
}
