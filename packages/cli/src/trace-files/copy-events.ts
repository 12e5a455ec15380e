/** Reads inputs into an output; problems are printed as they come. */

import {
  type EventBatch,
  type EventNames,
  type ImportTotals,
  type Problem,
  printProblem,
  type RecordedText,
} from "@ebb/formats";
import { writeError } from "../output.ts";
import { Progress } from "../progress.ts";
import type { EventOutput } from "./event-output.ts";
import { readTraces } from "./trace-input.ts";
import type { TraceInputOptions } from "./trace-parts.ts";

/** What was in the inputs, and how many problems of each severity were told. */
export interface Copied {
  readonly totals: ImportTotals;
  readonly nrTexts: number;
  readonly problems: Record<Problem["severity"], number>;
}

/** What is done to events and texts on their way; each may answer what it was given. */
interface Change {
  readonly names: EventNames;
  events(batch: EventBatch, names: EventNames): EventBatch;
  /** Undefined leaves the text out. */
  text(text: RecordedText): RecordedText | undefined;
  problem(problem: Problem): Problem;
}

/** How a copy is more than one. */
interface CopyOptions {
  /** Stand before all else. */
  readonly texts?: readonly RecordedText[];
  readonly change?: Change;
  readonly input?: TraceInputOptions;
}

export async function copyEvents(
  paths: readonly string[],
  output: EventOutput,
  { texts = [], change, input = {} }: CopyOptions,
): Promise<Copied | Problem> {
  const problems = { info: 0, "data-loss": 0, error: 0 };
  const progress = new Progress();
  let nrEvents = 0;
  let nrTexts = texts.length;
  let names: EventNames = { names: [], chunks: [], originNs: 0n };
  for (const text of texts) output.text(text, 0n);
  const sink = {
    opened(of: EventNames) {
      names = of;
    },
    progress: (nrBytes: number) => progress.tick(() => `${nrEvents} events from ${(nrBytes / 1e6).toFixed(1)} MB`),
    events: {
      batch(batch: EventBatch) {
        output.events(change?.events(batch, names) ?? batch, change?.names ?? names);
        nrEvents += batch.nr;
      },
      text(text: RecordedText) {
        const changed = change === undefined ? text : change.text(text);
        if (changed === undefined) return;
        output.text(changed, names.originNs);
        nrTexts++;
      },
      problem(problem: Problem) {
        output.problem(change?.problem(problem) ?? problem);
        problems[problem.severity]++;
        progress.clear();
        writeError(`${printProblem(problem)}\n`);
      },
    },
  };
  const totals = await readTraces(paths, sink, input);
  progress.clear();
  if ("severity" in totals) return totals;
  output.end(totals);
  return { totals, nrTexts, problems };
}
