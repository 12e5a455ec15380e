/** What a timeline plot draws: the chosen series of one or two timelines, in the unit of their axis. */

import type { Series, TimelineCurves } from "@ebb/lab/timeline-view";
import { bytesText, countText } from "../words.ts";
import { heldAt, mergedTimes, samplesToDraw } from "./step-curves.ts";

export type AxisName = "memory" | "count";
type SideName = "A" | "B";

/** A series by its name, as it is drawn. */
export interface PlotCurve {
  readonly name: string;
  readonly axis: AxisName;
  readonly side: SideName;
  readonly series: Series;
  /** Place among the names: what its colour goes by, the same for A and B. */
  readonly colourIndex: number;
}

export interface TimeRange {
  readonly fromNs: number;
  readonly toNs: number;
}

/** A column of times and one for each curve, as the plot takes them. */
type PlotColumns = [Float64Array, ...(number | undefined)[][]];

const BYTES_PER_KB = 1024;

function axisOf({ unit }: Series): AxisName {
  return unit === "kB" || unit === "B" ? "memory" : "count";
}

/** A value of the series in words, with its unit. */
export function seriesValueText({ unit }: Series, value: number): string {
  if (Number.isNaN(value)) return "–";
  if (unit === "kB") return bytesText(value * BYTES_PER_KB);
  if (unit === "B") return bytesText(value);
  return unit === "" ? countText(value) : `${countText(value)} ${unit}`;
}

/** All series of both timelines, those of A first and each name's B behind them. */
export function plotCurves(a: TimelineCurves, b: TimelineCurves | undefined): readonly PlotCurve[] {
  const names = [...new Set([...a.series, ...(b?.series ?? [])].map(({ name }) => name))];
  const curvesOf = (side: SideName, { series }: TimelineCurves) =>
    series.map((one) => ({
      name: one.name,
      axis: axisOf(one),
      side,
      series: one,
      colourIndex: names.indexOf(one.name),
    }));
  return [...curvesOf("A", a), ...(b === undefined ? [] : curvesOf("B", b))];
}

/** From 0 to the later end. */
export function wholeRange(a: TimelineCurves, b: TimelineCurves | undefined): TimeRange {
  const end = (curves: TimelineCurves | undefined) => curves?.timeNs.at(-1) ?? 0;
  return { fromNs: 0, toNs: Math.max(1, end(a), end(b)) };
}

/**
 * The columns of the curves in the range, bytes on the memory axis, thinned to what `widthPx` can show; each curve held
 * to the end of the range or of its own timeline.
 */
export function plotColumns(
  a: TimelineCurves,
  b: TimelineCurves | undefined,
  curves: readonly PlotCurve[],
  range: TimeRange,
  widthPx: number,
): PlotColumns {
  const thin = (side: SideName, { timeNs }: TimelineCurves) => {
    const values = curves.filter((curve) => curve.side === side).map(({ series }) => series.values);
    return Float64Array.from(samplesToDraw(timeNs, values, range, widthPx), (i) => timeNs[i] ?? 0);
  };
  const timesA = thin("A", a);
  const times = b === undefined ? timesA : mergedTimes(timesA, thin("B", b));
  const columns = curves.map(({ side, series }) => {
    const timeNs = side === "A" ? a.timeNs : (b?.timeNs ?? a.timeNs);
    const endNs = timeNs.at(-1) ?? 0;
    const factor = series.unit === "kB" ? BYTES_PER_KB : 1;
    return heldAt(timeNs, series.values, times).map((value, i) =>
      value === undefined || (times[i] ?? 0) > endNs ? undefined : value * factor,
    );
  });
  return [times, ...columns];
}
