/** Ledgers as they are printed, one for each kind of reference, and what actions bring back; the machine is untouched. */

import {
  advanceTo,
  attachTask,
  cgroupMkdir,
  cgroupRmdir,
  createFile,
  createMachine,
  dropPageCache,
  execTask,
  exitTask,
  FILE_SYSTEMS,
  type FileSystemSpec,
  forkTask,
  hashMachine,
  lockFile,
  type Machine,
  openFile,
  openSocket,
  ROOT_CGROUP,
  ROOT_MEMCG,
  reclaimOnDemand,
  setMemcgLimit,
  setMemoryInSubtree,
  startTask,
  swapOn,
  syncFiles,
  verifyMachine,
  writeFilePages,
} from "@ebb/model";
import { describe, expect, test } from "vitest";
import { machineOptions } from "../experiment/machine-options.ts";
import { explainDying } from "./ledger.ts";
import { printLedger } from "./print-ledger.ts";

const SECOND_NS = 1e9;

/** A machine on which a shell runs. */
interface Scene {
  readonly m: Machine;
  readonly shell: number;
}

/** A worker in cgroup `cgroup`. */
type Work = (m: Machine, worker: number, cgroup: number) => void;

function sceneOn(kernel: string, policy?: string): Scene {
  const options = machineOptions({ kernel, policy, cpus: "4", nodes: undefined, settings: ["boot-repeats=1"] });
  if ("severity" in options) throw new Error(options.message);
  const m = createMachine(options);
  const shell = startTask(m);
  execTask(m, shell);
  advanceTo(m, SECOND_NS);
  return { m, shell };
}

/** Makes cgroup `name`, lets a worker do something in it, and removes it; the worker ends, or goes on in the root. */
function die({ m, shell }: Scene, name: string, work: Work, workerStays = false): void {
  const cgroup = cgroupMkdir(m, ROOT_CGROUP, name);
  if (m.profile.memcgRules.kmemAccounting === "opt-in") {
    setMemcgLimit(m, m.cgroups.memcg[cgroup] ?? ROOT_MEMCG, "kmemMaxPages", 100_000, 0);
  }
  const worker = forkTask(m, shell);
  attachTask(m, worker, cgroup);
  work(m, worker, cgroup);
  attachTask(m, worker, ROOT_CGROUP);
  if (!workerStays) exitTask(m, worker);
  expect(cgroupRmdir(m, cgroup)).toBe(0);
}

function file(fs: FileSystemSpec, nrPages: number): Work {
  return (m, worker) => void writeFilePages(m, createFile(m, fs, worker), 0, nrPages, worker);
}

/** Lets three seconds pass and prints the ledger; the machine must be the one it was. */
function ledgerOf({ m }: Scene): string {
  advanceTo(m, m.nowNs + 3 * SECOND_NS);
  const before = hashMachine(m);
  const text = printLedger(explainDying(m));
  expect(hashMachine(m)).toBe(before);
  expect(verifyMachine(m)).toEqual([]);
  return text;
}

function check(scene: Scene, expected: string): void {
  expect(ledgerOf(scene)).toBe(expected.slice(1));
}

describe("each kind of reference", () => {
  test("shmem pages of alike cgroups are one group", () => {
    const scene = sceneOn("5.12");
    for (let i = 1; i <= 12; i++) die(scene, `c${i}`, file(FILE_SYSTEMS.tmpfs, 2));
    check(
      scene,
      `
12 dying cgroups hold 333.8 kB: percpu 126.4 kB, slab 111.4 kB, pages 96 kB
  12 x /c1 … c12, removed 3.0 s ago
      pinned by    2 shmem pages each in 1 file, in memory alone
      each holds   percpu 10.5 kB (2696 bytes x 4 CPUs), slab 9.3 kB, pages 8 kB
memcg ids: 65 534 of 65 535 left; taken by the root, 0 online and 0 dying
what would come back, in kB: measured on a copy, 2 s of virtual time later
                                        dying  Percpu  areas  Slab  pages  comes back
  by itself                          12 -> 12       0      0     0      0           0
  delete the 12 files                 12 -> 0       0   -126     0    -96          96
  all of these, one after the other   12 -> 0       0   -126     0    -96          96
  early release of 12 memcgs         12 -> 12       0   -123     0      0           0
  areas: percpu areas in use. Percpu falls by the pages that they leave wholly free and the policy
  gives back; it is what counts, with Slab and pages, as memory that comes back.
  nothing from: end the tasks that pin; close the sockets that pin; close the open files that pin;
                munlock and drop_caches=1; swapoff; drop_caches=1 (after sync); drop_caches=3 (after
                sync); reclaim of everything
what makes each kind of pin go:
  shmem pages  are in memory alone: go only with their file, or to swap
`,
    );
  });

  test("page cache: clean, dirty, mlocked", () => {
    const scene = sceneOn("6.1");
    die(scene, "clean", (m, worker, cgroup) => {
      file(FILE_SYSTEMS.xfs, 3)(m, worker, cgroup);
      syncFiles(m, 0);
    });
    die(scene, "dirty", file(FILE_SYSTEMS.xfs, 2));
    die(scene, "locked", (m, worker) => {
      const locked = createFile(m, FILE_SYSTEMS.xfs, worker);
      lockFile(m, locked, 1, 0);
      writeFilePages(m, locked, 0, 4, worker);
    });
    check(
      scene,
      `
3 dying cgroups hold 81.9 kB: percpu 20.6 kB, slab 25.3 kB, pages 36 kB
  1 x /locked, removed 3.0 s ago
      pinned by    4 pages of page cache in 1 file (mlocked, dirty)
      holds        percpu 6.9 kB (1756 bytes x 4 CPUs), slab 8.4 kB, pages 16 kB
  1 x /clean, removed 3.0 s ago
      pinned by    3 pages of page cache in 1 file
      holds        percpu 6.9 kB (1756 bytes x 4 CPUs), slab 8.4 kB, pages 12 kB
  1 x /dirty, removed 3.0 s ago
      pinned by    2 pages of page cache in 1 file (dirty)
      holds        percpu 6.9 kB (1756 bytes x 4 CPUs), slab 8.4 kB, pages 8 kB
memcg ids: 65 534 of 65 535 left; taken by the root, 0 online and 0 dying
what would come back, in kB: measured on a copy, 2 s of virtual time later
                                         dying  Percpu  areas  Slab  pages  comes back
  by itself                             3 -> 3       0      0     0      0           0
  delete the 3 files                    3 -> 0       0    -20     0    -36          36
  munlock the 1 file and drop_caches=1  3 -> 0       0    -20     0    -36          36
  all of these, one after the other     3 -> 0       0    -20     0    -36          36
  drop_caches=1 (after sync)            3 -> 1       0    -13     0    -20          20
  drop_caches=3 (after sync)            3 -> 1       0    -13     0    -20          20
  reclaim of everything, from the root  3 -> 1       0    -13     0    -20          20
  early release of 3 memcgs             3 -> 3       0    -19     0      0           0
  areas: percpu areas in use. Percpu falls by the pages that they leave wholly free and the policy
  gives back; it is what counts, with Slab and pages, as memory that comes back.
  nothing from: end the tasks that pin; close the sockets that pin; close the open files that pin;
                swapoff
what makes each kind of pin go:
  page cache  goes with its file, or when reclaimed: memory.reclaim, drop_caches=1 after sync; not
              while mlocked
`,
    );
  });

  test("anonymous pages of a task that moved on", () => {
    const scene = sceneOn("6.1");
    die(scene, "a", (m, worker) => execTask(m, worker), true);
    check(
      scene,
      `
1 dying cgroup holds 175.3 kB: percpu 6.9 kB, slab 8.4 kB, pages 160 kB
  1 x /a, removed 3.0 s ago
      pinned by    40 anonymous pages of 1 task: pid 1001, now in /
      holds        percpu 6.9 kB (1756 bytes x 4 CPUs), slab 8.4 kB, pages 160 kB
memcg ids: 65 534 of 65 535 left; taken by the root, 0 online and 0 dying
what would come back, in kB: measured on a copy, 2 s of virtual time later
                                      dying  Percpu  areas  Slab  pages  comes back
  by itself                          1 -> 1       0      0     0      0           0
  end the 1 task                     1 -> 0       0     -7     0   -224         224
  all of these, one after the other  1 -> 0       0     -7     0   -224         224
  early release of 1 memcg           1 -> 1       0     -7     0      0           0
  areas: percpu areas in use. Percpu falls by the pages that they leave wholly free and the policy
  gives back; it is what counts, with Slab and pages, as memory that comes back.
  nothing from: close the sockets that pin; close the open files that pin; delete the files that
                pin; munlock and drop_caches=1; swapoff; drop_caches=1 (after sync); drop_caches=3
                (after sync); reclaim of everything
what makes each kind of pin go:
  anonymous pages  go when their task ends or starts another program, or to swap: the slot names an
                   ancestor
`,
    );
  });

  test("kernel pages of a task that was started there", () => {
    const scene = sceneOn("5.0");
    die(scene, "a", (m, worker) => {
      const child = forkTask(m, worker);
      attachTask(m, child, ROOT_CGROUP);
      execTask(m, child);
    });
    check(
      scene,
      `
1 dying cgroup holds 76.1 kB: percpu 5.0 kB, slab 7.2 kB, pages 64 kB
  1 x /a, removed 3.0 s ago
      pinned by    16 kernel pages of 1 task: pid 1002, now in /
      holds        percpu 5.0 kB (1276 bytes x 4 CPUs), slab 7.2 kB, pages 64 kB
memcg ids: 65 534 of 65 535 left; taken by the root, 0 online and 0 dying
what would come back, in kB: measured on a copy, 2 s of virtual time later
                                      dying  Percpu  areas  Slab  pages  comes back
  by itself                          1 -> 1       0      0     0      0           0
  end the 1 task                     1 -> 0       0     -5     0   -224         224
  all of these, one after the other  1 -> 0       0     -5     0   -224         224
  early release of 1 memcg           1 -> 1       0     -5     0      0           0
  areas: percpu areas in use. Percpu falls by the pages that they leave wholly free and the policy
  gives back; it is what counts, with Slab and pages, as memory that comes back.
  nothing from: close the sockets that pin; close the open files that pin; delete the files that
                pin; munlock and drop_caches=1; swapoff; drop_caches=1 (after sync); drop_caches=3
                (after sync); reclaim of everything
what makes each kind of pin go:
  kernel pages  are stacks and page tables of tasks that were started there: go when those tasks end
`,
    );
  });

  test("swap slots written before and pages that can still go to swap", () => {
    const scene = sceneOn("6.1");
    swapOn(scene.m, 1000);
    die(scene, "a", (m, worker, cgroup) => {
      file(FILE_SYSTEMS.tmpfs, 10)(m, worker, cgroup);
      reclaimOnDemand(m, m.cgroups.memcg[cgroup] ?? ROOT_MEMCG, 1000, 0);
    });
    die(scene, "b", file(FILE_SYSTEMS.tmpfs, 10));
    check(
      scene,
      `
2 dying cgroups hold 82.6 kB: percpu 13.7 kB, slab 16.9 kB, pages 52 kB; 28 kB in swap
  1 x /b, removed 3.0 s ago
      pinned by    10 shmem pages in 1 file, in memory alone
      holds        percpu 6.9 kB (1756 bytes x 4 CPUs), slab 8.4 kB, pages 40 kB
  1 x /a, removed 3.0 s ago
      pinned by    3 shmem pages in 1 file, in memory alone
                   7 swap slots of 1 file
      holds        percpu 6.9 kB (1756 bytes x 4 CPUs), slab 8.4 kB, pages 12 kB, 28 kB in swap
memcg ids: 65 533 of 65 535 left; taken by the root, 0 online and 1 dying
what would come back, in kB: measured on a copy, 2 s of virtual time later
                                         dying  Percpu  areas  Slab  pages  swap  comes back
  by itself                             2 -> 2       0      0     0      0     0           0
  reclaim of everything, from the root  2 -> 1       0     -6     0   -228  +228         228
  delete the 2 files                    2 -> 0       0    -13     0    -52   -28          52
  all of these, one after the other     2 -> 0       0    -13     0    -52   -28          52
  early release of 2 memcgs             2 -> 2       0    -13     0      0     0           0
  swapoff                               2 -> 2       0      0     0    +28   -28         -28
  areas: percpu areas in use. Percpu falls by the pages that they leave wholly free and the policy
  gives back; it is what counts, with Slab and pages, as memory that comes back.
  nothing from: end the tasks that pin; close the sockets that pin; close the open files that pin;
                munlock and drop_caches=1; drop_caches=1 (after sync); drop_caches=3 (after sync)
what makes each kind of pin go:
  shmem pages  are in memory alone: go only with their file, or to swap
  swap slots   go when read back in, at swapoff, with their file, or when their task ends
`,
    );
  });

  /** The first object of a type comes from the root cache and asks for the copy that the second one comes from. */
  const twoFiles: Work = (m, worker, cgroup) => {
    file(FILE_SYSTEMS.xfs, 0)(m, worker, cgroup);
    advanceTo(m, m.nowNs + SECOND_NS);
    file(FILE_SYSTEMS.xfs, 0)(m, worker, cgroup);
  };

  test("slab pages of cache copies", () => {
    const scene = sceneOn("4.12");
    die(scene, "a", twoFiles);
    check(
      scene,
      `
1 dying cgroup holds 28.4 kB: percpu 9.4 kB, slab 18.9 kB, pages 0 kB
  1 x /a, removed 3.0 s ago
      pinned by    2 slab pages of 2 cache copies; live objects: dentry 1, xfs_inode 1
      holds        percpu 9.4 kB (2412 bytes x 4 CPUs), slab 18.9 kB, pages 0 kB
memcg ids: 65 534 of 65 535 left; taken by the root, 0 online and 0 dying
what would come back, in kB: measured on a copy, 2 s of virtual time later
                                      dying  Percpu  areas  Slab  pages  comes back
  by itself                          1 -> 1       0      0     0      0           0
  delete the 1 file                  1 -> 0       0     -9    -8      0           8
  drop_caches=3 (after sync)         1 -> 0       0     -9    -8      0           8
  all of these, one after the other  1 -> 0       0     -9    -8      0           8
  early release of 1 memcg           1 -> 1       0     -4     0      0           0
  areas: percpu areas in use. Percpu falls by the pages that they leave wholly free and the policy
  gives back; it is what counts, with Slab and pages, as memory that comes back.
  nothing from: end the tasks that pin; close the sockets that pin; close the open files that pin;
                munlock and drop_caches=1; swapoff; drop_caches=1 (after sync); reclaim of
                everything
what makes each kind of pin go:
  slab pages  go with the last object on them: close the file, end the task; inodes and dentries:
              drop_caches=2
`,
    );
  });

  test("cache copies themselves", () => {
    const scene = sceneOn("3.8");
    die(scene, "a", twoFiles);
    check(
      scene,
      `
1 dying cgroup holds 45.2 kB: percpu 4.1 kB, slab 41.1 kB, pages 0 kB
  1 x /a, removed 3.0 s ago
      pinned by    2 cache copies; live objects: dentry 1, xfs_inode 1
      holds        percpu 4.1 kB (1052 bytes x 4 CPUs), slab 41.1 kB, pages 0 kB
memcg ids: 65 533 of 65 535 left; taken by the root, 0 online and 1 dying
what would come back, in kB: measured on a copy, 2 s of virtual time later
                                      dying  Percpu  areas  Slab  pages  comes back
  by itself                          1 -> 1       0      0     0      0           0
  early release of 1 memcg           1 -> 1       0     -4     0      0           0
  all of these, one after the other  1 -> 1       0     -4     0      0           0
  areas: percpu areas in use. Percpu falls by the pages that they leave wholly free and the policy
  gives back; it is what counts, with Slab and pages, as memory that comes back.
  nothing from: end the tasks that pin; close the sockets that pin; close the open files that pin;
                delete the files that pin; munlock and drop_caches=1; swapoff; drop_caches=1 (after
                sync); drop_caches=3 (after sync); reclaim of everything
what makes each kind of pin go:
  cache copies  stay in this kernel: a copy whose memcg is gone keeps its empty slabs, and itself
`,
    );
  });

  test("an open file", () => {
    const scene = sceneOn("5.0");
    die(scene, "a", (m, worker) => {
      const opened = createFile(m, FILE_SYSTEMS.tmpfs, scene.shell);
      openFile(m, opened, worker);
      advanceTo(m, m.nowNs + SECOND_NS);
      openFile(m, opened, worker);
    });
    check(
      scene,
      `
1 dying cgroup holds 20.8 kB: percpu 5.1 kB, slab 15.7 kB, pages 0 kB
  1 x /a, removed 3.0 s ago
      pinned by    2 slab pages of 1 cache copy; live objects: filp 1
      holds        percpu 5.1 kB (1308 bytes x 4 CPUs), slab 15.7 kB, pages 0 kB
memcg ids: 65 534 of 65 535 left; taken by the root, 0 online and 0 dying
what would come back, in kB: measured on a copy, 2 s of virtual time later
                                      dying  Percpu  areas  Slab  pages  comes back
  by itself                          1 -> 1       0      0     0      0           0
  close 1 open file                  1 -> 0       0     -5    -8      0           8
  all of these, one after the other  1 -> 0       0     -5    -8      0           8
  early release of 1 memcg           1 -> 1       0     -5     0      0           0
  areas: percpu areas in use. Percpu falls by the pages that they leave wholly free and the policy
  gives back; it is what counts, with Slab and pages, as memory that comes back.
  nothing from: end the tasks that pin; close the sockets that pin; delete the files that pin;
                munlock and drop_caches=1; swapoff; drop_caches=1 (after sync); drop_caches=3 (after
                sync); reclaim of everything
what makes each kind of pin go:
  slab pages  go with the last object on them: close the file, end the task; inodes and dentries:
              drop_caches=2
`,
    );
  });

  test("sockets", () => {
    const scene = sceneOn("5.0");
    die(scene, "a", (m, worker) => {
      openSocket(m, worker);
      openSocket(m, worker);
    });
    check(
      scene,
      `
1 dying cgroup holds 12.1 kB: percpu 5.0 kB, slab 7.2 kB, pages 0 kB
  1 x /a, removed 3.0 s ago
      pinned by    2 sockets
      holds        percpu 5.0 kB (1276 bytes x 4 CPUs), slab 7.2 kB, pages 0 kB
memcg ids: 65 534 of 65 535 left; taken by the root, 0 online and 0 dying
what would come back, in kB: measured on a copy, 2 s of virtual time later
                                      dying  Percpu  areas  Slab  pages  comes back
  by itself                          1 -> 1       0      0     0      0           0
  close the 2 sockets                1 -> 0       0     -5     0      0           0
  all of these, one after the other  1 -> 0       0     -5     0      0           0
  early release of 1 memcg           1 -> 1       0     -5     0      0           0
  areas: percpu areas in use. Percpu falls by the pages that they leave wholly free and the policy
  gives back; it is what counts, with Slab and pages, as memory that comes back.
  nothing from: end the tasks that pin; close the open files that pin; delete the files that pin;
                munlock and drop_caches=1; swapoff; drop_caches=1 (after sync); drop_caches=3 (after
                sync); reclaim of everything
what makes each kind of pin go:
  sockets  go when they are closed
`,
    );
  });

  test("a writeback structure", () => {
    const scene = sceneOn("5.4");
    die(scene, "a", (m, worker, cgroup) => {
      file(FILE_SYSTEMS.ext4, 1)(m, worker, cgroup);
      syncFiles(m, 0);
      dropPageCache(m, 0);
    });
    check(
      scene,
      `
1 dying cgroup holds 16.9 kB: percpu 9.5 kB, slab 7.4 kB, pages 0 kB
  1 x /a, removed 3.0 s ago
      pinned by    1 writeback structure
      holds        percpu 9.5 kB (2432 bytes x 4 CPUs), slab 7.4 kB, pages 0 kB
memcg ids: 65 534 of 65 535 left; taken by the root, 0 online and 0 dying
what would come back, in kB: measured on a copy, 2 s of virtual time later
                                      dying  Percpu  areas  Slab  pages  comes back
  by itself                          1 -> 1       0      0     0      0           0
  delete the 1 file                  1 -> 0       0     -9     0      0           0
  drop_caches=3 (after sync)         1 -> 0       0     -9     0      0           0
  all of these, one after the other  1 -> 0       0     -9     0      0           0
  early release of 1 memcg           1 -> 1       0     -9     0      0           0
  areas: percpu areas in use. Percpu falls by the pages that they leave wholly free and the policy
  gives back; it is what counts, with Slab and pages, as memory that comes back.
  nothing from: end the tasks that pin; close the sockets that pin; close the open files that pin;
                munlock and drop_caches=1; swapoff; drop_caches=1 (after sync); reclaim of
                everything
what makes each kind of pin go:
  writeback structures  go when the last inode they wrote is evicted: drop_caches=2 after sync, or
                        with its file
`,
    );
  });

  test("a child that is pinned keeps its parent", () => {
    const scene = sceneOn("5.12");
    const { m, shell } = scene;
    const parent = cgroupMkdir(m, ROOT_CGROUP, "p");
    setMemoryInSubtree(m, parent, true);
    const child = cgroupMkdir(m, parent, "c");
    const worker = forkTask(m, shell);
    attachTask(m, worker, child);
    openSocket(m, worker);
    attachTask(m, worker, ROOT_CGROUP);
    exitTask(m, worker);
    cgroupRmdir(m, child);
    cgroupRmdir(m, parent);
    check(
      scene,
      `
2 dying cgroups hold 39.6 kB: percpu 21.1 kB, slab 18.6 kB, pages 0 kB
  1 x /p, removed 3.0 s ago
      pinned by    1 dying child memcg
      holds        percpu 10.5 kB (2696 bytes x 4 CPUs), slab 9.3 kB, pages 0 kB
  1 x /p/c, removed 3.0 s ago
      pinned by    1 socket
      holds        percpu 10.5 kB (2696 bytes x 4 CPUs), slab 9.3 kB, pages 0 kB
memcg ids: 65 534 of 65 535 left; taken by the root, 0 online and 0 dying
what would come back, in kB: measured on a copy, 2 s of virtual time later
                                      dying  Percpu  areas  Slab  pages  comes back
  by itself                          2 -> 2       0      0     0      0           0
  close the 1 socket                 2 -> 0       0    -21     0      0           0
  all of these, one after the other  2 -> 0       0    -21     0      0           0
  early release of 2 memcgs          2 -> 2       0    -21     0      0           0
  areas: percpu areas in use. Percpu falls by the pages that they leave wholly free and the policy
  gives back; it is what counts, with Slab and pages, as memory that comes back.
  nothing from: end the tasks that pin; close the open files that pin; delete the files that pin;
                munlock and drop_caches=1; swapoff; drop_caches=1 (after sync); drop_caches=3 (after
                sync); reclaim of everything
what makes each kind of pin go:
  sockets       go when they are closed
  child memcgs  go when they are freed: see what pins them
`,
    );
  });
});

describe("what is not pinned for good", () => {
  test("deferred work and the charge stock go by themselves: no action is needed", () => {
    const { m, shell } = sceneOn("5.12");
    const cgroup = cgroupMkdir(m, ROOT_CGROUP, "late");
    const worker = forkTask(m, shell);
    attachTask(m, worker, cgroup);
    execTask(m, worker);
    exitTask(m, worker);
    cgroupRmdir(m, cgroup);
    expect(printLedger(explainDying(m))).toBe(
      `
1 dying cgroup holds 20.5 kB: percpu 10.8 kB, slab 9.8 kB, pages 0 kB
  1 x /late, removed 0.0 s ago
      pinned by    nothing yet: its references are being killed
      holds        percpu 10.8 kB (2752 bytes x 4 CPUs), slab 9.8 kB, pages 0 kB
memcg ids: 65 533 of 65 535 left; taken by the root, 0 online and 1 dying
what would come back, in kB: measured on a copy, 2 s of virtual time later
              dying  Percpu  areas  Slab  pages  comes back
  by itself  1 -> 0       0    -10     0      0           0
  areas: percpu areas in use. Percpu falls by the pages that they leave wholly free and the policy
  gives back; it is what counts, with Slab and pages, as memory that comes back.
`.slice(1),
    );
    advanceTo(m, m.nowNs + 50e6);
    expect(explainDying(m).groups.map(({ stage }) => stage)).toEqual(["going"]);
    advanceTo(m, m.nowNs + SECOND_NS);
    expect(explainDying(m)).toMatchObject({ nrDying: 0, groups: [], returns: undefined });
  });

  test("a memory controller taken from an online cgroup, beside a cgroup that is on its way", () => {
    const { m, shell } = sceneOn("5.12");
    const parent = cgroupMkdir(m, ROOT_CGROUP, "p");
    setMemoryInSubtree(m, parent, true);
    const worker = forkTask(m, shell);
    attachTask(m, worker, cgroupMkdir(m, parent, "c"));
    openSocket(m, worker);
    setMemoryInSubtree(m, parent, false);
    advanceTo(m, m.nowNs + SECOND_NS);
    cgroupRmdir(m, cgroupMkdir(m, ROOT_CGROUP, "late"));
    expect(printLedger(explainDying(m))).toBe(
      `
1 dying cgroup and 1 memory controller taken from online cgroups hold 35.9 kB: percpu 21.0 kB, slab
14.9 kB, pages 0 kB
  1 x /late, removed 0.0 s ago
      pinned by    nothing yet: its references are being killed
      holds        percpu 10.8 kB (2752 bytes x 4 CPUs), slab 9.8 kB, pages 0 kB
  1 x /p/c, online; its memory controller was taken away
      pinned by    1 socket
      holds        percpu 10.3 kB (2632 bytes x 4 CPUs), slab 5.1 kB, pages 0 kB
memcg ids: 65 532 of 65 535 left; taken by the root, 1 online and 1 dying
what would come back, in kB: measured on a copy, 2 s of virtual time later
                                      dying  Percpu  areas  Slab  pages  comes back
  by itself                          2 -> 1       0    -11     0      0           0
  close the 1 socket                 1 -> 0       0    -10     0      0           0
  all of these, one after the other  1 -> 0       0    -10     0      0           0
  early release of 1 memcg           1 -> 1       0    -10     0      0           0
  areas: percpu areas in use. Percpu falls by the pages that they leave wholly free and the policy
  gives back; it is what counts, with Slab and pages, as memory that comes back.
  nothing from: end the tasks that pin; close the open files that pin; delete the files that pin;
                munlock and drop_caches=1; swapoff; drop_caches=1 (after sync); drop_caches=3 (after
                sync); reclaim of everything
what makes each kind of pin go:
  sockets  go when they are closed
`.slice(1),
    );
  });

  test("nothing", () => {
    check(
      sceneOn("5.12"),
      `
no cgroup is dying
memcg ids: 65 534 of 65 535 left; taken by the root, 0 online and 0 dying
`,
    );
  });
});
