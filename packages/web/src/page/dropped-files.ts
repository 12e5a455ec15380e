/** Files that are dropped on the page or chosen: one script goes into the editor and runs, all else is a recording. */

import type { Problem } from "@ebb/formats";
import { toByteString } from "../byte-strings.ts";
import { beginAt } from "./instant.ts";
import { chooseScript, openRecording, ownProblems, run } from "./store.ts";

/** Files of more bytes in all do not fit beside two models into a tab. */
const MAX_BYTES = 134_217_728;
const SCRIPT_NAME = /\.(?:sh|bash)$/;

export async function takeFiles(files: readonly File[]): Promise<void> {
  const nrBytes = files.reduce((sum, { size }) => sum + size, 0);
  const [first] = files;
  if (first === undefined) return;
  if (nrBytes > MAX_BYTES) {
    ownProblems.value = [tooLarge(files, nrBytes)];
    return;
  }
  if (files.length === 1 && (await isScript(first))) {
    chooseScript({ scriptName: first.name, script: await first.text() });
    beginAt(undefined);
    run();
    return;
  }
  beginAt(undefined);
  openRecording(files.map((file) => ({ name: toByteString(file.name), content: file })));
}

async function isScript(file: File): Promise<boolean> {
  return SCRIPT_NAME.test(file.name) || (await file.slice(0, 2).text()) === "#!";
}

function tooLarge(files: readonly File[], nrBytes: number): Problem {
  return {
    severity: "error",
    file: toByteString(files.map(({ name }) => name).join(" ")),
    line: 0,
    message: "too large for a page",
    expected: `at most ${MAX_BYTES} bytes`,
    found: `${nrBytes} bytes`,
    toDo: "convert it first, `ebb convert TRACE small.ebb`, or use `ebb replay`",
  };
}
