/** Random runs of every policy: the allocator, the naive model and the slow search together. */

import { configTitle, GEOMETRIES, percpuConfigs, randomRun } from "@ebb/testkit";

const VERIFY_EVERY = 997;
const MAX_LIVE = 400;

/** Shares the operations of a policy among its configurations; prints a line each, and how to repeat one that fails. */
export function runRandom(
  policyNames: readonly string[],
  nrOperations: number,
  seed: number,
  print: (row: string) => void,
): boolean {
  print(`random runs: seed ${seed}, ${nrOperations} operations for each policy`);
  let ok = true;
  for (const policyName of policyNames) {
    const configs = GEOMETRIES.flatMap((geometry) => percpuConfigs(geometry)).filter(
      (config) => config.policy.name === policyName,
    );
    let hashes = "";
    for (const config of configs) {
      const share = Math.ceil(nrOperations / configs.length);
      try {
        hashes += randomRun({
          config,
          seed,
          nrOperations: share,
          verifyEvery: VERIFY_EVERY,
          maxLive: MAX_LIVE,
          interleaved: true,
        }).slice(0, 2);
      } catch (error) {
        ok = false;
        print(`${configTitle(config)}: ${error instanceof Error ? error.message : String(error)}`);
        print(`  to repeat: npm run test:long -- --seed ${seed} --operations ${nrOperations} --policy ${policyName}`);
      }
    }
    print(`${policyName}: ${configs.length} runs, hashes ${hashes}`);
  }
  return ok;
}
