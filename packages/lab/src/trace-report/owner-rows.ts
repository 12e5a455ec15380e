/** The figures of a report by who asked: by kind of request, and by caller. */

import { type EventNames, NOT_RECORDED } from "@ebb/formats";
import { Lifetimes } from "./lifetimes.ts";
import type { TraceReport } from "./report-session.ts";

export interface OwnerRow {
  /** As recorded; "" where it is not. */
  readonly callSite: string;
  readonly sizeBytes: number;
  readonly alignBytes: number;
  readonly isAccounted: boolean | undefined;
  readonly nrAllocs: number;
  readonly nrFrees: number;
  readonly nrLive: number;
  readonly nrPeak: number;
  readonly nrLiveAtPeak: number;
  readonly lifetimes: Lifetimes;
  /** Pages that hold nothing but areas of this row, where holders were looked at. */
  readonly nrPinnedPages: number;
  /** Areas alive there. */
  readonly nrHeld: number;
}

export interface CallerRow {
  readonly callSite: string;
  readonly sizes: readonly number[];
  readonly nrAllocs: number;
  readonly nrFrees: number;
  /** One unit; of the areas alive at the end, and when all callers together had the most. */
  readonly liveBytes: number;
  readonly bytesAtPeak: number;
  readonly lifetimes: Lifetimes;
}

/** By kind of request; the most bytes at the peak first. */
export function ownerRows({ collected, holders, names }: TraceReport): readonly OwnerRow[] {
  const held = new Map(holders.owners.map((owner) => [owner.owner, owner]));
  const { figures, kinds } = collected;
  const rows = kinds.all.map((kind, i) => ({
    callSite: callerName(kind.callSite, names),
    sizeBytes: kind.sizeBytes,
    alignBytes: kind.alignBytes,
    isAccounted: kind.isAccounted,
    nrAllocs: figures.nrAllocs[i] ?? 0,
    nrFrees: figures.nrFrees[i] ?? 0,
    nrLive: figures.nrLive[i] ?? 0,
    nrPeak: figures.nrPeak[i] ?? 0,
    nrLiveAtPeak: figures.nrLiveAtPeak[i] ?? 0,
    lifetimes: figures.lifetimes[i] ?? new Lifetimes(),
    nrPinnedPages: held.get(i)?.nrPages ?? 0,
    nrHeld: held.get(i)?.nrAreas ?? 0,
  }));
  return rows.sort(
    (a, b) => b.nrLiveAtPeak * b.sizeBytes - a.nrLiveAtPeak * a.sizeBytes || b.nrAllocs - a.nrAllocs || byName(a, b),
  );
}

/** The same by caller alone, in the order of the bytes at the peak. */
export function callerRows(owners: readonly OwnerRow[]): readonly CallerRow[] {
  const byCaller = new Map<string, OwnerRow[]>();
  for (const row of owners) {
    const rows = byCaller.get(row.callSite);
    if (rows === undefined) byCaller.set(row.callSite, [row]);
    else rows.push(row);
  }
  const rows = [...byCaller].map(([callSite, all]) => {
    const sum = (figure: (row: OwnerRow) => number) => all.reduce((total, row) => total + figure(row), 0);
    const lifetimes = new Lifetimes();
    for (const row of all) lifetimes.addAll(row.lifetimes);
    return {
      callSite,
      sizes: [...new Set(all.map(({ sizeBytes }) => sizeBytes))].sort((a, b) => a - b),
      nrAllocs: sum((row) => row.nrAllocs),
      nrFrees: sum((row) => row.nrFrees),
      liveBytes: sum((row) => row.nrLive * row.sizeBytes),
      bytesAtPeak: sum((row) => row.nrLiveAtPeak * row.sizeBytes),
      lifetimes,
    };
  });
  return rows.sort((a, b) => b.bytesAtPeak - a.bytesAtPeak || (a.callSite < b.callSite ? -1 : 1));
}

/** Caller of an owner's areas, and their size. */
export function ownerOf({ collected, names }: TraceReport, owner: number): readonly [string, number] {
  const kind = collected.kinds.all[owner];
  return kind === undefined ? ["", 0] : [callerName(kind.callSite, names), kind.sizeBytes];
}

/** Name of a caller as recorded; "" where it is not. */
export function callerName(callSite: number, { names }: EventNames): string {
  return callSite === NOT_RECORDED ? "" : (names[callSite] ?? "");
}

function byName(a: OwnerRow, b: OwnerRow): number {
  if (a.callSite !== b.callSite) return a.callSite < b.callSite ? -1 : 1;
  return a.sizeBytes - b.sizeBytes || a.alignBytes - b.alignBytes;
}
