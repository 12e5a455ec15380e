/** What pins a page: the areas in it with size, holder and age. */

import { type PagePin, pagePins } from "@ebb/lab";
import { type AreaColumns, type InstantView, NO_HOLDER } from "@ebb/lab/timeline-view";
import { areasCsv } from "../export/csv.ts";
import { ExportMenu } from "../export/export-menu.tsx";
import { ScrollBox } from "../scroll-box.tsx";
import { ageText, bytesText, countText } from "../words.ts";
import type { PageOfChunk } from "./chunk-map.tsx";
import { chunkTitle, holderText } from "./page-words.ts";
import { pinSentence } from "./pin-sentence.ts";

interface PageDetailProps {
  readonly view: InstantView;
  readonly page: PageOfChunk;
  /** Undefined until they are known. */
  readonly areas: AreaColumns | undefined;
  /** Chooses an area's holder. */
  readonly onHolder: (holder: number) => void;
  readonly onClose: () => void;
}

export function PageDetail({ view, page: { chunkRow, page }, areas, onHolder, onClose }: PageDetailProps) {
  const chunk = view.chunks.row.indexOf(chunkRow);
  const title = chunk === -1 ? "The chosen page" : `${chunkTitle(view.chunks, chunk)}, page ${page}`;
  const isThere = chunk !== -1 && page < (view.chunks.nrPages[chunk] ?? 0);
  return (
    <section class="ebb-view ebb-page-detail" aria-label="What pins this page">
      <header class="ebb-view-head">
        <h2>What pins this page</h2>
        <span class="ebb-readout">{title}</span>
        <div class="ebb-buttons">
          <button type="button" class="ebb-button" onClick={onClose}>
            Close
          </button>
        </div>
      </header>
      {isThere ? (
        <>
          <p>{pinSentence(view, chunk, page)}</p>
          {areas === undefined ? (
            <p>Looking for its areas …</p>
          ) : (
            <>
              <AreaTable view={view} areas={pagePins(areas, page)} onHolder={onHolder} />
              <ExportMenu
                what="all areas of this chunk"
                choices={[{ label: "CSV of the chunk", fileName: "areas.csv", make: () => areasCsv(view, areas) }]}
              />
            </>
          )}
        </>
      ) : (
        <p>Its chunk is not there at this instant.</p>
      )}
    </section>
  );
}

interface AreaTableProps {
  readonly view: InstantView;
  readonly areas: readonly PagePin[];
  readonly onHolder: (holder: number) => void;
}

function AreaTable({ view, areas, onHolder }: AreaTableProps) {
  if (areas.length === 0) return undefined;
  return (
    <ScrollBox label="Areas of the page" isTall={true}>
      <table class="ebb-table">
        <thead>
          <tr>
            <th scope="col">Offset, B</th>
            <th scope="col">Size</th>
            <th scope="col">× {view.nrUnits} CPUs</th>
            <th scope="col">Age</th>
            <th scope="col" class="ebb-left">
              Holder
            </th>
          </tr>
        </thead>
        <tbody>
          {areas.map((area) => (
            <tr key={area.offBytes} data-area={area.offBytes}>
              <td>{countText(area.offBytes)}</td>
              <td>{bytesText(area.sizeBytes)}</td>
              <td>{bytesText(area.sizeBytes * view.nrUnits)}</td>
              <td>{ageText(area.bornNs, view.timeNs)}</td>
              <td class="ebb-left">
                {area.holder === NO_HOLDER ? (
                  "not known"
                ) : (
                  <button type="button" class="ebb-link" onClick={() => onHolder(area.holder)}>
                    {holderText(view.holders, area.holder, view.timeNs)}
                  </button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollBox>
  );
}
