/** The percpu lines of a kernel log. */

import { expect, test } from "vitest";
import { parsePercpuLog, percpuOfStages } from "./percpu-log.ts";

const LOG = `[    0.000000] Linux version 6.1.192-kmodel (root@vm) (gcc (Debian 12.2.0-14+deb12u1) 12.2.0)
[    0.121405] setup_percpu: NR_CPUS:128 nr_cpumask_bits:2 nr_cpu_ids:2 nr_node_ids:1
[    0.125367] percpu: Embedded 51 pages/cpu s171496 r8192 d29208 u1048576
`;

test("release, CPUs and layout", () => {
  expect(parsePercpuLog(LOG)).toEqual({
    release: "6.1.192-kmodel",
    nrCpus: 2,
    nrNodes: 1,
    layout: {
      staticBytes: 171496,
      reservedBytes: 8192,
      dynamicBytes: 29208,
      unitBytes: 1048576,
      allocBytes: undefined,
    },
  });
});

test("the pcpu-alloc line adds the size of an allocation, wherever it stands", () => {
  const row = "[    0.2] pcpu-alloc: s171496 r8192 d29208 u1048576 alloc=1*2097152\n";
  expect(parsePercpuLog(LOG + row).layout?.allocBytes).toBe(2097152);
  expect(parsePercpuLog(row + LOG).layout?.allocBytes).toBe(2097152);
});

test("a log without them says nothing", () => {
  expect(parsePercpuLog("hello\nu1 s2\n")).toEqual({
    release: "",
    nrCpus: undefined,
    nrNodes: undefined,
    layout: undefined,
  });
});

test("Percpu by stage", () => {
  const text =
    "Percpu: 1 kB\n== stage boot (uptime 1.82 s)\nPercpu:              408 kB\n== script output\nPercpu: 7 kB\n";
  expect([...percpuOfStages(text)]).toEqual([["boot", 408]]);
});
