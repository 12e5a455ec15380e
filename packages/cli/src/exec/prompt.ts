/** The prompt of a shell on a virtual machine: its time and its policy. */

import { policySetName } from "@ebb/lab";
import type { Machine } from "@ebb/model";

const NS_PER_S = 1e9;

/** `ebb 12.345 s upstream`, without what follows. */
export function promptOf(m: Machine): string {
  return `ebb ${(m.nowNs / NS_PER_S).toFixed(3)} s ${policySetName(m.options)}`;
}
