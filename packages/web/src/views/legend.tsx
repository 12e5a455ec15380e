/** What the colours of a view mean. Steps of one ramp stand together as a strip between its ends. */

import type { LegendEntry } from "./map/lens-picture.ts";

interface LegendProps {
  readonly caption: string;
  readonly entries: readonly LegendEntry[];
  /** How many pages have each; entries without any are left out when given. */
  readonly counts?: readonly number[];
  /** Colours of bars beside rows. */
  readonly bars?: readonly LegendEntry[];
}

interface LegendGroup {
  readonly label: string;
  readonly entries: readonly LegendEntry[];
}

export function Legend({ caption, entries, counts, bars = [] }: LegendProps) {
  return (
    <figure class="ebb-legend">
      <figcaption>{caption}</figcaption>
      <ul>
        {groupsOf(entries, counts).map((group) => (
          <li key={group.label}>
            <Swatches {...group} />
          </li>
        ))}
        {bars.map(({ label, colour }) => (
          <li key={label}>
            <span class="ebb-bar" style={{ background: colour }} aria-hidden="true" />
            <span>{label}</span>
          </li>
        ))}
      </ul>
    </figure>
  );
}

function Swatches({ label, entries }: LegendGroup) {
  const [first] = entries;
  const last = entries.at(-1);
  const hasEnds = first !== undefined && last !== undefined && first.label !== last.label;
  return (
    <>
      {hasEnds && <span class="ebb-legend-end">{first.label}</span>}
      <span class="ebb-swatches" aria-hidden="true">
        {entries.map((entry, i) => (
          <span key={i} class="ebb-swatch" style={{ background: entry.colour }} title={entry.label} />
        ))}
      </span>
      {hasEnds && <span class="ebb-legend-end">{last.label}</span>}
      <span>{label}</span>
    </>
  );
}

/** Entries of one ramp together; groups that no page has are left out. */
function groupsOf(entries: readonly LegendEntry[], counts: readonly number[] | undefined): readonly LegendGroup[] {
  const groups: { label: string; entries: LegendEntry[]; count: number }[] = [];
  for (const [i, entry] of entries.entries()) {
    const label = entry.ramp ?? entry.label;
    const last = groups.at(-1);
    const count = counts?.[i] ?? 0;
    if (entry.ramp !== undefined && last?.label === label) {
      last.entries.push(entry);
      last.count += count;
    } else groups.push({ label, entries: [entry], count });
  }
  return counts === undefined ? groups : groups.filter(({ count }) => count > 0);
}
