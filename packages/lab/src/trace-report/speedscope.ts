/**
 * A profile for speedscope: bytes by caller.
 *
 * Source: https://www.speedscope.app/file-format-schema.json.
 */

import { heldStacks } from "./held-stacks.ts";
import type { TraceReport } from "./report-session.ts";

export function speedscope(report: TraceReport): string {
  const stacks = heldStacks(report);
  const numbers = new Map<string, number>();
  const frameOf = (name: string): number => {
    const known = numbers.get(name) ?? numbers.size;
    numbers.set(name, known);
    return known;
  };
  const samples = stacks.map(({ frames }) => frames.map(frameOf));
  const profile = (name: string, weights: readonly number[], unit: "bytes" | "none") => ({
    type: "sampled",
    name,
    unit,
    startValue: 0,
    endValue: weights.reduce((sum, weight) => sum + weight, 0),
    samples,
    weights,
  });
  const value = {
    $schema: "https://www.speedscope.app/file-format-schema.json",
    exporter: "ebb",
    name: report.traceName,
    activeProfileIndex: 0,
    shared: { frames: [...numbers.keys()].map((name) => ({ name })) },
    profiles: [
      profile(
        "bytes held",
        stacks.map(({ bytes }) => bytes),
        "bytes",
      ),
      profile(
        "bytes of pages with nobody else",
        stacks.map(({ pinnedBytes }) => pinnedBytes),
        "bytes",
      ),
      profile(
        "areas",
        stacks.map(({ nrAreas }) => nrAreas),
        "none",
      ),
    ],
  };
  return `${JSON.stringify(value)}\n`;
}
