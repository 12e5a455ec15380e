/** The options of the commands that read a recorded trace: what is known of its machine beside the events. */

import { EVENT_ALLOC, EVENT_FREE, type Problem, parsePercpuLog, parsePercpuStats, percpuOfStages } from "@ebb/formats";
import type { EarlyEvent, RecordedStats, TraceOptions } from "@ebb/lab";
import { readInput } from "../input.ts";
import { toByteString } from "../output.ts";
import { readEvents } from "./read-events.ts";
import { statsName, type TraceCompanions, traceCompanions } from "./trace-companions.ts";

export interface TraceFlags {
  readonly before: string | undefined;
  readonly percpuStats: readonly string[] | undefined;
  readonly dmesg: string | undefined;
  readonly cpus: number | undefined;
}

export const TRACE_FLAGS = {
  before: {
    kind: "parsed",
    parse: String,
    placeholder: "FILE",
    optional: true,
    brief: "What was allocated before the trace",
  },
  percpuStats: {
    kind: "parsed",
    parse: String,
    placeholder: "FILE",
    optional: true,
    variadic: true,
    brief: "A saved /sys/kernel/debug/percpu_stats [those beside the trace]",
  },
  dmesg: {
    kind: "parsed",
    parse: String,
    placeholder: "FILE",
    optional: true,
    brief: "Kernel log with the lines on percpu memory [that beside the trace]",
  },
  cpus: {
    kind: "parsed",
    parse: cpuCount,
    placeholder: "N",
    optional: true,
    brief: "Possible CPUs [from the log or the trace]",
  },
} as const;

/** The positional arguments. */
export const TRACE_PARTS = {
  kind: "array",
  minimum: 1,
  parameter: { parse: String, placeholder: "TRACE...", brief: "Parts of one trace, - for standard input" },
} as const;

/** What is known of the recording beside its events. */
export async function traceOptions(flags: TraceFlags, paths: readonly string[]): Promise<TraceOptions | Problem> {
  const companions = traceCompanions(paths[0] ?? "-");
  const stats = readStats(flags.percpuStats, companions);
  if ("severity" in stats) return stats;
  const logPath = flags.dmesg ?? companions.log;
  const log = logPath === undefined ? undefined : readInput(logPath);
  if (log !== undefined && "severity" in log) return log;
  const before = await readBefore(flags.before ?? companions.early);
  if (before !== undefined && "severity" in before) return before;
  return {
    traceName: paths.map(toByteString).join(" "),
    stats,
    log: log === undefined ? undefined : parsePercpuLog(log.text),
    before,
    nrCpus: flags.cpus,
    percpuKb: log === undefined ? new Map() : percpuOfStages(log.text),
  };
}

function readStats(
  given: readonly string[] | undefined,
  companions: TraceCompanions,
): readonly RecordedStats[] | Problem {
  const files = given?.map((path) => ({ path, name: statsName(path) })) ?? companions.stats;
  const all: RecordedStats[] = [];
  for (const { path, name } of files) {
    const input = readInput(path);
    if ("severity" in input) return input;
    const stats = parsePercpuStats(input.text, input.name);
    if ("severity" in stats) return stats;
    all.push({ name, stats });
  }
  return all;
}

async function readBefore(path: string | undefined): Promise<readonly EarlyEvent[] | Problem | undefined> {
  if (path === undefined) return undefined;
  const events: EarlyEvent[] = [];
  const totals = await readEvents([path], {
    opened: () => true,
    batch(batch) {
      for (let i = 0; i < batch.nr; i++) {
        const kind = batch.kind[i];
        if (kind !== EVENT_ALLOC && kind !== EVENT_FREE) continue;
        events.push({
          isFree: kind === EVENT_FREE,
          sizeBytes: batch.sizeBytes[i] ?? 0,
          alignBytes: batch.alignBytes[i] ?? 0,
          chunk: batch.chunk[i] ?? 0,
          offBytes: batch.offBytes[i] ?? 0,
        });
      }
      return true;
    },
    text: () => undefined,
    problem: () => undefined,
  });
  return "severity" in totals ? totals : events;
}

function cpuCount(text: string): number {
  if (/^[1-9][0-9]{0,3}$/.test(text)) return Number(text);
  throw new SyntaxError(`${text} is no number of CPUs from 1 to 9999`);
}
