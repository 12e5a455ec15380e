/** A | B: the chunks of both sides at the instant that is shown, under one lens. */

import { ChunkMap, findHolder } from "../views/index.ts";
import { place, type SideIndex } from "./instant.ts";
import { chooseLens, holderPath, lens } from "./map-choice.ts";
import { policyOf, sides } from "./store.ts";

export function MapPanels() {
  if (sides.every(({ view }) => view.value === undefined)) return undefined;
  return (
    <div class="sides">
      <SideMap index={0} />
      <SideMap index={1} />
    </div>
  );
}

function SideMap({ index }: { readonly index: SideIndex }) {
  const side = sides[index];
  const view = side.view.value;
  if (view === undefined) return <section class="panel" aria-label={side.name} />;
  const chosen = place.value;
  const path = holderPath.value;
  return (
    <section class="panel" aria-label={`Side ${side.name}`}>
      <ChunkMap
        title={`${side.name}: ${policyOf(index)}`}
        view={view}
        other={sides[index === 0 ? 1 : 0].view.value}
        lens={lens.value}
        onLens={chooseLens}
        areas={side.areas.value}
        onNeedAreas={(chunkRow) => side.needAreas(chunkRow)}
        selected={chosen?.side === index ? chosen : undefined}
        onSelect={(page) => {
          place.value = page === undefined ? undefined : { side: index, ...page };
        }}
        holder={path === undefined ? undefined : findHolder(view.holders, path)}
        heightMaxPx={360}
      />
      <p class="hash">
        State <code data-testid={`hash-${side.name}`}>{view.hash}</code>
      </p>
    </section>
  );
}
