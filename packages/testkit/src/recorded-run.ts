/** Recorded runs of fixtures/replay and fixtures/traces, whole: for tests that replay them. */

import {
  createTraceImporter,
  EbbReader,
  EVENT_ALLOC,
  EVENT_FREE,
  type EventBatch,
  type EventNames,
  type EventSink,
  type ImportTotals,
  type PercpuLog,
  type PercpuStatsText,
  parsePercpuLog,
  parsePercpuStats,
} from "@ebb/formats";
import { filesIn, fixtureFolder, readFixture, readFixtureBytes } from "./fixtures.ts";

const RUNS = fixtureFolder("replay");
const TRACES = fixtureFolder("traces");
const EARLY = "6.1-slub-stock-2cpu-seed000-n1-stacks.early-allocs.txt";

interface RecordedRun {
  readonly name: string;
  readonly stats: readonly { readonly name: string; readonly stats: PercpuStatsText }[];
  readonly log: PercpuLog | undefined;
  /** Hands the events over, after `change` was made to the text of the trace. */
  read(reader: RecordedRunReader, change?: (text: string) => string): ImportTotals;
}

interface RecordedRunReader {
  opened(names: EventNames): unknown;
  batch(batch: EventBatch): unknown;
  problem: EventSink["problem"];
}

/** The run called `name`; it is a fault of the test if there is none. */
export function recordedRun(name: string): RecordedRun {
  const isEbb = filesIn(RUNS).includes(`${name}.trace.ebb`);
  const file = isEbb ? `${name}.trace.ebb` : `${name}.trace.txt.gz`;
  const bytes = readFixtureBytes(isEbb ? RUNS : TRACES, file);
  if (bytes === undefined) throw new Error(`no trace of ${name}`);
  const log = readFixture(RUNS, `${name}.stages.txt`);
  return {
    name,
    stats: statsOf(name),
    log: log === undefined ? undefined : parsePercpuLog(log),
    read(reader, change) {
      const sink: EventSink = {
        batch: (batch) => void reader.batch(batch),
        problem: (problem) => reader.problem(problem),
      };
      const importer = isEbb ? new EbbReader(file, sink) : createTraceImporter({ file }, sink);
      reader.opened(importer.names);
      importer.push(change === undefined ? bytes : changedText(bytes, change));
      importer.end();
      return importer.totals;
    },
  };
}

/** One character of the text is one byte. */
function changedText(bytes: Uint8Array, change: (text: string) => string): Uint8Array {
  return Buffer.from(change(Buffer.from(bytes).toString("latin1")), "latin1");
}

function statsOf(run: string): RecordedRun["stats"] {
  const head = `${run}.percpu_stats.`;
  return filesIn(RUNS)
    .filter((file) => file.startsWith(head))
    .map((file) => {
      const stats = parsePercpuStats(readFixture(RUNS, file) ?? "", file);
      if ("severity" in stats) throw new Error(`${file}: ${stats.message}`);
      return { name: file.slice(head.length, -".txt".length), stats };
    });
}

/** An allocation or a free before a trace. */
interface EarlyEvent {
  readonly isFree: boolean;
  readonly sizeBytes: number;
  readonly alignBytes: number;
  readonly chunk: number;
  readonly offBytes: number;
}

/** The allocations that no trace of a 6.1 kernel with SLUB can hold, and those after them while it boots. */
export function earlyEventsOf61(): readonly EarlyEvent[] {
  const events: EarlyEvent[] = [];
  const batch = (rows: EventBatch) => {
    for (let i = 0; i < rows.nr; i++) {
      if (rows.kind[i] !== EVENT_ALLOC && rows.kind[i] !== EVENT_FREE) continue;
      events.push({
        isFree: rows.kind[i] === EVENT_FREE,
        sizeBytes: rows.sizeBytes[i] ?? 0,
        alignBytes: rows.alignBytes[i] ?? 0,
        chunk: rows.chunk[i] ?? 0,
        offBytes: rows.offBytes[i] ?? 0,
      });
    }
  };
  const importer = createTraceImporter({ file: EARLY }, { batch, problem: () => undefined });
  importer.push(readFixtureBytes(TRACES, EARLY) ?? new Uint8Array());
  importer.end();
  return events;
}
