/**
 * The control files of one cgroup (v2): what reading and writing each of them does.
 *
 * Written from Documentation/admin-guide/cgroup-v2.rst and spec/memcg-slab.md A.4. Files of the memory controller are
 * not here yet; see docs/limits.md.
 */

import {
  attachTask,
  KILLED_MEMCG,
  type Machine,
  NO_LIMIT,
  NO_MEMCG,
  nextMemcg,
  ONLINE_MEMCG,
  ROOT_CGROUP,
  setCgroupLimits,
  setMemoryInSubtree,
  tasksOf,
} from "@ebb/model";
import { EINVAL, EOPNOTSUPP, type Errno } from "../errno.ts";
import { kernelErrno } from "./kernel-errno.ts";

export interface ControlFile {
  readonly name: string;
  /** Absent in the root cgroup. */
  readonly notInRoot: boolean;
  /** Missing: always. */
  readonly isThere?: (m: Machine, cgroup: number) => boolean;
  readonly read?: (m: Machine, cgroup: number) => string;
  readonly write?: (m: Machine, cgroup: number, text: string, pid: number) => Errno | undefined;
}

const CONTROLLER = "memory";

const CONTROL_FILES: readonly ControlFile[] = [
  { name: "cgroup.controllers", notInRoot: false, read: (m, g) => listController(m.cgroups.memcg[g] !== NO_MEMCG) },
  {
    name: "cgroup.events",
    notInRoot: true,
    read: (m, g) => `populated ${isPopulatedCgroup(m, g) ? 1 : 0}\nfrozen 0\n`,
  },
  { name: "cgroup.max.depth", notInRoot: false, read: (m, g) => limit(m.cgroups.maxDepth[g]), write: writeMaxDepth },
  {
    name: "cgroup.max.descendants",
    notInRoot: false,
    read: (m, g) => limit(m.cgroups.maxDescendants[g]),
    write: writeMaxDescendants,
  },
  { name: "cgroup.procs", notInRoot: false, read: printTasks, write: writeProcs },
  {
    name: "cgroup.stat",
    notInRoot: false,
    isThere: (m) => m.profile.memcgRules.hasCgroupStat,
    read: cgroupStat,
  },
  {
    name: "cgroup.subtree_control",
    notInRoot: false,
    read: (m, g) => listController(m.cgroups.memoryInSubtree[g] === 1),
    write: writeSubtreeControl,
  },
  { name: "cgroup.threads", notInRoot: false, read: printTasks, write: writeProcs },
  { name: "cgroup.type", notInRoot: true, read: () => "domain\n" },
];

function listController(present: boolean): string {
  return present ? `${CONTROLLER}\n` : "\n";
}

function limit(value: number | undefined): string {
  return value === undefined || value === NO_LIMIT ? "max\n" : `${value}\n`;
}

function printTasks(m: Machine, cgroup: number): string {
  return tasksOf(m, cgroup)
    .map((pid) => `${pid}\n`)
    .join("");
}

/** Where a kernel counts by controller, of memory only: perf_event's are not followed through their release. */
function cgroupStat(m: Machine, cgroup: number): string {
  const { nrDescendants, nrDying, memcg } = m.cgroups;
  const text = `nr_descendants ${nrDescendants[cgroup]}\nnr_dying_descendants ${nrDying[cgroup]}\n`;
  if (!m.profile.memcgRules.statPerController) return text;
  const top = memcg[cgroup] ?? NO_MEMCG;
  let nrLive = 0;
  let nrOffline = 0;
  for (let at = top; at !== NO_MEMCG; at = nextMemcg(m.memcgs, top, at)) {
    const state = m.memcgs.state[at];
    if (state === ONLINE_MEMCG || state === KILLED_MEMCG) nrLive++;
    else nrOffline++;
  }
  return `${text}nr_subsys_memory ${nrLive}\nnr_dying_subsys_memory ${nrOffline}\n`;
}

/** A task lives in the cgroup or below. */
function isPopulatedCgroup(m: Machine, cgroup: number): boolean {
  const c = m.cgroups;
  if ((c.nrTasks[cgroup] ?? 0) > 0) return true;
  for (const child of c.children[cgroup]?.values() ?? []) if (isPopulatedCgroup(m, child)) return true;
  return false;
}

/** Pid as the kernel reads it: decimal digits; 0 is the writer itself. */
function writeProcs(m: Machine, cgroup: number, text: string, pid: number): Errno | undefined {
  const word = text.trim();
  if (!/^[0-9]+$/.test(word)) return EINVAL;
  const target = Number(word);
  return kernelErrno(attachTask(m, target === 0 ? pid : target, cgroup));
}

function writeSubtreeControl(m: Machine, cgroup: number, text: string): Errno | undefined {
  for (const word of text.trim().split(/\s+/)) {
    if (word === "") continue;
    if (word !== `+${CONTROLLER}` && word !== `-${CONTROLLER}`) return EINVAL;
    const refused = kernelErrno(setMemoryInSubtree(m, cgroup, word.startsWith("+")));
    if (refused !== undefined) return refused === EOPNOTSUPP ? EINVAL : refused;
  }
  return undefined;
}

function parseLimit(text: string): number | undefined {
  const word = text.trim();
  if (word === "max") return NO_LIMIT;
  return /^[0-9]{1,9}$/.test(word) ? Number(word) : undefined;
}

function writeMaxDepth(m: Machine, cgroup: number, text: string): Errno | undefined {
  const value = parseLimit(text);
  if (value === undefined) return EINVAL;
  setCgroupLimits(m, cgroup, m.cgroups.maxDescendants[cgroup] ?? NO_LIMIT, value);
  return undefined;
}

function writeMaxDescendants(m: Machine, cgroup: number, text: string): Errno | undefined {
  const value = parseLimit(text);
  if (value === undefined) return EINVAL;
  setCgroupLimits(m, cgroup, value, m.cgroups.maxDepth[cgroup] ?? NO_LIMIT);
  return undefined;
}

const BY_NAME = new Map(CONTROL_FILES.map((file, index) => [file.name, { file, index }]));

function isThere(m: Machine, cgroup: number, file: ControlFile): boolean {
  return !(file.notInRoot && cgroup === ROOT_CGROUP) && (file.isThere === undefined || file.isThere(m, cgroup));
}

/** Names of the files of `cgroup`, in the order ls shows them. */
export function controlFileNames(m: Machine, cgroup: number): readonly string[] {
  return CONTROL_FILES.filter((file) => isThere(m, cgroup, file)).map((file) => file.name);
}

/** The file `name` of `cgroup` and its place among all; undefined when it has none. */
export function controlFile(
  m: Machine,
  cgroup: number,
  name: string,
): { readonly file: ControlFile; readonly index: number } | undefined {
  const found = BY_NAME.get(name);
  return found !== undefined && isThere(m, cgroup, found.file) ? found : undefined;
}
