/** Folded stacks: `outer;inner bytes` lines, as flame graph programs read them. */

import { heldStacks } from "./held-stacks.ts";
import type { TraceReport } from "./report-session.ts";

export function folded(report: TraceReport): string {
  return heldStacks(report)
    .filter(({ bytes }) => bytes > 0)
    .map(({ frames, bytes }) => `${frames.map((frame) => frame.replaceAll(";", ":")).join(";")} ${bytes}\n`)
    .join("");
}
