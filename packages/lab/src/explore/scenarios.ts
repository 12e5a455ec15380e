/** What can be explored, by name. Each scenario checks the request by its own bounds. */

import type { Problem } from "@ebb/formats";
import { exploreArrayCache } from "./explore-array-cache.ts";
import { exploreDeadCaches } from "./explore-dead-caches.ts";
import { exploreEarlyRelease } from "./explore-early-release.ts";
import { type ExploreReport, type ExploreRequest, wrong } from "./request.ts";

interface ExploreScenario {
  readonly name: string;
  readonly title: string;
  run(request: ExploreRequest, onProgress: (nrStates: number) => void): ExploreReport | Problem;
}

export const EXPLORE_SCENARIOS: readonly ExploreScenario[] = [
  {
    name: "early-release",
    title: "a memcg's per-CPU statistics are released at offline, a grace period later, while it still counts",
    run: exploreEarlyRelease,
  },
  {
    name: "array-cache",
    title: "the per-CPU arrays of a SLAB cache are replaced while other CPUs allocate and free",
    run: exploreArrayCache,
  },
  {
    name: "dead-caches",
    title: "a dead slab cache is shrunk, retried and destroyed while its objects are freed and others shrink it too",
    run: exploreDeadCaches,
  },
];

/** The scenario called `name`, or what is wrong with the name. */
export function exploreScenario(name: string): ExploreScenario | Problem {
  const found = EXPLORE_SCENARIOS.find((scenario) => scenario.name === name);
  const expected = EXPLORE_SCENARIOS.map((scenario) => scenario.name).join(", ");
  return found ?? wrong(name === "" ? '""' : name, "no such scenario", expected, name, "name one of these");
}
