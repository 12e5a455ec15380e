/** Replays the corpus: what real bash did with each snippet, the evaluator must do too. */

import { filesIn, readFixture } from "@ebb/testkit";
import { describe, expect, it } from "vitest";
import { parseOutcomes, parseSnippets, type SnippetOutcome } from "./corpus/format.ts";
import { runOnTestMachine } from "./test-machine.ts";

const CORPUS = new URL("corpus/", import.meta.url).pathname;

function read(name: string): string {
  const text = readFixture(CORPUS, name);
  if (text === undefined) throw new Error(`no file ${name}`);
  return text;
}

function replay(name: string, source: string): SnippetOutcome {
  const { result, stdout, stderr } = runOnTestMachine(source);
  const status = result.kind === "exited" ? result.status : -1;
  return { name, stdout, stderr: comparable(name, result.kind === "exited" ? stderr : JSON.stringify(result)), status };
}

/** Pids differ, and so may all of stderr where the name says so. */
function comparable(name: string, stderr: string): string {
  if (name.endsWith("(stdout only)")) return "";
  return stderr.replace(/(line [0-9]+:) +[0-9]+ ([A-Z])/g, "$1 PID $2");
}

for (const file of filesIn(CORPUS).filter((name) => name.endsWith(".sh"))) {
  const outcomes = new Map(parseOutcomes(read(file.replace(/\.sh$/, ".expected"))).map((o) => [o.name, o]));
  describe(file, () => {
    for (const { name, source } of parseSnippets(read(file))) {
      it(name, () => {
        const expected = outcomes.get(name);
        const got = replay(name, source);
        expect(got).toEqual(expected && { ...expected, stderr: comparable(name, expected.stderr) });
      });
    }
  });
}
