/** Recorded traces replayed. */

export { checkJson } from "./check-json.ts";
export { type CheckReport, isExplained, otherRules } from "./check-report.ts";
export { CheckSession } from "./check-session.ts";
export type { EarlyEvent } from "./early-areas.ts";
export { policiesJson } from "./policies-json.ts";
export { PolicySession } from "./policy-session.ts";
export { printCheck } from "./print-check.ts";
export { printPolicies } from "./print-policies.ts";
export type { RecordedStats } from "./stats-watch.ts";
export type { TraceOptions } from "./trace-setup.ts";
