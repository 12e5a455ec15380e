/** Experiments over the model: operation scripts, comparisons of policies. */

export * from "./percpu/geometry-of-script.ts";
export * from "./percpu/print-state.ts";
export * from "./percpu/run-operations.ts";
