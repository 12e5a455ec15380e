/** How uPlot draws our curves: steps, dashed for B, memory on the left, counts on the right, marks along the top. */

import uPlot from "uplot";
import type { Palette } from "../theme/colours.ts";
import { bytesText, countText } from "../words.ts";
import type { AxisName, PlotCurve, TimeRange } from "./plot-curves.ts";
import type { PlacedMark } from "./time-marks.ts";

const FONT = '11px ui-sans-serif, system-ui, "Segoe UI", sans-serif';
const CURVE_WIDTH_PX = 1.75;
const DASH_PX = [6, 4];
const AXIS_WIDTH_PX = 62;
const MARK_SIZE_PX = 5;
const DEFERRED_HEIGHT_PX = 6;
const LINE_OPACITY = 0.3;
const NS_PER_S = 1e9;
const DECIMALS_MAX = 9;

interface PlotSetup {
  readonly curves: readonly PlotCurve[];
  readonly palette: Palette;
  readonly range: TimeRange;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly marks: () => readonly PlacedMark[];
  /** A stretch was dragged over. */
  readonly onRange: (range: TimeRange) => void;
  /** The pointer is over this place, px; undefined when it left. */
  readonly onHover: (xPx: number | undefined) => void;
}

export function plotOptions(setup: PlotSetup): uPlot.Options {
  const { curves, palette, range, widthPx, heightPx } = setup;
  const has = (axis: AxisName) => curves.some((curve) => curve.axis === axis);
  return {
    width: widthPx,
    height: heightPx,
    legend: { show: false },
    padding: [14, has("count") ? 0 : 10, 0, has("memory") ? 0 : 10],
    scales: {
      x: { time: false, auto: false, min: range.fromNs, max: range.toNs },
      memory: { range: fromZero },
      count: { range: fromZero },
    },
    axes: [
      timeAxis(palette),
      valueAxis("memory", palette, 3, has("memory"), has("memory")),
      valueAxis("count", palette, 1, has("count"), !has("memory")),
    ],
    series: [{}, ...curves.map((curve) => curveOptions(curve, palette))],
    cursor: {
      drag: { x: true, y: false, setScale: false, dist: 4 },
      points: { show: false },
      y: false,
      bind: { dblclick: () => null },
    },
    hooks: {
      setSelect: [(plot) => takeSelection(plot, setup.onRange)],
      setCursor: [({ cursor: { left } }) => setup.onHover(left === undefined || left < 0 ? undefined : left)],
      draw: [(plot) => drawMarks(plot, setup.marks(), palette)],
    },
  };
}

function curveOptions(curve: PlotCurve, palette: Palette): uPlot.Series {
  return {
    label: curve.name,
    scale: curve.axis,
    stroke: curveColour(curve, palette),
    width: CURVE_WIDTH_PX,
    ...(curve.side === "B" ? { dash: DASH_PX } : {}),
    ...(uPlot.paths.stepped === undefined ? {} : { paths: uPlot.paths.stepped({ align: 1 }) }),
    points: { show: false },
  };
}

export function curveColour({ colourIndex }: Pick<PlotCurve, "colourIndex">, palette: Palette): string {
  return palette.curves[colourIndex % palette.curves.length] ?? palette.ui.text;
}

function timeAxis({ ui }: Palette): uPlot.Axis {
  return {
    stroke: ui.muted,
    font: FONT,
    grid: { show: false },
    ticks: { stroke: ui.line, width: 1, size: 5 },
    label: "machine time, s",
    labelFont: FONT,
    labelSize: 18,
    size: 26,
    values: (_plot, splits) => secondsTexts(splits),
  };
}

function valueAxis(scale: AxisName, { ui }: Palette, side: 1 | 3, show: boolean, hasGrid: boolean): uPlot.Axis {
  return {
    scale,
    side,
    show,
    stroke: ui.muted,
    font: FONT,
    size: AXIS_WIDTH_PX,
    grid: { show: hasGrid, stroke: ui.line, width: 1 },
    ticks: { stroke: ui.line, width: 1, size: 5 },
    values: (_plot, splits) => splits.map((value) => (scale === "memory" ? bytesText(value) : countText(value))),
    ...(scale === "memory" ? { splits: (_plot, _axis, min, max) => byteSplits(min, max) } : {}),
  };
}

/** Seconds with as many decimals as tell the ticks apart to the digit. */
export function secondsTexts(splits: readonly number[]): string[] {
  const stepNs = Math.round((splits[1] ?? NS_PER_S) - (splits[0] ?? 0));
  let decimals = 0;
  while (decimals < DECIMALS_MAX && (stepNs * 10 ** decimals) % NS_PER_S !== 0) decimals++;
  return splits.map((ns) => (ns / NS_PER_S).toFixed(decimals));
}

/** Four to eight ticks at round numbers of bytes, kB, MB or GB. */
export function byteSplits(min: number, max: number): number[] {
  const wanted = Math.max(1, (max - min) / 5);
  const unit = 1024 ** Math.max(0, Math.floor(Math.log(wanted) / Math.log(1024)));
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1024];
  const step = (steps.find((one) => one * unit >= wanted) ?? 1024) * unit;
  const splits: number[] = [];
  for (let at = Math.ceil(min / step) * step; at <= max; at += step) splits.push(at);
  return splits;
}

function fromZero(_plot: uPlot, _min: number | null, max: number | null): [number, number] {
  return [0, max === null || max <= 0 ? 1 : max * 1.05];
}

function takeSelection(plot: uPlot, onRange: (range: TimeRange) => void): void {
  const { left, width } = plot.select;
  if (width <= 0) return;
  const range = { fromNs: plot.posToVal(left, "x"), toNs: plot.posToVal(left + width, "x") };
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  onRange(range);
}

/** Readings as triangles, marks as diamonds, deferred work as ticks, above the plot. */
function drawMarks({ ctx, bbox }: uPlot, marks: readonly PlacedMark[], palette: Palette): void {
  const ratio = window.devicePixelRatio;
  const size = MARK_SIZE_PX * ratio;
  for (const { xPx, mark } of marks) {
    const x = bbox.left + xPx * ratio;
    ctx.fillStyle = palette[mark.kind];
    if (mark.kind === "deferred") {
      ctx.fillRect(x, bbox.top - DEFERRED_HEIGHT_PX * ratio, ratio, DEFERRED_HEIGHT_PX * ratio);
      continue;
    }
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x - size, bbox.top - (mark.kind === "mark" ? size : 1.7 * size));
    if (mark.kind === "mark") ctx.lineTo(x, bbox.top - 2 * size);
    ctx.lineTo(x + size, bbox.top - (mark.kind === "mark" ? size : 1.7 * size));
    ctx.closePath();
    ctx.fill();
    ctx.globalAlpha = LINE_OPACITY;
    ctx.fillRect(x - 0.5 * ratio, bbox.top, ratio, bbox.height);
    ctx.globalAlpha = 1;
  }
}
