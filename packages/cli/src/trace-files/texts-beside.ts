/** Texts of the host that lie beside recorded traces, as the files of one recording: see beside-texts.ts of formats. */

import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { besidePlace, besideText, type Problem, type RecordedText } from "@ebb/formats";
import { readInput } from "../input.ts";

/** The texts beside all of the traces, in the order of their files' names; none beside standard input. */
export function textsBeside(paths: readonly string[]): readonly RecordedText[] | Problem {
  const all: RecordedText[] = [];
  for (const path of paths) {
    const texts = path === "-" ? [] : textsBesideOne(path);
    if ("severity" in texts) return texts;
    all.push(...texts);
  }
  return all;
}

function textsBesideOne(path: string): readonly RecordedText[] | Problem {
  const prefix = `${basename(path).replace(/(?:\.trace)?(?:\.\w+)?(?:\.gz)?$/, "")}.`;
  const texts: RecordedText[] = [];
  for (const file of filesIn(dirname(path))) {
    const place = file.startsWith(prefix) ? besidePlace(file.slice(prefix.length)) : undefined;
    if (place === undefined) continue;
    const input = readInput(join(dirname(path), file));
    if ("severity" in input) return input;
    const text = besideText(place, input.text);
    if (text !== undefined) texts.push(text);
  }
  return texts;
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    // Without its folder there is no trace either, and who reads that says so.
    return [];
  }
}
