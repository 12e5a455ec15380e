/** Takes away what recorders left behind that were killed. What they had mounted went with them. */

import { join } from "node:path";
import type { Problem } from "@ebb/formats";
import { readText } from "./host-files.ts";
import { removeStaleInstances, type StaleInstance } from "./trace-instance.ts";
import { findTracing } from "./tracing-place.ts";

/**
 * Removes trace instances of recorders that are gone.
 *
 * @param root folder below which proc and sys are
 */
export async function cleanUp(root: string): Promise<readonly StaleInstance[] | Problem> {
  const place = await findTracing(root);
  if ("severity" in place) return place;
  try {
    return removeStaleInstances(place.tracefs, (pid) => isRecorder(root, pid));
  } finally {
    place.close();
  }
}

/** Another process may have the number by now: a recorder has its word among its arguments. */
function isRecorder(root: string, pid: number): boolean {
  const args = readText(join(root, `proc/${pid}/cmdline`)) ?? "";
  return args.split("\0").includes("record");
}
