/**
 * Replays a parsed operation script with output off: the percpu model alone. One operation is an allocation, a free or
 * a run of the balance work, as in the published figures of the kernel's own code.
 */

import { OP_ALLOC, OP_ALLOC_RESERVED, OP_FREE, OP_WORK, OP_WORK_IF_PENDING, type PercpuOperations } from "@ebb/formats";
import {
  allocPercpu,
  allocReservedPercpu,
  balanceWorkPending,
  freePercpu,
  type Percpu,
  runBalanceWork,
} from "@ebb/model";

/** Runs all operations of `ops` on `t`; answers how many were done. */
export function replayOperations(t: Percpu, ops: PercpuOperations, areas: Int32Array): number {
  const { code, slot, sizeBytes, alignBytes, atomic, kind, nrOperations } = ops;
  const kinds = t.nrKinds > 1;
  areas.fill(-1);
  let done = 0;
  for (let i = 0; i < nrOperations; i++) {
    const op = code[i] as number;
    if (op === OP_ALLOC) {
      const k = kinds ? (kind[i] as number) : 0;
      areas[slot[i] as number] = allocPercpu(t, sizeBytes[i] as number, alignBytes[i] as number, atomic[i] === 1, k);
      done++;
    } else if (op === OP_FREE) {
      const area = areas[slot[i] as number] as number;
      if (area >= 0) {
        freePercpu(t, area);
        areas[slot[i] as number] = -1;
        done++;
      }
    } else if (op === OP_WORK || (op === OP_WORK_IF_PENDING && balanceWorkPending(t))) {
      runBalanceWork(t);
      done++;
    } else if (op === OP_ALLOC_RESERVED) {
      areas[slot[i] as number] = allocReservedPercpu(t, sizeBytes[i] as number, alignBytes[i] as number);
      done++;
    }
  }
  return done;
}
