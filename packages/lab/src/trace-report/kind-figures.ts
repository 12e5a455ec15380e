/** What became of the requests of each kind, by its number. */

import { Lifetimes } from "./lifetimes.ts";

export class KindFigures {
  /** Requests served, and areas given back of which the request is known. */
  readonly nrAllocs: number[] = [];
  readonly nrFrees: number[] = [];
  readonly nrLive: number[] = [];
  /** The most alive at a time. */
  readonly nrPeak: number[] = [];
  /** Alive when all kinds together had the most bytes. */
  nrLiveAtPeak: readonly number[] = [];
  readonly lifetimes: Lifetimes[] = [];
  /** Of all kinds, one unit. */
  usedBytes = 0;
  peakBytes = 0;
  peakNs = 0;
  /** The peak is the present, and its figures are not kept yet. */
  private isAtPeak = false;

  alloc(kind: number, sizeBytes: number, timeNs: number): void {
    if (kind >= this.nrAllocs.length) this.meet(kind);
    this.nrAllocs[kind] = (this.nrAllocs[kind] ?? 0) + 1;
    const nrLive = (this.nrLive[kind] ?? 0) + 1;
    this.nrLive[kind] = nrLive;
    if (nrLive > (this.nrPeak[kind] ?? 0)) this.nrPeak[kind] = nrLive;
    this.usedBytes += sizeBytes;
    if (this.usedBytes <= this.peakBytes) return;
    this.peakBytes = this.usedBytes;
    this.peakNs = timeNs;
    this.isAtPeak = true;
  }

  free(kind: number, sizeBytes: number, livedNs: number): void {
    this.keepPeak();
    this.nrFrees[kind] = (this.nrFrees[kind] ?? 0) + 1;
    this.nrLive[kind] = (this.nrLive[kind] ?? 0) - 1;
    this.usedBytes -= sizeBytes;
    this.lifetimes[kind]?.add(livedNs);
  }

  end(): void {
    this.keepPeak();
  }

  private keepPeak(): void {
    if (!this.isAtPeak) return;
    this.isAtPeak = false;
    this.nrLiveAtPeak = [...this.nrLive];
  }

  private meet(kind: number): void {
    for (let i = this.nrAllocs.length; i <= kind; i++) {
      for (const column of [this.nrAllocs, this.nrFrees, this.nrLive, this.nrPeak]) column.push(0);
      this.lifetimes.push(new Lifetimes());
    }
  }
}
