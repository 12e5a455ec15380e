/** Columns that grow: numbers side by side, with room that doubles. */

const FIRST_ROOM = 1024;

/** Numbers, times among them. */
export class FloatColumn {
  length = 0;
  private values = new Float64Array(FIRST_ROOM);

  push(value: number): void {
    if (this.length === this.values.length) {
      const wider = new Float64Array(this.length * 2);
      wider.set(this.values);
      this.values = wider;
    }
    this.values[this.length++] = value;
  }

  /** @pre there is such a row */
  at(row: number): number {
    return this.values[row] ?? Number.NaN;
  }

  /** The rows in use, as they are now; not a copy. */
  rows(): Float64Array {
    return this.values.subarray(0, this.length);
  }
}

/** Whole numbers of 32 bits. */
export class IntColumn {
  length = 0;
  private values = new Int32Array(FIRST_ROOM);

  push(value: number): void {
    if (this.length === this.values.length) {
      const wider = new Int32Array(this.length * 2);
      wider.set(this.values);
      this.values = wider;
    }
    this.values[this.length++] = value;
  }

  /** @pre there is such a row */
  at(row: number): number {
    return this.values[row] ?? 0;
  }

  /** The rows in use, as they are now; not a copy. */
  rows(): Int32Array {
    return this.values.subarray(0, this.length);
  }
}

/** Small whole numbers, below 256. */
export class ByteColumn {
  length = 0;
  private values = new Uint8Array(FIRST_ROOM);

  push(value: number): void {
    if (this.length === this.values.length) {
      const wider = new Uint8Array(this.length * 2);
      wider.set(this.values);
      this.values = wider;
    }
    this.values[this.length++] = value;
  }

  /** @pre there is such a row */
  at(row: number): number {
    return this.values[row] ?? 0;
  }
}

/** How many of the first `end` values, which ascend, are at most `value`. */
export function countUpTo(values: ArrayLike<number>, end: number, value: number): number {
  let low = 0;
  let high = end;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((values[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
