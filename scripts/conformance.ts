/**
 * Every published or recorded figure beside ebb's own, as KTAP:
 *
 *   npm run conformance
 *
 * A distance that docs/limits.md explains is marked as known. Exit code 0: all others are reproduced; 1: one is not.
 */

import { MEMCG_ROWS } from "./conformance/memcg-rows.ts";
import { PERCPU_ROWS } from "./conformance/percpu-rows.ts";
import { allWell, judge, printKtap } from "./conformance/row.ts";
import { SLAB_ROWS } from "./conformance/slab-rows.ts";

const verdicts = [...PERCPU_ROWS, ...MEMCG_ROWS, ...SLAB_ROWS].map(judge);
process.stdout.write(printKtap(verdicts));
process.exitCode = allWell(verdicts) ? 0 : 1;
