/** Published and recorded figures of slab caches: mails 003 and 004, and the recorded 5.4 kernel under mail 004's loop. */

import { deadCachesDying, slabIpis, slabIpisPercpu } from "./experiments.ts";
import type { Row } from "./row.ts";

const MAIL = "mail 004, 10,000 memcgs";
const CACHES = 5;

const MAIL_004: readonly Row[] = [
  ipis(MAIL, "mail 004: CPU 0 while memcgs are made", 47_741, 5, () => slabIpis({ kernel: "4.12" }, "made").cpu0),
  {
    // The mail's 101 are a machine's background, which is not modelled.
    ...ipis(
      MAIL,
      "mail 004: the same with it",
      200,
      0,
      () => slabIpis({ kernel: "4.12", policy: "no-first-ipi" }, "made").cpu0,
    ),
    isBound: true,
  },
];

/** One recorded run: real-kernels.md, section 5. */
interface Recorded {
  readonly cpus: number;
  readonly memcgs: number;
  readonly policy: "always-ipi" | "no-first-ipi";
  readonly removalIpis: number;
  /** kB: all made, all removed; undefined where copies came late, by the pace of that machine. */
  readonly percpuKb: readonly [made: number, removed: number | undefined];
}

const RECORDED: readonly Recorded[] = [
  { cpus: 2, memcgs: 1000, policy: "always-ipi", removalIpis: 9096, percpuKb: [12_744, 12_744] },
  { cpus: 2, memcgs: 1000, policy: "no-first-ipi", removalIpis: 9158, percpuKb: [12_752, 12_752] },
  { cpus: 8, memcgs: 300, policy: "always-ipi", removalIpis: 21_367, percpuKb: [17_024, undefined] },
  { cpus: 32, memcgs: 100, policy: "always-ipi", removalIpis: 32_528, percpuKb: [29_184, 29_184] },
  { cpus: 32, memcgs: 300, policy: "no-first-ipi", removalIpis: 88_321, percpuKb: [68_096, 68_096] },
];

function recordedRows({ cpus, memcgs, policy, removalIpis, percpuKb }: Recorded): readonly Row[] {
  const run = { kernel: "5.4", cpus, policy, memcgs };
  const source = `recorded 5.4.286, ${cpus} CPUs, ${memcgs} memcgs, ${policy}`;
  const [madeKb, removedKb] = percpuKb;
  const made = policy === "always-ipi" ? CACHES * (cpus - 1) * memcgs : 0;
  const kb = (what: string, expected: number, percent: number, got: () => number): Row => ({
    source,
    what: `mail 004 on 5.4, ${cpus} CPUs, ${policy}: ${what}`,
    unit: "kB",
    expected,
    tolerancePercent: percent,
    got,
  });
  const named = (what: string) => `mail 004 on 5.4, ${cpus} CPUs, ${policy}: ${what}`;
  return [
    ipis(source, named("all CPUs, five caches x other CPUs x memcgs"), made, 0.2, () => slabIpis(run, "made").all),
    ipis(source, named("all CPUs, removal"), removalIpis, 10, () => slabIpis(run, "all removed").all),
    kb("Percpu, all made", madeKb, 2, () => slabIpisPercpu(run, 0)),
    ...(removedKb === undefined ? [] : [kb("Percpu, all removed", removedKb, 2, () => slabIpisPercpu(run, 1))]),
  ];
}

const DROPPED: Row = {
  source: "recorded 5.4.286, 2 CPUs, 1000 memcgs, drop_caches four times",
  what: "mail 004 on 5.4, 2 CPUs: Percpu, dentries dropped",
  unit: "kB",
  expected: 6600,
  tolerancePercent: 1,
  got: () => slabIpisPercpu({ kernel: "5.4", cpus: 2, policy: "no-first-ipi", memcgs: 1000 }, 2),
};

/** Half of the memcgs have a file until 150 s after their death, and a retry every 60 s. */
const MAIL_003: readonly Row[] = [
  dying("without it, 600 s after", 100, () => deadCachesDying("dead-caches-kept", 600)),
  dying("1 s after, the empty ones gone", 50, () => deadCachesDying("s003-v5", 1)),
  dying("179 s after, the last objects freed at 150 s", 50, () => deadCachesDying("s003-v5", 179)),
  dying("181 s after: the retry at 180 s", 0, () => deadCachesDying("s003-v5", 181)),
  dying("as merged in 3.8, no retry, 600 s after", 50, () => deadCachesDying("v3.8-merged", 600)),
];

function dying(what: string, expected: number, got: () => number): Row {
  const source = "mail 003: shrunk at once and every 60 s; the objects are ours";
  return { source, what: `mail 003: dying memcgs ${what}`, unit: "memcgs", expected, tolerancePercent: 0, got };
}

function ipis(source: string, what: string, expected: number, tolerancePercent: number, got: () => number): Row {
  return { source, what, unit: "IPIs", expected, tolerancePercent, got };
}

export const SLAB_ROWS: readonly Row[] = [...MAIL_003, ...MAIL_004, ...RECORDED.flatMap(recordedRows), DROPPED];
