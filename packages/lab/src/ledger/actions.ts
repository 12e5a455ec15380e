/**
 * What an operator can do about dying cgroups. An action changes the machine it is given and lets no time pass; it
 * answers how many things it acted on, 0 when there is nothing for it to do.
 *
 * Source: spec/memcg-slab.md A.3 (from "Unpin operations"), G (4).
 */

import {
  closeFile,
  closeSocket,
  type DyingHolders,
  deleteFile,
  dropInodes,
  dropPageCache,
  exitTask,
  lockFile,
  type Machine,
  ROOT_MEMCG,
  reclaimOnDemand,
  releaseStatsNow,
  shrinkDeadCaches,
  swapOff,
  syncFiles,
} from "@ebb/model";
import { count } from "../experiment/print-comparison.ts";

/** One action on a machine. */
export interface ReleasingAction {
  /** Its name where it returned nothing, and in JSON. */
  readonly name: string;
  /** Its name with what it acted on. */
  readonly title: (nrThings: number) => string;
  /** Does it, as task `pid` on `cpu`; `holders` is who keeps dying memcgs at that moment. */
  readonly act: (m: Machine, holders: DyingHolders, pid: number, cpu: number) => number;
}

const END_TASKS: ReleasingAction = {
  name: "end the tasks that pin",
  title: (n) => `end the ${count(n, "task")}`,
  act(m, { pids }) {
    for (const pid of pids) exitTask(m, pid);
    return pids.length;
  },
};

const CLOSE_SOCKETS: ReleasingAction = {
  name: "close the sockets that pin",
  title: (n) => `close the ${count(n, "socket")}`,
  act(m, { sockets }) {
    for (const socket of sockets) closeSocket(m, socket);
    return sockets.length;
  },
};

const CLOSE_FILES: ReleasingAction = {
  name: "close the open files that pin",
  title: (n) => `close ${count(n, "open file")}`,
  act(m, { handles }, _pid, cpu) {
    for (const handle of handles) closeFile(m, handle, cpu);
    return handles.length;
  },
};

/** One that somebody has open stays until it is closed. */
const DELETE_FILES: ReleasingAction = {
  name: "delete the files that pin",
  title: (n) => `delete the ${count(n, "file")}`,
  act(m, { files }, _pid, cpu) {
    const closed = files.filter((file) => m.files.nrOpen[file] === 0);
    for (const file of closed) deleteFile(m, file, cpu);
    return closed.length;
  },
};

const UNLOCK: ReleasingAction = {
  name: "munlock and drop_caches=1",
  title: (n) => `munlock the ${count(n, "file")} and drop_caches=1`,
  act(m, _holders, _pid, cpu) {
    const nrFiles = unlockFiles(m, cpu);
    if (nrFiles > 0) dropPages(m, cpu);
    return nrFiles;
  },
};

const SWAPOFF: ReleasingAction = {
  name: "swapoff",
  title: () => "swapoff",
  act: (m, _holders, pid) => (m.nrSwapPages > 0 && swapOff(m, pid) === 0 ? 1 : 0),
};

const DROP_PAGES: ReleasingAction = {
  name: "drop_caches=1 (after sync)",
  title: () => "drop_caches=1 (after sync)",
  act: (m, _holders, _pid, cpu) => dropPages(m, cpu),
};

const DROP_ALL: ReleasingAction = {
  name: "drop_caches=3 (after sync)",
  title: () => "drop_caches=3 (after sync)",
  act: (m, _holders, _pid, cpu) => dropPages(m, cpu) + dropInodes(m, cpu),
};

const RECLAIM: ReleasingAction = {
  name: "reclaim of everything",
  title: () => "reclaim of everything, from the root",
  act: (m, _holders, _pid, cpu) => {
    const before = m.nrPagesUsed;
    reclaimOnDemand(m, ROOT_MEMCG, before, cpu);
    return before - m.nrPagesUsed;
  },
};

const SHRINK_CACHES: ReleasingAction = {
  name: "shrink of dead slab caches",
  title: (n) => `shrink of ${count(n, "dead slab cache")}`,
  act: (m, _holders, _pid, cpu) => shrinkDeadCaches(m, cpu),
};

const RELEASE_STATS: ReleasingAction = {
  name: "early release",
  title: (n) => `early release of ${count(n, "memcg")}`,
  act: (m) => releaseStatsNow(m),
};

/** In the order in which "everything" does them: what is held by somebody first, then what is merely cached. */
const SINGLE_ACTIONS: readonly ReleasingAction[] = [
  END_TASKS,
  CLOSE_SOCKETS,
  CLOSE_FILES,
  DELETE_FILES,
  UNLOCK,
  SWAPOFF,
  DROP_PAGES,
  DROP_ALL,
  RECLAIM,
  SHRINK_CACHES,
  RELEASE_STATS,
];

const EVERYTHING: ReleasingAction = {
  name: "all of these",
  title: () => "all of these, one after the other",
  act: (m, holders, pid, cpu) => SINGLE_ACTIONS.reduce((sum, action) => sum + action.act(m, holders, pid, cpu), 0),
};

export const RELEASING_ACTIONS: readonly ReleasingAction[] = [...SINGLE_ACTIONS, EVERYTHING];

function unlockFiles(m: Machine, cpu: number): number {
  const { files } = m;
  let nrFiles = 0;
  for (let file = 0; file < files.nrRows; file++) {
    const nrLocks = files.used[file] === 0 ? 0 : (files.nrLocks[file] ?? 0);
    if (nrLocks === 0) continue;
    lockFile(m, file, -nrLocks, cpu);
    nrFiles++;
  }
  return nrFiles;
}

function dropPages(m: Machine, cpu: number): number {
  syncFiles(m, cpu);
  return dropPageCache(m, cpu);
}
