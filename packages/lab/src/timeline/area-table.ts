/** A number for each of many areas, found by the area's own number: open addressing in flat columns. */

const FIRST_ROOM = 1024;
/** In place of an area's number where the table has none. */
const NO_AREA = -1;
/** Answer for an area that is not in the table. */
export const NOT_THERE = -1;
/** Spreads numbers of neighbouring areas; odd, and small enough for exact products. */
const SPREAD = 2_097_143;

export class AreaTable {
  private areas = new Int32Array(FIRST_ROOM).fill(NO_AREA);
  private values = new Int32Array(FIRST_ROOM);
  private nr = 0;

  /** Forgets all areas. */
  clear(): void {
    this.areas.fill(NO_AREA);
    this.nr = 0;
  }

  /** The area's value from now on; answers the one it had, NOT_THERE if none. */
  set(area: number, value: number): number {
    const at = this.place(area);
    if (this.areas[at] === area) {
      const old = this.values[at] ?? NOT_THERE;
      this.values[at] = value;
      return old;
    }
    this.areas[at] = area;
    this.values[at] = value;
    this.nr++;
    if (this.nr * 2 > this.areas.length) this.grow();
    return NOT_THERE;
  }

  /** The value of the area; NOT_THERE without one. */
  get(area: number): number {
    const at = this.place(area);
    return this.areas[at] === area ? (this.values[at] ?? NOT_THERE) : NOT_THERE;
  }

  /** Where the area is, or would be put. */
  private place(area: number): number {
    const { areas } = this;
    const room = areas.length;
    // Less than 2^53: an area's number has 31 bits, and the product is of its remainder.
    let at = ((area % room) * SPREAD + Math.floor(area / room)) % room;
    while (areas[at] !== area && areas[at] !== NO_AREA) at = at + 1 === room ? 0 : at + 1;
    return at;
  }

  private grow(): void {
    const { areas, values } = this;
    this.areas = new Int32Array(areas.length * 2).fill(NO_AREA);
    this.values = new Int32Array(areas.length * 2);
    for (let i = 0; i < areas.length; i++) {
      const area = areas[i] ?? NO_AREA;
      if (area === NO_AREA) continue;
      const at = this.place(area);
      this.areas[at] = area;
      this.values[at] = values[i] ?? NOT_THERE;
    }
  }
}
