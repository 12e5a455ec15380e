/** The canvas of a chunk map with all that a pointer, a finger and a keyboard do on it. */

import { NO_HOLDER } from "@ebb/lab/timeline-view";
import { type Signal, useSignalEffect } from "@preact/signals";
import type { RefObject, TargetedPointerEvent } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { palette } from "../theme/theme.tsx";
import { useWidthPx } from "../use-width.ts";
import { areaLines } from "./area-words.ts";
import type { ChunkMapProps } from "./chunk-map.tsx";
import { AXIS_HEIGHT_PX, type PlaceOnMap } from "./draw-map.ts";
import { holderAndBelow, pagesHeldBy } from "./holder-filter.ts";
import { afterKey } from "./key-input.ts";
import type { LensPicture } from "./lens-picture.ts";
import { canvasSizePx, MapPainter } from "./map-painter.ts";
import { MapTooltip, type TooltipPlace } from "./map-tooltip.tsx";
import { mapSummary, pageLines } from "./page-words.ts";
import { PointerInput } from "./pointer-input.ts";
import { clampViewport, type MapShape, type MapViewport, placeAt, showsAreas } from "./viewport.ts";

interface MapCanvasProps extends ChunkMapProps {
  readonly picture: LensPicture;
  readonly viewport: Signal<MapViewport>;
  /** Where the canvas puts the shape it has. */
  readonly shapeRef: RefObject<MapShape>;
}

const HEIGHT_MAX_PX = 520;
const HEIGHT_MIN_PX = 110;
const ROW_HEIGHT_PX = 22;
const NARROW_WIDTH_PX = 560;
const GUTTER_PX = 150;
const NARROW_GUTTER_PX = 92;

interface Hovered extends PlaceOnMap {
  readonly share: number;
  readonly xPx: number;
  readonly yPx: number;
}

export function MapCanvas(props: MapCanvasProps) {
  const { view, shapeRef } = props;
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const hostRef = useRef<HTMLDivElement>(null);
  const widthPx = useWidthPx(hostRef);
  const gutterPx = widthPx < NARROW_WIDTH_PX ? NARROW_GUTTER_PX : GUTTER_PX;
  const shape = shapeOf(props, widthPx - gutterPx);
  shapeRef.current = shape;
  const painter = usePainter(canvasRef, props);
  const controls = useControls(props, canvasRef, gutterPx);
  const { cursor, hovered, hasFocus } = controls;
  const filter = useFilter(props);
  const colours = palette.value;
  useLayoutEffect(() => {
    painter.current?.show({
      view,
      picture: props.picture,
      palette: colours,
      shape,
      gutterPx,
      areas: props.areas,
      ...filter,
      selected: selectedPlace(props),
      cursor: hasFocus ? cursor : undefined,
      hovered,
    });
  });
  const size = canvasSizePx(shape, gutterPx);
  const status = hasFocus ? placeLines(props, { ...cursor, share: 0 }) : [];
  return (
    <div class="ebb-canvas-host" ref={hostRef}>
      <div
        class="ebb-canvas-stage"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application takes keys, so it takes the focus
        tabIndex={0}
        aria-roledescription="chunk map"
        aria-label={`${props.title}. ${mapSummary(view)} Arrows move, plus and minus zoom, Enter chooses a page.`}
        {...controls.handlers}
      >
        <canvas ref={canvasRef} style={{ width: `${size.widthPx}px`, height: `${size.heightPx}px` }} />
      </div>
      {hovered !== undefined && <MapTooltip {...tooltipPlace(props, hovered, gutterPx, size.widthPx)} />}
      <p class="ebb-unseen" role="status">
        {status.join("; ")}
      </p>
    </div>
  );
}

/** What pointer and keyboard have come to, and what listens to them. */
function useControls(props: MapCanvasProps, canvasRef: RefObject<HTMLCanvasElement | null>, gutterPx: number) {
  const { view, viewport, shapeRef, onSelect } = props;
  const { chunks } = view;
  const [hovered, setHovered] = useState<Hovered | undefined>(undefined);
  const [cursor, setCursor] = useState<PlaceOnMap>({ chunk: 0, page: 0 });
  const [hasFocus, setFocus] = useState(false);
  const pagesOf = (chunk: number) => chunks.nrPages[chunk] ?? 0;
  const select = (place: PlaceOnMap | undefined) => {
    const chunkRow = place === undefined ? undefined : chunks.row[place.chunk];
    onSelect(place === undefined || chunkRow === undefined ? undefined : { chunkRow, page: place.page });
  };
  const hoverAt = (xPx: number, yPx: number) => {
    const shape = shapeRef.current;
    const place = placeAt(shape, clampViewport(shape, viewport.value), xPx, yPx);
    return place === undefined || place.page >= pagesOf(place.chunk) ? undefined : { ...place, xPx, yPx };
  };
  const placeOf = (event: Pick<MouseEvent, "clientX" | "clientY">) => plotPlace(event, canvasRef.current, gutterPx);
  const input = usePointerInput(shapeRef, viewport, placeOf, ({ xPx, yPx }) => {
    const place = hoverAt(xPx, yPx);
    if (place !== undefined) setCursor({ chunk: place.chunk, page: place.page });
    select(place);
  });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") select(cursor);
    else if (event.key === "Escape") select(undefined);
    else {
      const shape = shapeRef.current;
      const before = { viewport: clampViewport(shape, viewport.value), cursor };
      const after = afterKey(event, shape, before, pagesOf);
      if (after === undefined) return;
      setCursor(after.cursor);
      viewport.value = after.viewport;
    }
    event.preventDefault();
  };
  const handlers = {
    onKeyDown,
    onFocus: () => setFocus(true),
    onBlur: () => setFocus(false),
    onWheel: (event: WheelEvent) => input.wheel(event),
    onPointerDown: (event: TargetedPointerEvent<HTMLElement>) => {
      event.currentTarget.setPointerCapture(event.pointerId);
      input.down(event);
    },
    onPointerMove: (event: PointerEvent) => {
      input.move(event);
      const { xPx, yPx } = placeOf(event);
      setHovered(input.isDragging ? undefined : hoverAt(xPx, yPx));
    },
    onPointerUp: (event: PointerEvent) => input.up(event),
    onPointerCancel: (event: PointerEvent) => input.cancel(event),
    onPointerLeave: () => setHovered(undefined),
  };
  return { cursor, hovered, hasFocus, handlers };
}

function shapeOf({ view: { chunks }, heightMaxPx }: ChunkMapProps, widthPx: number): MapShape {
  const heightPx = Math.max(HEIGHT_MIN_PX, Math.min(heightMaxPx ?? HEIGHT_MAX_PX, chunks.nrChunks * ROW_HEIGHT_PX));
  return { nrRows: chunks.nrChunks, pagesPerRow: chunks.pagesPerRow, widthPx: Math.max(1, widthPx), heightPx };
}

/** The painter of the canvas, which redraws when the viewport moves and asks once for each chunk's areas. */
function usePainter(canvasRef: RefObject<HTMLCanvasElement | null>, props: MapCanvasProps) {
  const painter = useRef<MapPainter | undefined>(undefined);
  const latest = useRef(props);
  latest.current = props;
  const asked = useRef(new Set<number>());
  useMemo(() => asked.current.clear(), [props.view]);
  useLayoutEffect(() => {
    const canvas = canvasRef.current;
    const ctx = canvas?.getContext("2d", { alpha: false }) ?? null;
    if (canvas === null || ctx === null) return;
    const needAreas = (chunkRow: number) => {
      if (asked.current.has(chunkRow)) return;
      asked.current.add(chunkRow);
      latest.current.onNeedAreas(chunkRow);
    };
    const viewport = () => latest.current.viewport.value;
    const made = new MapPainter(
      canvas,
      ctx,
      () => clampViewport(latest.current.shapeRef.current, viewport()),
      needAreas,
    );
    painter.current = made;
    return () => made.stop();
  }, [canvasRef]);
  useSignalEffect(() => {
    const { zoom } = props.viewport.value;
    canvasRef.current?.parentElement?.classList.toggle("is-zoomed", zoom > 1);
    painter.current?.redraw();
  });
  return painter;
}

/** The chosen holder as masks over holders and pages. */
function useFilter({ view, holder }: ChunkMapProps) {
  const isChosen = holder !== undefined && holder !== NO_HOLDER && holder < view.holders.nrHolders;
  return useMemo(() => {
    const within = isChosen ? holderAndBelow(view.holders, holder) : undefined;
    return { within, held: within === undefined ? undefined : pagesHeldBy(view.chunks, within) };
  }, [view, holder, isChosen]);
}

function usePointerInput(
  shapeRef: RefObject<MapShape>,
  viewport: Signal<MapViewport>,
  placeOf: (event: Pick<MouseEvent, "clientX" | "clientY">) => { readonly xPx: number; readonly yPx: number },
  click: (place: { readonly xPx: number; readonly yPx: number }) => void,
): PointerInput {
  const latest = useRef({ placeOf, click });
  latest.current = { placeOf, click };
  return useMemo(
    () =>
      new PointerInput({
        shape: () => shapeRef.current,
        viewport: () => clampViewport(shapeRef.current, viewport.value),
        setViewport: (next) => {
          viewport.value = next;
        },
        placeOf: (event) => latest.current.placeOf(event),
        click: (place) => latest.current.click(place),
      }),
    [shapeRef, viewport],
  );
}

function plotPlace(event: Pick<MouseEvent, "clientX" | "clientY">, canvas: HTMLCanvasElement | null, gutterPx: number) {
  const box = canvas?.getBoundingClientRect();
  return { xPx: event.clientX - (box?.left ?? 0) - gutterPx, yPx: event.clientY - (box?.top ?? 0) - AXIS_HEIGHT_PX };
}

function selectedPlace({ view: { chunks }, selected }: ChunkMapProps): PlaceOnMap | undefined {
  if (selected === undefined) return undefined;
  const chunk = chunks.row.indexOf(selected.chunkRow);
  return chunk === -1 ? undefined : { chunk, page: selected.page };
}

/** The page in words, and the area there when areas are shown. */
function placeLines(props: MapCanvasProps, place: PlaceOnMap & { readonly share: number }): readonly string[] {
  const { view, areas, shapeRef, viewport } = props;
  const lines = pageLines(view, place.chunk, place.page);
  const known = areas.get(view.chunks.row[place.chunk] ?? -1);
  if (known === undefined || !showsAreas(shapeRef.current, viewport.value.zoom)) return lines;
  return [...lines, ...areaLines(view, known, place.page, place.share)];
}

function tooltipPlace(props: MapCanvasProps, hovered: Hovered, gutterPx: number, widthPx: number): TooltipPlace {
  const xPx = hovered.xPx + gutterPx;
  return { xPx, yPx: hovered.yPx + AXIS_HEIGHT_PX, widthPx, lines: placeLines(props, hovered) };
}
