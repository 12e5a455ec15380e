/**
 * A long random run of one configuration: the allocator and the naive model together, verified now and then. The run
 * goes through phases: growing, steady, shrinking; areas freed at random, oldest or newest first; balance work left
 * alone, run whole, or step by step between the other requests.
 */

import { balanceWorkPending, balanceWorkRuns, hashPercpu, type PercpuConfig } from "@ebb/model";
import { configTitle, SIZE_MIXES, type SizeMix } from "./generators.ts";
import { PercpuPair } from "./percpu-pair.ts";
import { Random } from "./random.ts";

interface RandomRun {
  readonly config: PercpuConfig;
  readonly seed: number;
  readonly nrOperations: number;
  /** `verifyPercpu` and the comparison of all maps run after each so many operations, and at the end. */
  readonly verifyEvery: number;
  /** Live areas a run grows to, at most. */
  readonly maxLive: number;
  /** Requests may come between two steps of the balance work. */
  readonly interleaved: boolean;
}

interface Phase {
  readonly mix: SizeMix;
  readonly allocPerMille: number;
  readonly atomicPerMille: number;
  readonly freeOrder: "random" | "oldest" | "newest";
  readonly workPerMille: number;
  readonly length: number;
}

function drawPhase(random: Random): Phase {
  return {
    mix: random.pick(SIZE_MIXES),
    allocPerMille: random.pick([100, 300, 500, 520, 700, 900]),
    atomicPerMille: random.pick([0, 50, 200, 700]),
    freeOrder: random.pick(["random", "random", "oldest", "newest"]),
    workPerMille: random.pick([5, 50, 200]),
    length: random.between(50, 1500),
  };
}

/** Runs to the end and answers the state's hash; throws with all that is needed to repeat the run. */
export function randomRun(run: RandomRun): string {
  const pair = new PercpuPair(run.config);
  const random = new Random(run.seed);
  let phase = drawPhase(random);
  let left = phase.length;
  let done = 0;
  try {
    for (; done < run.nrOperations; done++) {
      if (left-- === 0) {
        phase = drawPhase(random);
        left = phase.length;
      }
      operate(pair, random, phase, run);
      if ((done + 1) % run.verifyEvery === 0) pair.verify();
    }
    pair.verify();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(`seed ${run.seed}, operation ${done}, ${configTitle(run.config)}: ${message}`, { cause: error });
  }
  return hashPercpu(pair.t);
}

function operate(pair: PercpuPair, random: Random, phase: Phase, run: RandomRun): void {
  if (balanceWorkRuns(pair.t) && random.perMille(500)) {
    pair.balanceStep();
  } else if (balanceWorkPending(pair.t) && random.perMille(phase.workPerMille)) {
    if (run.interleaved && random.perMille(700)) pair.balanceStep();
    else pair.balance();
  } else if (pair.nrLive === 0 || (pair.nrLive < run.maxLive && random.perMille(phase.allocPerMille))) {
    request(pair, random, phase);
  } else {
    const { freeOrder } = phase;
    const newest = pair.nrLive - 1;
    pair.free(freeOrder === "random" ? random.below(pair.nrLive) : freeOrder === "oldest" ? 0 : newest);
  }
}

function request(pair: PercpuPair, random: Random, phase: Phase): void {
  const size = phase.mix.size(random);
  const align = phase.mix.align(random);
  if (random.perMille(5)) pair.allocReserved(size, align);
  else if (random.perMille(2)) pair.alloc(random.pick([0, 32769, 40000]), random.pick([4, 3, 24, 8192]), false, 0);
  else {
    const kind = pair.t.nrKinds > 1 ? random.below(2) : 0;
    pair.alloc(size, align, random.perMille(phase.atomicPerMille), kind);
  }
}
