/** Fixtures as tests read them: by name under the repository's `fixtures/`, or in a folder named by the caller. */

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";

const FIXTURES = fileURLToPath(new URL("../../../fixtures/", import.meta.url));
const SCRIPT_ENDING = ".ops.gz";
const OUTPUT_ENDING = ".out.gz";

/** Path of the folder `name` under `fixtures/`. */
export function fixtureFolder(name: string): string {
  return join(FIXTURES, name);
}

/** Path of the folder of experiments, as `readFixture` takes it. */
export function experimentFolder(): string {
  return join(FIXTURES, "..", "experiments");
}

/** The text of a file, unpacked when its name ends in `.gz`; undefined when there is none. */
export function readFixture(folder: string, name: string): string | undefined {
  const path = join(folder, name);
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  return (name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("latin1");
}

/** The bytes of a file, unpacked when its name ends in `.gz`; undefined when there is none. */
export function readFixtureBytes(folder: string, name: string): Uint8Array | undefined {
  const path = join(folder, name);
  if (!existsSync(path)) return undefined;
  const bytes = readFileSync(path);
  return name.endsWith(".gz") ? gunzipSync(bytes) : bytes;
}

/** True when the tests are run to write their expected outputs anew (`UPDATE_GOLDEN=1`). */
export const UPDATES_GOLDENS = process.env.UPDATE_GOLDEN === "1";

/** Writes the text of a file. */
export function writeFixture(folder: string, name: string, text: string): void {
  writeFileSync(join(folder, name), text, "latin1");
}

/** Names of the files in a folder, in order. */
export function filesIn(folder: string): readonly string[] {
  return readdirSync(folder).sort();
}

/** An operation script and the policies that an expected output is kept for. */
export interface GoldenTrace {
  readonly name: string;
  readonly scriptName: string;
  readonly outputs: readonly { readonly policyName: string; readonly fileName: string }[];
}

/** The traces of a folder, in the order of their names. */
export function goldenTraces(folder: string): readonly GoldenTrace[] {
  const files = filesIn(folder);
  return files
    .filter((file) => file.endsWith(SCRIPT_ENDING))
    .map((scriptName) => {
      const name = scriptName.slice(0, -SCRIPT_ENDING.length);
      const outputs = files
        .filter((file) => file.startsWith(`${name}.`) && file.endsWith(OUTPUT_ENDING))
        .map((fileName) => ({ fileName, policyName: fileName.slice(name.length + 1, -OUTPUT_ENDING.length) }));
      return { name, scriptName, outputs };
    });
}

/** Where two texts first differ, as line number and both lines; "" when they are equal. */
export function firstDifference(got: string, want: string): string {
  if (got === want) return "";
  const gotLines = got.split("\n");
  const wantLines = want.split("\n");
  let line = 0;
  while (gotLines[line] === wantLines[line]) line++;
  return `line ${line + 1}: expected ${show(wantLines[line])}, found ${show(gotLines[line])}`;
}

function show(line: string | undefined): string {
  return line === undefined ? "the end" : JSON.stringify(line);
}
