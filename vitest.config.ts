import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["packages/*/src/**/*.test.ts", "scripts/**/*.test.ts", "bench/**/*.test.ts"],
    testTimeout: 120_000,
    // By itself vitest leaves a CPU free, which is half of a small machine.
    maxWorkers: "100%",
  },
});
