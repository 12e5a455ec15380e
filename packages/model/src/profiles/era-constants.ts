/**
 * What a kernel era's structures are made of: item counts and sizes from which the percpu areas and slab objects of a
 * cgroup are computed for a configuration. One row for each era, bytes on x86-64.
 *
 * Source: spec/memcg-slab.md I (constants), B.1 (why the sizes are what they are), B.3 (slab), A.4 (files).
 */

/** What of a kernel's configuration moves the sizes. */
export interface KernelConfig {
  /** CONFIG_NUMA: six VM events more (6.1: two node items). */
  readonly numa: boolean;
  /** Pressure stall information, on when the machine boots. */
  readonly psi: boolean;
  /** CONFIG_CGROUP_BPF: one more reference count in each cgroup of v2. */
  readonly bpf: boolean;
}

export interface EraConstants {
  /** Kernel the sizes were computed for. */
  readonly era: string;
  /** Items of the node statistics that a memcg keeps for each node. */
  readonly nodeStatItems: number;
  /** Statistics items of a memcg: the node's and its own. */
  readonly memcgStatItems: number;
  /** VM events of a memcg. */
  readonly eventItems: number;
  /** Words beside them: page events and the targets of their checks. */
  readonly extraWords: number;
  /** Copies of the VM statistics: 2 with a local one. */
  readonly vmCopies: 1 | 2;
  /** Items stand twice in the block: now, and as of the last flush. */
  readonly vmDoubled: boolean;
  /** Bytes of an item in each block of lruvec statistics, in the order of allocation. */
  readonly lruvecItemBytes: readonly number[];
  /** What CONFIG_NUMA=n takes from the events, and from the node statistics. */
  readonly numaEventItems: number;
  readonly numaNodeItems: number;
  /** Percpu bytes of perf_event's own structure. */
  readonly perfInfoBytes: number;
  /** Percpu bytes of the recursive statistics, 0 before they came, and whether v1 hierarchies have them too. */
  readonly rstatBytes: number;
  readonly rstatOnV1: boolean;
  readonly hasPsi: boolean;
  readonly hasBpf: boolean;
  readonly hasObjcg: boolean;
  /** Percpu parts of reference counts go when the count is killed (5.3 and later), not with what they count. */
  readonly refsFreedAtKill: boolean;
  /** Percpu statistics are charged to the parent memcg (5.9 and later). */
  readonly accountsAreas: boolean;
  /** sizeof, bytes, without the arrays that follow with the number of nodes or levels. */
  readonly memcgBytes: number;
  readonly perNodeBytes: number;
  readonly cgroupBytes: number;
  readonly kernfsNodeBytes: number;
  readonly perfCssBytes: number;
  readonly cgwbBytes: number;
  /** Bits of shrinkers for each node; 0 before they came. */
  readonly shrinkerMapBytes: number;
  /** Structures of later eras; 0 where there is none. */
  readonly vmstatsBytes: number;
  readonly psiGroupBytes: number;
  readonly objcgBytes: number;
  /** Data of one reference count outside its percpu part (5.10 and later). */
  readonly refDataBytes: number;
  /** Control files of a cgroup: of the cgroup itself and of the memory controller, by hierarchy. */
  readonly filesV2: readonly [core: number, memory: number];
  readonly filesV1: readonly [core: number, memory: number];
}

const BEFORE_BPF = {
  extraWords: 4,
  vmCopies: 1,
  vmDoubled: false,
  numaEventItems: 6,
  numaNodeItems: 0,
  perfInfoBytes: 16,
  rstatOnV1: false,
  hasBpf: false,
  hasObjcg: false,
  refsFreedAtKill: false,
  accountsAreas: false,
  cgwbBytes: 696,
  vmstatsBytes: 0,
  psiGroupBytes: 0,
  objcgBytes: 0,
  refDataBytes: 0,
  filesV1: [6, 27],
} as const;

export const ERA_4_12: EraConstants = {
  ...BEFORE_BPF,
  era: "4.12",
  nodeStatItems: 25,
  memcgStatItems: 33,
  eventItems: 84,
  lruvecItemBytes: [],
  rstatBytes: 0,
  hasPsi: false,
  memcgBytes: 1064,
  perNodeBytes: 592,
  cgroupBytes: 688,
  kernfsNodeBytes: 120,
  perfCssBytes: 192,
  shrinkerMapBytes: 0,
  filesV2: [4, 8],
};

export const ERA_5_0: EraConstants = {
  ...BEFORE_BPF,
  era: "5.0",
  nodeStatItems: 30,
  memcgStatItems: 36,
  eventItems: 85,
  lruvecItemBytes: [8],
  rstatBytes: 64,
  hasPsi: true,
  memcgBytes: 2688,
  perNodeBytes: 848,
  cgroupBytes: 1784,
  kernfsNodeBytes: 128,
  perfCssBytes: 248,
  shrinkerMapBytes: 24,
  filesV2: [13, 11],
};

export const ERA_5_4: EraConstants = {
  ...ERA_5_0,
  era: "5.4",
  nodeStatItems: 32,
  memcgStatItems: 38,
  vmCopies: 2,
  lruvecItemBytes: [8, 8],
  hasBpf: true,
  refsFreedAtKill: true,
  memcgBytes: 3008,
  perNodeBytes: 872,
  cgroupBytes: 2304,
  filesV2: [14, 12],
};

export const ERA_5_12: EraConstants = {
  ...ERA_5_4,
  era: "5.12",
  nodeStatItems: 39,
  memcgStatItems: 42,
  eventItems: 96,
  extraWords: 3,
  lruvecItemBytes: [8, 4],
  hasObjcg: true,
  accountsAreas: true,
  memcgBytes: 2816,
  perNodeBytes: 744,
  cgroupBytes: 2640,
  perfCssBytes: 208,
  cgwbBytes: 656,
  objcgBytes: 48,
  refDataBytes: 56,
  filesV2: [14, 14],
};

export const ERA_6_1: EraConstants = {
  ...ERA_5_12,
  era: "6.1",
  nodeStatItems: 43,
  memcgStatItems: 50,
  eventItems: 17,
  vmCopies: 1,
  vmDoubled: true,
  lruvecItemBytes: [16],
  numaEventItems: 0,
  numaNodeItems: 2,
  perfInfoBytes: 32,
  rstatOnV1: true,
  memcgBytes: 2240,
  perNodeBytes: 2560,
  cgroupBytes: 1640,
  cgwbBytes: 768,
  shrinkerMapBytes: 64,
  vmstatsBytes: 1072,
  psiGroupBytes: 680,
  filesV2: [17, 20],
};
