/** Ledgers of cgroups that pages and swap slots keep, as they are printed, and what actions bring back. */

import {
  attachTask,
  createFile,
  execTask,
  FILE_SYSTEMS,
  forkTask,
  lockFile,
  ROOT_CGROUP,
  ROOT_MEMCG,
  reclaimOnDemand,
  swapOn,
  syncFiles,
  writeFilePages,
} from "@ebb/model";
import { describe, expect, test } from "vitest";

import { die, file, ledgerOf, sceneOn } from "./testing/scenes.ts";

function check(scene: Parameters<typeof ledgerOf>[0], expected: string): void {
  expect(ledgerOf(scene)).toBe(expected.slice(1));
}

describe("pages", () => {
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
                sync); reclaim of everything; shrink of dead slab caches
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
                swapoff; shrink of dead slab caches
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
                (after sync); reclaim of everything; shrink of dead slab caches
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
                (after sync); reclaim of everything; shrink of dead slab caches
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
                munlock and drop_caches=1; drop_caches=1 (after sync); drop_caches=3 (after sync);
                shrink of dead slab caches
what makes each kind of pin go:
  shmem pages  are in memory alone: go only with their file, or to swap
  swap slots   go when read back in, at swapoff, with their file, or when their task ends
`,
    );
  });

  /** The first object of a type comes from the root cache and asks for the copy that the second one comes from. */
});
