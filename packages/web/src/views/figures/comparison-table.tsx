/** The final table, cell by cell as `ebb compare` prints it. */

import { type Comparison, comparisonTable, comparisonTitle } from "@ebb/lab";
import { ScrollBox } from "../scroll-box.tsx";

interface ComparisonTableProps {
  readonly comparison: Comparison;
}

export function ComparisonTable({ comparison }: ComparisonTableProps) {
  const [head = [], ...rows] = comparisonTable(comparison);
  return (
    <section class="ebb-view ebb-comparison" aria-label="Comparison">
      <header class="ebb-view-head">
        <h2>Comparison</h2>
        <span class="ebb-readout">{comparisonTitle(comparison)}</span>
      </header>
      <ScrollBox label="Comparison: table">
        <table class="ebb-table">
          <thead>
            <tr>
              {head.map((cell, i) =>
                i === 0 ? (
                  <td key="name" />
                ) : (
                  <th key={cell} scope="col">
                    {cell}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {rows.map((cells, i) => (
              <ComparisonRow key={`${i} ${cells[0]}`} cells={cells} />
            ))}
          </tbody>
        </table>
      </ScrollBox>
    </section>
  );
}

function ComparisonRow({ cells: [name = "", ...values] }: { readonly cells: readonly string[] }) {
  const differs = values.some((value) => value !== values[0]);
  return (
    <tr class={differs ? "is-different" : ""}>
      <th scope="row" class="ebb-command">
        {name}
      </th>
      {values.map((value, i) => (
        <td key={i}>{value}</td>
      ))}
    </tr>
  );
}
