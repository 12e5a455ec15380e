/**
 * Random scripts on random machines: whatever a script does to its machine is written down, so that any instant is what
 * the run's own machine was there.
 */

import { hashMachine } from "@ebb/model";
import { callName } from "@ebb/shell";
import { Random } from "@ebb/testkit";
import { expect, test } from "vitest";
import { machineOptions } from "../experiment/machine-options.ts";
import { type ExperimentOptions, runExperiment } from "../experiment/run-experiment.ts";
import { createScriptTimeline } from "./script-timeline.ts";

const KERNELS = ["3.8", "4.12", "5.0", "5.4", "5.12", "6.1", "7.1"] as const;
const POLICIES = ["vanilla", "v1", "upstream", "upstream+early-release"] as const;
const NR_LINES = 100;
const NR_POSITIONS = 3;

/** Commands on cgroups `a` to `d` and files `1` to `4`; many of them fail, which is as good. */
const COMMANDS: readonly [string, ...string[]] = [
  "mkdir $g",
  "mkdir $g/$g",
  "rmdir $g",
  "rmdir $g/*/ $g",
  "echo $$ > $g/cgroup.procs",
  "echo $$ > cgroup.procs",
  "echo +memory > $g/cgroup.subtree_control",
  "echo -memory > $g/cgroup.subtree_control",
  "echo 3 > $g/cgroup.max.descendants",
  "echo 64K > $g/memory.max",
  "echo 16K > $g/memory.high",
  "echo 1M > $g/memory.limit_in_bytes",
  "echo 8K > $g/memory.limit_in_bytes",
  "echo 100M > $g/memory.kmem.limit_in_bytes",
  "echo 40K > $g/memory.reclaim",
  "echo 0 > $g/memory.force_empty",
  "echo 0 > $g/memory.max_usage_in_bytes",
  "echo 0 > $g/memory.failcnt",
  "cat $g/memory.stat $g/memory.usage_in_bytes $g/memory.current cgroup.stat",
  "head -c 30000 /dev/zero > /tmp/$f",
  "head -c 9000 /dev/zero > /var/$f",
  "echo more >> /tmp/$f",
  "cat /tmp/$f /var/$f | wc -c",
  ": > /tmp/$f",
  "rm /tmp/$f",
  "sync",
  "echo 1 > /proc/sys/vm/drop_caches",
  "echo 2 > /proc/sys/vm/drop_caches",
  "echo 3 > /proc/sys/vm/drop_caches",
  "grep Percpu /proc/meminfo",
  "cat /proc/slabinfo | wc -l",
  "echo 'dentry 60 30 8' > /proc/slabinfo",
  "echo 0 > /sys/devices/system/cpu/cpu2/online",
  "echo 1 > /sys/devices/system/cpu/cpu2/online",
  "taskset -pc 1 $$",
  "sleep 0.01",
  "sleep 0.3",
  "sleep 3",
  "(sleep 0.1; mkdir $g) &",
  "true | true",
  "head -c 300000 /dev/zero > /swap; mkswap /swap; swapon /swap",
  "swapoff /swap",
  "nc -l 80 & sleep 0.1; kill $!",
  "vmtouch -e /tmp/$f",
  "vmtouch -l /tmp/$f & sleep 0.1; kill $!",
  "enable -f /usr/lib/bash/mkdir mkdir",
  "cd /; umount /mnt/memory; mount -t cgroup -o memory memory /mnt/memory; cd /mnt/memory || cd /sys/fs/cgroup",
];

/** What random commands seldom come to: memory that a limit cannot take back, statistics that a reader flushes. */
const LAST = `swapoff /swap
mkdir z
echo $$ > z/cgroup.procs
head -c 90000 /dev/zero > /var/last
mkdir /mnt/other
mount -t cgroup -o memory memory /mnt/other && mkdir /mnt/other/z
echo $$ > /mnt/other/z/cgroup.procs
head -c 90000 /dev/zero > /var/other
echo 1K > /mnt/other/z/memory.limit_in_bytes
echo 0 > z/memory.max_usage_in_bytes
sleep 3
cat z/memory.stat`;

function randomScript(random: Random, isV1: boolean): string {
  const root = isV1
    ? "mkdir /mnt/memory; mount -t cgroup -o memory memory /mnt/memory; cd /mnt/memory"
    : "cd /sys/fs/cgroup; echo +memory > cgroup.subtree_control";
  const lines = Array.from({ length: NR_LINES }, () =>
    random
      .pick(COMMANDS)
      .replaceAll("$g", random.pick(["a", "b", "c", "d"]))
      .replaceAll("$f", random.pick(["1", "2", "3", "4"])),
  );
  return `${[root, ...lines, LAST].join("\n")}\n`;
}

function optionsOf(random: Random, kernel: string): ExperimentOptions {
  const isV1 = kernel === "3.8" || kernel === "4.12";
  const policy = random.pick(POLICIES);
  const machine = machineOptions({ kernel, policy, cpus: "4", nodes: undefined, settings: [] });
  if ("severity" in machine) throw new Error(machine.message);
  return { machine, source: randomScript(random, isV1), name: "random.sh", args: [] };
}

/** Names of all calls that the scripts made. */
const met = new Set<string>();

test.each(KERNELS.map((kernel, i) => [kernel, i + 1] as const))("on %s, seed %i", (kernel, seed) => {
  const random = new Random(seed);
  const options = optionsOf(random, kernel);
  const timeline = createScriptTimeline(options);
  if ("severity" in timeline) throw new Error(timeline.message);
  const positions = Array.from({ length: NR_POSITIONS }, () => random.below(timeline.nrEvents + 1));
  const hashes = new Map<number, string>();
  let nrEvents = 0;
  const experiment = runExperiment({
    ...options,
    onMachine(machine) {
      hashes.set(0, hashMachine(machine));
      machine.callListener = {
        begins: (code) => void met.add(callName(code)),
        ended() {
          nrEvents++;
          if (positions.includes(nrEvents)) hashes.set(nrEvents, hashMachine(machine));
        },
      };
    },
  });
  if ("severity" in experiment) throw new Error(experiment.message);
  expect(timeline.nrEvents).toBe(nrEvents);
  expect(positions.map((at) => timeline.viewAt(at).hash)).toEqual(positions.map((at) => hashes.get(at)));
  expect(timeline.viewAt(nrEvents).hash).toBe(hashMachine(experiment.machine));
});

test("between them the scripts make every call there is", () => {
  const all: string[] = [];
  for (let code = 0; callName(code) !== ""; code++) all.push(callName(code));
  expect(all.length).toBeGreaterThan(40);
  expect(all.filter((name) => !met.has(name))).toEqual([]);
});
