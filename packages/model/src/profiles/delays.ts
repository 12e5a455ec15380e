/**
 * How long deferred work and calls take, in virtual time: inputs, of the size that hardware has. A profile says where its kernel
 * was seen to differ.
 *
 * Source: spec/memcg-slab.md A.2 ("Model: each GP 10-30 ms"); docs/decisions/0005.
 */

export const DELAYS = {
  gracePeriodNs: 20_000_000,
  destroyItemNs: 100_000,
  balanceDelayNs: 20_000,
  execNs: 1_000_000,
  callNs: 100_000,
  barrierNs: [[1, 5000]],
  copyDelayNs: 50_000,
  copyDestroyNs: 0,
  copyObjectsNs: 0,
} as const;
