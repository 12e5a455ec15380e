/** Recorded traces replayed. */

export { checkJson } from "./check-json.ts";
export { isExplained } from "./check-report.ts";
export { CheckSession } from "./check-session.ts";
export type { EarlyEvent } from "./early-areas.ts";
export { printCheck } from "./print-check.ts";
export type { RecordedStats } from "./stats-watch.ts";
