/** `ebb cost`: what a memory cgroup takes on a machine, and what many of them come to. */

import type { Problem } from "@ebb/formats";
import { cgroupCost, costJson, type Hierarchy, machineOptions, printCost } from "@ebb/lab";
import { buildCommand } from "@stricli/core";
import { DEFAULT_KERNEL, kernelOf, MACHINE_FLAGS, type MachineFlags, SETTINGS_HELP, toggle } from "./machine-flags.ts";
import { failUsage, untilClosed, writeOut } from "./output.ts";

interface CostFlags extends Omit<MachineFlags, "env"> {
  readonly memcgs: string | undefined;
  readonly hierarchy: string | undefined;
  readonly json?: boolean;
}

const DEFAULT_MEMCGS = 1000;
const MAX_MEMCGS = 10_000_000;

const DESCRIPTION = `Shows what one memory cgroup takes, object by object: percpu areas on all CPUs, slab objects in the caches they come
from, when each is given back, and what a dying cgroup keeps while something pins it. Below that, what comes on top (a
copy of a slab cache on kernels 3.8 to 5.8, a writeback structure), and totals for many cgroups.

EXAMPLES
  ebb cost --kernel 5.0 --cpus 64 --nodes 2
  ebb cost --kernel 5.4 --hierarchy v1 --memcgs 30000
  ebb cost --kernel 7.1 --cpus 256 --set psi=0 --json

${SETTINGS_HELP}`;

const { kernel, cpus, nodes, set } = MACHINE_FLAGS;

export const costCommand = buildCommand({
  func(flags: CostFlags) {
    untilClosed(() => showCost(flags));
  },
  parameters: {
    flags: {
      kernel,
      cpus,
      nodes,
      set,
      memcgs: {
        kind: "parsed",
        parse: String,
        placeholder: "M",
        optional: true,
        brief: `How many cgroups the totals are for [${DEFAULT_MEMCGS}]`,
      },
      hierarchy: {
        kind: "parsed",
        parse: String,
        placeholder: "v1|v2",
        optional: true,
        brief: "A cgroup of v2, or of the v1 memory hierarchy [v2]",
      },
      json: toggle("One JSON document, all sizes in bytes"),
    },
    positional: { kind: "tuple", parameters: [] },
  },
  docs: {
    brief: "Show what a memory cgroup takes",
    fullDescription: DESCRIPTION,
    customUsage: [
      `[--kernel ${DEFAULT_KERNEL}] [--cpus N] [--nodes N] [--memcgs M] [--hierarchy v1|v2] [--set name=value]... [--json]`,
    ],
  },
});

/** Answers the exit code. */
function showCost(flags: CostFlags): number {
  const { memcgs, hierarchy, set: settings = [] } = flags;
  const { cpus, nodes } = flags;
  const kernel = kernelOf(flags.kernel);
  if ("severity" in kernel) return failUsage(kernel);
  const machine = machineOptions({ kernel, policy: undefined, cpus, nodes, settings });
  if ("severity" in machine) return failUsage(machine);
  const nrMemcgs = memcgs === undefined ? DEFAULT_MEMCGS : countOf(memcgs);
  if (typeof nrMemcgs !== "number") return failUsage(nrMemcgs);
  if (hierarchy !== undefined && !isHierarchy(hierarchy)) return failUsage(noHierarchy(hierarchy));
  const cost = cgroupCost(machine, hierarchy ?? "v2", nrMemcgs);
  writeOut(flags.json === true ? costJson(cost) : printCost(cost));
  return 0;
}

function isHierarchy(text: string): text is Hierarchy {
  return text === "v1" || text === "v2";
}

function countOf(text: string): number | Problem {
  const nr = /^[0-9]{1,8}$/.test(text) ? Number(text) : 0;
  if (nr >= 1 && nr <= MAX_MEMCGS) return nr;
  return usage("--memcgs", text, "not a number of cgroups", `1 to ${MAX_MEMCGS}`, "give a whole number in that range");
}

function noHierarchy(text: string): Problem {
  return usage("--hierarchy", text, "no such hierarchy", "v1, v2", "name one of these");
}

function usage(option: string, text: string, message: string, expected: string, toDo: string): Problem {
  const shown = text === "" ? '""' : text;
  return { severity: "error", file: `${option} ${shown}`, line: 0, message, expected, found: shown, toDo };
}
