/**
 * The calls by which files, tasks and commands change a machine: all of them go through here, so that whoever listens to
 * a machine (`callListener`) can make the same calls again, on a machine made from the same options, and come to the same
 * bytes.
 *
 *     cgroup-fs.ts, task host, ... --> calls.ts --> model
 *                                         \--> listener: number of the call, its arguments
 *
 * Arguments are numbers, texts and truth values. What only reads is called directly.
 */

import {
  swapOn as addSwap,
  attachTask as attach,
  bufferWrite as bufferTheWrite,
  type CallArgument,
  closeFile as close,
  createFile as create,
  deleteFile as deleteTheFile,
  dropInodes as dropAllInodes,
  dropPageCache as dropAllPages,
  dropFilePages as dropPages,
  forceEmpty as emptyMemcg,
  closeSocket as endSocket,
  swapOff as endSwap,
  execTask as exec,
  exitTask as exit,
  type FileSystemSpec,
  flushAllStats,
  forkTask as fork,
  lockFile as lock,
  type Machine,
  type MemcgLimit,
  cgroupMkdir as mkdir,
  mountMemoryV1 as mountV1,
  openSocket as newSocket,
  nextDueNs,
  openFile as open,
  openControlFile as openControl,
  openKernelFile as openKernel,
  queueBalanceWork,
  ROOT_MEMCG,
  readFilePages as read,
  reclaimOnDemand as reclaim,
  resetPeak as resetThePeak,
  returnFromCall as returnTask,
  cgroupRmdir as rmdir,
  runNextEvent,
  advanceTo as runUntil,
  setTaskCpus as setCpus,
  setMemcgLimit as setLimit,
  setCpuOnline as setOnline,
  setMemoryInSubtree as setSubtree,
  setCgroupLimits as setTreeLimits,
  startTask as start,
  syncFiles as sync,
  truncateFile as truncate,
  tuneCache as tune,
  unmountMemoryV1 as unmountV1,
  writeFilePages as write,
} from "@ebb/model";

interface Call {
  readonly name: string;
  /** A method, so that a function of particular arguments is one of any. */
  run(m: Machine, ...args: readonly CallArgument[]): unknown;
}

/** A file system whose files live in memory alone: the root, and what is mounted as tmpfs. */
const IN_MEMORY: FileSystemSpec = {
  name: "tmpfs",
  inodeCache: "shmem_inode_cache",
  memoryOnly: true,
  cgroupWriteback: false,
};

/** Name of the call that runs a deferred event: its arguments are the event's code and subject. */
export const DEFERRED_CALL = "deferred";

const CALLS: Call[] = [];

/** The function, told to who listens to the machine. */
function told<A extends readonly CallArgument[], R>(
  name: string,
  run: (m: Machine, ...args: A) => R,
): (m: Machine, ...args: A) => R {
  const code = CALLS.length;
  CALLS.push({ name, run });
  return (m, ...args) => {
    const listener = m.callListener;
    if (listener === undefined) return run(m, ...args);
    listener.begins(code, args);
    const answer = run(m, ...args);
    listener.ended();
    return answer;
  };
}

/** Name of a call by its number: `mkdir`. */
export function callName(code: number): string {
  return CALLS[code]?.name ?? "";
}

/** Makes a call again, by its number. Nobody is told. */
export function callAgain(m: Machine, code: number, args: readonly CallArgument[]): void {
  CALLS[code]?.run(m, ...args);
}

export const startTask = told("start", start);
export const forkTask = told("fork", fork);
export const execTask = told("exec", exec);
export const exitTask = told("exit", exit);
export const returnFromCall = told("return", returnTask);
export const setTaskCpus = told("set CPUs", setCpus);
export const attachTask = told("attach", attach);

export const cgroupMkdir = told("mkdir", (m: Machine, parent: number, name: string, cpu: number, memcg: number) =>
  mkdir(m, parent, name, cpu, memcg),
);
export const cgroupRmdir = told("rmdir", (m: Machine, row: number, cpu: number, memcg: number) =>
  rmdir(m, row, cpu, memcg),
);
export const setMemoryInSubtree = told("subtree control", (m: Machine, row: number, enable: boolean, cpu: number) =>
  setSubtree(m, row, enable, cpu),
);
export const setCgroupLimits = told("cgroup limits", setTreeLimits);
export const mountMemoryV1 = told("mount v1", mountV1);
export const unmountMemoryV1 = told("unmount v1", unmountV1);

export const setMemcgLimit = told("memory limit", setLimit);
/** The limit as it was before a write that is taken back. */
export const restoreMemcgLimit = told(
  "memory limit back",
  (m: Machine, memcg: number, limit: MemcgLimit, nrPages: number) => {
    m.memcgs[limit][memcg] = nrPages;
  },
);
export const resetPeak = told("reset peak", resetThePeak);
export const resetFailures = told("reset failures", (m: Machine, memcg: number) => {
  m.memcgs.nrMaxEvents[memcg] = 0;
});
export const reclaimOnDemand = told("reclaim", reclaim);
export const forceEmpty = told("force empty", emptyMemcg);
export const flushStats = told("flush statistics", (m: Machine) => {
  flushAllStats(m.stats, ROOT_MEMCG);
  m.statsFlushedNs = m.nowNs;
});

/** A file in memory alone, or one of the kind /tmp is of. */
export const createFile = told("create file", (m: Machine, inMemory: boolean, pid: number) =>
  create(m, inMemory ? IN_MEMORY : m.profile.tmpFileSystem, pid),
);
export const openFile = told("open", open);
export const openKernelFile = told("open kernel file", openKernel);
export const openControlFile = told("open control file", openControl);
export const closeFile = told("close", close);
export const bufferWrite = told("buffer write", bufferTheWrite);
export const readFilePages = told("read pages", read);
export const writeFilePages = told("write pages", write);
export const truncateFile = told("truncate", truncate);
export const lockFile = told("lock", lock);
export const dropFilePages = told("drop file pages", dropPages);
export const deleteFile = told("delete file", deleteTheFile);
export const dropPageCache = told("drop page cache", dropAllPages);
export const dropInodes = told("drop inodes", dropAllInodes);
export const syncFiles = told("sync", sync);

export const tuneCache = told(
  "tune cache",
  (m: Machine, name: string, limit: number, batchcount: number, shared: number, cpu: number) =>
    tune(m, { name, limit, batchcount, shared }, cpu),
);
export const setCpuOnline = told("CPU online", setOnline);
export const swapOn = told("swap on", addSwap);
export const swapOff = told("swap off", endSwap);
export const openSocket = told("listen", newSocket);
export const closeSocket = told("close socket", endSocket);

/** Deferred event `code` on `subject` runs, the next that is due. Told what it is for those who read it. */
const runDeferred = told(DEFERRED_CALL, (m: Machine, _code: number, _subject: number) => {
  queueBalanceWork(m);
  runNextEvent(m);
});
const passTime = told("time passes", (m: Machine, timeNs: number) => runUntil(m, timeNs));

/** Lets virtual time pass; who listens is told of each deferred event by itself. */
export function advanceTo(m: Machine, timeNs: number): void {
  if (m.callListener === undefined) {
    runUntil(m, timeNs);
    return;
  }
  for (;;) {
    queueBalanceWork(m);
    if (nextDueNs(m.queue) > timeNs) break;
    runDeferred(m, m.queue.code[0] ?? 0, m.queue.subject[0] ?? 0);
  }
  passTime(m, timeNs);
}
