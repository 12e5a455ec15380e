/** Experiments over the model: scripts on machines, comparisons of policies, operation scripts, explorations. */

export * from "./cost/cost.ts";
export * from "./cost/cost-json.ts";
export * from "./cost/print-cost.ts";
export * from "./experiment/chunk-map.ts";
export * from "./experiment/compare.ts";
export * from "./experiment/json.ts";
export * from "./experiment/machine-options.ts";
export * from "./experiment/machine-settings.ts";
export * from "./experiment/policy-set.ts";
export * from "./experiment/print-comparison.ts";
export * from "./experiment/print-cover-letter.ts";
export * from "./experiment/report.ts";
export * from "./experiment/run-experiment.ts";
export { explorationJson, printExploration } from "./explore/print-exploration.ts";
export type { ExploreReport, ExploreRequest } from "./explore/request.ts";
export { EXPLORE_SCENARIOS, exploreScenario } from "./explore/scenarios.ts";
export * from "./ledger/ledger.ts";
export * from "./ledger/print-ledger.ts";
export * from "./machine-profile/index.ts";
export * from "./mails/mails.ts";
export * from "./mails/print-mails.ts";
export * from "./mails/run-mails.ts";
export * from "./percpu/geometry-of-script.ts";
export * from "./percpu/print-state.ts";
export * from "./percpu/run-operations.ts";
export * from "./replay/index.ts";
export * from "./trace-report/index.ts";
