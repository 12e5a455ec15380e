/**
 * The two experiments on slab caches, experiments/slab-ipis.sh and experiments/dead-slab-caches.sh: what must come out
 * whatever the size. Published and recorded figures are rows of scripts/conformance/slab-rows.ts. Spec F.3, F.4.
 */

import { experimentFolder, readFixture } from "@ebb/testkit";
import { expect, test } from "vitest";
import { machineOptions } from "./machine-options.ts";
import { type Experiment, runExperiment } from "./run-experiment.ts";

interface Request {
  readonly kernel: string;
  readonly policy?: string;
  readonly cpus?: number;
  readonly settings?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

function runScriptFile(name: string, { kernel, policy, cpus, settings = [], env = {} }: Request): Experiment {
  const request = { kernel, policy, cpus: cpus?.toString(), nodes: undefined, settings };
  const machine = machineOptions(request);
  if ("severity" in machine) throw new Error(machine.message);
  const source = readFixture(experimentFolder(), name) ?? "";
  const run = runExperiment({ machine, source, name, args: [], env: new Map(Object.entries(env)) });
  if ("severity" in run) throw new Error(run.message);
  expect([run.status, run.findings, run.stderr]).toEqual([0, [], ""]);
  return run;
}

/** `WHAT: CPU 0 +N, all CPUs +M ipis` by what it is about. */
function ipisOf(run: Experiment, what: string): readonly [cpu0: number, all: number] {
  const found = new RegExp(`^.*${what}: CPU 0 \\+(\\d+), all CPUs \\+(\\d+) ipis$`, "m").exec(run.stdout);
  return [Number(found?.[1]), Number(found?.[2])];
}

const within = (value: number, expected: number, share: number) => {
  expect(value).toBeGreaterThanOrEqual(expected * (1 - share));
  expect(value).toBeLessThanOrEqual(expected * (1 + share));
};

const COPIES = 5;

test("mail 004 on its machine: interrupts for each copy, and with the guard for replaced arrays alone", () => {
  const unpatched = runScriptFile("slab-ipis.sh", { kernel: "4.12", env: { N: "1000" } });
  within(ipisOf(unpatched, "made")[1], 1000 * COPIES * 21, 0.002);
  // Each copy of dentry, and the root's own.
  expect(ipisOf(unpatched, "with all its copies")[1]).toBe(1001 * 21);
  const caches = "anon_vma_chain vm_area_struct inode_cache shmem_inode_cache dentry";
  expect(unpatched.stdout).toContain(`caches of the first one:\n  ${caches.replaceAll(" ", "\n  ")}\n`);

  const patched = runScriptFile("slab-ipis.sh", { kernel: "4.12", policy: "no-first-ipi", env: { N: "1000" } });
  expect(ipisOf(patched, "made")).toEqual([0, 0]);
  expect(ipisOf(patched, "with all its copies")[1]).toBe(1001 * 21);
});

test("a task that stays on CPU 0 sees none of the interrupts it causes", () => {
  const run = runScriptFile("slab-ipis.sh", { kernel: "4.12", env: { N: "500", PINNED: "1" } });
  const [cpu0, all] = ipisOf(run, "made");
  expect(cpu0).toBe(0);
  within(all, 500 * COPIES * 21, 0.002);
});

test("one CPU interrupts nobody", () => {
  const run = runScriptFile("slab-ipis.sh", { kernel: "4.12", cpus: 1, env: { N: "50" } });
  expect(run.figures.nrIpis).toBe(0);
});

test.each([
  [2, 1000, "always-ipi"],
  [8, 400, "no-first-ipi"],
])(
  "5.4 on %i CPUs, %i memcgs, %s: the recorded five caches; dead ones keep every chunk until dentries are dropped",
  (cpus, n, policy) => {
    const run = runScriptFile("slab-ipis.sh", { kernel: "5.4", cpus, policy, env: { N: String(n) } });
    const caches = "seq_file inode_cache filp shmem_inode_cache dentry";
    expect(run.stdout).toContain(`caches of the first one:\n  ${caches.replaceAll(" ", "\n  ")}\n`);
    const made = ipisOf(run, "made")[1];
    if (policy === "always-ipi") within(made, COPIES * n * (cpus - 1), 0.003);
    else expect(made).toBe(0);
    const [created = 0, removed = 0, dropped = 0] = run.readings.map(({ percpuKb }) => percpuKb ?? 0);
    within(removed, created, 0.02);
    expect(dropped).toBeLessThan(created * 0.8);
  },
);

test("dead caches: what is left 1, 59, 61, 121, 150, 179, 181 and 600 s after death", () => {
  const left = (policy: string) =>
    runScriptFile("dead-slab-caches.sh", { kernel: "3.8", policy, env: { N: "20" } })
      .readings.slice(2)
      .map(({ figures }) => [figures.nrDying, figures.nrDeadCaches]);
  const [all, half, none] = [
    [20, 40],
    [10, 20],
    [0, 0],
  ];
  expect(left("dead-caches-kept")).toEqual([all, all, all, all, all, all, all, all]);
  expect(left("s003-v5")).toEqual([half, half, half, half, half, half, none, none]);
  expect(left("v3.8-merged")).toEqual([half, half, half, half, half, half, half, half]);
});

test("dead caches under SLAB: its reaper needs no mail", () => {
  const settings = ["allocator=SLAB"];
  const run = runScriptFile("dead-slab-caches.sh", { kernel: "3.8", settings, env: { N: "20" } });
  const left = run.readings.slice(2).map(({ figures }) => figures.nrDying);
  expect(left).toEqual([20, 10, 10, 10, 10, 0, 0, 0]);
});
