/**
 * Curves that hold each value until the next: values at a time, two timelines on one axis, and no more samples than a
 * screen can show.
 *
 *     time     0        4    5              9
 *     value    ▁▁▁▁▁▁▁▁▁▅▅▅▅▅███████████████▂
 */

/** Index of the last sample at or before the time; -1 before the first. */
export function sampleAt(timeNs: Float64Array, atNs: number): number {
  let low = 0;
  let high = timeNs.length;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((timeNs[middle] ?? 0) <= atNs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The value held at the time; NaN before the first sample. */
export function valueAt(timeNs: Float64Array, values: Float64Array, atNs: number): number {
  return values[sampleAt(timeNs, atNs)] ?? Number.NaN;
}

/**
 * Samples that draw the same picture as all of them: of each of `nrColumns` equal stretches of time the first and last,
 * and of each curve the lowest and highest. Ascending; with the samples just outside of the range, so that lines reach
 * its edges.
 */
export function samplesToDraw(
  timeNs: Float64Array,
  curves: readonly Float64Array[],
  range: { readonly fromNs: number; readonly toNs: number },
  nrColumns: number,
): Int32Array {
  let start = Math.max(0, sampleAt(timeNs, range.fromNs));
  // Several samples may have the time of the edge.
  while (start > 0 && (timeNs[start] ?? 0) >= range.fromNs) start--;
  const end = Math.min(timeNs.length, sampleAt(timeNs, range.toNs) + 2);
  const perColumn = 2 + 2 * curves.length;
  if (end - start <= nrColumns * perColumn) return Int32Array.from({ length: end - start }, (_, i) => start + i);
  const widthNs = (range.toNs - range.fromNs) / nrColumns;
  const picked: number[] = [];
  let from = start;
  while (from < end) {
    const column = Math.floor(((timeNs[from] ?? 0) - range.fromNs) / widthNs);
    const nextNs = range.fromNs + (column + 1) * widthNs;
    let to = from + 1;
    while (to < end && (timeNs[to] ?? 0) < nextNs) to++;
    pickColumn(curves, from, to, picked);
    from = to;
  }
  return Int32Array.from(picked);
}

/** First, last, lowest and highest samples of `[from, to)`, ascending, each once. */
function pickColumn(curves: readonly Float64Array[], from: number, to: number, out: number[]): void {
  const found = new Set([from, to - 1]);
  for (const values of curves) {
    let lowest = from;
    let highest = from;
    for (let i = from; i < to; i++) {
      if ((values[i] ?? 0) < (values[lowest] ?? 0)) lowest = i;
      if ((values[i] ?? 0) > (values[highest] ?? 0)) highest = i;
    }
    found.add(lowest).add(highest);
  }
  out.push(...[...found].sort((a, b) => a - b));
}

/** All times of both, ascending, each once. */
export function mergedTimes(a: Float64Array, b: Float64Array): Float64Array {
  const merged = new Float64Array(a.length + b.length);
  let n = 0;
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    const next = Math.min(a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY);
    if (a[i] === next) i++;
    if (b[j] === next) j++;
    if (n === 0 || merged[n - 1] !== next) merged[n++] = next;
  }
  return merged.slice(0, n);
}

/** Values held at each of `times`, which are ascending; `undefined` before the first sample. */
export function heldAt(timeNs: Float64Array, values: Float64Array, times: Float64Array): (number | undefined)[] {
  const held: (number | undefined)[] = [];
  let at = -1;
  for (const time of times) {
    while (at + 1 < timeNs.length && (timeNs[at + 1] ?? 0) <= time) at++;
    held.push(at < 0 ? undefined : values[at]);
  }
  return held;
}
