/**
 * Figures over the length of a trace that is not known beforehand: a sample each so many events, twice as far apart
 * whenever there would be too many.
 */

/** At least half as many are kept once there were so many. */
const MAX_SAMPLES = 256;

export class Samples<T> {
  readonly kept: { readonly timeNs: number; readonly nrEvents: number; readonly figures: T }[] = [];
  private everyEvents = 1;
  private nextAt = 0;

  /** A sample is due after so many events. */
  isDue(nrEvents: number): boolean {
    return nrEvents >= this.nextAt;
  }

  add(timeNs: number, nrEvents: number, figures: T): void {
    this.kept.push({ timeNs, nrEvents, figures });
    if (this.kept.length >= MAX_SAMPLES) {
      for (let i = 0; i < MAX_SAMPLES / 2; i++) {
        const even = this.kept[i * 2];
        if (even !== undefined) this.kept[i] = even;
      }
      this.kept.length = MAX_SAMPLES / 2;
      this.everyEvents *= 2;
    }
    this.nextAt = nrEvents + this.everyEvents;
  }
}
