/**
 * A dead cache copy, and all who can move it on, one call of the model's own functions at a time:
 *
 *   memcg     dies: its copy is dead and a run is asked for
 *   task      frees the copy's objects, one after the other
 *   pressure  somebody gives back what is free in the cache, whoever it belongs to
 *   worker    runs an item that is due
 *   timer     runs out, and its item runs
 *
 * The machine is a small one of the kernel of mail 003: one memcg, one copy, two objects in one slab. A state is the way
 * to it: the machine is put back to its beginning and the steps are taken again.
 *
 * Source: spec/memcg-slab.md E.4, F.3; mail 003.
 */

import {
  advanceTo,
  attachTask,
  COPY_DEAD,
  COPY_GONE,
  COPY_ONLINE,
  cgroupMkdir,
  createFile,
  createMachine,
  deleteFile,
  type Machine,
  type MachineOptions,
  markCopiesDead,
  mountMemoryV1,
  restoreMachine,
  runNextEvent,
  setMemcgLimit,
  shrinkDeadCaches,
  snapshotMachine,
  startTask,
} from "@ebb/model";

const DEATH = 0;
const TASK = 1;
const PRESSURE = 2;
const WORKER = 3;
const ACTOR_NAMES = ["memcg", "task", "pressure", "worker"];

const NR_OBJECTS = 2;
/** So often somebody shrinks the cache, and so often a timer runs out, in one story. */
const MAX_PRESSURE = 2;
const MAX_TIMERS = 4;
const SECOND_NS = 1e9;
/** Files that have a dentry and no inode: one object each. */
const NAMES_ONLY = { name: "names", inodeCache: "", memoryOnly: true, cgroupWriteback: false } as const;
const KMEM_LIMIT_PAGES = 100_000;

export interface DeadCacheState {
  /** Who stepped, from the beginning. */
  readonly path: readonly number[];
}

/** What matters of a state, and what a story shows. */
interface DeadCacheView {
  readonly isDead: boolean;
  /** No longer there. */
  readonly isGone: boolean;
  readonly nrObjects: number;
  readonly nrPages: number;
  /** Runs that are asked for: due now, and waiting for a timer. */
  readonly nrDue: number;
  readonly nrTimers: number;
  readonly nrRuns: number;
  readonly nrUsesAfterDestroy: number;
  readonly nrPressure: number;
  readonly nrTimersRun: number;
}

/** One machine, put into each state in turn. */
export class DeadCaches {
  readonly machine: Machine;
  readonly #start: ReturnType<typeof snapshotMachine>;
  readonly #memcg: number;
  readonly #copy: number;
  readonly #files: readonly number[];
  state: DeadCacheState = { path: [] };
  #nrFreed = 0;
  #nrPressure = 0;
  #nrTimersRun = 0;
  #isDead = false;

  constructor(options: MachineOptions) {
    const m = createMachine(options);
    const root = mountMemoryV1(m);
    const cgroup = cgroupMkdir(m, root, "dead");
    this.machine = m;
    this.#memcg = m.cgroups.memcg[cgroup] ?? 0;
    setMemcgLimit(m, this.#memcg, "kmemMaxPages", KMEM_LIMIT_PAGES, 0);
    const task = startTask(m);
    attachTask(m, task, cgroup);
    // The root cache serves the first object, which asks for the copy.
    createFile(m, NAMES_ONLY, task);
    advanceTo(m, m.nowNs + SECOND_NS);
    this.#files = Array.from({ length: NR_OBJECTS }, () => createFile(m, NAMES_ONLY, task));
    this.#copy = this.#dentryCopy();
    this.#start = snapshotMachine(m);
  }

  /** The task itself may have asked for copies of other caches: they are not looked at. */
  #dentryCopy(): number {
    const { caches, memcgs } = this.machine;
    let row = memcgs.copies[this.#memcg] ?? -1;
    while (row >= 0 && caches.specs[caches.cache[row] ?? 0]?.name !== "dentry") row = caches.nextOfMemcg[row] ?? -1;
    return row;
  }

  load(state: DeadCacheState): void {
    restoreMachine(this.machine, this.#start);
    this.#nrFreed = 0;
    this.#nrPressure = 0;
    this.#nrTimersRun = 0;
    this.#isDead = false;
    for (const actor of state.path) this.#act(actor);
    this.state = state;
  }

  save(): DeadCacheState {
    return this.state;
  }

  enabled(): readonly number[] {
    const actors: number[] = [];
    const { isGone, nrDue, nrTimers } = this.view();
    if (!this.#isDead) actors.push(DEATH);
    if (this.#nrFreed < NR_OBJECTS) actors.push(TASK);
    if (this.#isDead && !isGone && this.#nrPressure < MAX_PRESSURE) actors.push(PRESSURE);
    if (nrDue > 0 || (nrTimers > 0 && this.#nrTimersRun < MAX_TIMERS)) actors.push(WORKER);
    return actors;
  }

  /** Takes the actor's next step; answers who it was and what it did. */
  step(actor: number): readonly [who: string, did: string] {
    const did = this.#act(actor);
    this.state = { path: [...this.state.path, actor] };
    const isTimer = did.startsWith("60 s");
    return [isTimer ? "timer" : (ACTOR_NAMES[actor] ?? ""), did];
  }

  view(): DeadCacheView {
    const { caches, queue, nowNs } = this.machine;
    const state = caches.state[this.#copy];
    let nrDue = 0;
    for (let i = 0; i < queue.length; i++) {
      if (queue.subject[i] === this.#copy && (queue.dueNs[i] ?? 0) <= nowNs) nrDue++;
    }
    return {
      isDead: state === COPY_DEAD,
      isGone: state !== COPY_DEAD && state !== COPY_ONLINE,
      nrObjects: NR_OBJECTS - this.#nrFreed,
      nrPages: caches.nrPages[this.#copy] ?? 0,
      nrDue,
      nrTimers: (caches.nrWorks[this.#copy] ?? 0) - nrDue,
      nrRuns: caches.nrRuns[this.#copy] ?? 0,
      nrUsesAfterDestroy: caches.nrUsesAfterDestroy,
      nrPressure: this.#nrPressure,
      nrTimersRun: this.#nrTimersRun,
    };
  }

  /** Nobody can step any more, and nobody is waiting. */
  get isOver(): boolean {
    return this.enabled().length === 0 && this.view().nrTimers === 0;
  }

  #act(actor: number): string {
    const m = this.machine;
    switch (actor) {
      case DEATH:
        this.#isDead = true;
        markCopiesDead(m, this.#memcg);
        return "dies: the copy is dead, a run is asked for";
      case TASK:
        deleteFile(m, this.#files[this.#nrFreed++] ?? 0, 0);
        return this.#nrFreed < NR_OBJECTS ? "frees an object" : "frees the last object";
      case PRESSURE:
        this.#nrPressure++;
        shrinkDeadCaches(m, 0);
        return "shrinks the cache";
      default:
        return this.#run();
    }
  }

  #run(): string {
    const m = this.machine;
    const { caches } = m;
    const before = this.view();
    const isTimer = before.nrDue === 0;
    if (isTimer) this.#nrTimersRun++;
    runNextEvent(m);
    const after = this.view();
    const when = isTimer ? "60 s are over: " : "";
    if (after.nrUsesAfterDestroy > before.nrUsesAfterDestroy) return `${when}runs for a copy that is no more`;
    if (caches.state[this.#copy] === COPY_GONE || after.isGone) return `${when}no pages: destroys the copy`;
    if (after.nrPages === 0) return `${when}shrinks it to no pages, which asks for another run`;
    return `${when}pages are left${after.nrTimers > before.nrTimers || isTimer ? "; again in 60 s" : ""}`;
  }
}
