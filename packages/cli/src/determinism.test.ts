/** One experiment, twice on the main thread and once in a worker: the same bytes, the machine's state hash among them. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { afterAll, expect, test } from "vitest";
import { BundledEbb } from "./testing/bundled-ebb.ts";

const SCRIPT = fileURLToPath(new URL("../../../fixtures/scripts/waves.sh", import.meta.url));

const ebb = new BundledEbb();
afterAll(() => ebb.remove());

/** What the command prints when a worker thread runs it. */
function printedByWorker(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(ebb.program, { argv: [...args], stdout: true, stderr: true });
    const pieces: Buffer[] = [];
    worker.stdout.on("data", (piece: Buffer) => pieces.push(piece));
    worker.on("error", reject);
    worker.on("exit", () => resolve(Buffer.concat(pieces).toString("latin1")));
  });
}

test.each(["vanilla", "v3", "upstream"])("%s", async (policy) => {
  const args = ["run", SCRIPT, "--json", "--policy", policy];
  const first = ebb.run(args);
  expect(first.stdout).toContain('"stateHash": "');
  expect(ebb.run(args).stdout).toBe(first.stdout);
  expect(await printedByWorker(args)).toBe(first.stdout);
});

test("another policy is another state", () => {
  const hashes = ["vanilla", "rfc", "v1", "v3", "upstream"].map((policy) => {
    const run: unknown = JSON.parse(ebb.run(["run", join(SCRIPT), "--json", "--policy", policy]).stdout);
    return run !== null && typeof run === "object" && "stateHash" in run ? run.stateHash : undefined;
  });
  expect(hashes).not.toContain(undefined);
  expect(new Set(hashes).size).toBeGreaterThan(1);
});
