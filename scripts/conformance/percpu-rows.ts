/** Published and recorded figures of the percpu allocator under the scripts of mails 000 and 001. */

import { mail000Percpu, mail001Percpu, mail001SlabGrowth } from "./experiments.ts";
import type { Row } from "./row.ts";

const STAGES = ["start", "full", "after"] as const;
/** What lived in the chunks before is not published, and weighs most at the start. */
const MAIL_TOLERANCES = [2, 0.2, 2.5];
/** The recorded runs differ among themselves in the last figure: the phase of the balance work decides. */
const RECORDED_TOLERANCES = [0, 0.05, 3];
/** Measured in the trace of mail 001's run on 5.4: from mkdir to the first copy. */
const OF_THAT_RUN = ["copy-delay-ms=195"];

function mail000(
  kernel: string,
  policy: string,
  kb: readonly number[],
  percent: readonly number[],
  source: string,
): Row[] {
  return STAGES.map((stage, i) => ({
    source,
    what: `mail 000 on ${kernel}, ${policy}: ${stage}`,
    unit: "kB",
    expected: kb[i] ?? Number.NaN,
    tolerancePercent: percent[i] ?? 0,
    got: () => mail000Percpu(kernel, policy, i),
  }));
}

function recorded(
  kernel: string,
  what: string,
  unit: string,
  expected: number,
  percent: number,
  got: () => number,
): Row {
  return {
    source: `recorded ${kernel}, 32 CPUs`,
    what: `mail 001 on ${kernel}: ${what}`,
    unit,
    expected,
    tolerancePercent: percent,
    got,
  };
}

export const PERCPU_ROWS: readonly Row[] = [
  ...mail000("5.12", "vanilla", [7296, 481024, 481024], MAIL_TOLERANCES, "mail 000"),
  ...mail000("5.12", "rfc", [7488, 481152, 153920], MAIL_TOLERANCES, "mail 000"),
  ...mail000("5.12", "v1", [7488, 481408, 159488], MAIL_TOLERANCES, "re-post of 1 April 2021"),
  ...mail000("5.12", "v3", [7488, 481408, 135552], MAIL_TOLERANCES, "re-post of 7 April 2021"),
  ...mail000("6.1", "upstream", [6528, 632320, 200704], RECORDED_TOLERANCES, "recorded 6.1.192, 32 CPUs"),
  ...mail000("6.1", "vanilla", [6528, 632320, 632320], RECORDED_TOLERANCES, "recorded 6.1.192, 32 CPUs"),
  ...mail000("5.4", "vanilla", [9216, 849408, 849408], RECORDED_TOLERANCES, "recorded 5.4.286, 32 CPUs"),
  recorded("6.1", "Percpu of 1000 dying", "kB", 61824, 1, () => mail001Percpu("6.1", undefined, 1)),
  recorded("6.1", "Slab growth of 1000 dying", "kB", 19488, 15, () => mail001SlabGrowth("6.1")),
  recorded("5.4", "Percpu of 1000 dying", "kB", 93312, 2, () => mail001Percpu("5.4", undefined, 1, OF_THAT_RUN)),
  recorded("5.4", "Slab growth of 1000 dying", "kB", 15052, 15, () => mail001SlabGrowth("5.4", undefined, OF_THAT_RUN)),
];
