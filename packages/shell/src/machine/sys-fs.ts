/** /sys over a live machine: CPUs and nodes, and the directories that others are mounted on. Written from sysfs docs. */

import { printPercpuStats } from "@ebb/formats";
import { type Machine, percpuStats } from "@ebb/model";
import { EINVAL, EIO, type Errno } from "../errno.ts";
import { fixedDirectory, generatedFile } from "../vfs/generated.ts";
import type { DirectoryNode, Node } from "../vfs/node.ts";
import { setCpuOnline } from "./calls.ts";
import { kernelErrno } from "./kernel-errno.ts";

/** Inode numbers of these file systems are handed out in the order the trees are built. */
let nextIno = 1;

function readOnly(render: () => string): Node {
  return generatedFile({ ino: nextIno++, mode: 0o444, render });
}

/** Numbers as the kernel lists them: `0-3,5`, nothing for none. */
function printList(numbers: readonly number[]): string {
  const ranges: string[] = [];
  for (let at = 0; at < numbers.length; ) {
    const first = numbers[at] ?? 0;
    let last = first;
    for (at++; numbers[at] === last + 1; at++) last++;
    ranges.push(first === last ? String(first) : `${first}-${last}`);
  }
  return `${ranges.join(",")}\n`;
}

/** CPUs by whether they are online. */
export function cpusThatAre(m: Machine, online: boolean): readonly number[] {
  return [...m.cpuOnline.keys()].filter((cpu) => (m.cpuOnline[cpu] !== 0) === online);
}

/** cpuN/online: 0 takes the CPU away, 1 brings it back. The first has no such file, as on most machines. */
function cpuDirectory(m: Machine, cpu: number): DirectoryNode {
  const write = (text: string): Errno | undefined => {
    const word = text.trim();
    if (!/^[01]$/.test(word)) return EINVAL;
    return kernelErrno(setCpuOnline(m, cpu, word === "1"));
  };
  const online = generatedFile({ ino: nextIno++, mode: 0o644, render: () => `${m.cpuOnline[cpu]}\n`, write });
  return fixedDirectory(cpu === 0 ? [] : [["online", online]]);
}

function cpus(m: Machine): DirectoryNode {
  const all = [...m.cpuOnline.keys()];
  return fixedDirectory([
    ...all.map((cpu) => [`cpu${cpu}`, cpuDirectory(m, cpu)] as const),
    ["offline", readOnly(() => printList(cpusThatAre(m, false)))],
    ["online", readOnly(() => printList(cpusThatAre(m, true)))],
    ["possible", readOnly(() => printList(all))],
    ["present", readOnly(() => printList(all))],
  ]);
}

function nodes(m: Machine): DirectoryNode {
  const all = Array.from({ length: m.options.nrNodes }, (_, node) => node);
  return fixedDirectory(
    ["possible", "present", "online"].map((name) => [name, readOnly(() => printList(all))] as const),
  );
}

export function createSysFs(m: Machine): DirectoryNode {
  const system = fixedDirectory([
    ["cpu", cpus(m)],
    ["node", nodes(m)],
  ]);
  return fixedDirectory([
    ["devices", fixedDirectory([["system", system]])],
    ["fs", fixedDirectory([["cgroup", fixedDirectory([])]])],
    ["kernel", fixedDirectory([["debug", fixedDirectory([])]])],
  ]);
}

/** /sys/kernel/debug: opening for write works for root, writing fails. */
export function createDebugFs(m: Machine): DirectoryNode {
  return fixedDirectory([
    [
      "percpu_stats",
      generatedFile({
        ino: nextIno++,
        mode: 0o444,
        render: () => printPercpuStats(percpuStats(m.percpu)),
        write: () => EIO,
      }),
    ],
  ]);
}
