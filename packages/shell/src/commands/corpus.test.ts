/**
 * The commands against what the real programs did: corpus/*.txt, recorded by scripts/record-command-corpus.ts. The
 * machine's awk was mawk 1.3.4, the rest GNU (coreutils 9.1, grep 3.8, sed 4.9, findutils 4.9, bc 1.07).
 */

import { readFixture } from "@ebb/testkit";
import { describe, expect, it } from "vitest";
import { isErrno } from "../errno.ts";
import { createCommands } from "./index.ts";
import { type CorpusCase, type Outcome, parseCorpus } from "./testing/corpus-format.ts";
import { createMachine, type Machine } from "./testing/machine.ts";

const CORPUS = new URL("corpus/", import.meta.url).pathname;
const NAMES = ["awk.txt", "files.txt", "grep.txt", "misc.txt", "sed.txt", "text.txt"];
const COMMANDS = createCommands({ mountFileSystem: () => undefined });

function readFile(machine: Machine, path: string): string {
  const opened = machine.vfs.open(path, "/w", { read: true }, 1);
  if (isErrno(opened)) return opened.code;
  const text = opened.handle.read(0, 1 << 20);
  return isErrno(text) ? text.code : text;
}

function makeFiles(machine: Machine, files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    const parts = path.split("/");
    for (let i = 1; i < parts.length; i++) machine.vfs.mkdir(parts.slice(0, i).join("/"), "/w", 0o755);
    const opened = machine.vfs.open(path, "/w", { write: true, create: true, mode: 0o644 }, 1);
    if (!isErrno(opened)) opened.handle.write(0, text);
  }
}

function filesBelow(machine: Machine, directory: string, prefix: string, out: Map<string, string>): void {
  const names = machine.vfs.readdir(directory, "/w");
  if (isErrno(names)) return;
  for (const name of [...names].sort()) {
    const path = prefix + name;
    const node = machine.vfs.lookup(path, "/w");
    if (!isErrno(node) && node.kind === "directory") filesBelow(machine, path, `${path}/`, out);
    else out.set(path, readFile(machine, path));
  }
}

function replay(c: CorpusCase): Outcome {
  const machine = createMachine(COMMANDS);
  makeFiles(machine, c.files);
  const result = machine.run(c.argv, c.stdin);
  const after = new Map<string, string>();
  filesBelow(machine, ".", "", after);
  const changes = new Map<string, string | undefined>();
  for (const [path, text] of after) if (c.files.get(path) !== text) changes.set(path, text);
  for (const path of c.files.keys()) if (!after.has(path)) changes.set(path, undefined);
  return { ...result, changes };
}

for (const name of NAMES) {
  describe(name, () => {
    for (const item of parseCorpus(readFixture(CORPUS, name) ?? "")) {
      if (item.kind !== "case") continue;
      it(`${item.case.line}: ${item.case.command}`, () => {
        expect(replay(item.case)).toEqual(item.case.outcome);
      });
    }
  });
}
