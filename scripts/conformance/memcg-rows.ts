/** Published figures of memory cgroups. Sources are named in each row. */

import { cgroupCost } from "@ebb/lab";
import { createMachine, kernelProfile, kmallocCache, percpuChargeBytes } from "@ebb/model";
import { lastNumber, mail001Dying, mail001Percpu, mail001SlabGrowth, optionsOf } from "./experiments.ts";
import type { Row } from "./row.ts";

const MAIL = "mail 001, 32 CPUs";
const RHEL = 'RHEL 9 patch "memcg: free percpu stats memory of dying memcg\'s", 2023';
const OBJECTS = '"memcg: accounting for objects allocated by mkdir cgroup", 2022';
const OWN_CACHES = "2025 commits giving both structures their own caches";
const SELFTEST = "cgroup selftests of the kernel";

const MAIL_001: readonly Row[] = [
  mail("Percpu before (an input of the profile)", 6912, 0, () => mail001Percpu("5.0", undefined, 0)),
  mail("Percpu of 1000 dying", 64128, 2, () => mail001Percpu("5.0", undefined, 1)),
  mail("Percpu of 1000 dying, early release", 26880, 2, () => mail001Percpu("5.0", "early-release", 1)),
  mail("Slab growth of 1000 dying", 17060, 15, () => mail001SlabGrowth("5.0")),
  mail("Slab growth of 1000 dying, early release", 19272, 15, () => mail001SlabGrowth("5.0", "early-release")),
  { ...mail("nr_dying_descendants after", 1000, 0, () => mail001Dying("5.0")), unit: "cgroups" },
];

function mail(what: string, expected: number, tolerancePercent: number, got: () => number): Row {
  return { source: MAIL, what: `mail 001: ${what}`, unit: "kB", expected, tolerancePercent, got };
}

/** Bytes per CPU of the areas of a memcg whose name begins with `what`, on `nodes` nodes. */
function areaBytes(kernel: string, what: string, nodes: number): number {
  return createMachine(optionsOf(kernel, undefined, nodes, nodes))
    .plan.specs.filter((spec) => spec.what.startsWith(what))
    .reduce((sum, spec) => sum + spec.sizeBytes, 0);
}

const EVENTS = "5.18 stores every event of a memcg, 6.1 the 17 that it shows; there is no profile of 5.18";

const PER_MEMCG: readonly Row[] = [
  {
    source: RHEL,
    what: "5.18: lruvec statistics of 2 nodes, per CPU",
    unit: "B",
    expected: 2 * 656,
    tolerancePercent: 0,
    got: () => areaBytes("6.1", "lruvec stats", 2),
  },
  {
    source: RHEL,
    what: "5.18: memcg statistics, per CPU",
    unit: "B",
    expected: 2424,
    tolerancePercent: 0,
    got: () => areaBytes("6.1", "memcg vmstats", 1),
    explained: EVENTS,
  },
  {
    source: RHEL,
    what: "5.18: statistics of a memcg, 96 CPUs, 2 nodes",
    unit: "B",
    expected: (2424 + 2 * 656) * 96,
    tolerancePercent: 0,
    got: () => (areaBytes("6.1", "memcg vmstats", 1) + areaBytes("6.1", "lruvec stats", 2)) * 96,
    explained: EVENTS,
  },
  {
    source: "RHEL-67445",
    what: "6.12: memcg and lruvec statistics of one node, per CPU",
    unit: "B",
    expected: 2424 + 1920,
    tolerancePercent: 0,
    got: () => areaBytes("7.1", "memcg vmstats", 1) + areaBytes("7.1", "lruvec stats", 1),
    explained: "there is no profile of 6.12; 7.1 has the structures of a 6.1 distribution kernel",
  },
  {
    source: "percpu trace event, bytes_alloc",
    what: "charge of an accounted area of 2408 bytes, 4 CPUs",
    unit: "B",
    expected: 14448,
    tolerancePercent: 0,
    got: () => percpuChargeBytes(createMachine(optionsOf("6.1", undefined, 4)), 2408),
  },
  {
    source: OBJECTS,
    what: "memory of one mkdir, 4 CPUs, 2022 kernel",
    unit: "B",
    expected: 61728,
    tolerancePercent: 0,
    got: () => {
      const { alive } = cgroupCost(optionsOf("6.1", undefined, 4), "v2", 1);
      return alive.percpu + alive.slab;
    },
    explained:
      "that cgroup had all controllers, ours memory and perf_event; inodes and control files' extras are left out",
  },
];

function slabBytes(sizeBytes: number): number {
  const caches = kernelProfile("7.1")?.caches ?? [];
  const name = kmallocCache(sizeBytes, { minBytes: 8, longNames: false });
  return caches.find((cache) => cache.name === name)?.sizeBytes ?? Number.NaN;
}

const CACHE_LINE_BYTES = 64;
const ownCacheBytes = (sizeBytes: number) => Math.ceil(sizeBytes / CACHE_LINE_BYTES) * CACHE_LINE_BYTES;

const SLAB_ROUNDING: readonly Row[] = [
  rounding("mem_cgroup of 2312 bytes from kmalloc", 4096, () => slabBytes(2312)),
  rounding("mem_cgroup of 2312 bytes from a cache of its own", 2368, () => ownCacheBytes(2312)),
  rounding("per-node part of 2896 bytes from kmalloc", 4096, () => slabBytes(2896)),
  rounding("per-node part of 2896 bytes from a cache of its own", 2944, () => ownCacheBytes(2896)),
];

function rounding(what: string, expected: number, got: () => number): Row {
  return { source: OWN_CACHES, what, unit: "B", expected, tolerancePercent: 0, got };
}

const RAO = 'thread "percpu: increase minimum percpu allocation size", Rao';

/** Percpu memory of 1000 memcgs on so many possible CPUs, kB. */
function percpuOf1000(cpus: number): number {
  return (cgroupCost(optionsOf("5.12", undefined, cpus), "v2", 1000).alive.percpu * 1000) / 1024;
}

const POSSIBLE_CPUS: readonly Row[] = [
  {
    source: RAO,
    what: "1000 memcgs: 1024 possible CPUs against 16",
    unit: "times",
    expected: 4390912 / 68608,
    tolerancePercent: 0.1,
    got: () => percpuOf1000(1024) / percpuOf1000(16),
  },
  {
    source: RAO,
    what: "1000 memcgs, 1024 possible CPUs of which 16 are online",
    unit: "kB",
    expected: 4390912,
    tolerancePercent: 2,
    got: () => percpuOf1000(1024),
    explained:
      "kernel, controllers and page size of that machine are not stated; 4391 B per CPU against our 2752 of 5.12",
  },
];

/** Thirty children, a program in each, removed; polled as the selftest does. Prints the tenths of a second until none is dying. */
const DEAD_CHILDREN = `
top=/sys/fs/cgroup/selftest
mkdir $top
echo +memory > $top/cgroup.subtree_control
for i in $(seq 30); do
  mkdir $top/$i
  echo $$ > $top/$i/cgroup.procs
  ls /nowhere-$i > /dev/null 2>&1
  echo $$ > /sys/fs/cgroup/cgroup.procs
  rmdir $top/$i
done
tries=0
until grep -q "nr_dying_descendants 0" $top/cgroup.stat; do
  tries=$((tries + 1))
  [ $tries -gt 100 ] && break
  sleep 0.1
done
echo $tries
`;

/** A thousand children: what memory.current has beyond percpu and slab of memory.stat, in pages. */
const CURRENT = `
top=/sys/fs/cgroup/selftest
mkdir $top
echo +memory > $top/cgroup.subtree_control
for ((i = 0; i < 1000; i++)); do mkdir $top/$i; done
current=$(cat $top/memory.current)
known=$(awk '$1 == "percpu" || $1 == "slab" { sum += $2 } END { print sum }' $top/memory.stat)
echo $(( (current > known ? current - known : known - current) / 4096 ))
`;

const SELFTESTS: readonly Row[] = [
  {
    source: SELFTEST,
    what: "30 dead children are gone in time",
    unit: "s",
    expected: 8,
    tolerancePercent: 0,
    isBound: true,
    got: () => lastNumber("dead-children.sh", DEAD_CHILDREN, "6.1") / 10,
  },
  {
    source: SELFTEST,
    what: "1000 children: memory.current less percpu and slab of memory.stat, 64 pages for each CPU",
    unit: "pages",
    expected: 64 * 32,
    tolerancePercent: 0,
    isBound: true,
    got: () => lastNumber("current.sh", CURRENT, "6.1"),
  },
  {
    source: "2019 reclaim thread",
    what: "time of a reclaim walk, for each memcg",
    unit: "us",
    expected: 27.5,
    tolerancePercent: 0,
    got: () => 0,
    explained: "reclaim takes no virtual time",
  },
];

export const MEMCG_ROWS: readonly Row[] = [...MAIL_001, ...PER_MEMCG, ...SLAB_ROUNDING, ...POSSIBLE_CPUS, ...SELFTESTS];
