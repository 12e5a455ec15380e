/** Exploring the early release: from the request to the configuration, and from what was found to the story. */

import type { Problem } from "@ebb/formats";
import { LIVE, PARKED, RELEASED, STATS_FAULTS, type StatsFault, type StatsMachinery } from "@ebb/model";
import { scenarioOf } from "./actors.ts";
import { EarlyRelease, type EarlyReleaseConfig, type EarlyReleaseState, MEMCG, ROOT, signed } from "./early-release.ts";
import { brokenRules, stateKey } from "./early-release-rules.ts";
import { explore, type Scenario } from "./explorer.ts";
import {
  countOf,
  type ExploreReport,
  type ExploreRequest,
  faultsNamed,
  notAskedFor,
  type StoryStep,
  wrong,
} from "./request.ts";

const MAX_STATES = 400_000;
const NR_UPDATES = 2;
const BATCH_PAGES = 1;

/** Explores what the request asks for. */
export function exploreEarlyRelease(
  request: ExploreRequest,
  onProgress: (nrStates: number) => void,
): ExploreReport | Problem {
  const config = notAskedFor("early-release", request, ["variant"]) ?? earlyReleaseConfig(request);
  if ("severity" in config) return config;
  const exploration = explore(earlyReleaseScenario(new EarlyRelease(config)), { maxStates: MAX_STATES, onProgress });
  if (exploration === undefined) return tooLarge();
  return {
    scenario: "early-release",
    settings: settingsOf(config),
    exploration,
    columns: columnsOf(config),
    story: storyOf(config, exploration.violation?.actors ?? []),
  };
}

/** The scenario as the explorer walks it: one set of statistics, put into each state in turn. */
export function earlyReleaseScenario(actors: EarlyRelease): Scenario<EarlyReleaseState> {
  return scenarioOf<EarlyReleaseState, EarlyRelease>(actors, stateKey, brokenRules);
}

function earlyReleaseConfig(request: ExploreRequest): EarlyReleaseConfig | Problem {
  const faults = faultsNamed<StatsFault>(request.fault, STATS_FAULTS);
  if (!(faults instanceof Set)) return faults;
  const nrWriters = countOf("--writers", request.writers, 2, 0, 4);
  if (typeof nrWriters !== "number") return nrWriters;
  const nrCpus = countOf("--cpus", request.cpus, 2, 1, 4);
  if (typeof nrCpus !== "number") return nrCpus;
  const nrHotplugs = countOf("--hotplugs", request.hotplugs, nrCpus > 1 ? 1 : 0, 0, 3);
  if (typeof nrHotplugs !== "number") return nrHotplugs;
  if (nrCpus === 1 && nrHotplugs > 0) return noSurvivor(nrHotplugs);
  const nrReaders = countOf("--readers", request.readers, 1, 0, 3);
  if (typeof nrReaders !== "number") return nrReaders;
  // H1 and H2 are of the hierarchy's era.
  const machinery: StatsMachinery = faults.has("H1") || faults.has("H2") ? "batch-hierarchy" : "batch-local";
  return {
    machinery,
    faults,
    nrCpus,
    batchPages: BATCH_PAGES,
    deltas: deltasOf(nrWriters),
    nrHotplugs,
    nrReaders,
    flushPerCpu: false,
  };
}

/** Each writer stores +1 again and again; the last delta of the last one takes the gauge back to 0. */
function deltasOf(nrWriters: number): readonly (readonly number[])[] {
  const deltas = Array.from({ length: nrWriters }, () => new Array<number>(NR_UPDATES).fill(1));
  deltas.at(-1)?.splice(-1, 1, 1 - nrWriters * NR_UPDATES);
  return deltas;
}

function noSurvivor(nrHotplugs: number): Problem {
  const toDo = "give --cpus 2 or more, or no --hotplugs";
  return wrong(`--hotplugs ${nrHotplugs}`, "no CPU would survive", "0 with one CPU", `${nrHotplugs}`, toDo);
}

function tooLarge(): Problem {
  const expected = `at most ${MAX_STATES} states`;
  return wrong(
    "early-release",
    "too many states",
    expected,
    "more",
    "ask for fewer writers, CPUs, hotplugs or readers",
  );
}

function settingsOf(config: EarlyReleaseConfig): ExploreReport["settings"] {
  const { machinery, faults, nrCpus, batchPages, deltas, nrHotplugs, nrReaders } = config;
  return [
    ["machinery", `${machinery}, batch ${batchPages}${machinery === "batch-hierarchy" ? ", with a parent" : ""}`],
    ["faults", faults.size === 0 ? "none" : [...faults].join(", ")],
    [
      "writers",
      deltas.length === 0 ? "0" : `${deltas.length}, storing ${deltas.map((d) => d.map(signed).join(" ")).join(", ")}`,
    ],
    ["CPUs", `${nrCpus}`],
    ["hotplugs", `${nrHotplugs}`],
    ["readers", `${nrReaders}`],
  ];
}

function columnsOf(config: EarlyReleaseConfig): readonly string[] {
  const cpus = Array.from({ length: config.nrCpus }, (_, cpu) => `CPU ${cpu}`);
  const parent = config.machinery === "batch-hierarchy" ? ["parent's sum"] : [];
  return ["block", ...cpus, "sum", ...parent, "truth"];
}

/** Tells the steps anew, from the first state. */
function storyOf(config: EarlyReleaseConfig, actors: readonly number[]): readonly StoryStep[] {
  const told = new EarlyRelease(config);
  return actors.map((actor) => {
    const [who, did] = told.step(actor);
    const phases = new Map([
      [LIVE, "live"],
      [PARKED, "parked"],
      [RELEASED, "freed"],
    ]);
    const leaked = told.stats.leakedBlocks > 0;
    const block = phases.get(told.stats.phase[MEMCG] ?? 0) ?? (leaked ? "leaked" : "freed");
    const residues = Array.from({ length: config.nrCpus }, (_, cpu) => told.residue(cpu));
    const parent = config.machinery === "batch-hierarchy" ? [told.sum(ROOT)] : [];
    return { who, did, state: [block, ...residues, told.sum(MEMCG), ...parent, told.state.truth] };
  });
}
