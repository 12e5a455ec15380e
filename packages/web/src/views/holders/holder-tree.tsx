/**
 * Who holds the areas: a tree as a table, sortable, of which only the rows on the screen exist. A click or Enter chooses
 * a holder, arrows open, close and move.
 */

import { type InstantView, NO_HOLDER } from "@ebb/lab/timeline-view";
import { useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { holdersCsv } from "../export/csv.ts";
import { ExportMenu } from "../export/export-menu.tsx";
import { holderPath } from "../map/holder-filter.ts";
import { countOf } from "../words.ts";
import { childrenOf, type HolderRow, holderRows, holderTotals, type SortOrder } from "./holder-rows.ts";
import { ROW_HEIGHT_PX, TreeHead, TreeRow } from "./tree-row.tsx";

interface HolderTreeProps {
  readonly title: string;
  readonly view: InstantView;
  /** Row of the chosen holder, or NO_HOLDER. */
  readonly chosen: number;
  /** Called with NO_HOLDER when the choice is taken back. */
  readonly onChoose: (holder: number) => void;
  readonly heightMaxPx?: number | undefined;
}

const NOTE =
  "Bytes of live areas; a row with others below counts them too. Pins: what pages keep beyond that because one holder " +
  "alone has areas in them. kB and MB are multiples of 1024 B.";
const HEIGHT_MAX_PX = 380;
/** Rows beyond the edges that exist, so that scrolling shows no gap. */
const NR_SPARE_ROWS = 6;
const NR_ROWS_JUMP = 10;
/** To begin with, so deep is open. */
const OPEN_LEVELS = 2;

export function HolderTree({ title, view, chosen, onChoose, heightMaxPx = HEIGHT_MAX_PX }: HolderTreeProps) {
  const { holders } = view;
  const [order, setOrder] = useState<SortOrder>({ by: "bytes", descending: true });
  const open = useOpenHolders(view);
  const children = useMemo(() => childrenOf(holders), [holders]);
  const totals = useMemo(() => holderTotals(holders), [holders]);
  const rows = useMemo(
    () => holderRows(holders, totals, children, open.isOpen, order),
    [holders, totals, children, open.isOpen, order],
  );
  const [cursor, setCursor] = useState(0);
  const at = Math.min(cursor, Math.max(0, rows.length - 1));
  const scroll = useScrolledRows(rows.length, at, heightMaxPx);
  const id = useId();
  const choose = (holder: number) => onChoose(holder === chosen ? NO_HOLDER : holder);
  const isCurrentThere = at >= scroll.start && at < scroll.end;
  const onKeyDown = (event: KeyboardEvent) => {
    const next = afterTreeKey(event, rows, at, { choose, open: open.set, clear: () => onChoose(NO_HOLDER) });
    if (next === undefined) return;
    setCursor(next);
    event.preventDefault();
  };
  const onClick = ({ target }: MouseEvent) => {
    const index = clickedRow(target);
    const row = rows[index];
    if (row === undefined) return;
    setCursor(index);
    if (isTwist(target) && row.hasChildren) open.set(row.holder, !row.isOpen);
    else choose(row.holder);
  };
  return (
    <section class="ebb-view ebb-holders" aria-label={title}>
      <TreeTitle title={title} path={holderPath(holders, chosen)} onAll={() => onChoose(NO_HOLDER)} />
      <div class="ebb-tree" ref={scroll.ref} style={{ maxHeight: `${heightMaxPx}px` }} onScroll={scroll.onScroll}>
        <table
          // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: a table may be a treegrid (ARIA in HTML)
          role="treegrid"
          tabIndex={0}
          aria-label={`${title}: ${countOf(holders.nrHolders, "holder")}. Enter shows a holder's pages on the map.`}
          aria-rowcount={rows.length + 1}
          aria-activedescendant={isCurrentThere ? `${id}-${at}` : undefined}
          onKeyDown={onKeyDown}
          onClick={onClick}
        >
          <TreeHead order={order} onOrder={setOrder} nrUnits={view.nrUnits} />
          <Spacer nrRows={scroll.start} />
          <tbody>
            {rows.slice(scroll.start, scroll.end).map((row, i) => (
              <TreeRow
                key={row.holder}
                id={`${id}-${scroll.start + i}`}
                index={scroll.start + i}
                row={row}
                view={view}
                totals={totals}
                isChosen={row.holder === chosen}
                isCurrent={scroll.start + i === at}
              />
            ))}
          </tbody>
          <Spacer nrRows={rows.length - scroll.end} />
        </table>
      </div>
      <ExportMenu what={title} choices={[{ label: "CSV", fileName: "holders.csv", make: () => holdersCsv(view) }]} />
      <p class="ebb-note">{NOTE}</p>
    </section>
  );
}

interface TreeTitleProps {
  readonly title: string;
  /** Of the chosen holder; empty without one. */
  readonly path: readonly string[];
  readonly onAll: () => void;
}

function TreeTitle({ title, path, onAll }: TreeTitleProps) {
  return (
    <header class="ebb-view-head">
      <h2>{title}</h2>
      <span class="ebb-readout">{path.join(" › ")}</span>
      {path.length > 0 && (
        <div class="ebb-buttons">
          <button type="button" class="ebb-button" onClick={onAll}>
            Show all
          </button>
        </div>
      )}
    </header>
  );
}

/** Which rows are open: by path, so that they stay so when the instant changes. */
function useOpenHolders({ holders }: InstantView) {
  const [changed, setChanged] = useState<ReadonlyMap<string, boolean>>(new Map());
  const isOpen = useMemo(() => {
    return (holder: number) => {
      const path = holderPath(holders, holder);
      return changed.get(path.join("\n")) ?? path.length <= OPEN_LEVELS;
    };
  }, [holders, changed]);
  const set = (holder: number, open: boolean) => {
    setChanged(new Map(changed).set(holderPath(holders, holder).join("\n"), open));
  };
  return { isOpen, set };
}

/** The rows that exist, half-open, and what keeps the current one on the screen. */
function useScrolledRows(nrRows: number, current: number, heightPx: number) {
  const ref = useRef<HTMLDivElement>(null);
  const [topPx, setTopPx] = useState(0);
  const before = useRef(current);
  useLayoutEffect(() => {
    const element = ref.current;
    if (element === null || before.current === current) return;
    before.current = current;
    const rowTop = current * ROW_HEIGHT_PX;
    const roomPx = element.clientHeight - ROW_HEIGHT_PX;
    if (rowTop < element.scrollTop) element.scrollTop = rowTop;
    else if (rowTop + ROW_HEIGHT_PX > element.scrollTop + roomPx) element.scrollTop = rowTop + ROW_HEIGHT_PX - roomPx;
  }, [current]);
  const start = Math.max(0, Math.floor(topPx / ROW_HEIGHT_PX) - NR_SPARE_ROWS);
  const end = Math.min(nrRows, Math.ceil((topPx + heightPx) / ROW_HEIGHT_PX) + NR_SPARE_ROWS);
  return { ref, start, end, onScroll: () => setTopPx(ref.current?.scrollTop ?? 0) };
}

/** Index of the row; NaN beside the rows. */
function clickedRow(target: EventTarget | null): number {
  const row = target instanceof Element ? target.closest<HTMLElement>("tr[data-index]") : null;
  return Number(row?.dataset.index ?? Number.NaN);
}

function isTwist(target: EventTarget | null): boolean {
  return target instanceof Element && target.classList.contains("ebb-twist");
}

/** Room of rows that do not exist. */
function Spacer({ nrRows }: { readonly nrRows: number }) {
  if (nrRows <= 0) return undefined;
  return (
    <tbody aria-hidden="true">
      <tr>
        <td style={{ height: `${nrRows * ROW_HEIGHT_PX}px`, padding: 0 }} />
      </tr>
    </tbody>
  );
}

interface TreeActions {
  readonly choose: (holder: number) => void;
  readonly open: (holder: number, open: boolean) => void;
  readonly clear: () => void;
}

/** Does what the key asks; the index of the row that is current then, or undefined for a key that asks nothing. */
function afterTreeKey(
  event: KeyboardEvent,
  rows: readonly HolderRow[],
  at: number,
  { choose, open, clear }: TreeActions,
): number | undefined {
  const row = rows[at];
  const isButton = event.target instanceof HTMLButtonElement;
  if (event.ctrlKey || event.metaKey || event.altKey || isButton || row === undefined) return undefined;
  if (event.key === "Enter" || event.key === " ") choose(row.holder);
  else if (event.key === "Escape") clear();
  else if (event.key === "ArrowRight" && row.hasChildren && !row.isOpen) open(row.holder, true);
  else if (event.key === "ArrowLeft" && row.isOpen) open(row.holder, false);
  else return rowAfterKey(event.key, rows, at);
  return at;
}

/** Index of the row the key leads to; undefined for a key that leads nowhere. */
function rowAfterKey(key: string, rows: readonly HolderRow[], at: number): number | undefined {
  const level = rows[at]?.level ?? 1;
  const last = rows.length - 1;
  switch (key) {
    case "ArrowUp":
      return Math.max(0, at - 1);
    case "ArrowDown":
    case "ArrowRight":
      return Math.min(last, at + 1);
    case "ArrowLeft":
      return Math.max(
        0,
        rows.slice(0, at).findLastIndex((row) => row.level < level),
      );
    case "PageUp":
      return Math.max(0, at - NR_ROWS_JUMP);
    case "PageDown":
      return Math.min(last, at + NR_ROWS_JUMP);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return undefined;
  }
}
