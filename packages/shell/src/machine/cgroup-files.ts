/**
 * The control files of one cgroup (v2): what reading and writing each of them does.
 *
 * Written from Documentation/admin-guide/cgroup-v2.rst and spec/memcg-slab.md A.4. Those of the
 * memory controller are in memory-files.ts and, for v1, memory-v1-files.ts.
 */

import { KILLED_MEMCG, type Machine, NO_CGROUP, NO_LIMIT, NO_MEMCG, nextMemcg, ONLINE_MEMCG } from "@ebb/model";
import { EINVAL, EOPNOTSUPP, type Errno } from "../errno.ts";
import { setCgroupLimits, setMemoryInSubtree } from "./calls.ts";
import type { ControlFile } from "./control-file.ts";
import { kernelErrno } from "./kernel-errno.ts";
import { cpuOf } from "./machine-page-cache.ts";
import { MEMORY_FILES } from "./memory-files.ts";
import { V1_FILES } from "./memory-v1-files.ts";
import { printTasks, writeTasks } from "./task-files.ts";

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
  { name: "cgroup.procs", notInRoot: false, read: printTasks, write: writeTasks },
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
  { name: "cgroup.threads", notInRoot: false, read: printTasks, write: writeTasks },
  { name: "cgroup.type", notInRoot: true, read: () => "domain\n" },
];

function listController(present: boolean): string {
  return present ? `${CONTROLLER}\n` : "\n";
}

function limit(value: number | undefined): string {
  return value === undefined || value === NO_LIMIT ? "max\n" : `${value}\n`;
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

function writeSubtreeControl(m: Machine, cgroup: number, text: string, pid: number): Errno | undefined {
  for (const word of text.trim().split(/\s+/)) {
    if (word === "") continue;
    if (word !== `+${CONTROLLER}` && word !== `-${CONTROLLER}`) return EINVAL;
    const refused = kernelErrno(setMemoryInSubtree(m, cgroup, word.startsWith("+"), cpuOf(m, pid)));
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

const ALL_V2_FILES = [...CONTROL_FILES, ...MEMORY_FILES];
const V2_BY_NAME = byName(ALL_V2_FILES);
const V1_BY_NAME = byName(V1_FILES);

/** A control file and its place among all of its hierarchy. */
interface FoundFile {
  readonly file: ControlFile;
  readonly index: number;
}

function byName(files: readonly ControlFile[]): ReadonlyMap<string, FoundFile> {
  return new Map(files.map((file, index) => [file.name, { file, index }]));
}

function isV1(m: Machine, cgroup: number): boolean {
  return m.cgroups.isV1[cgroup] !== 0;
}

function isThere(m: Machine, cgroup: number, file: ControlFile): boolean {
  const isRoot = m.cgroups.parent[cgroup] === NO_CGROUP;
  return !(file.notInRoot && isRoot) && (file.isThere === undefined || file.isThere(m, cgroup));
}

/** Names of the files of `cgroup`. */
export function controlFileNames(m: Machine, cgroup: number): readonly string[] {
  const files = isV1(m, cgroup) ? V1_FILES : ALL_V2_FILES;
  return files.filter((file) => isThere(m, cgroup, file)).map((file) => file.name);
}

/** The file `name` of `cgroup`; undefined when it has none. */
export function controlFile(m: Machine, cgroup: number, name: string): FoundFile | undefined {
  const found = (isV1(m, cgroup) ? V1_BY_NAME : V2_BY_NAME).get(name);
  return found !== undefined && isThere(m, cgroup, found.file) ? found : undefined;
}
