/**
 * Texts of the host that are saved beside a recorded trace, PREFIX.trace.txt, by the endings of their names:
 *
 *   percpu_stats.STAGE.txt, slabinfo.STAGE.txt     saved at the mark "stage STAGE"; gzip too
 *   stages.txt, dmesg.txt                          the kernel's lines on percpu memory are taken
 *   early-allocs.txt                               what was allocated before the trace
 */

import type { RecordedText } from "./events.ts";

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

/** Key and stage of a file, by what follows the prefix of its name; undefined when it is none of these. */
export function besidePlace(ending: string): Pick<RecordedText, "key" | "stage"> | undefined {
  const [, what, stage] = SNAPSHOT.exec(ending) ?? [];
  const key = SNAPSHOT_KEYS.get(what ?? "");
  if (key !== undefined) return { key, stage: stage ?? "" };
  if (LOG.test(ending)) return { key: LOG_KEY, stage: "" };
  return ending === EARLY ? { key: EARLY_KEY, stage: "" } : undefined;
}

/** The text of such a file as a recording keeps it; undefined when nothing of it is kept. */
export function besideText(place: Pick<RecordedText, "key" | "stage">, text: string): RecordedText | undefined {
  const kept = place.key === LOG_KEY ? logRows(text) : text;
  return kept === "" ? undefined : { ...place, timeNs: undefined, text: kept };
}

function logRows(text: string): string {
  const rows = text.split("\n").filter((row) => LOG_ROW.test(row));
  return rows.map((row) => `${row}\n`).join("");
}
