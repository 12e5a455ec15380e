/** The instant that the page shows: both sides at the same time, moved together. */

import { effect, signal } from "@preact/signals";
import type { Side } from "./side.ts";
import { isReady, sides, subject } from "./store.ts";

/** Index of a side. */
export type SideIndex = 0 | 1;

/** The side whose events are stepped through. */
export const lead = signal<SideIndex>(0);

/** A page of a chunk, by the chunk's allocator row. */
interface PlaceOnSide {
  readonly side: SideIndex;
  readonly chunkRow: number;
  readonly page: number;
}

export const place = signal<PlaceOnSide | undefined>(undefined);

/** Where both sides go when they can be looked at; undefined for the last reading, or the end. */
let positionsWanted: readonly [a: number, b: number] | undefined;

/** From now on: who calls this starts a run, and the page goes there when it is there. */
export function beginAt(positions: readonly [a: number, b: number] | undefined): void {
  positionsWanted = positions;
}

/** Fulfilled when both sides show the instant wanted last. */
let moving: Promise<unknown> = Promise.resolve();

/** Waits until no side is on its way to another instant. */
export async function settled(): Promise<void> {
  for (let now: typeof moving | undefined; now !== moving; ) {
    now = moving;
    await now;
  }
}

/** The last instant at or before a time, on both sides. */
export function goToTime(timeNs: number): void {
  moving = Promise.all(sides.map((side) => side.want({ timeNs })));
}

/** One event forward or back on the leading side; the other follows in time. */
export async function step(by: number): Promise<void> {
  const side = sides[lead.peek()];
  const { opened, view } = side;
  if (opened.peek() === undefined || view.peek() === undefined) return;
  const position = (view.peek()?.position ?? 0) + by;
  await goToPosition(lead.peek(), Math.min(Math.max(position, 0), opened.peek()?.nrEvents ?? 0));
}

/** After so many events on one side; the other follows in time. */
export function goToPosition(index: SideIndex, position: number): Promise<void> {
  lead.value = index;
  const move = moveTogether(index, position);
  moving = move;
  return move;
}

async function moveTogether(index: SideIndex, position: number): Promise<void> {
  const other = sides[index === 0 ? 1 : 0];
  const view = await sides[index].want({ position });
  if (view !== undefined && other.opened.peek() !== undefined) await other.want({ timeNs: view.timeNs });
}

/** Before the first event of both sides (0), or after their last (1). */
export function goToEnd(end: 0 | 1): void {
  goToPositions(({ opened }) => (end === 0 ? 0 : (opened.peek()?.nrEvents ?? 0)));
}

/** Where each side's figures that are compared were read last; its end where none were. */
function goToLastReading(): void {
  goToPositions(({ opened }) => {
    const { curves, nrEvents } = opened.peek() ?? { curves: { marks: [] }, nrEvents: 0 };
    return curves.marks.findLast(({ kind }) => kind === "reading")?.position ?? nrEvents;
  });
}

function goToPositions(positionOf: (side: Side, index: number) => number): void {
  moving = Promise.all(sides.map((side, i) => side.want({ position: positionOf(side, i) })));
}

/** Positions of both sides as shown, for a link. */
export function shownPositions(): readonly [a: number, b: number] | undefined {
  const [a, b] = sides.map(({ view }) => view.value?.position);
  return a === undefined || b === undefined ? undefined : [a, b];
}

/** Call once: what follows by itself from runs and choices. */
export function startInstants(): void {
  effect(() => {
    if (!isReady.value) return;
    const positions = positionsWanted;
    positionsWanted = undefined;
    if (positions === undefined) goToLastReading();
    else goToPositions((_, i) => positions[i] ?? 0);
  });
  effect(() => {
    subject.value;
    place.value = undefined;
  });
  // The chosen page stays chosen at other instants: its areas there are asked for again.
  effect(() => {
    const chosen = place.value;
    if (chosen !== undefined && sides[chosen.side].view.value !== undefined) {
      sides[chosen.side].needAreas(chosen.chunkRow);
    }
  });
}
