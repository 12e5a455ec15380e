/**
 * Curves over the machine's time with what happened on them. The plot is a slider: its value is the instant that the
 * page shows. Drag zooms, a click or a key moves the instant.
 */

import type { TimelineCurves, TimelineMark } from "@ebb/lab/timeline-view";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import uPlot from "uplot";
import { curvesCsv } from "../export/csv.ts";
import { ExportMenu } from "../export/export-menu.tsx";
import { canvasPng } from "../export/png.ts";
import { palette } from "../theme/theme.tsx";
import { useWidthPx } from "../use-width.ts";
import { timeText } from "../words.ts";
import { ZoomButtons } from "../zoom-buttons.tsx";
import { CurveLegend } from "./curve-legend.tsx";
import { type PlotCurve, plotColumns, plotCurves, type TimeRange, wholeRange } from "./plot-curves.ts";
import { markNear, type PlacedMark, placeMarks } from "./time-marks.ts";
import { curveColour, plotOptions } from "./uplot-options.ts";

interface TimelinePlotProps {
  readonly title: string;
  readonly a: TimelineCurves;
  /** A second timeline, dashed. */
  readonly b?: TimelineCurves | undefined;
  /** Names of A and B: their policies. */
  readonly sideNames: readonly [a: string, b: string];
  /** The instant the page shows, ns, and the event that led there. */
  readonly instantNs: number;
  readonly event: string;
  readonly onSeek: (timeNs: number) => void;
  /** So many events forward, or back. */
  readonly onStep: (nrEvents: number) => void;
  /** Names of the series to begin with; the first of each axis when left out. */
  readonly initialSeries?: readonly string[] | undefined;
  readonly heightPx?: number | undefined;
}

const HEIGHT_PX = 260;
const NR_INITIAL = 5;
const FAST_STEP = 10;
const ZOOM_FACTOR = 2;
const MARK_REACH_PX = 6;
const CLICK_MOVE_MAX_PX = 4;

export function TimelinePlot(props: TimelinePlotProps) {
  const { a, b, title, instantNs, event, onSeek } = props;
  const all = useMemo(() => plotCurves(a, b), [a, b]);
  const whole = useMemo(() => wholeRange(a, b), [a, b]);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(() => initialNames(props, all));
  const [zoomed, setZoomed] = useState<TimeRange | undefined>(undefined);
  const [hoverNs, setHoverNs] = useState<number | undefined>(undefined);
  const [mark, setMark] = useState<TimelineMark | undefined>(undefined);
  const range = zoomed ?? whole;
  const curves = useMemo(() => all.filter(({ name }) => chosen.has(name)), [all, chosen]);
  const hostRef = useRef<HTMLDivElement>(null);
  const { marksRef, plotRef } = usePlot(hostRef, props, curves, range, setZoomed, setHoverNs, setMark);
  const press = useRef(0);
  const zoomBy = (factor: number) => setZoomed(zoomedRange(range, whole, instantNs, factor));
  const onClick = (at: MouseEvent) => {
    const plot = plotRef.current;
    if (plot === undefined || Math.abs(at.clientX - press.current) > CLICK_MOVE_MAX_PX) return;
    const xPx = at.clientX - plot.over.getBoundingClientRect().left;
    if (xPx < 0 || xPx > plot.over.clientWidth) return;
    const near = markNear(marksRef.current, xPx, MARK_REACH_PX);
    onSeek(near?.timeNs ?? clamp(plot.posToVal(xPx, "x"), whole));
  };
  return (
    <section class="ebb-view ebb-timeline" aria-label={title}>
      <header class="ebb-view-head">
        <h2>{title}</h2>
        <output class="ebb-readout">{mark === undefined ? `${timeText(instantNs)}  ${event}` : markText(mark)}</output>
        <ZoomButtons what={title} onZoom={zoomBy} onAll={() => setZoomed(undefined)} />
      </header>
      <div
        ref={hostRef}
        class="ebb-plot"
        role="slider"
        tabIndex={0}
        aria-label="Instant shown. Left and right step by event, with Shift by ten; Home and End go to the ends."
        aria-valuemin={0}
        aria-valuemax={whole.toNs}
        aria-valuenow={instantNs}
        aria-valuetext={`${timeText(instantNs)}${event === "" ? "" : `, ${event}`}`}
        onKeyDown={(key) => onPlotKey(key, props, whole, zoomBy, () => setZoomed(undefined))}
        onPointerDown={(at) => {
          press.current = at.clientX;
        }}
        onClick={onClick}
        onDblClick={() => setZoomed(undefined)}
      />
      <ExportMenu what={title} choices={exportChoices(props, curves, hostRef)} />
      <CurveLegend
        a={a}
        b={b}
        curves={all}
        sideNames={props.sideNames}
        chosen={chosen}
        onChosen={setChosen}
        atNs={hoverNs ?? instantNs}
      />
    </section>
  );
}

/** Keeps one uPlot in the host: made anew for other curves or colours, else only given data, size and instant. */
function usePlot(
  hostRef: { current: HTMLDivElement | null },
  { a, b, instantNs, heightPx = HEIGHT_PX }: TimelinePlotProps,
  curves: readonly PlotCurve[],
  range: TimeRange,
  setRange: (range: TimeRange) => void,
  setHoverNs: (ns: number | undefined) => void,
  setMark: (mark: TimelineMark | undefined) => void,
) {
  const plotRef = useRef<uPlot | undefined>(undefined);
  const marksRef = useRef<readonly PlacedMark[]>([]);
  const widthPx = useWidthPx(hostRef);
  const colours = palette.value;
  const columns = useMemo(() => plotColumns(a, b, curves, range, widthPx), [a, b, curves, range, widthPx]);
  const onHover = (xPx: number | undefined) => {
    const plot = plotRef.current;
    setHoverNs(xPx === undefined || plot === undefined ? undefined : Math.max(0, plot.posToVal(xPx, "x")));
    setMark(xPx === undefined ? undefined : markNear(marksRef.current, xPx, MARK_REACH_PX));
  };
  useLayoutEffect(() => {
    const host = hostRef.current;
    if (host === null) return;
    const marks = () => marksRef.current;
    const setup = { curves, palette: colours, range, widthPx, heightPx, marks, onRange: setRange, onHover };
    const plot = new uPlot(plotOptions(setup), [...columns], host);
    const line = document.createElement("div");
    line.className = "ebb-instant";
    plot.over.append(line);
    plotRef.current = plot;
    return () => plot.destroy();
  }, [curvesKey(curves), colours, heightPx]);
  useLayoutEffect(() => {
    const plot = plotRef.current;
    if (plot === undefined) return;
    plot.batch(() => {
      if (plot.width !== widthPx) plot.setSize({ width: widthPx, height: heightPx });
      plot.setData([...columns], false);
      plot.setScale("x", { min: range.fromNs, max: range.toNs });
    });
    marksRef.current = placeMarks(a.marks, range, plot.bbox.width / window.devicePixelRatio);
    plot.redraw(false);
  }, [columns, curvesKey(curves), colours, heightPx]);
  useLayoutEffect(() => {
    const plot = plotRef.current;
    const line = plot?.over.querySelector<HTMLElement>(".ebb-instant");
    if (plot === undefined || line === null || line === undefined) return;
    const share = (instantNs - range.fromNs) / (range.toNs - range.fromNs);
    line.style.left = `${share * 100}%`;
    line.hidden = share < 0 || share > 1;
  });
  return { plotRef, marksRef };
}

/** What a plot is made anew for: other curves, not more samples of the same. */
function curvesKey(curves: readonly PlotCurve[]): string {
  return curves.map(({ side, axis, name, colourIndex }) => `${side} ${axis} ${colourIndex} ${name}`).join("\n");
}

function onPlotKey(
  event: KeyboardEvent,
  { onSeek, onStep }: TimelinePlotProps,
  whole: TimeRange,
  zoomBy: (factor: number) => void,
  showAll: () => void,
): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const nrEvents = event.shiftKey ? FAST_STEP : 1;
  if (event.key === "ArrowLeft" || event.key === "ArrowDown") onStep(-nrEvents);
  else if (event.key === "ArrowRight" || event.key === "ArrowUp") onStep(nrEvents);
  else if (event.key === "Home") onSeek(0);
  else if (event.key === "End") onSeek(whole.toNs);
  else if (event.key === "+" || event.key === "=") zoomBy(ZOOM_FACTOR);
  else if (event.key === "-") zoomBy(1 / ZOOM_FACTOR);
  else if (event.key === "0") showAll();
  else return;
  event.preventDefault();
}

function initialNames({ initialSeries }: TimelinePlotProps, all: readonly PlotCurve[]): ReadonlySet<string> {
  const names = [...new Set(all.map(({ name }) => name))];
  return new Set(initialSeries ?? names.slice(0, NR_INITIAL));
}

/** The range `factor` times as narrow around the instant, inside the whole. */
function zoomedRange(range: TimeRange, whole: TimeRange, instantNs: number, factor: number): TimeRange | undefined {
  const lengthNs = (range.toNs - range.fromNs) / factor;
  if (lengthNs >= whole.toNs - whole.fromNs) return undefined;
  const isInside = instantNs >= range.fromNs && instantNs <= range.toNs;
  const centre = isInside ? instantNs : (range.fromNs + range.toNs) / 2;
  const share = (centre - range.fromNs) / (range.toNs - range.fromNs);
  const fromNs = Math.max(whole.fromNs, Math.min(whole.toNs - lengthNs, centre - share * lengthNs));
  return { fromNs, toNs: fromNs + Math.max(1, lengthNs) };
}

function clamp(ns: number, { fromNs, toNs }: TimeRange): number {
  return Math.max(fromNs, Math.min(toNs, ns));
}

function markText({ timeNs, kind, label }: TimelineMark): string {
  const words = { reading: "reading", mark: "mark", deferred: "deferred work" };
  return `${timeText(timeNs)}  ${words[kind]}: ${label}`;
}

function exportChoices(
  { title, a, b }: TimelinePlotProps,
  curves: readonly PlotCurve[],
  host: { current: HTMLElement | null },
) {
  const legend = curves.map((curve) => ({
    label: `${curve.name} (${curve.side === "A" ? "A, solid" : "B, dashed"})`,
    colour: curveColour(curve, palette.value),
  }));
  const png = () => {
    const canvas = host.current?.querySelector("canvas") ?? undefined;
    return canvas === undefined ? Promise.resolve(undefined) : canvasPng(canvas, title, legend, palette.value);
  };
  return [
    { label: "PNG", fileName: "timeline.png", make: png },
    { label: b === undefined ? "CSV" : "CSV of A", fileName: "timeline.csv", make: () => curvesCsv(a) },
    ...(b === undefined ? [] : [{ label: "CSV of B", fileName: "timeline-b.csv", make: () => curvesCsv(b) }]),
  ];
}
