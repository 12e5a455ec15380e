/** Kernel text and our own text formats, both ways. */

export * from "./anonymise/anonymiser.ts";
export * from "./ebb-file/index.ts";
export * from "./percpu/operations.ts";
export * from "./percpu/percpu-log.ts";
export * from "./percpu/percpu-stats.ts";
export * from "./problem.ts";
export * from "./proc/interrupts.ts";
export * from "./proc/meminfo.ts";
export * from "./proc/slabinfo.ts";
export * from "./trace/beside-texts.ts";
export * from "./trace/byte-source.ts";
export * from "./trace/events.ts";
export * from "./trace/raw-importer.ts";
export { Symbols } from "./trace/symbols.ts";
export type { Decompress } from "./trace/trace-dat-content.ts";
export * from "./trace/trace-importer.ts";
