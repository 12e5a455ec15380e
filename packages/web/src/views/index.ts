/**
 * The views of the page. Each takes what a timeline shows at an instant as it is (`InstantView`, `AreaColumns`,
 * `TimelineCurves` of the lab: typed arrays in the model's units), transforms it when it draws, and never reads a
 * running model. What a reader does comes back through callbacks.
 *
 *     theme/     all colours, light and dark; `startTheme()` once before the first render
 *     map/       ChunkMap: a row a chunk, a cell a page, down to single areas; a lens gives the colours their meaning.
 *                PageDetail: the areas that pin a page
 *     timeline/  TimelinePlot: curves over the machine's time; the instant shown is its slider's value
 *     holders/   HolderTree: who holds it, as a tree of which only the rows on the screen exist
 *     figures/   FigureTable, ComparisonTable: A and B side by side
 *     export/    each view's files: PNG, SVG, CSV
 *
 * A chunk is named by the allocator's row (`PageOfChunk`), its identity as long as it lives. A holder is named by its
 * row at one instant; what it is called at others says `holderPath`, and `findHolder` finds it there.
 *
 * `views.css` belongs to it and reads the colours as --ebb-… properties.
 */

export { ComparisonTable } from "./figures/comparison-table.tsx";
export { FigureTable } from "./figures/figure-table.tsx";
export { HolderTree } from "./holders/holder-tree.tsx";
export { ChunkMap, type PageOfChunk } from "./map/chunk-map.tsx";
export { findHolder, holderPath } from "./map/holder-filter.ts";
export type { LensName } from "./map/lens-picture.ts";
export { PageDetail } from "./map/page-detail.tsx";
export { WHOLE_MAP } from "./map/viewport.ts";
export { startTheme, ThemeToggle } from "./theme/theme.tsx";
export { TimelinePlot } from "./timeline/timeline-plot.tsx";
