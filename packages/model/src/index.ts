/** The kernel memory model. See docs/architecture.md. */

export { testBit } from "./bits.ts";
export * from "./cgroup/cgroups.ts";
export * from "./cgroup/membership.ts";
export { VIEW } from "./cut.ts";
export * from "./errno.ts";
export { foldWord, hashDigits, newHash } from "./hash.ts";
export * from "./machine/cgroup-calls.ts";
export { type CgroupPlan, compilePlan } from "./machine/cgroup-plan.ts";
export { nextDueNs } from "./machine/deferred-queue.ts";
export * from "./machine/dying.ts";
export * from "./machine/dying-holders.ts";
export { deferredEventName } from "./machine/events.ts";
export {
  AREAS_OF_CGROUP,
  AREAS_OF_COPY,
  AREAS_OF_WRITEBACK,
  forEachHeldArea,
} from "./machine/held-areas.ts";
export * from "./machine/hotplug.ts";
export * from "./machine/machine.ts";
export { releaseStatsNow } from "./machine/memcg-release.ts";
export * from "./machine/snapshot.ts";
export * from "./machine/sockets.ts";
export * from "./machine/state.ts";
export * from "./machine/swap.ts";
export * from "./machine/task-table.ts";
export * from "./machine/tasks.ts";
export * from "./machine/v1-hierarchy.ts";
export * from "./machine/verify.ts";
export * from "./memcg/charge.ts";
export * from "./memcg/control.ts";
export * from "./memcg/file-calls.ts";
export { freeMemoryPages } from "./memcg/free-memory.ts";
export * from "./memcg/memcgs.ts";
export * from "./memcg/open-files.ts";
export * from "./memcg/pages.ts";
export { percpuChargeBytes } from "./memcg/percpu-charge.ts";
export * from "./memcg/policies.ts";
export * from "./memcg/reclaim.ts";
export * from "./memcg/shrink-caches.ts";
export * from "./memcg-stats/hotplug.ts";
export * from "./memcg-stats/items.ts";
export * from "./memcg-stats/lifetime.ts";
export * from "./memcg-stats/read.ts";
export * from "./memcg-stats/rstat.ts";
export * from "./memcg-stats/snapshot.ts";
export {
  createMemcgStats,
  eventValue,
  hasBlock,
  LIVE,
  lruvecValue,
  type MemcgStats,
  PARKED,
  RELEASED,
  STATS_FAULTS,
  type StatsConfig,
  type StatsFault,
  type StatsMachinery,
} from "./memcg-stats/state.ts";
export * from "./memcg-stats/update.ts";
export * from "./memcg-stats/verify.ts";
export * from "./percpu/allocator.ts";
export * from "./percpu/area-walk.ts";
export * from "./percpu/balance.ts";
export { balanceWouldDestroy, destroyFreeChunk } from "./percpu/balance-destroy.ts";
export { populateWouldCreate } from "./percpu/balance-populate.ts";
export * from "./percpu/block-class.ts";
export { createChunk } from "./percpu/chunk.ts";
export * from "./percpu/constants.ts";
export * from "./percpu/geometry.ts";
export * from "./percpu/policies/index.ts";
export type { PercpuPolicy } from "./percpu/policy.ts";
export * from "./percpu/snapshot.ts";
export * from "./percpu/state.ts";
export * from "./percpu/statistics.ts";
export * from "./percpu/verify.ts";
export * from "./percpu/words.ts";
export { configuredProfile } from "./profiles/configure.ts";
export * from "./profiles/index.ts";
export { kmallocCache } from "./profiles/kmalloc.ts";
export type {
  BootAreas,
  CacheSpec,
  CgroupObjectSpec,
  CgroupPart,
  FileSystemSpec,
  FreedBy,
  KernelProfile,
  PercpuAreaSpec,
  PercpuVariant,
} from "./profiles/profile.ts";
export { withAllocator } from "./profiles/slab-parts.ts";
export { FILE_SYSTEMS } from "./profiles/tasks.ts";
export { COPY_DEAD, COPY_GONE, COPY_ONLINE, rowOfObject, slabGrowthPages } from "./slab/caches.ts";
export { DEAD_CACHE_RETRY_NS, markCopiesDead } from "./slab/dead-caches.ts";
export * from "./slab/events.ts";
export * from "./slab/policies.ts";
export {
  createSlabPool,
  foldSlabPool,
  NO_OBJECT,
  NO_SLAB,
  restoreSlabPool,
  type SlabPoolSnapshot,
  snapshotSlabPool,
} from "./slab/pool.ts";
export * from "./slab/slab-allocator/alloc.ts";
export * from "./slab/slab-allocator/hotplug.ts";
export * from "./slab/slab-allocator/lifetime.ts";
export * from "./slab/slab-allocator/reap.ts";
export * from "./slab/slab-allocator/slabinfo.ts";
export * from "./slab/slab-allocator/snapshot.ts";
export { createSlab, interruptOthers, type SlabAllocator } from "./slab/slab-allocator/state.ts";
export * from "./slab/slab-allocator/tune.ts";
export * from "./slab/slab-allocator/verify.ts";
export * from "./slab/slabinfo.ts";
export * from "./slab/slub/alloc.ts";
export * from "./slab/slub/free.ts";
export * from "./slab/slub/limits.ts";
export * from "./slab/slub/shrink.ts";
export * from "./slab/slub/slabinfo.ts";
export * from "./slab/slub/snapshot.ts";
export * from "./slab/slub/state.ts";
export * from "./slab/slub/verify.ts";
export * from "./slab/tuning.ts";
export * from "./violation.ts";
