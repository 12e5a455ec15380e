/** The readings side by side and what came back, as `ebb compare` has them; filled in as the machines run. */

import { fromByteString } from "../byte-strings.ts";
import { ComparisonTable } from "../views/index.ts";
import { comparison, complaints } from "./store.ts";

export function ComparisonPanel() {
  const table = comparison.value;
  const said = [...new Set(complaints.value)].filter((text) => text !== "");
  if (table === undefined && said.length === 0) return undefined;
  return (
    <section class="panel" aria-label="What came back">
      {table === undefined ? undefined : <ComparisonTable comparison={table} />}
      {said.map((text) => (
        <pre key={text}>{fromByteString(text)}</pre>
      ))}
    </section>
  );
}
