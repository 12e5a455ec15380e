/** Ledgers of what is neither page nor swap slot, as they are printed, and what actions bring back. */

import {
  advanceTo,
  attachTask,
  cgroupMkdir,
  cgroupRmdir,
  createFile,
  dropPageCache,
  execTask,
  exitTask,
  FILE_SYSTEMS,
  forkTask,
  openFile,
  openSocket,
  ROOT_CGROUP,
  setMemoryInSubtree,
  syncFiles,
} from "@ebb/model";
import { describe, expect, test } from "vitest";

import { explainDying } from "./ledger.ts";
import { printLedger } from "./print-ledger.ts";
import { die, file, ledgerOf, SECOND_NS, sceneOn, type Work } from "./testing/scenes.ts";

function check(scene: Parameters<typeof ledgerOf>[0], expected: string): void {
  expect(ledgerOf(scene)).toBe(expected.slice(1));
}

describe("each kind of reference", () => {
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
what would come back, in kB: measured on a copy, 20 s of virtual time later
                                      dying  Percpu  areas  Slab  pages  comes back
  by itself                          1 -> 1       0      0  -108      0         108
  drop_caches=3 (after sync)         1 -> 0       0     -9   -48      0          48
  all of these, one after the other  1 -> 0       0     -9   -48      0          48
  delete the 1 file                  1 -> 0       0     -9   -40      0          40
  early release of 1 memcg           1 -> 1       0     -4     0      0           0
  areas: percpu areas in use. Percpu falls by the pages that they leave wholly free and the policy
  gives back; it is what counts, with Slab and pages, as memory that comes back.
  nothing from: end the tasks that pin; close the sockets that pin; close the open files that pin;
                munlock and drop_caches=1; swapoff; drop_caches=1 (after sync); reclaim of
                everything; shrink of dead slab caches
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
  all of these, one after the other  1 -> 0       0     -4   -36      0          36
  early release of 1 memcg           1 -> 1       0     -4     0      0           0
  areas: percpu areas in use. Percpu falls by the pages that they leave wholly free and the policy
  gives back; it is what counts, with Slab and pages, as memory that comes back.
  nothing from: end the tasks that pin; close the sockets that pin; close the open files that pin;
                delete the files that pin; munlock and drop_caches=1; swapoff; drop_caches=1 (after
                sync); drop_caches=3 (after sync); reclaim of everything; shrink of dead slab caches
what makes each kind of pin go:
  cache copies  go when they have no slabs: a shrink of slab caches takes the empty ones; s003-v5
                shrinks dead ones by itself
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
                sync); reclaim of everything; shrink of dead slab caches
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
                sync); reclaim of everything; shrink of dead slab caches
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
what would come back, in kB: measured on a copy, 20 s of virtual time later
                                      dying  Percpu  areas  Slab  pages  comes back
  by itself                          1 -> 1       0      0   -60      0          60
  drop_caches=3 (after sync)         1 -> 0       0     -9   -32      0          32
  all of these, one after the other  1 -> 0       0     -9   -32      0          32
  delete the 1 file                  1 -> 0       0     -9   -28      0          28
  early release of 1 memcg           1 -> 1       0     -9     0      0           0
  areas: percpu areas in use. Percpu falls by the pages that they leave wholly free and the policy
  gives back; it is what counts, with Slab and pages, as memory that comes back.
  nothing from: end the tasks that pin; close the sockets that pin; close the open files that pin;
                munlock and drop_caches=1; swapoff; drop_caches=1 (after sync); reclaim of
                everything; shrink of dead slab caches
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
                sync); reclaim of everything; shrink of dead slab caches
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
      pinned by    31 pages in the charge stock of CPUs
      holds        percpu 10.8 kB (2752 bytes x 4 CPUs), slab 9.8 kB, pages 0 kB
memcg ids: 65 533 of 65 535 left; taken by the root, 0 online and 1 dying
what would come back, in kB: measured on a copy, 2 s of virtual time later
              dying  Percpu  areas  Slab  pages  comes back
  by itself  1 -> 0       0    -10     0      0           0
  areas: percpu areas in use. Percpu falls by the pages that they leave wholly free and the policy
  gives back; it is what counts, with Slab and pages, as memory that comes back.
what makes each kind of pin go:
  charge stock  is given back by itself when the cgroup goes offline
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
                sync); reclaim of everything; shrink of dead slab caches
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
