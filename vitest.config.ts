import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    testTimeout: 120_000,
    // By itself vitest leaves a CPU free, which is half of a small machine.
    maxWorkers: "100%",
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          // Files of one worker share their modules, which no test changes: a fifth less time.
          isolate: false,
          include: ["packages/*/src/**/*.test.ts", "scripts/**/*.test.ts", "bench/**/*.test.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "journeys",
          include: ["packages/web/journeys/**/*.test.ts"],
          hookTimeout: 120_000,
          globalSetup: ["packages/web/journeys/global-setup.ts"],
        },
      },
    ],
  },
});
