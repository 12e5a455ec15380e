/** What tests share: the naive reference model, generators, fixtures. Only tests import it. */

export * from "./fake-host.ts";
export * from "./fixtures.ts";
export * from "./generators.ts";
export * from "./imported-trace.ts";
export * from "./machine-run.ts";
export * from "./memcg-stats-pair.ts";
export * from "./naive-percpu.ts";
export * from "./percpu-pair.ts";
export * from "./random.ts";
export * from "./random-run.ts";
export { rawPage } from "./raw-pages.ts";
export * from "./recorded-run.ts";
export * from "./seeds.ts";
export * from "./slab-pair.ts";
export * from "./slow-placement.ts";
export * from "./slub-pair.ts";
export * from "./test-machine.ts";
