/**
 * The scripts of fixtures/scripts, each with its whole standard output beside it (`NAME.POLICY.stdout`), and those of
 * experiments/ in small. `UPDATE_GOLDEN=1` writes the outputs anew.
 */

import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { BundledEbb } from "./testing/bundled-ebb.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const SCRIPTS = join(ROOT, "fixtures/scripts");
const CHURN = join(ROOT, "experiments/percpu-churn.sh");

const ebb = new BundledEbb();
afterAll(() => ebb.remove());

/** Runs a script without a report; nothing but its own output may appear. */
function check(path: string, policy: string, goldenName: string, ...more: readonly string[]): void {
  const { status, stdout, stderr } = ebb.run(["run", path, "--quiet", "--policy", policy, ...more]);
  expect([status, stderr]).toEqual([EXPECTED_STATUS.get(goldenName) ?? 0, EXPECTED_STDERR.get(goldenName) ?? ""]);
  const golden = join(SCRIPTS, `${goldenName}.${policy}.stdout`);
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(golden, stdout, "latin1");
  expect(stdout).toBe(existsSync(golden) ? readFileSync(golden, "latin1") : `no such file: ${golden}`);
}

/** errors.sh stops at a failure, which is its point. */
const EXPECTED_STATUS: ReadonlyMap<string, number> = new Map([["errors", 1]]);
const EXPECTED_STDERR: ReadonlyMap<string, string> = new Map([
  ["errors", "mkdir: cannot create directory '/sys/fs/cgroup/errors/a/b': File exists\n"],
]);

describe("fixtures/scripts", () => {
  const names = readdirSync(SCRIPTS).filter((file) => file.endsWith(".sh"));
  for (const name of names) {
    test.each(["vanilla", "upstream"])(`${name} under %s`, (policy) => {
      check(join(SCRIPTS, name), policy, name.slice(0, -".sh".length));
    });
  }
});

test.each(["vanilla", "rfc", "v1", "v3", "upstream"])("experiments/percpu-churn.sh in small under %s", (policy) => {
  check(CHURN, policy, "percpu-churn-30", "--env", "KEEP=30");
});

test.each(["vanilla", "early-release"])("experiments/dying-memcg.sh in small under %s", (policy) => {
  const script = join(ROOT, "experiments/dying-memcg.sh");
  const { status, stdout, stderr } = ebb.run([
    "run",
    script,
    "--quiet",
    "--kernel",
    "5.0",
    "--policy",
    policy,
    "--env",
    "N=20",
  ]);
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout.split("\n").filter((row) => row.startsWith("nr_dying"))).toEqual(
    [0, 20, 10, 0].map((n) => `nr_dying_descendants ${n}`),
  );
  expect(stdout).toMatch(/^(nr_dying_descendants \d+\nSlab: +\d+ kB\nPercpu: +\d+ kB\n){4}$/);
});
