/**
 * Texts of the host that lie beside a recorded trace, PREFIX.trace.txt, as the files of one recording:
 *
 *   PREFIX.percpu_stats.STAGE.txt, PREFIX.slabinfo.STAGE.txt     saved at the mark "stage STAGE"; gzip too
 *   PREFIX.stages.txt, PREFIX.dmesg.txt                          the kernel's lines on percpu memory are taken
 *   PREFIX.early-allocs.txt                                      what was allocated before the trace
 */

import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Problem, RecordedText } from "@ebb/formats";
import { readInput } from "../input.ts";

/** What is saved at stages, and what the host calls it. */
const SNAPSHOT = /^(percpu_stats|slabinfo)\.(.+)\.txt(?:\.gz)?$/;
const SNAPSHOT_KEYS: ReadonlyMap<string, string> = new Map([
  ["percpu_stats", "/sys/kernel/debug/percpu_stats"],
  ["slabinfo", "/proc/slabinfo"],
]);
const LOG = /^(?:stages|dmesg)\.txt$/;
const LOG_KEY = "/dev/kmsg";
const LOG_ROW = /^\[ *\d+\.\d+\] (?:Linux version |Command line: |setup_percpu: |percpu: |pcpu-alloc: )/;
const EARLY = "early-allocs.txt";
const EARLY_KEY = "early-allocs";

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
    const place = file.startsWith(prefix) ? placeOf(file.slice(prefix.length)) : undefined;
    if (place === undefined) continue;
    const input = readInput(join(dirname(path), file));
    if ("severity" in input) return input;
    const text = place.key === LOG_KEY ? logRows(input.text) : input.text;
    if (text !== "") texts.push({ ...place, timeNs: undefined, text });
  }
  return texts;
}

/** Key and stage of a file, by what follows the prefix; undefined when it is none of these. */
function placeOf(ending: string): { readonly key: string; readonly stage: string } | undefined {
  const [, what, stage] = SNAPSHOT.exec(ending) ?? [];
  const key = SNAPSHOT_KEYS.get(what ?? "");
  if (key !== undefined) return { key, stage: stage ?? "" };
  if (LOG.test(ending)) return { key: LOG_KEY, stage: "" };
  return ending === EARLY ? { key: EARLY_KEY, stage: "" } : undefined;
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    // Without its folder there is no trace either, and who reads that says so.
    return [];
  }
}

function logRows(text: string): string {
  const rows = text.split("\n").filter((row) => LOG_ROW.test(row));
  return rows.map((row) => `${row}\n`).join("");
}
