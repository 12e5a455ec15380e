/** The kernel memory model. See docs/architecture.md. */

export * from "./percpu/allocator.ts";
export * from "./percpu/balance.ts";
export * from "./percpu/block-class.ts";
export * from "./percpu/constants.ts";
export * from "./percpu/geometry.ts";
export * from "./percpu/policies/index.ts";
export type { PercpuPolicy } from "./percpu/policy.ts";
export * from "./percpu/state.ts";
export * from "./percpu/statistics.ts";
