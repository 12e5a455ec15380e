/**
 * Files that lie beside a trace and tell of the same run: PREFIX.percpu_stats.NAME.txt, PREFIX.stages.txt (or .dmesg.txt,
 * with the kernel's lines on percpu memory), PREFIX.early-allocs.txt. PREFIX is the trace's name up to `.trace.`, or
 * without its endings.
 */

import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";

export interface TraceCompanions {
  /** Path and NAME, in the order of the names. */
  readonly stats: readonly { readonly path: string; readonly name: string }[];
  readonly log: string | undefined;
  readonly early: string | undefined;
}

const NONE: TraceCompanions = { stats: [], log: undefined, early: undefined };
const ENDINGS = /\.(?:gz|zst|txt|dat|ebb|parquet|trace|bin|data)$/;

/** What lies beside the trace at `path`; nothing beside standard input. */
export function traceCompanions(path: string): TraceCompanions {
  if (path === "-") return NONE;
  const prefix = prefixOf(basename(path));
  const folder = dirname(path);
  const files = filesOf(folder);
  const find = (...endings: readonly string[]) => {
    const name = endings.map((ending) => prefix + ending).find((candidate) => files.includes(candidate));
    return name === undefined ? undefined : join(folder, name);
  };
  const head = `${prefix}.percpu_stats.`;
  const stats = files
    .filter((file) => file.startsWith(head) && file.endsWith(".txt"))
    .map((file) => ({ path: join(folder, file), name: file.slice(head.length, -".txt".length) }));
  return { stats, log: find(".dmesg.txt", ".stages.txt"), early: find(".early-allocs.txt") };
}

/** The name of a percpu_stats file: NAME of PREFIX.percpu_stats.NAME.txt, or the whole. */
export function statsName(path: string): string {
  return /\.percpu_stats\.(.+)\.txt$/.exec(basename(path))?.[1] ?? basename(path);
}

function prefixOf(file: string): string {
  const at = file.indexOf(".trace.");
  if (at > 0) return file.slice(0, at);
  let prefix = file;
  while (ENDINGS.test(prefix)) prefix = prefix.replace(ENDINGS, "");
  return prefix;
}

function filesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return [];
  }
}
