/** All views over made-up data: what their tests open, and what one works on them with. */

import { type AreaColumns, NO_HOLDER } from "@ebb/lab/timeline-view";
import { useSignal } from "@preact/signals";
import { render } from "preact";
import { useMemo, useState } from "preact/hooks";
import {
  ChunkMap,
  FigureTable,
  HolderTree,
  type LensName,
  PageDetail,
  type PageOfChunk,
  startTheme,
  ThemeToggle,
  TimelinePlot,
  WHOLE_MAP,
} from "../src/views/index.ts";
import { syntheticCurves } from "./synthetic-curves.ts";
import { syntheticInstant } from "./synthetic-view.ts";

const asked = new URLSearchParams(location.search);
const nrChunks = Number(asked.get("chunks") ?? 12);
const pagesPerRow = Number(asked.get("pages") ?? 64);
const nrCgroups = Number(asked.get("cgroups") ?? 330);
const nrSamples = Number(asked.get("samples") ?? 2000);
const END_NS = 42_500_000_000;
const STEP_NS = 25_000_000;
const isOnlyA = asked.has("only-a");

function Demo() {
  const size = { nrChunks, pagesPerRow, nrCgroups, survivors: 0.03 };
  const a = useMemo(() => syntheticInstant({ ...size, depopulated: false }), []);
  const b = useMemo(() => syntheticInstant({ ...size, depopulated: true }), []);
  const viewport = useSignal(WHOLE_MAP);
  const [lens, setLens] = useState<LensName>("use");
  const [selected, setSelected] = useState<PageOfChunk | undefined>(undefined);
  const [areasA, needA] = useAreas(a.areasOf);
  const [areasB, needB] = useAreas(b.areasOf);
  const [instantNs, setInstantNs] = useState(END_NS);
  const curvesA = useMemo(() => syntheticCurves(nrSamples, 0), []);
  const curvesB = useMemo(() => syntheticCurves(nrSamples, 0.75), []);
  const [holder, setHolder] = useState(NO_HOLDER);
  const shared = { lens, onLens: setLens, viewport, selected, onSelect: setSelected, holder };
  return (
    <main>
      <h1>Views of the page, over made-up data</h1>
      <ThemeToggle />
      <TimelinePlot
        title="Timeline"
        a={curvesA}
        b={curvesB}
        sideNames={["vanilla", "upstream"]}
        instantNs={instantNs}
        event="rmdir percpu-test/cg-1000"
        onSeek={setInstantNs}
        onStep={(nrEvents) => setInstantNs((ns) => Math.max(0, Math.min(END_NS, ns + nrEvents * STEP_NS)))}
        initialSeries={["Percpu", "live areas", "live cgroups"]}
      />
      <ChunkMap {...shared} title="A vanilla" view={a.view} other={b.view} areas={areasA} onNeedAreas={needA} />
      {!isOnlyA && (
        <ChunkMap {...shared} title="B upstream" view={b.view} other={a.view} areas={areasB} onNeedAreas={needB} />
      )}
      {selected !== undefined && (
        <PageDetail
          view={a.view}
          page={selected}
          areas={a.areasOf(selected.chunkRow)}
          onHolder={setHolder}
          onClose={() => setSelected(undefined)}
        />
      )}
      <FigureTable title="At this instant" a={a.view} b={b.view} sideNames={["vanilla", "upstream"]} />
      <HolderTree title="Who holds it" view={a.view} chosen={holder} onChoose={setHolder} />
    </main>
  );
}

/** Areas by chunk, as far as a map has asked for them. */
function useAreas(areasOf: (row: number) => AreaColumns) {
  const [areas, setAreas] = useState<ReadonlyMap<number, AreaColumns>>(new Map());
  const need = (row: number) => setAreas((known) => new Map(known).set(row, areasOf(row)));
  return [areas, need] as const;
}

startTheme();
const page = document.getElementById("page");
if (page !== null) render(<Demo />, page);
