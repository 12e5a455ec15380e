/** Codes of the machine's deferred events; the subject of each is in brackets. */

/** The percpu balance work. */
export const EVENT_BALANCE_WORK = 0;
/** A removed cgroup's way out [cgroup]: see cgroup-release.ts. */
export const EVENT_KILLED = 1;
export const EVENT_OFFLINE = 2;
export const EVENT_CSS_RCU = 3;
export const EVENT_CSS_FREE = 4;
export const EVENT_CGROUP_RCU = 5;
export const EVENT_CGROUP_FREE = 6;
/** The memory controller alone, of a cgroup that stays [memcg]. */
export const EVENT_MEMORY_KILLED = 7;
export const EVENT_MEMORY_OFFLINE = 8;
/** The object cgroup of such a memcg is gone [memcg]. */
export const EVENT_MEMORY_OBJCG = 16;
/** A memcg whose last reference went after it was offline [memcg]: see memcg-release.ts. */
export const EVENT_MEMCG_RELEASE = 9;
export const EVENT_MEMCG_RCU = 10;
export const EVENT_MEMCG_FREE = 11;
/** Early release: the grace period after the percpu data was unpublished is over [memcg]. */
export const EVENT_EARLY_RELEASE = 12;
/** A cache copy is created, is given up by its offline memcg, or goes [cache row]: see slab/copies.ts. */
export const EVENT_COPY_CREATE = 13;
export const EVENT_COPIES_DEACTIVATE = 14;
export const EVENT_COPY_FREE = 15;
export const EVENT_COPY_OBJECTS = 17;
/** The work item of a dead copy [cache row]: see slab/dead-caches.ts. */
export const EVENT_DEAD_CACHE = 18;
/** The reaper of SLAB's arrays [CPU]: see slab/reaper.ts. */
export const EVENT_SLAB_REAP = 19;

const NAMES: ReadonlyMap<number, string> = new Map([
  [EVENT_BALANCE_WORK, "percpu balance work"],
  [EVENT_KILLED, "cgroup killed"],
  [EVENT_OFFLINE, "cgroup offline"],
  [EVENT_CSS_RCU, "cgroup grace period"],
  [EVENT_CSS_FREE, "cgroup controllers freed"],
  [EVENT_CGROUP_RCU, "cgroup second grace period"],
  [EVENT_CGROUP_FREE, "cgroup freed"],
  [EVENT_MEMORY_KILLED, "memory controller killed"],
  [EVENT_MEMORY_OFFLINE, "memory controller offline"],
  [EVENT_MEMORY_OBJCG, "memory controller grace period"],
  [EVENT_MEMCG_RELEASE, "memcg released"],
  [EVENT_MEMCG_RCU, "memcg grace period"],
  [EVENT_MEMCG_FREE, "memcg freed"],
  [EVENT_EARLY_RELEASE, "memcg statistics released early"],
  [EVENT_COPY_CREATE, "cache copy made"],
  [EVENT_COPIES_DEACTIVATE, "cache copies given up"],
  [EVENT_COPY_FREE, "cache copy freed"],
  [EVENT_COPY_OBJECTS, "cache copy's structures freed"],
  [EVENT_DEAD_CACHE, "dead cache shrunk"],
  [EVENT_SLAB_REAP, "slab reaper"],
]);

/** What a deferred event is, in words. */
export function deferredEventName(code: number): string {
  return NAMES.get(code) ?? `deferred event ${code}`;
}
