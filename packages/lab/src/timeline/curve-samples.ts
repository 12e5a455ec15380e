/** Samples of figures over a length that is not known beforehand: twice as far apart whenever there would be too many. */

import type { FigureOf } from "./figures.ts";
import type { TimelineCurves, TimelineMark } from "./view.ts";

/** At least half as many are kept once there were so many. */
const MOST_SAMPLES = 1024;

export class CurveSamples<M> {
  private readonly figures: readonly FigureOf<M>[];
  /** Sample by sample: time, position, then each figure. */
  private samples: Float64Array[] = [];
  private everyEvents = 1;
  private nextAt = 0;

  constructor(figures: readonly FigureOf<M>[]) {
    this.figures = figures;
  }

  isDue(position: number): boolean {
    return position >= this.nextAt;
  }

  /** @pre positions ascend; a second sample of one replaces the first */
  add(timeNs: number, position: number, m: M): void {
    if (this.samples.at(-1)?.[1] === position) this.samples.pop();
    this.samples.push(Float64Array.from([timeNs, position, ...this.figures.map(({ value }) => value(m))]));
    if (this.samples.length >= MOST_SAMPLES) {
      this.samples = this.samples.filter((_, i) => i % 2 === 0);
      this.everyEvents *= 2;
    }
    this.nextAt = position + this.everyEvents;
  }

  /** The figures of the last sample, in their order. */
  last(): readonly number[] {
    return [...(this.samples.at(-1)?.subarray(2) ?? [])];
  }

  curves(marks: readonly TimelineMark[]): TimelineCurves {
    const column = (at: number) => Float64Array.from(this.samples, (sample) => sample[at] ?? Number.NaN);
    return {
      timeNs: column(0),
      position: column(1),
      series: this.figures.map(({ name, unit }, i) => ({ name, unit, values: column(i + 2) })),
      marks,
    };
  }
}
