/** Exploring the replacement of a SLAB cache's arrays: from the request to the configuration, and to the story. */

import type { Problem } from "@ebb/formats";
import { ARRAY_CACHE_POLICIES, slabInfo } from "@ebb/model";
import { scenarioOf } from "./actors.ts";
import { ArrayCache, type ArrayCacheConfig, type ArrayCacheState, CACHE } from "./array-cache.ts";
import { brokenRules, stateKey } from "./array-cache-rules.ts";
import { explore, type Scenario } from "./explorer.ts";
import {
  countOf,
  type ExploreReport,
  type ExploreRequest,
  notAskedFor,
  type StoryStep,
  variantNamed,
  wrong,
} from "./request.ts";

interface Asked extends ArrayCacheConfig {
  readonly policyName: string;
}

const MAX_STATES = 400_000;
/** With three CPUs one tuning is what can be explored. */
const NR_TUNINGS = [0, 2, 2, 1] as const;

/** Explores what the request asks for. */
export function exploreArrayCache(
  request: ExploreRequest,
  onProgress: (nrStates: number) => void,
): ExploreReport | Problem {
  const foreign = notAskedFor("array-cache", request, ["fault", "writers", "hotplugs", "readers"]);
  const config = foreign ?? arrayCacheConfig(request);
  if ("severity" in config) return config;
  const exploration = explore(arrayCacheScenario(new ArrayCache(config)), { maxStates: MAX_STATES, onProgress });
  if (exploration === undefined) return tooLarge();
  return {
    scenario: "array-cache",
    settings: settingsOf(config),
    exploration,
    columns: columnsOf(config),
    story: storyOf(config, exploration.violation?.actors ?? []),
  };
}

/** The scenario as the explorer walks it: one allocator, put into each state in turn. */
export function arrayCacheScenario(actors: ArrayCache): Scenario<ArrayCacheState> {
  return scenarioOf<ArrayCacheState, ArrayCache>(actors, stateKey, brokenRules);
}

function arrayCacheConfig(request: ExploreRequest): Asked | Problem {
  const policy = variantNamed(request.variant ?? "no-first-ipi", ARRAY_CACHE_POLICIES);
  if ("severity" in policy) return policy;
  const nrCpus = countOf("--cpus", request.cpus, 2, 1, 3);
  if (typeof nrCpus !== "number") return nrCpus;
  return { policyName: policy.name, barrier: policy.barrier, nrCpus, nrTunings: NR_TUNINGS[nrCpus] ?? 1 };
}

function tooLarge(): Problem {
  return wrong("array-cache", "too many states", `at most ${MAX_STATES} states`, "more", "ask for fewer CPUs");
}

function settingsOf({ policyName, nrCpus, nrTunings }: Asked): ExploreReport["settings"] {
  return [
    ["policy", policyName],
    ["CPUs", `${nrCpus}, each allocating an object and freeing it`],
    ["tunings", `${nrTunings}, from CPU 0`],
  ];
}

function columnsOf({ nrCpus }: ArrayCacheConfig): readonly string[] {
  return ["arrays", "old", ...Array.from({ length: nrCpus }, (_, cpu) => `CPU ${cpu}`), "given out", "IPIs"];
}

/** Tells the steps anew, from the first state. Arrays are A at first, then B and C. */
function storyOf(config: ArrayCacheConfig, actors: readonly number[]): readonly StoryStep[] {
  const told = new ArrayCache(config);
  return actors.map((actor) => {
    const [who, did] = told.step(actor);
    const { state, slab, generation } = told;
    const loaded = state.cpus.map((cpu) => {
      if (cpu.generation === 0) return "-";
      return `${letter(cpu.generation)}${cpu.isFreed ? " (freed)" : ""}`;
    });
    const old = state.old.length === 0 ? "-" : letter(generation - 1);
    const { activeObjects } = slabInfo(slab, CACHE);
    return { who, did, state: [letter(generation), old, ...loaded, activeObjects, state.nrIpis] };
  });
}

function letter(generation: number): string {
  return "-ABC"[generation] ?? "?";
}
