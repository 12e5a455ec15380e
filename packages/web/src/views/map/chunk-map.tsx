/**
 * The chunk map: a row for each chunk in the order the allocator looks through them, a cell for each page; zoomed in, a
 * stretch for each area. Wheel, pinch and keys zoom, drag and arrows move, a click or Enter chooses a page.
 */

import {
  type AreaColumns,
  CHUNK_FIRST,
  CHUNK_ISOLATED,
  CHUNK_SIDELINED,
  type InstantView,
} from "@ebb/lab/timeline-view";
import { type Signal, useComputed, useSignal } from "@preact/signals";
import { useMemo, useRef } from "preact/hooks";
import { pagesCsv } from "../export/csv.ts";
import { ExportMenu } from "../export/export-menu.tsx";
import { mapSvg } from "../export/map-svg.ts";
import { canvasPng } from "../export/png.ts";
import { Legend } from "../legend.tsx";
import { Segmented } from "../segmented.tsx";
import type { Palette } from "../theme/colours.ts";
import { palette } from "../theme/theme.tsx";
import { ZoomButtons } from "../zoom-buttons.tsx";
import { stateColour } from "./draw-map.ts";
import { countClasses, type LensName, type LensPicture } from "./lens-picture.ts";
import { LENSES, lensPicture } from "./lenses.ts";
import { MapCanvas } from "./map-canvas.tsx";
import { type MapShape, type MapViewport, showsAreas, WHOLE_MAP, zoomAt } from "./viewport.ts";

/** A page by the allocator's row of its chunk: the same page at other instants and under other lenses. */
export interface PageOfChunk {
  readonly chunkRow: number;
  readonly page: number;
}

export interface ChunkMapProps {
  readonly title: string;
  readonly view: InstantView;
  /** The same instant under the other policy; with it the map has a lens that compares. */
  readonly other?: InstantView | undefined;
  readonly lens: LensName;
  readonly onLens: (lens: LensName) => void;
  /** Areas known of this instant, by the allocator's row of their chunk. */
  readonly areas: ReadonlyMap<number, AreaColumns>;
  /** Asks for the areas of a chunk on the screen; once for each instant. */
  readonly onNeedAreas: (chunkRow: number) => void;
  readonly selected?: PageOfChunk | undefined;
  readonly onSelect: (page: PageOfChunk | undefined) => void;
  /** Row of the holder whose pages stay bright; NO_HOLDER or nothing for all. */
  readonly holder?: number | undefined;
  /** Zoom and place, for maps that move together. */
  readonly viewport?: Signal<MapViewport> | undefined;
  readonly heightMaxPx?: number | undefined;
}

export function ChunkMap(props: ChunkMapProps) {
  const { view, lens, other, onLens, title } = props;
  const colours = palette.value;
  const picture = useMemo(() => lensPicture(lens, view, colours, other), [lens, view, colours, other]);
  const own = useSignal(WHOLE_MAP);
  const viewport = props.viewport ?? own;
  const shapeRef = useRef<MapShape>({ nrRows: 0, pagesPerRow: 0, widthPx: 1, heightPx: 1 });
  const areasShown = useComputed(() => showsAreas(shapeRef.current, viewport.value.zoom));
  const canvasHost = useRef<HTMLElement>(null);
  const zoomBy = (factor: number) => {
    const shape = shapeRef.current;
    viewport.value = zoomAt(shape, viewport.value, factor, shape.widthPx / 2, shape.heightPx / 2);
  };
  const setWhole = () => {
    viewport.value = WHOLE_MAP;
  };
  const lenses = other === undefined ? LENSES.filter(({ name }) => name !== "compare") : LENSES;
  return (
    <section class="ebb-view ebb-map" aria-label={title} ref={canvasHost}>
      <header class="ebb-view-head">
        <h2>{title}</h2>
        <Segmented label={`Colours of ${title}`} options={lenses} value={picture.lens} onChange={onLens} />
        <ZoomButtons what={title} onZoom={zoomBy} onAll={setWhole} />
      </header>
      <MapCanvas {...props} picture={picture} viewport={viewport} shapeRef={shapeRef} />
      <ExportMenu
        what={title}
        choices={[
          { label: "PNG", fileName: "chunk-map.png", make: () => mapPng(canvasHost.current, title, picture, colours) },
          { label: "SVG", fileName: "chunk-map.svg", make: () => mapSvg(title, view.chunks, picture, colours) },
          { label: "CSV", fileName: "pages.csv", make: () => pagesCsv(view) },
        ]}
      />
      <Legend
        caption={picture.caption}
        entries={picture.legend}
        counts={countClasses(picture)}
        bars={stateBars(view, colours)}
      />
      {areasShown.value && (
        <p class="ebb-note">Each stretch is an area; what is free between them has the colour of an empty page.</p>
      )}
    </section>
  );
}

function mapPng(host: HTMLElement | null, title: string, picture: LensPicture, colours: Palette) {
  const canvas = host?.querySelector("canvas") ?? undefined;
  const shown = countClasses(picture);
  const legend = picture.legend.filter((_, i) => (shown[i] ?? 0) > 0);
  return canvas === undefined ? Promise.resolve(undefined) : canvasPng(canvas, title, legend, colours);
}

/** What the bars beside the chunks mean, as far as there are any. */
function stateBars({ chunks: { flags } }: InstantView, colours: Palette) {
  const bars: readonly (readonly [flag: number, label: string])[] = [
    [CHUNK_FIRST, "first or reserved chunk"],
    [CHUNK_ISOLATED, "isolated chunk"],
    [CHUNK_ISOLATED + CHUNK_SIDELINED, "sidelined chunk"],
  ];
  const shown = new Set([...flags].map((own) => stateColour(own, colours)));
  return bars
    .map(([flag, label]) => ({ label, colour: stateColour(flag, colours) ?? colours.ui.line }))
    .filter(({ colour }) => shown.has(colour));
}
