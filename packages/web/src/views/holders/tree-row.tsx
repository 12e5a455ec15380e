/** Columns of the holders' table: its heads, and a row's cells. */

import type { InstantView } from "@ebb/lab/timeline-view";
import { bytesText, countText, timeText } from "../words.ts";
import type { HolderRow, HolderSort, HolderTotals, SortOrder } from "./holder-rows.ts";

export const ROW_HEIGHT_PX = 26;

interface HolderColumn {
  readonly name: string;
  readonly title: (nrUnits: number) => string;
  readonly sort: HolderSort | undefined;
}

const HOLDER_COLUMNS: readonly HolderColumn[] = [
  { name: "name", title: () => "Holder", sort: "name" },
  { name: "kind", title: () => "Kind", sort: undefined },
  { name: "areas", title: () => "Areas", sort: "areas" },
  { name: "unit-bytes", title: () => "In one unit", sort: undefined },
  { name: "bytes", title: (nrUnits) => `× ${nrUnits} CPUs`, sort: "bytes" },
  { name: "pinned", title: (nrUnits) => `Pins × ${nrUnits}`, sort: "pinned" },
  { name: "dying", title: () => "Dying for", sort: "dying" },
];

interface TreeHeadProps {
  readonly order: SortOrder;
  readonly onOrder: (order: SortOrder) => void;
  readonly nrUnits: number;
}

export function TreeHead({ order, onOrder, nrUnits }: TreeHeadProps) {
  const sortBy = (by: HolderSort) => onOrder({ by, descending: order.by === by ? !order.descending : by !== "name" });
  return (
    <thead>
      <tr aria-rowindex={1}>
        {HOLDER_COLUMNS.map(({ name, title, sort }) => (
          <th
            key={name}
            scope="col"
            class={`ebb-cell ebb-cell-${name}`}
            aria-sort={order.by === sort ? (order.descending ? "descending" : "ascending") : "none"}
          >
            {sort === undefined ? (
              title(nrUnits)
            ) : (
              <button type="button" onClick={() => sortBy(sort)}>
                {title(nrUnits)}
                <span aria-hidden="true">{order.by === sort ? (order.descending ? "↓" : "↑") : ""}</span>
              </button>
            )}
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface TreeRowProps {
  readonly id: string;
  /** From 0, without the row of heads. */
  readonly index: number;
  readonly row: HolderRow;
  readonly view: InstantView;
  readonly totals: HolderTotals;
  readonly isChosen: boolean;
  readonly isCurrent: boolean;
}

export function TreeRow({ id, index, row, view, totals, isChosen, isCurrent }: TreeRowProps) {
  const classes = [isChosen ? "is-chosen" : "", isCurrent ? "is-current" : ""];
  const place = {
    id,
    "data-index": index,
    "aria-rowindex": index + 2,
    "aria-level": row.level,
    "aria-posinset": row.place,
    "aria-setsize": row.nrSiblings,
    "aria-selected": isChosen,
    ...(row.hasChildren ? { "aria-expanded": row.isOpen } : {}),
  };
  const [name = "", ...values] = cellTexts(row, view, totals);
  return (
    <tr {...place} class={classes.join(" ")}>
      <td class="ebb-cell ebb-cell-name" title={name}>
        <span style={{ paddingLeft: `${(row.level - 1) * 16}px` }}>
          <span class="ebb-twist" aria-hidden="true">
            {row.hasChildren ? (row.isOpen ? "▾" : "▸") : ""}
          </span>
          {name}
        </span>
      </td>
      {values.map((text, i) => {
        const column = HOLDER_COLUMNS[i + 1]?.name ?? "";
        return (
          <td key={column} class={`ebb-cell ebb-cell-${column}`}>
            {text}
          </td>
        );
      })}
    </tr>
  );
}

function cellTexts({ holder, hasChildren }: HolderRow, view: InstantView, totals: HolderTotals): readonly string[] {
  const { holders, nrUnits, timeNs } = view;
  const bytes = totals.bytes[holder] ?? 0;
  const since = holders.dyingSinceNs[holder] ?? Number.NaN;
  const nrDying = totals.nrDying[holder] ?? 0;
  const below = hasChildren && nrDying > 0 ? `${countText(nrDying)} below` : "";
  return [
    holders.name[holder] ?? "",
    holders.kind[holder] ?? "",
    countText(totals.nrAreas[holder] ?? 0),
    bytesText(bytes),
    bytesText(bytes * nrUnits),
    bytesText((totals.pinnedBytes[holder] ?? 0) * nrUnits),
    Number.isNaN(since) ? below : timeText(timeNs - since),
  ];
}
