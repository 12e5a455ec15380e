/** What the machine's memory comes to at the instant, one policy or two side by side with what differs marked. */

import type { InstantFigure, InstantView } from "@ebb/lab/timeline-view";
import { figuresCsv } from "../export/csv.ts";
import { ExportMenu } from "../export/export-menu.tsx";
import { ScrollBox } from "../scroll-box.tsx";
import { bytesText, countText } from "../words.ts";

interface FigureTableProps {
  readonly title: string;
  readonly a: InstantView;
  readonly b?: InstantView | undefined;
  /** Names of A and B: their policies. */
  readonly sideNames: readonly [a: string, b: string];
}

const BYTES_PER_KB = 1024;

export function FigureTable({ title, a, b, sideNames }: FigureTableProps) {
  const names = [...new Set([...a.figures, ...(b?.figures ?? [])].map(({ name }) => name))];
  const views = b === undefined ? [a] : [a, b];
  return (
    <section class="ebb-view ebb-figures" aria-label={title}>
      <header class="ebb-view-head">
        <h2>{title}</h2>
      </header>
      <ScrollBox label={`${title}: figures`}>
        <table class="ebb-table">
          <thead>
            <tr>
              <td />
              <th scope="col">{b === undefined ? sideNames[0] : `A ${sideNames[0]}`}</th>
              {b !== undefined && <th scope="col">B {sideNames[1]}</th>}
              {b !== undefined && <th scope="col">B − A</th>}
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <FigureRow key={name} name={name} a={figureOf(a, name)} b={figureOf(b, name)} hasB={b !== undefined} />
            ))}
          </tbody>
        </table>
      </ScrollBox>
      <ExportMenu
        what={title}
        choices={[{ label: "CSV", fileName: "figures.csv", make: () => figuresCsv(views, sideNames) }]}
      />
    </section>
  );
}

interface FigureRowProps {
  readonly name: string;
  readonly a: InstantFigure | undefined;
  readonly b: InstantFigure | undefined;
  readonly hasB: boolean;
}

function FigureRow({ name, a, b, hasB }: FigureRowProps) {
  const differs = hasB && a?.value !== b?.value;
  const cell = (side: "A" | "B", figure: InstantFigure | undefined) => (
    <td data-side={side} data-value={figure?.value} title={figure === undefined ? undefined : roundText(figure)}>
      {figure === undefined ? "–" : figureText(figure.value, figure)}
    </td>
  );
  const known = a ?? b;
  return (
    <tr data-figure={name} class={differs ? "is-different" : ""}>
      <th scope="row">
        {name}
        <small>{known?.meaning}</small>
      </th>
      {cell("A", a)}
      {hasB && cell("B", b)}
      {hasB && <td class="ebb-difference">{a === undefined || b === undefined ? "" : differenceText(a, b)}</td>}
    </tr>
  );
}

function figureOf(view: InstantView | undefined, name: string): InstantFigure | undefined {
  return view?.figures.find((figure) => figure.name === name);
}

/** The value with its unit as it stands: what the command prints is found here to the digit. */
function figureText(value: number, { unit }: Pick<InstantFigure, "unit">): string {
  return unit === "" ? countText(value) : `${countText(value)} ${unit}`;
}

/** In the unit that reads best. */
function roundText({ value, unit }: InstantFigure): string | undefined {
  if (unit === "kB") return bytesText(value * BYTES_PER_KB);
  return unit === "B" ? bytesText(value) : undefined;
}

function differenceText(a: InstantFigure, b: InstantFigure): string {
  const difference = b.value - a.value;
  if (difference === 0) return "same";
  return `${difference > 0 ? "+" : "−"}${figureText(Math.abs(difference), a)}`;
}
