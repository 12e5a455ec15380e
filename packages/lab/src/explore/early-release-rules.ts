/**
 * What must hold after every step of the early release: the rules of spec/memcg-slab.md C.5 for one item of one memcg.
 * Rules 2, 6 and 7 (residues within a batch, none on a dead CPU, no block touched after its free, each freed once) are
 * the model's own `verifyMemcgStats`. Rule 8 has no counterpart: nothing here counts dying descendants.
 */

import { RELEASED, readLocalMemcgStat, verifyMemcgStats } from "@ebb/model";
import { BLOCK_FREED, type EarlyRelease, FLUSHED, FREED, ITEM, MEMCG, ROOT } from "./early-release.ts";

/** The rules that the scenario's present state breaks, with their figures. */
export function brokenRules(scenario: EarlyRelease): readonly string[] {
  const { complaint, css } = scenario.state;
  const out = complaint === "" ? [] : [complaint];
  if (css === FREED) checkAfterFree(scenario, out);
  else checkSums(scenario, out);
  for (const { rule, expected, found } of verifyMemcgStats(scenario.stats)) expectEqual(out, rule, expected, found);
  return out;
}

/** Rules 1, 3 and 4, and how far a reading may be from the truth. */
function checkSums(scenario: EarlyRelease, out: string[]): void {
  const { config, state, stats } = scenario;
  const { truth, css, failed } = state;
  let kept = 0;
  for (let cpu = 0; cpu < config.nrCpus; cpu++) kept += scenario.residue(cpu);
  const sum = scenario.sum(MEMCG);
  expectEqual(out, "sum and residues are the truth", truth, sum + kept);
  if (isHierarchy(scenario)) {
    expectEqual(out, "the parent's sum and all residues below are the truth", truth, scenario.sum(ROOT) + kept);
  }
  const bound = config.batchPages * config.nrCpus;
  if (Math.abs(truth - sum) > bound) out.push(`the sum is within ${bound} of the truth ${truth}: found ${sum}`);
  if (failed) return;
  if (css >= FLUSHED) expectEqual(out, "once flushed the sum is the truth", truth, sum);
  if (css === BLOCK_FREED) expectEqual(out, "the callback has freed the block", RELEASED, stats.phase[MEMCG] ?? 0);
}

/** Rule 5: the parent keeps what the freed memcg had counted, all of it. */
function checkAfterFree(scenario: EarlyRelease, out: string[]): void {
  if (!isHierarchy(scenario)) return;
  expectEqual(out, "the parent keeps what the freed memcg counted", scenario.state.truth, scenario.sum(ROOT));
}

function expectEqual(out: string[], rule: string, expected: number, found: number): void {
  if (found !== expected) out.push(`${rule}: expected ${expected}, found ${found}`);
}

function isHierarchy(scenario: EarlyRelease): boolean {
  return scenario.config.machinery === "batch-hierarchy";
}

/** All of the present state that can matter later, as text. */
export function stateKey(scenario: EarlyRelease): string {
  const { state, stats, config } = scenario;
  const words: (number | string)[] = [
    state.css,
    state.nrFlushed,
    Number(state.failed),
    state.truth,
    state.nrRead,
    state.complaint,
  ];
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
