/**
 * Names of tasks by pid. Raw pages have the pid alone; the kernel keeps the names of tasks that were recorded lately in
 * saved_cmdlines, and those that still run say theirs in /proc.
 */

import { join } from "node:path";
import { readText } from "./host-files.ts";

const ROW = /^\s*(\d+) (.*)$/gm;
const IDLE = "<idle>";
/** As the kernel prints a name that it has forgotten. */
const FORGOTTEN = "<...>";
/** Names kept; a host makes more pids than that in days. */
const MAX_NAMES = 100_000;

export class TaskNames {
  readonly #root: string;
  readonly #tracefs: string;
  readonly #names = new Map<number, string>();

  constructor(root: string, tracefs: string) {
    this.#root = root;
    this.#tracefs = tracefs;
  }

  /** Looks up who was recorded since; the kernel forgets, so do it often. */
  refresh(): void {
    if (this.#names.size > MAX_NAMES) this.#names.clear();
    for (const [, pid, name] of (readText(join(this.#tracefs, "saved_cmdlines")) ?? "").matchAll(ROW)) {
      if (name !== undefined && name !== FORGOTTEN) this.#names.set(Number(pid), name);
    }
  }

  nameOf(pid: number): string {
    if (pid === 0) return IDLE;
    const known = this.#names.get(pid);
    if (known !== undefined) return known;
    const name = readText(join(this.#root, `proc/${pid}/comm`))?.replace(/\n$/, "") ?? FORGOTTEN;
    this.#names.set(pid, name);
    return name;
  }
}
