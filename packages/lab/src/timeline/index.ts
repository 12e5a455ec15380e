/** Runs and recordings that can be looked at at any instant. */

export * from "./page-pins.ts";
export { CallRecorder } from "./same-calls.ts";
export * from "./script-timeline.ts";
export * from "./trace-timeline.ts";
export * from "./view.ts";
