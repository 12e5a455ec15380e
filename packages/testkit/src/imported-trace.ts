/** What an importer made of some bytes, with names instead of numbers, for tests to look at and compare. */

import type { EventBatch, EventNames, EventSink, Importer, ImportTotals, Problem } from "@ebb/formats";

/** One event; what is not recorded is -1 or "". */
export interface ImportedEvent {
  readonly kind: number;
  readonly cpu: number;
  readonly timeNs: number;
  readonly pid: number;
  readonly task: string;
  readonly flags: number;
  readonly sizeBytes: number;
  readonly alignBytes: number;
  readonly offBytes: number;
  readonly chunk: number;
  readonly callSite: string;
  readonly gfp: string;
  readonly text: string;
  readonly input: number;
  readonly line: number;
}

export interface ImportedTrace {
  readonly events: readonly ImportedEvent[];
  readonly problems: readonly Problem[];
  readonly totals: ImportTotals;
  readonly names: EventNames;
}

/** Takes what an importer finds. */
interface TraceCollector {
  readonly events: ImportedEvent[];
  readonly problems: Problem[];
  readonly sink: EventSink;
}

/** @param names asked for with each batch: an importer has them before its first */
export function collectTrace(names: () => EventNames): TraceCollector {
  const events: ImportedEvent[] = [];
  const problems: Problem[] = [];
  const batch = (batch: EventBatch) => {
    for (let row = 0; row < batch.nr; row++) events.push(eventAt(batch, names(), row));
  };
  return { events, problems, sink: { batch, problem: (problem) => problems.push(problem) } };
}

/** Reads pieces of an input, each cut at the lengths that `cut` gives (whole when there is none). */
export function importTrace(
  create: (sink: EventSink) => Importer,
  bytes: Uint8Array,
  cut?: () => number,
): ImportedTrace {
  const { events, problems, sink } = collectTrace(() => importer.names);
  const importer = create(sink);
  for (let from = 0; from < bytes.length; ) {
    const to = cut === undefined ? bytes.length : Math.min(bytes.length, from + Math.max(1, cut()));
    importer.push(bytes.subarray(from, to));
    from = to;
  }
  importer.end();
  return { events, problems, totals: importer.totals, names: importer.names };
}

function eventAt(batch: EventBatch, names: EventNames, row: number): ImportedEvent {
  const name = (column: Int32Array) => names.names[column[row] ?? -1] ?? "";
  return {
    kind: batch.kind[row] ?? -1,
    cpu: batch.cpu[row] ?? -1,
    timeNs: batch.timeNs[row] ?? -1,
    pid: batch.pid[row] ?? -1,
    task: name(batch.task),
    flags: batch.flags[row] ?? -1,
    sizeBytes: batch.sizeBytes[row] ?? -1,
    alignBytes: batch.alignBytes[row] ?? -1,
    offBytes: batch.offBytes[row] ?? -1,
    chunk: batch.chunk[row] ?? -1,
    callSite: name(batch.callSite),
    gfp: name(batch.gfp),
    text: name(batch.text),
    input: batch.input[row] ?? -1,
    line: batch.line[row] ?? -1,
  };
}
