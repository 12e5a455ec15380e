/** Exploring a dead cache copy: from the request to the machine, the rules, and the story. */

import type { Problem } from "@ebb/formats";
import { DEAD_CACHE_POLICIES, type MachineOptions, SLAB_FAULTS, type SlabFault } from "@ebb/model";
import { machineOptions } from "../experiment/machine-options.ts";
import { scenarioOf } from "./actors.ts";
import { type DeadCacheState, DeadCaches } from "./dead-caches.ts";
import { explore } from "./explorer.ts";
import {
  type ExploreReport,
  type ExploreRequest,
  faultsNamed,
  notAskedFor,
  type StoryStep,
  variantNamed,
  wrong,
} from "./request.ts";

const MAX_STATES = 100_000;
const RETRYING = "shrink-and-retry";

/** Explores what the request asks for. */
export function exploreDeadCaches(
  request: ExploreRequest,
  onProgress: (nrStates: number) => void,
): ExploreReport | Problem {
  const foreign = notAskedFor("dead-caches", request, ["writers", "cpus", "hotplugs", "readers"]);
  const options = foreign ?? deadCacheOptions(request);
  if ("severity" in options) return options;
  const stateKey = (actors: DeadCaches) => JSON.stringify(actors.view());
  const scenario = scenarioOf<DeadCacheState, DeadCaches>(new DeadCaches(options), stateKey, brokenRules);
  const exploration = explore(scenario, { maxStates: MAX_STATES, onProgress });
  if (exploration === undefined) return wrong("dead-caches", "too many states", `${MAX_STATES} states`, "more", "");
  return {
    scenario: "dead-caches",
    settings: settingsOf(options),
    exploration,
    columns: ["copy", "objects", "pages", "runs due", "timers", "runs"],
    story: storyOf(options, exploration.violation?.actors ?? []),
  };
}

/** What must hold after every step. */
function brokenRules(actors: DeadCaches): readonly string[] {
  const { isDead, isGone, nrObjects, nrPages, nrDue, nrTimers, nrUsesAfterDestroy } = actors.view();
  const out: string[] = [];
  if (nrUsesAfterDestroy > 0) out.push("destroy runs once, and nobody works on a copy after it");
  if (isGone && nrPages > 0) out.push(`a copy that is destroyed has no pages: found ${nrPages}`);
  const isRetried = actors.machine.options.deadCachePolicy.onPages === RETRYING;
  if (isRetried && isDead && nrDue + nrTimers === 0) out.push("a dead copy has a run behind it");
  if (actors.isOver && isDead && nrObjects === 0) out.push("a dead copy without objects goes in the end");
  return out;
}

function deadCacheOptions(request: ExploreRequest): MachineOptions | Problem {
  const policy = variantNamed(request.variant ?? "s003-v5", DEAD_CACHE_POLICIES);
  if ("severity" in policy) return policy;
  const faults = faultsNamed<SlabFault>(request.fault, SLAB_FAULTS);
  if ("severity" in faults) return faults;
  const options = machineOptions({ kernel: "3.8", policy: policy.name, cpus: "1", nodes: "1", settings: [] });
  if ("severity" in options) return options;
  const { profile } = options;
  return {
    ...options,
    slabFaults: faults,
    profile: {
      ...profile,
      bootSlab: { kind: "spread", reclaimableKb: 0, unreclaimableKb: 0 },
      bootAreas: { ...profile.bootAreas, repeats: 0 },
      cachesAreWarm: false,
      // A task that takes nothing from caches of its own.
      task: { ...profile.task, forkObjects: [], execObjects: [] },
    },
  };
}

function settingsOf({ deadCachePolicy, slabFaults }: MachineOptions): ExploreReport["settings"] {
  return [
    ["policy", `${deadCachePolicy.name}, SLUB`],
    ["faults", slabFaults.size === 0 ? "none" : [...slabFaults].join(", ")],
    ["copy", "2 objects in one slab"],
  ];
}

/** Tells the steps anew, from the first state. */
function storyOf(options: MachineOptions, actors: readonly number[]): readonly StoryStep[] {
  const told = new DeadCaches(options);
  return actors.map((actor) => {
    const [who, did] = told.step(actor);
    const { isDead, isGone, nrObjects, nrPages, nrDue, nrTimers, nrRuns } = told.view();
    const copy = isGone ? "destroyed" : isDead ? "dead" : "online";
    return { who, did, state: [copy, nrObjects, nrPages, nrDue, nrTimers, nrRuns] };
  });
}
