/** Anonymised recordings: nothing of a name is left, and nothing else has changed. */

import { expect, test } from "vitest";
import {
  createEventBatch,
  EVENT_ALLOC,
  EVENT_CGROUP_MKDIR,
  EVENT_CGROUP_RMDIR,
  EVENT_FREE,
  EVENT_MARK,
  type EventBatch,
  type EventNames,
  type RecordedText,
} from "../trace/events.ts";
import { Anonymiser } from "./anonymiser.ts";

const NAMES: EventNames = {
  names: [
    "<idle>",
    "secret-task",
    "mm_init+0x2bf",
    "0xffffffffc0secret".replace("secret", "5ec4e7"),
    "GFP_KERNEL|__GFP_ACCOUNT",
    "/kubepods/secret-pod",
    "/kubepods/secret-pod/secret-box",
    "stage start",
    "stage secret-stage",
    "ebb: stage secret-stage was read",
    "secret words",
    "secret, and never used",
  ],
  chunks: ["ffffe8ff5ec4e700", "ffff8880deadbe00"],
  originNs: 5n,
};

type Row = readonly [kind: number, pid: number, task: number, chunk: number, callSite: number, text: number];

const ROWS: readonly Row[] = [
  [EVENT_MARK, 4711, 1, -1, -1, 7],
  [EVENT_CGROUP_MKDIR, 4711, 1, -1, -1, 5],
  [EVENT_CGROUP_MKDIR, 4711, 1, -1, -1, 6],
  [EVENT_ALLOC, 4711, 1, 1, 2, -1],
  [EVENT_ALLOC, 4712, 1, 0, 3, -1],
  [EVENT_FREE, 0, 0, 1, -1, -1],
  [EVENT_CGROUP_RMDIR, -1, -1, -1, -1, 6],
  [EVENT_MARK, 4711, 1, -1, -1, 8],
  [EVENT_MARK, 4711, 1, -1, -1, 9],
  [EVENT_MARK, 4711, 1, -1, -1, 10],
];

function someEvents(): EventBatch {
  const batch = createEventBatch(ROWS.length);
  batch.nr = ROWS.length;
  for (const [i, [kind, pid, task, chunk, callSite, text]] of ROWS.entries()) {
    batch.kind[i] = kind;
    batch.pid[i] = pid;
    batch.task[i] = task;
    batch.chunk[i] = chunk;
    batch.callSite[i] = callSite;
    batch.text[i] = text;
    batch.gfp[i] = kind === EVENT_ALLOC ? 4 : -1;
    batch.timeNs[i] = 1000 * i;
    batch.sizeBytes[i] = 8 + i;
    batch.offBytes[i] = 64 * i;
    batch.cpu[i] = i % 2;
    batch.line[i] = i + 12;
  }
  return batch;
}

function anonymised(stripsSymbols: boolean) {
  const anonymiser = new Anonymiser(stripsSymbols);
  const batch = anonymiser.events(someEvents(), NAMES);
  const name = (column: Int32Array, i: number) => anonymiser.names.names[column[i] ?? -1] ?? "-";
  const rows = ROWS.map((_, i) => {
    const chunk = anonymiser.names.chunks[batch.chunk[i] ?? -1] ?? "-";
    const named = [name(batch.task, i), name(batch.callSite, i), name(batch.gfp, i), name(batch.text, i)];
    return [batch.pid[i], ...named, chunk].join(" ");
  });
  return { anonymiser, batch, rows };
}

test("who and where become numbers, the same for the same", () => {
  const { anonymiser, rows } = anonymised(false);
  expect(rows).toEqual([
    "1 task1 - - stage start -",
    "1 task1 - - /c1/c2 -",
    "1 task1 - - /c1/c2/c3 -",
    "1 task1 mm_init+0x2bf GFP_KERNEL|__GFP_ACCOUNT - 0000000000000001",
    "2 task1 site1 GFP_KERNEL|__GFP_ACCOUNT - 0000000000000002",
    "0 <idle> - - - 0000000000000001",
    "-1 - - - /c1/c2/c3 -",
    "1 task1 - - stage stage1 -",
    "1 task1 - - ebb: stage stage1 was read -",
    "1 task1 - - mark1 -",
  ]);
  expect(JSON.stringify(anonymiser.names.names)).not.toContain("secret");
  expect(anonymiser.stripped).toMatchObject({ tasks: 1, pids: 2, cgroups: 3, callSites: 1, marks: 1, stages: 1 });
});

test("all that a replay asks for stays", () => {
  const { batch, anonymiser } = anonymised(true);
  const before = someEvents();
  for (const column of [
    "kind",
    "cpu",
    "timeNs",
    "flags",
    "sizeBytes",
    "alignBytes",
    "offBytes",
    "input",
    "line",
  ] as const) {
    expect([...batch[column]]).toEqual([...before[column]]);
  }
  expect(anonymiser.names.originNs).toBe(5n);
});

test("callers are numbered when they are to go too", () => {
  const { rows } = anonymised(true);
  expect(rows[3]).toContain("site1");
  expect(rows[4]).toContain("site2");
});

function check(key: string, text: string, expected: string | undefined, stripsSymbols = false): void {
  const recorded: RecordedText = { key, stage: "start", timeNs: 3, text };
  expect(new Anonymiser(stripsSymbols).text(recorded)?.text).toBe(expected);
}

test("texts of the host", () => {
  check("/proc/meminfo", "Percpu: 408 kB\n", "Percpu: 408 kB\n");
  check("/sys/kernel/debug/percpu_stats", "nr_alloc : 1\n", "nr_alloc : 1\n");
  check("/proc/version", "Linux version 6.1.0-19-secret (root@secret) (gcc)\n", "Linux version 6.1.0\n");
  check("/proc/version", "secret", "Linux version\n");
  check(
    "/proc/cmdline",
    "BOOT_IMAGE=/vmlinuz-secret root=UUID=secret percpu_alloc=page ip=secret::nr_cpus=4 cgroup.memory=nokmem,nosocket\n",
    "percpu_alloc=page cgroup.memory=nokmem,nosocket\n",
  );
  check(
    "/dev/kmsg",
    "[    0.109260] percpu: Embedded 53 pages/cpu s185560 r0 d31528 u1048576\n[    9.000000] percpu secret: loaded\n",
    "[    0.109260] percpu: Embedded 53 pages/cpu s185560 r0 d31528 u1048576\n",
  );
  check("/etc/hostname", "secret\n", undefined);
});

test("allocations before the trace lie in the chunks of the trace", () => {
  const { anonymiser } = anonymised(false);
  const early = (address: string, site: string) =>
    `[    0.168320] percpu-early: alloc call_site=${site} caller=pcpu_alloc+0x1 reserved=0 is_atomic=0 size=32 align=16 base_addr=${address} off=3568`;
  const text = `# a secret\n${early("ffff8880deadbe00", "mm_init+0x2bf/0x4d0")}\n${early("ffff888012345600", "f")}\n[1] secret\n`;
  const found = anonymiser.text({ key: "early-allocs", stage: "", timeNs: undefined, text })?.text.split("\n");
  expect(found?.map((row) => /call_site=(\S+) .*base_addr=(\S+)/.exec(row)?.slice(1).join(" ") ?? row)).toEqual([
    "mm_init+0x2bf/0x4d0 0000000000000001",
    "f 0000000000000003",
    "",
  ]);
});

test("slab caches of memcgs, and caches when all is to go", () => {
  const slabinfo = "slabinfo - version: 2.1\n# name <active>\ndentry(12:secret-pod)   3 4\ndentry   5 6\n";
  check("/proc/slabinfo", slabinfo, slabinfo.replace("secret-pod", "c1"));
  const numbered = "slabinfo - version: 2.1\n# name <active>\nsite1(12:c1)   3 4\nsite1   5 6\n";
  check("/proc/slabinfo", slabinfo, numbered, true);
});

test("a cgroup's file is called as the cgroup in events is, and stages as in marks", () => {
  const anonymiser = new Anonymiser(false);
  anonymiser.events(someEvents(), NAMES);
  const stat = {
    key: "/sys/fs/cgroup/kubepods/secret-pod/cgroup.stat",
    stage: "secret-stage",
    timeNs: 1,
    text: "nr_dying_descendants 1\n",
  };
  expect(anonymiser.text(stat)).toEqual({ ...stat, key: "/sys/fs/cgroup/c1/c2/cgroup.stat", stage: "stage1" });
  expect(anonymiser.text({ ...stat, key: "/sys/fs/cgroup/cgroup.stat", stage: "2" })).toMatchObject({
    key: "/sys/fs/cgroup/cgroup.stat",
    stage: "2",
  });
  const unified = { ...stat, key: "/sys/fs/cgroup/unified/kubepods/cgroup.stat" };
  expect(anonymiser.text(unified)?.key).toBe("/sys/fs/cgroup/unified/c1/cgroup.stat");
  expect(anonymiser.text({ ...stat, key: "/home/secret" })).toBeUndefined();
  expect(anonymiser.stripped.textsLeftOut).toEqual(["/home/secret"]);
});

test("problems keep their place, not their words", () => {
  const problem = {
    severity: "error",
    file: "secret.txt",
    line: 9,
    message: "secret",
    expected: "secret",
    found: "secret",
    toDo: "secret",
  } as const;
  const kept = new Anonymiser(false).problem(problem);
  expect(kept).toMatchObject({ severity: "error", line: 9 });
  expect(JSON.stringify(kept)).not.toContain("secret");
});
