/**
 * Random histories of a whole machine: cgroups, tasks, files, control files, swap, sockets, reclaim, limits, tuning of
 * slab caches, CPU hotplug, and time that passes in between. Each step is one call on the machine; what it answers is the machine's business.
 */

import {
  advanceTo,
  attachTask,
  bufferWrite,
  type CacheSpec,
  cgroupMkdir,
  cgroupRmdir,
  childNames,
  closeFile,
  closeSocket,
  createFile,
  deleteFile,
  dropInodes,
  dropPageCache,
  execTask,
  exitTask,
  type FileSystemSpec,
  forceEmpty,
  forkTask,
  lockFile,
  lookupCgroup,
  type Machine,
  mountMemoryV1,
  NO_CGROUP,
  NO_MEMCG,
  NO_PAGE_LIMIT,
  openControlFile,
  openSocket,
  ROOT_CGROUP,
  ROOT_MEMCG,
  readFilePages,
  reclaimOnDemand,
  setCpuOnline,
  setMemcgLimit,
  setMemoryInSubtree,
  setTaskCpus,
  shrinkDeadCaches,
  startTask,
  swapOff,
  swapOn,
  syncFiles,
  truncateFile,
  tuneCache,
  writeFilePages,
} from "@ebb/model";
import type { Random } from "./random.ts";

const MAX_CGROUPS = 24;
const MAX_FILES = 30;
const MAX_TASKS = 12;
const MAX_PAGES = 90;
const MAX_HANDLES = 6;
const NS_PER_MS = 1e6;
/** Until nothing is on its way any more; with SLAB's reaper, whose arrays may be tuned to hold thousands of objects. */
const SETTLED_SECONDS = 5;
const REAPED_SECONDS = 120;

interface RunFile {
  readonly row: number;
  nrLocks: number;
}

/** A machine in the middle of a random history. */
export class MachineRun {
  readonly machine: Machine;
  readonly #random: Random;
  readonly #fileSystems: readonly [FileSystemSpec, ...FileSystemSpec[]];
  readonly #pids: [number, ...number[]];
  readonly #files: RunFile[] = [];
  readonly #sockets: number[] = [];
  /** Handles on control files. */
  readonly #handles: number[] = [];
  /** What was done last, for messages. */
  last = "start";

  /** @param isV1 memory is mounted as v1 before anything else */
  constructor(
    machine: Machine,
    random: Random,
    fileSystems: readonly [FileSystemSpec, ...FileSystemSpec[]],
    isV1: boolean,
  ) {
    this.machine = machine;
    this.#random = random;
    this.#fileSystems = fileSystems;
    if (isV1) mountMemoryV1(machine);
    this.#pids = [startTask(machine)];
  }

  /** Does one thing. */
  step(): void {
    const steps = [
      this.#mkdir,
      this.#mkdir,
      this.#rmdir,
      this.#attach,
      this.#attach,
      this.#fork,
      this.#exec,
      this.#exit,
      this.#create,
      this.#write,
      this.#write,
      this.#read,
      this.#truncate,
      this.#delete,
      this.#lock,
      this.#socket,
      this.#swap,
      this.#shrink,
      this.#open,
      this.#open,
      this.#tune,
      this.#pin,
      this.#reclaim,
      this.#limit,
      this.#controller,
      this.#hotplug,
      this.#wait,
      this.#wait,
    ] as const;
    const step = this.#random.pick(steps);
    this.last = step.name;
    step.call(this);
  }

  /** Ends all tasks, deletes all files, closes all sockets, removes all cgroups, and waits: nothing may be left dying. */
  finish(): void {
    const m = this.machine;
    for (const pid of this.#pids) exitTask(m, pid);
    for (const handle of this.#handles) closeFile(m, handle, 0);
    for (const file of this.#files) deleteFile(m, file.row, 0);
    for (const socket of this.#sockets) closeSocket(m, socket);
    for (const cgroup of this.#cgroups().reverse()) cgroupRmdir(m, cgroup);
    dropInodes(m, 0);
    const seconds = m.profile.slabAllocator === "SLAB" ? REAPED_SECONDS : SETTLED_SECONDS;
    for (let second = 0; second < seconds; second++) advanceTo(m, m.nowNs + 1000 * NS_PER_MS);
  }

  /** Online cgroups of the hierarchy that has the memory controller, parents first. */
  #cgroups(): [number, ...number[]] {
    const m = this.machine;
    const rows: [number, ...number[]] = [m.v1Root === NO_CGROUP ? ROOT_CGROUP : m.v1Root];
    for (const row of rows) {
      for (const name of childNames(m.cgroups, row)) rows.push(lookupCgroup(m.cgroups, row, name));
    }
    return rows;
  }

  #memcg(): number {
    const m = this.machine;
    const memcg = m.cgroups.memcg[this.#random.pick(this.#cgroups())] ?? NO_MEMCG;
    return memcg === NO_MEMCG ? ROOT_MEMCG : memcg;
  }

  #file(): RunFile | undefined {
    return this.#files[this.#random.below(this.#files.length)];
  }

  #mkdir(): void {
    const cgroups = this.#cgroups();
    if (cgroups.length >= MAX_CGROUPS) return;
    cgroupMkdir(this.machine, this.#random.pick(cgroups), `g${this.#random.below(12)}`);
  }

  #rmdir(): void {
    cgroupRmdir(this.machine, this.#random.pick(this.#cgroups()));
  }

  #attach(): void {
    attachTask(this.machine, this.#random.pick(this.#pids), this.#random.pick(this.#cgroups()));
  }

  #fork(): void {
    if (this.#pids.length < MAX_TASKS) this.#pids.push(forkTask(this.machine, this.#random.pick(this.#pids)));
  }

  #exec(): void {
    execTask(this.machine, this.#random.pick(this.#pids));
  }

  #exit(): void {
    if (this.#pids.length === 1) return;
    const [pid] = this.#pids.splice(1 + this.#random.below(this.#pids.length - 1), 1);
    if (pid !== undefined) exitTask(this.machine, pid);
  }

  #create(): void {
    if (this.#files.length >= MAX_FILES) return;
    const row = createFile(this.machine, this.#random.pick(this.#fileSystems), this.#random.pick(this.#pids));
    this.#files.push({ row, nrLocks: 0 });
  }

  #write(): void {
    const file = this.#file();
    const from = this.#random.below(8);
    const end = from + this.#random.logUniform(1, MAX_PAGES);
    if (file !== undefined) writeFilePages(this.machine, file.row, from, end, this.#random.pick(this.#pids));
  }

  #read(): void {
    const file = this.#file();
    if (file !== undefined)
      readFilePages(this.machine, file.row, 0, 1 + this.#random.below(8), this.#random.pick(this.#pids));
  }

  #truncate(): void {
    const file = this.#file();
    if (file !== undefined) truncateFile(this.machine, file.row, this.#random.below(20), 0);
  }

  #delete(): void {
    const [file] = this.#files.splice(this.#random.below(this.#files.length), 1);
    if (file !== undefined) deleteFile(this.machine, file.row, 0);
  }

  #lock(): void {
    const file = this.#file();
    if (file === undefined) return;
    const n = file.nrLocks > 0 && this.#random.perMille(600) ? -1 : 1;
    file.nrLocks += n;
    lockFile(this.machine, file.row, n, 0);
  }

  #socket(): void {
    if (this.#sockets.length > 3 || (this.#sockets.length > 0 && this.#random.perMille(500))) {
      const [socket] = this.#sockets.splice(this.#random.below(this.#sockets.length), 1);
      if (socket !== undefined) closeSocket(this.machine, socket);
    } else this.#sockets.push(openSocket(this.machine, this.#random.pick(this.#pids)));
  }

  #swap(): void {
    if (this.#random.perMille(700)) swapOn(this.machine, this.#random.logUniform(1, 500));
    else swapOff(this.machine, this.#random.pick(this.#pids));
  }

  #shrink(): void {
    const what = this.#random.below(3);
    if (what === 0) syncFiles(this.machine, 0);
    else if (what === 1) dropPageCache(this.machine, 0);
    else dropInodes(this.machine, 0);
  }

  #open(): void {
    const m = this.machine;
    if (this.#handles.length >= MAX_HANDLES || (this.#handles.length > 0 && this.#random.perMille(400))) {
      const [handle] = this.#handles.splice(this.#random.below(this.#handles.length), 1);
      if (handle !== undefined) closeFile(m, handle, 0);
      return;
    }
    const pid = this.#random.pick(this.#pids);
    const handle = openControlFile(m, this.#random.pick(this.#cgroups()), this.#random.below(4), pid);
    if (this.#random.perMille(500)) bufferWrite(m, handle, pid);
    this.#handles.push(handle);
  }

  #tune(): void {
    const m = this.machine;
    if (this.#random.perMille(300)) shrinkDeadCaches(m, 0);
    const { name } = this.#random.pick(m.profile.caches as [CacheSpec, ...CacheSpec[]]);
    const limit = this.#random.logUniform(1, 200);
    const batchcount = 1 + this.#random.below(limit);
    tuneCache(m, { name, limit, batchcount, shared: this.#random.below(9) }, 0);
  }

  #pin(): void {
    const from = this.#random.below(this.machine.options.nrCpus);
    const end = from + 1 + this.#random.below(3);
    setTaskCpus(this.machine, this.#random.pick(this.#pids), from, end);
  }

  #reclaim(): void {
    const m = this.machine;
    if (this.#random.perMille(300)) forceEmpty(m, this.#memcg(), 0);
    else reclaimOnDemand(m, this.#memcg(), this.#random.logUniform(1, 400), 0);
  }

  #limit(): void {
    const m = this.machine;
    const memcg = this.#memcg();
    if (memcg === ROOT_MEMCG) return;
    const pages = this.#random.perMille(400) ? NO_PAGE_LIMIT : this.#random.logUniform(1, 600);
    const limit = this.#random.pick(["maxPages", "highPages", "lowPages", "minPages", "kmemMaxPages"] as const);
    setMemcgLimit(m, memcg, limit, limit === "lowPages" || limit === "minPages" ? pages % 1000 : pages, 0);
  }

  #controller(): void {
    setMemoryInSubtree(this.machine, this.#random.pick(this.#cgroups()), this.#random.perMille(700));
  }

  #hotplug(): void {
    setCpuOnline(this.machine, this.#random.below(this.machine.options.nrCpus), this.#random.perMille(600));
  }

  #wait(): void {
    advanceTo(this.machine, this.machine.nowNs + this.#random.logUniform(1, 200) * NS_PER_MS);
  }
}
