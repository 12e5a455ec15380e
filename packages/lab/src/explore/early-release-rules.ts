/**
 * What must hold after every step of the early release: the rules of spec/memcg-slab.md C.5 for one item of one memcg.
 * Rules 2, 6 and 7 (residues within a batch, none on a dead CPU, no block touched after its free, each freed once) are
 * the model's own `verifyMemcgStats`. Rule 8 has no counterpart: nothing here counts dying descendants.
 */

import { RELEASED, readLocalMemcgStat, verifyMemcgStats } from "@ebb/model";
import { BLOCK_FREED, type EarlyRelease, FLUSHED, FREED, ITEM, MEMCG, ROOT } from "./early-release.ts";

/** The first rule that the scenario's present state breaks, with its figures; undefined when it breaks none. */
export function brokenRule(scenario: EarlyRelease): string | undefined {
  const { complaint, css } = scenario.state;
  if (complaint !== "") return complaint;
  const [violation] = verifyMemcgStats(scenario.stats);
  if (violation !== undefined) {
    const { rule, expected, found } = violation;
    return `${rule}: expected ${expected}, found ${found}`;
  }
  return css === FREED ? brokenAfterFree(scenario) : brokenSums(scenario);
}

/** Rules 1, 3 and 4, and how far a reading may be from the truth. */
function brokenSums(scenario: EarlyRelease): string | undefined {
  const { config, state, stats } = scenario;
  const { truth, css, failed } = state;
  let kept = 0;
  for (let cpu = 0; cpu < config.nrCpus; cpu++) kept += scenario.residue(cpu);
  const sum = scenario.sum(MEMCG);
  if (sum + kept !== truth) return `sum and residues are the truth: expected ${truth}, found ${sum + kept}`;
  const above = scenario.sum(ROOT) + kept;
  if (isHierarchy(scenario) && above !== truth) {
    return `the parent's sum and all residues below are the truth: expected ${truth}, found ${above}`;
  }
  const bound = config.batchPages * config.nrCpus;
  if (Math.abs(truth - sum) > bound) return `the sum is within ${bound} of the truth ${truth}: found ${sum}`;
  if (failed) return undefined;
  if (css >= FLUSHED && sum !== truth) return `once flushed the sum is the truth: expected ${truth}, found ${sum}`;
  if (css === BLOCK_FREED && stats.phase[MEMCG] !== RELEASED) return "live is null when the css is freed";
  return undefined;
}

/** Rule 5: the parent keeps what the freed memcg had counted, all of it. */
function brokenAfterFree(scenario: EarlyRelease): string | undefined {
  const { truth } = scenario.state;
  const above = scenario.sum(ROOT);
  if (!isHierarchy(scenario) || above === truth) return undefined;
  return `the parent keeps what the freed memcg has counted: expected ${truth}, found ${above}`;
}

function isHierarchy(scenario: EarlyRelease): boolean {
  return scenario.config.machinery === "batch-hierarchy";
}

/** All of the present state that can matter later, as text. */
export function stateKey(scenario: EarlyRelease): string {
  const { state, stats, config } = scenario;
  const words: (number | string)[] = [state.css, Number(state.failed), state.truth, state.nrRead, state.complaint];
  for (const { nrStored, at, cpu, hasBlock, old } of state.writers) {
    words.push(nrStored, at, cpu, Number(hasBlock), Number(old));
  }
  const { next, inSection, block, old } = state.hotplug;
  words.push(next, Number(inSection), block, Number(old), stats.phase[MEMCG] ?? 0);
  words.push(scenario.sum(ROOT), scenario.sum(MEMCG), stats.nrFreedTouches, stats.nrWildReads, stats.leakedBlocks);
  for (let cpu = 0; cpu < config.nrCpus; cpu++) words.push(scenario.residue(cpu), stats.cpuState[cpu] ?? 0);
  if (isHierarchy(scenario) && state.css !== FREED) words.push(readLocalMemcgStat(stats, MEMCG, ITEM));
  return words.join(" ");
}
