/**
 * Deferred kernel work: RCU callbacks, work items, timers. It waits ordered by `(dueNs, seq)` and runs when the driver
 * lets virtual time pass; nothing runs by itself.
 *
 * A binary heap in flat columns: a snapshot is a copy, and no object is made per event.
 */

import type { Cut } from "../cut.ts";

export interface DeferredQueue {
  length: number;
  /** Sequence number of the next event: equal times keep the order in which they were asked for. */
  nextSeq: number;
  /** Columns by heap position: time (ns since boot), sequence, what, on what. */
  dueNs: Float64Array;
  seq: Float64Array;
  code: Int32Array;
  subject: Int32Array;
}

const INITIAL_EVENTS = 64;

export function createDeferredQueue(): DeferredQueue {
  return {
    length: 0,
    nextSeq: 0,
    dueNs: new Float64Array(INITIAL_EVENTS),
    seq: new Float64Array(INITIAL_EVENTS),
    code: new Int32Array(INITIAL_EVENTS),
    subject: new Int32Array(INITIAL_EVENTS),
  };
}

/** Asks for event `code` on `subject` at `dueNs`. */
export function defer(q: DeferredQueue, dueNs: number, code: number, subject: number): void {
  if (q.length === q.dueNs.length) grow(q);
  let at = q.length++;
  const seq = q.nextSeq++;
  while (at > 0) {
    const parent = (at - 1 - ((at - 1) % 2)) / 2;
    if (q.dueNs[parent] <= dueNs) break;
    place(q, at, q.dueNs[parent], q.seq[parent], q.code[parent], q.subject[parent]);
    at = parent;
  }
  place(q, at, dueNs, seq, code, subject);
}

/** Time of the next event, Infinity without one. */
export function nextDueNs(q: DeferredQueue): number {
  return q.length === 0 ? Number.POSITIVE_INFINITY : q.dueNs[0];
}

/** Takes the next event off; read its `code` and `subject` at position 0 before. */
export function dropNext(q: DeferredQueue): void {
  const last = --q.length;
  const dueNs = q.dueNs[last];
  const seq = q.seq[last];
  const code = q.code[last];
  const subject = q.subject[last];
  let at = 0;
  for (;;) {
    let child = 2 * at + 1;
    if (child >= last) break;
    if (child + 1 < last && isBefore(q, child + 1, q.dueNs[child], q.seq[child])) child++;
    if (!isBefore(q, child, dueNs, seq)) break;
    place(q, at, q.dueNs[child], q.seq[child], q.code[child], q.subject[child]);
    at = child;
  }
  place(q, at, dueNs, seq, code, subject);
}

function isBefore(q: DeferredQueue, at: number, dueNs: number, seq: number): boolean {
  return q.dueNs[at] < dueNs || (q.dueNs[at] === dueNs && q.seq[at] < seq);
}

function place(q: DeferredQueue, at: number, dueNs: number, seq: number, code: number, subject: number): void {
  q.dueNs[at] = dueNs;
  q.seq[at] = seq;
  q.code[at] = code;
  q.subject[at] = subject;
}

function grow(q: DeferredQueue): void {
  const n = q.length * 2;
  const floats = (old: Float64Array) => {
    const larger = new Float64Array(n);
    larger.set(old);
    return larger;
  };
  const ints = (old: Int32Array) => {
    const larger = new Int32Array(n);
    larger.set(old);
    return larger;
  };
  q.dueNs = floats(q.dueNs);
  q.seq = floats(q.seq);
  q.code = ints(q.code);
  q.subject = ints(q.subject);
}

export interface DeferredQueueSnapshot {
  readonly nextSeq: number;
  readonly dueNs: Float64Array;
  readonly seq: Float64Array;
  readonly code: Int32Array;
  readonly subject: Int32Array;
}

export function snapshotQueue(q: DeferredQueue, cut: Cut): DeferredQueueSnapshot {
  const n = q.length;
  return {
    nextSeq: q.nextSeq,
    dueNs: cut.floats(q.dueNs, n),
    seq: cut.floats(q.seq, n),
    code: cut.ints(q.code, n),
    subject: cut.ints(q.subject, n),
  };
}

export function restoreQueue(q: DeferredQueue, s: DeferredQueueSnapshot): void {
  q.length = s.dueNs.length;
  q.nextSeq = s.nextSeq;
  if (q.dueNs.length >= q.length) {
    q.dueNs.set(s.dueNs);
    q.seq.set(s.seq);
    q.code.set(s.code);
    q.subject.set(s.subject);
    return;
  }
  q.dueNs = s.dueNs.slice();
  q.seq = s.seq.slice();
  q.code = s.code.slice();
  q.subject = s.subject.slice();
}

/** Calls `fold` with the words of the heap, in heap order: equal histories have equal heaps. */
export function foldQueue(q: DeferredQueue, fold: (value: number) => void): void {
  fold(q.length);
  fold(q.nextSeq);
  for (let i = 0; i < q.length; i++) {
    fold(q.dueNs[i]);
    fold(q.seq[i]);
    fold(q.code[i]);
    fold(q.subject[i]);
  }
}
