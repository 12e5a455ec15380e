/** Reads events for a command that only wants to see them: problems are printed as they come, and progress is shown. */

import {
  type EventBatch,
  type EventNames,
  type ImportTotals,
  type Problem,
  printProblem,
  type RecordedText,
} from "@ebb/formats";
import { toByteString, writeError } from "../output.ts";
import { Progress } from "../progress.ts";
import { readTraces } from "./trace-input.ts";

interface EventReader {
  /** False when these events cannot follow those before. */
  opened(names: EventNames): boolean;
  /** False when no more are wanted. */
  batch(batch: EventBatch): boolean;
  text(text: RecordedText): void;
  problem(problem: Problem): void;
}

/**
 * What was in the inputs, or why they could not be read.
 *
 * @param printsProblems false when they were read before
 */
export async function readEvents(
  paths: readonly string[],
  reader: EventReader,
  printsProblems = true,
): Promise<ImportTotals | Problem> {
  const progress = new Progress();
  let nrEvents = 0;
  let isWanted = true;
  let mixed = false;
  const totals = await readTraces(paths, {
    opened(names) {
      if (!reader.opened(names)) mixed = true;
    },
    progress: (nrBytes) => progress.tick(() => `${nrEvents} events from ${(nrBytes / 1e6).toFixed(1)} MB`),
    events: {
      batch(batch) {
        if (isWanted && !mixed) isWanted = reader.batch(batch);
        nrEvents += batch.nr;
      },
      text: (text) => reader.text(text),
      problem(problem) {
        reader.problem(problem);
        if (!printsProblems) return;
        progress.clear();
        writeError(`${printProblem(problem)}\n`);
      },
    },
  });
  progress.clear();
  return mixed && !("severity" in totals) ? severalRecordings(paths) : totals;
}

function severalRecordings(paths: readonly string[]): Problem {
  return {
    severity: "error",
    file: paths.map(toByteString).join(" "),
    line: 0,
    message: "the inputs are not parts of one recording",
    expected: "text or raw parts of one recording in order, or one event file",
    found: "inputs whose names and chunks are numbered apart",
    toDo: "join them first: `ebb convert A B whole.ebb`",
  };
}
