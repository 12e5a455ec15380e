/**
 * How long areas lived: counts by length, in classes that are narrow for short lives and wide for long ones, so that any
 * number of lives takes the same little room. A quantile is the upper end of its class, at most 1/8 too much.
 */

const CLASSES_PER_DOUBLING = 8;
/** A life of 2^53 ns is 104 days. */
const NR_CLASSES = 53 * CLASSES_PER_DOUBLING;

export class Lifetimes {
  nr = 0;
  maxNs = 0;
  private readonly counts = new Float64Array(NR_CLASSES);

  add(ns: number): void {
    this.nr++;
    if (ns > this.maxNs) this.maxNs = ns;
    const at = classOf(ns);
    this.counts[at] = (this.counts[at] ?? 0) + 1;
  }

  addAll(other: Lifetimes): void {
    this.nr += other.nr;
    this.maxNs = Math.max(this.maxNs, other.maxNs);
    for (let i = 0; i < NR_CLASSES; i++) this.counts[i] = (this.counts[i] ?? 0) + (other.counts[i] ?? 0);
  }

  /** What `share` of the lives, more than 0 and at most 1, were not longer than, ns; 0 when there were none. */
  quantileNs(share: number): number {
    let nr = Math.ceil(share * this.nr);
    for (let i = 0; i < NR_CLASSES; i++) {
      nr -= this.counts[i] ?? 0;
      if (nr <= 0) return Math.min(this.maxNs, endOfClass(i));
    }
    return this.maxNs;
  }

  /** Classes with lives in them: [up to so many ns, lives]. */
  get classes(): readonly (readonly [endNs: number, nr: number])[] {
    const all: (readonly [number, number])[] = [];
    this.counts.forEach((nr, i) => {
      if (nr > 0) all.push([endOfClass(i), nr]);
    });
    return all;
  }
}

/** Class 0 has lives of no length; from there each doubling has eight of equal width. */
function classOf(ns: number): number {
  if (ns < CLASSES_PER_DOUBLING) return Math.max(0, Math.ceil(ns));
  const doubling = Math.floor(Math.log2(ns));
  const part = Math.floor((ns / 2 ** doubling - 1) * CLASSES_PER_DOUBLING);
  return Math.min(NR_CLASSES - 1, (doubling - 2) * CLASSES_PER_DOUBLING + part);
}

function endOfClass(at: number): number {
  if (at < CLASSES_PER_DOUBLING) return at;
  const doubling = Math.floor(at / CLASSES_PER_DOUBLING) + 2;
  return 2 ** doubling * (1 + ((at % CLASSES_PER_DOUBLING) + 1) / CLASSES_PER_DOUBLING);
}
