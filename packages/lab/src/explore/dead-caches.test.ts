/** Every order around a dead cache copy: which policies keep their promises, and what the guard is for. */

import { expect, test } from "vitest";
import { exploreDeadCaches } from "./explore-dead-caches.ts";
import { type ExploreReport, type ExploreRequest, NOTHING_ASKED } from "./request.ts";

function explored(request: Partial<ExploreRequest>): ExploreReport {
  const report = exploreDeadCaches({ ...NOTHING_ASKED, ...request }, () => undefined);
  if ("severity" in report) throw new Error(report.message);
  return report;
}

test("s003-v5: no order loses a copy or touches it after its end", () => {
  const { exploration } = explored({});
  expect(exploration.violation).toBeUndefined();
  expect(exploration.nrStates).toBeGreaterThan(80);
  expect(exploration.nrOrders).toBeGreaterThan(500n);
});

test("without the guard the work runs on a copy that is destroyed", () => {
  const { exploration, story } = explored({ fault: "G1" });
  expect(exploration.violation?.rules).toEqual(["destroy runs once, and nobody works on a copy after it"]);
  expect(story.map(({ who, did }) => `${who} ${did}`)).toEqual([
    "memcg dies: the copy is dead, a run is asked for",
    "task frees an object",
    "task frees the last object",
    "pressure shrinks the cache",
    "worker no pages: destroys the copy",
    "worker runs for a copy that is no more",
  ]);
});

test.each(["v3.8-merged", "dead-caches-kept"])(
  "%s: a copy whose last slab is cached is never looked at again",
  (variant) => {
    const { exploration, story } = explored({ variant });
    expect(exploration.violation?.rules).toEqual(["a dead copy without objects goes in the end"]);
    expect(story.at(-1)?.state.slice(0, 3)).toEqual(["dead", 0, 1]);
  },
);

test("what is no option is said", () => {
  const problem = (request: Partial<ExploreRequest>) =>
    exploreDeadCaches({ ...NOTHING_ASKED, ...request }, () => undefined);
  expect(problem({ variant: "v4" })).toMatchObject({ message: "no such variant" });
  expect(problem({ fault: "S1" })).toMatchObject({ message: "no such fault", expected: "G1" });
  expect(problem({ cpus: "2" })).toMatchObject({ message: "not an option of dead-caches" });
});
