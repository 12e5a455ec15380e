/** Legend of a timeline: each series with its colour, its values at the pointer or the instant, and whether it is drawn. */

import type { TimelineCurves } from "@ebb/lab/timeline-view";
import { palette } from "../theme/theme.tsx";
import { timeText } from "../words.ts";
import { type PlotCurve, seriesValueText } from "./plot-curves.ts";
import { valueAt } from "./step-curves.ts";
import { curveColour } from "./uplot-options.ts";

interface CurveLegendProps {
  readonly a: TimelineCurves;
  readonly b: TimelineCurves | undefined;
  readonly curves: readonly PlotCurve[];
  readonly sideNames: readonly [a: string, b: string];
  readonly chosen: ReadonlySet<string>;
  readonly onChosen: (names: ReadonlySet<string>) => void;
  readonly atNs: number;
}

export function CurveLegend({ a, b, curves, sideNames, chosen, onChosen, atNs }: CurveLegendProps) {
  const colours = palette.value;
  const names = [...new Set(curves.map(({ name }) => name))];
  const toggle = (name: string) => {
    const next = new Set(chosen);
    if (!next.delete(name)) next.add(name);
    onChosen(next);
  };
  const valueCell = (name: string, side: "A" | "B", timeline: TimelineCurves | undefined) => {
    const series = timeline?.series.find((one) => one.name === name);
    if (timeline === undefined || series === undefined) return undefined;
    return (
      <td data-side={side} key={side}>
        {seriesValueText(series, valueAt(timeline.timeNs, series.values, atNs))}
      </td>
    );
  };
  return (
    <div class="ebb-curves">
      <table>
        <caption class="ebb-unseen">Curves, and their values</caption>
        <thead>
          <tr>
            <th scope="col">at {timeText(atNs)}</th>
            <th scope="col">{b === undefined ? "value" : `A ${sideNames[0]}, solid`}</th>
            {b !== undefined && <th scope="col">B {sideNames[1]}, dashed</th>}
          </tr>
        </thead>
        <tbody>
          {names.map((name, i) => (
            <tr key={name}>
              <th scope="row">
                <label>
                  <input type="checkbox" checked={chosen.has(name)} onChange={() => toggle(name)} />
                  <span class="ebb-line" style={{ background: curveColour({ colourIndex: i }, colours) }} />
                  {name}
                </label>
              </th>
              {valueCell(name, "A", a)}
              {valueCell(name, "B", b)}
            </tr>
          ))}
        </tbody>
      </table>
      <ul class="ebb-mark-kinds">
        <li>
          <span style={{ color: colours.reading }}>▼</span> reading of the script
        </li>
        <li>
          <span style={{ color: colours.mark }}>◆</span> mark
        </li>
        <li>
          <span style={{ color: colours.deferred }}>|</span> deferred work
        </li>
      </ul>
    </div>
  );
}
