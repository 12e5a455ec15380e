/** The text of /sys/kernel/debug/percpu_stats, both ways. Source: spec/percpu.md 15, recorded files under fixtures/. */

import type { Problem } from "../problem.ts";

/** Figures of the text in their order: name and value. */
type Figures = readonly (readonly [name: string, value: number])[];

export interface PercpuStatsText {
  readonly allocationInfo: Figures;
  readonly globalStats: Figures;
  /** A title line as the kernel prints it (`Chunk:`, `Chunk: <- First Chunk`, …) and its figures. */
  readonly chunks: readonly { readonly title: string; readonly figures: Figures }[];
}

const RULE = "-".repeat(40);
const FIGURE_LINE = /^ {2}(\w+) *: +(\d{1,15})$/;

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

/**
 * What a text of percpu_stats says. Sections may be missing (a text that was cut off says less); a line that belongs to
 * none is the problem returned.
 *
 * @param file what the problem calls the text by
 */
export function parsePercpuStats(text: string, file: string): PercpuStatsText | Problem {
  const allocationInfo: [string, number][] = [];
  const globalStats: [string, number][] = [];
  const chunks: { title: string; figures: [string, number][] }[] = [];
  let figures: [string, number][] | undefined;
  const rows = text.split("\n");
  for (const [i, row] of rows.entries()) {
    const figure = FIGURE_LINE.exec(row);
    if (figure !== null && figures !== undefined) figures.push([figure[1] ?? "", Number(figure[2])]);
    else if (row === "Allocation Info:") figures = allocationInfo;
    else if (row === "Global Stats:") figures = globalStats;
    else if (row.startsWith("Chunk")) {
      figures = [];
      chunks.push({ title: row, figures });
    } else if (!isFurniture(row)) return notAStatsLine(file, i + 1, row);
  }
  return allocationInfo.length > 0 ? { allocationInfo, globalStats, chunks } : notAStatsLine(file, 0, "");
}

function isFurniture(row: string): boolean {
  return row === "" || row === RULE || row === "Percpu Memory Statistics" || row === "Per Chunk Stats:";
}

function notAStatsLine(file: string, line: number, row: string): Problem {
  return {
    severity: "error",
    file,
    line,
    message: "not a text of percpu_stats",
    expected: "Allocation Info:, Global Stats:, chunks, and figures like `  unit_size           :       262144`",
    found: row === "" ? "no figure of the allocator's layout" : JSON.stringify(row.slice(0, 80)),
    toDo: "give a copy of /sys/kernel/debug/percpu_stats",
  };
}
