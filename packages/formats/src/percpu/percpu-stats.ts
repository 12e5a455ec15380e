/** The text of /sys/kernel/debug/percpu_stats. Source: spec/percpu.md 15, recorded files under fixtures/. */

/** Figures of the text in their order: name and value. */
type Figures = readonly (readonly [name: string, value: number])[];

interface PercpuStatsText {
  readonly allocationInfo: Figures;
  readonly globalStats: Figures;
  /** A title line as the kernel prints it (`Chunk:`, `Chunk: <- First Chunk`, …) and its figures. */
  readonly chunks: readonly { readonly title: string; readonly figures: Figures }[];
}

const RULE = "-".repeat(40);

function printFigures(figures: Figures): string {
  return figures.map(([name, value]) => `  ${name.padEnd(20)}: ${String(value).padStart(12)}\n`).join("");
}

export function printPercpuStats(stats: PercpuStatsText): string {
  const parts = [
    `Percpu Memory Statistics\nAllocation Info:\n${RULE}\n${printFigures(stats.allocationInfo)}\n`,
    `Global Stats:\n${RULE}\n${printFigures(stats.globalStats)}\n`,
    `Per Chunk Stats:\n${RULE}\n`,
  ];
  for (const chunk of stats.chunks) parts.push(`${chunk.title}\n${printFigures(chunk.figures)}\n`);
  return parts.join("");
}
