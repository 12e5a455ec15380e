/** Deferred work on a time axis: gathered where it is dense. */

import type { TimelineMark } from "./view.ts";

/** Stretches of the whole length in each of which deferred work of one kind is one mark. */
const STRETCHES = 200;

/** The events of a timeline as far as marks need them. */
interface MarkedEvents {
  readonly nrEvents: number;
  readonly endNs: number;
  timeNs(event: number): number;
  /** Kind of deferred work the event is; undefined when it is none. */
  deferredCode(event: number): number | undefined;
  /** A kind in words. */
  name(code: number): string;
}

interface Gathered {
  readonly code: number;
  readonly timeNs: number;
  readonly position: number;
  nr: number;
}

/** Marks of the deferred events, in their order: of each kind one a stretch, at the first of them. */
export function deferredMarks(events: MarkedEvents): readonly TimelineMark[] {
  const open = new Map<number, Gathered>();
  const all: Gathered[] = [];
  const stretchNs = Math.max(1, events.endNs / STRETCHES);
  for (let event = 0; event < events.nrEvents; event++) {
    const code = events.deferredCode(event);
    if (code === undefined) continue;
    const timeNs = events.timeNs(event);
    const known = open.get(code);
    if (known !== undefined && Math.floor(known.timeNs / stretchNs) === Math.floor(timeNs / stretchNs)) {
      known.nr++;
      continue;
    }
    const gathered = { code, timeNs, position: event + 1, nr: 1 };
    open.set(code, gathered);
    all.push(gathered);
  }
  return all.map(({ code, timeNs, position, nr }) => ({
    timeNs,
    position,
    kind: "deferred",
    label: nr === 1 ? events.name(code) : `${events.name(code)}, ${nr} times`,
  }));
}
