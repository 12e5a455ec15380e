/** The cgroup destroy queue: a work queue that runs one item at a time. Source: spec/memcg-slab.md A.2. */

import { defer } from "./deferred-queue.ts";
import type { Machine } from "./state.ts";

export function queueDestroyItem(m: Machine, code: number, subject: number): void {
  m.destroyQueueNs = Math.max(m.destroyQueueNs, m.nowNs) + m.options.destroyItemNs;
  defer(m.queue, m.destroyQueueNs, code, subject);
}
