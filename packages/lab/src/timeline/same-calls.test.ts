/** The calls of a run made again under another policy: what the run itself comes to under it. */

import { hashMachine } from "@ebb/model";
import { expect, test } from "vitest";
import { machineOptions } from "../experiment/machine-options.ts";
import { runExperiment } from "../experiment/run-experiment.ts";
import { CallRecorder } from "./same-calls.ts";

const SCRIPT = `cd /sys/fs/cgroup; echo +memory > cgroup.subtree_control
for i in {1..120}; do mkdir c$i; echo x > /tmp/f$i; done
for i in {1..120}; do ((i % 11)) && rmdir c$i; done
rm /tmp/f3*; sleep 5; echo 3 > /proc/sys/vm/drop_caches; sleep 1`;

function optionsUnder(policy: string) {
  const options = machineOptions({ kernel: "5.12", policy, cpus: "8", nodes: undefined, settings: [] });
  if ("severity" in options) throw new Error(options.message);
  return options;
}

test("the same bytes as the script gives under each policy", () => {
  let recorder: CallRecorder | undefined;
  const run = (policy: string, record: boolean) => {
    const experiment = runExperiment({
      machine: optionsUnder(policy),
      source: SCRIPT,
      name: "script.sh",
      args: [],
      ...(record
        ? {
            onMachine: (machine) => {
              recorder = new CallRecorder(machine);
            },
          }
        : {}),
    });
    if ("severity" in experiment) throw new Error(experiment.message);
    return experiment;
  };
  expect(run("vanilla", true).status).toBe(0);
  const hashes = new Set<string>();
  for (const policy of ["vanilla", "rfc", "v1", "v3", "upstream"]) {
    const again = recorder?.machineUnder(optionsUnder(policy));
    expect(again && hashMachine(again), policy).toBe(hashMachine(run(policy, false).machine));
    hashes.add(again ? hashMachine(again) : "");
  }
  expect(hashes.size).toBeGreaterThan(2);
});
