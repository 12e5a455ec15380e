/** A number for each of many areas, found by the area's own number: open addressing in one flat column of pairs. */

const FIRST_PLACES = 1024;
/** Bits of a place's number in a table of so many. */
const FIRST_PLACE_BITS = 10;
/** In place of an area's number where the table has none. */
const NO_AREA = -1;
/** Answer for an area that is not in the table. */
export const NOT_THERE = -1;
/** 2^32 over the golden ratio: the high bits of a product with it lie far apart for neighbours. */
const SPREAD = 0x9e3779b1;

export class AreaTable {
  /** Place by place: the area, its value. */
  private pairs = emptyPairs(FIRST_PLACES);
  private nr = 0;
  /** Bits of a product that do not count. */
  private dropped = 32 - FIRST_PLACE_BITS;

  /** Forgets all areas. */
  clear(): void {
    this.pairs.fill(NO_AREA);
    this.nr = 0;
  }

  /** The area's value from now on; answers the one it had, NOT_THERE if none. */
  set(area: number, value: number): number {
    const at = this.place(area);
    const { pairs } = this;
    const old = pairs[at] === area ? (pairs[at + 1] ?? NOT_THERE) : NOT_THERE;
    if (pairs[at] === NO_AREA) this.nr++;
    pairs[at] = area;
    pairs[at + 1] = value;
    if (this.nr * 4 > pairs.length) this.grow();
    return old;
  }

  /** The value of the area; NOT_THERE without one. */
  get(area: number): number {
    const at = this.place(area);
    return this.pairs[at] === area ? (this.pairs[at + 1] ?? NOT_THERE) : NOT_THERE;
  }

  /** Where in `pairs` the area is, or would be put. */
  private place(area: number): number {
    const { pairs } = this;
    // The highest bits of a product of 32, as many as places have: division would be most of a look-up's time.
    let at = (Math.imul(area, SPREAD) >>> this.dropped) * 2;
    while (pairs[at] !== area && pairs[at] !== NO_AREA) at = at + 2 === pairs.length ? 0 : at + 2;
    return at;
  }

  private grow(): void {
    const old = this.pairs;
    this.pairs = emptyPairs(old.length);
    this.dropped--;
    for (let i = 0; i < old.length; i += 2) {
      const area = old[i] ?? NO_AREA;
      if (area === NO_AREA) continue;
      const at = this.place(area);
      this.pairs[at] = area;
      this.pairs[at + 1] = old[i + 1] ?? NOT_THERE;
    }
  }
}

function emptyPairs(nrPlaces: number): Int32Array {
  return new Int32Array(nrPlaces * 2).fill(NO_AREA);
}
