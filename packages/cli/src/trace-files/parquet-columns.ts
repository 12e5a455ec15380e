/**
 * Events as rows of a Parquet file: one for each event, and one for each text of the host among them. Strings stand in
 * the rows, so that other programs need no table of names; what an event does not have is null.
 */

import {
  EVENT_ALLOC,
  EVENT_ALLOC_FAIL,
  EVENT_BALANCE,
  EVENT_CGROUP_MKDIR,
  EVENT_CGROUP_RMDIR,
  EVENT_CREATE_CHUNK,
  EVENT_DEPOPULATE,
  EVENT_DESTROY_CHUNK,
  EVENT_FREE,
  EVENT_MARK,
  EVENT_POPULATE,
} from "@ebb/formats";

/** Words of the column `kind`, by number of the kind. */
export const KIND_WORDS: readonly string[] = kindWords();

/** The word of the rows that hold a text of the host. */
export const TEXT_KIND = "snapshot";

export type ParquetType = "STRING" | "INT32" | "INT64" | "BOOLEAN";

/** Columns in their order; docs/formats/parquet.md explains each. */
export const PARQUET_COLUMNS = [
  ["kind", "STRING"],
  ["time_ns", "INT64"],
  ["cpu", "INT32"],
  ["pid", "INT32"],
  ["task", "STRING"],
  ["call_site", "STRING"],
  ["reserved", "BOOLEAN"],
  ["atomic", "BOOLEAN"],
  ["size", "INT32"],
  ["align", "INT32"],
  ["chunk", "STRING"],
  ["off", "INT32"],
  ["gfp", "STRING"],
  ["text", "STRING"],
  ["input", "INT32"],
  ["line", "INT64"],
  ["file", "STRING"],
  ["stage", "STRING"],
] as const satisfies readonly (readonly [name: string, type: ParquetType])[];

export type ParquetColumn = (typeof PARQUET_COLUMNS)[number][0];

/** Keys of the file's own metadata. */
export const META_VERSION = "ebb.version";
export const META_ORIGIN = "ebb.origin_ns";
export const META_TOTALS = "ebb.totals";
export const META_PROBLEMS = "ebb.problems";
export const PARQUET_VERSION = "1";

function kindWords(): string[] {
  const words: string[] = [];
  words[EVENT_ALLOC] = "alloc";
  words[EVENT_FREE] = "free";
  words[EVENT_ALLOC_FAIL] = "alloc_fail";
  words[EVENT_CREATE_CHUNK] = "create_chunk";
  words[EVENT_DESTROY_CHUNK] = "destroy_chunk";
  words[EVENT_MARK] = "mark";
  words[EVENT_BALANCE] = "balance";
  words[EVENT_POPULATE] = "populate";
  words[EVENT_DEPOPULATE] = "depopulate";
  words[EVENT_CGROUP_MKDIR] = "cgroup_mkdir";
  words[EVENT_CGROUP_RMDIR] = "cgroup_rmdir";
  return words;
}
