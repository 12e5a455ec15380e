/**
 * The files of the memory controller in a v2 cgroup. Which of them are there, and which lines they have, the profile
 * says; they come and go with the cgroup's memcg.
 *
 * Written from Documentation/admin-guide/cgroup-v2.rst.
 */

import { type Machine, type MemcgLimit, NO_MEMCG, nextMemcg, PAGE_BYTES } from "@ebb/model";
import { EINVAL, type Errno } from "../errno.ts";
import { reclaimOnDemand, setMemcgLimit } from "./calls.ts";
import { type ControlFile, parsePages, printPages } from "./control-file.ts";
import { kernelErrno } from "./kernel-errno.ts";
import { cpuOf } from "./machine-page-cache.ts";
import { flushBeforeRead, numaStat, statValue } from "./memory-values.ts";

const UNLIMITED = "max";

function memcgOfFile(m: Machine, cgroup: number): number {
  return m.cgroups.memcg[cgroup] ?? NO_MEMCG;
}

/** Files named `memory.*`: those the profile lists, where the cgroup has a memcg. */
function memoryFile(name: string, calls: Pick<ControlFile, "read" | "write">): ControlFile {
  const isThere = (m: Machine, cgroup: number) =>
    memcgOfFile(m, cgroup) !== NO_MEMCG && m.profile.memcgRules.memoryFiles.files.includes(name);
  return { name, notInRoot: name !== "memory.stat", isThere, ...calls };
}

function limitFile(name: string, limit: MemcgLimit): ControlFile {
  return memoryFile(name, {
    read: (m, cgroup) => printPages(m.memcgs[limit][memcgOfFile(m, cgroup)], UNLIMITED),
    write: (m, cgroup, text, pid) => {
      const nrPages = parsePages(text, UNLIMITED);
      if (nrPages === undefined) return EINVAL;
      setMemcgLimit(m, memcgOfFile(m, cgroup), limit, nrPages, cpuOf(m, pid));
      return undefined;
    },
  });
}

function usageFile(name: string, counter: "usagePages" | "swapPages" | "peakPages"): ControlFile {
  return memoryFile(name, {
    read: (m, cgroup) => `${(m.memcgs[counter][memcgOfFile(m, cgroup)] ?? 0) * PAGE_BYTES}\n`,
  });
}

function memoryStat(m: Machine, cgroup: number): string {
  flushBeforeRead(m);
  const memcg = memcgOfFile(m, cgroup);
  return m.profile.memcgRules.memoryFiles.statLines.map((key) => `${key} ${statValue(m, memcg, key)}\n`).join("");
}

const EVENT_COLUMNS: ReadonlyMap<
  string,
  "nrLowEvents" | "nrHighEvents" | "nrMaxEvents" | "nrOomEvents" | "nrOomKills"
> = new Map([
  ["low", "nrLowEvents"],
  ["high", "nrHighEvents"],
  ["max", "nrMaxEvents"],
  ["oom", "nrOomEvents"],
  ["oom_kill", "nrOomKills"],
]);

/** Events of the memcg; with all below it where there is a file for its own beside. */
function memoryEvents(m: Machine, cgroup: number, own: boolean): string {
  const top = memcgOfFile(m, cgroup);
  const { files, eventLines } = m.profile.memcgRules.memoryFiles;
  const isRecursive = !own && files.includes("memory.events.local");
  let text = "";
  for (const key of eventLines) {
    const column = m.memcgs[EVENT_COLUMNS.get(key) ?? "nrLowEvents"];
    let sum = column[top] ?? 0;
    if (isRecursive) {
      for (let at = nextMemcg(m.memcgs, top, top); at !== NO_MEMCG; at = nextMemcg(m.memcgs, top, at)) {
        sum += column[at] ?? 0;
      }
    }
    text += `${key} ${sum}\n`;
  }
  return text;
}

function writeReclaim(m: Machine, cgroup: number, text: string, pid: number): Errno | undefined {
  const nrPages = parsePages(text, UNLIMITED);
  if (nrPages === undefined) return EINVAL;
  return kernelErrno(reclaimOnDemand(m, memcgOfFile(m, cgroup), nrPages, cpuOf(m, pid)));
}

export const MEMORY_FILES: readonly ControlFile[] = [
  usageFile("memory.current", "usagePages"),
  memoryFile("memory.events", { read: (m, cgroup) => memoryEvents(m, cgroup, false) }),
  memoryFile("memory.events.local", { read: (m, cgroup) => memoryEvents(m, cgroup, true) }),
  limitFile("memory.high", "highPages"),
  limitFile("memory.low", "lowPages"),
  limitFile("memory.max", "maxPages"),
  limitFile("memory.min", "minPages"),
  memoryFile("memory.numa_stat", { read: (m, cgroup) => numaStat(m, memcgOfFile(m, cgroup)) }),
  usageFile("memory.peak", "peakPages"),
  memoryFile("memory.reclaim", { write: writeReclaim }),
  memoryFile("memory.stat", { read: memoryStat }),
  usageFile("memory.swap.current", "swapPages"),
  limitFile("memory.swap.max", "swapMaxPages"),
];
