/** What is behind the maps: the figures of both sides, who holds the memory, and the chosen page's areas. */

import { NO_HOLDER } from "@ebb/lab/timeline-view";
import { FigureTable, findHolder, HolderTree, PageDetail, holderPath as pathOf } from "../views/index.ts";
import { ComparisonPanel } from "./comparison-panel.tsx";
import { place, type SideIndex } from "./instant.ts";
import { holderPath, holderSide } from "./map-choice.ts";
import { SideChoice } from "./side-choice.tsx";
import { policyOf, sides } from "./store.ts";

export function DetailPanels() {
  const [a, b] = sides.map(({ view }) => view.value);
  const first = a ?? b;
  if (first === undefined) return <ComparisonPanel />;
  return (
    <div class="details">
      <div>
        <section class="panel" aria-label="Figures" data-testid="figures">
          <FigureTable
            title="At this instant"
            a={first}
            b={a === undefined ? undefined : b}
            sideNames={[policyOf(a === undefined ? 1 : 0), policyOf(1)]}
          />
        </section>
        <HolderPanel />
      </div>
      <div>
        <PagePanel />
        <ComparisonPanel />
      </div>
    </div>
  );
}

function HolderPanel() {
  const index = holderSide.value;
  const view = sides[index].view.value;
  const path = holderPath.value;
  return (
    <section class="panel" aria-label="Holders">
      <SideChoice label="Holders of side" chosen={holderSide} />
      {view === undefined ? undefined : (
        <HolderTree
          title="Who holds it"
          view={view}
          chosen={path === undefined ? NO_HOLDER : findHolder(view.holders, path)}
          onChoose={(holder) => chooseHolder(index, holder)}
        />
      )}
    </section>
  );
}

function PagePanel() {
  const chosen = place.value;
  const side = sides[chosen?.side ?? 0];
  const view = side.view.value;
  return (
    <section class="panel" aria-label="Chosen page" data-testid="page-detail">
      {chosen === undefined || view === undefined ? (
        <p class="hint">Choose a page on a map, with a click or with Enter, to see the areas that keep it.</p>
      ) : (
        <>
          <p class="hint">
            Side {side.name}, {policyOf(chosen.side)}
          </p>
          <PageDetail
            view={view}
            page={chosen}
            areas={side.areas.value.get(chosen.chunkRow)}
            onHolder={(holder) => chooseHolder(chosen.side, holder)}
            onClose={() => {
              place.value = undefined;
            }}
          />
        </>
      )}
    </section>
  );
}

/** By its names, which are the same on the other side and at other instants. */
function chooseHolder(index: SideIndex, holder: number): void {
  const view = sides[index].view.peek();
  holderSide.value = index;
  holderPath.value = holder === NO_HOLDER || view === undefined ? undefined : pathOf(view.holders, holder);
}
