/** `ebb report`: what a recorded trace says of percpu memory. */

import { writeFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Problem } from "@ebb/formats";
import {
  chromeTrace,
  folded,
  pprof,
  printTraceReport,
  ReportSession,
  reportCsv,
  reportJson,
  speedscope,
} from "@ebb/lab";
import { buildCommand } from "@stricli/core";
import { toggle } from "./machine-flags.ts";
import { failUsage, toByteString, untilClosedAsync, unwritable, writeOut } from "./output.ts";
import { readEvents } from "./trace-files/read-events.ts";
import { TRACE_FLAGS, TRACE_PARTS, type TraceFlags, traceOptions } from "./trace-files/trace-options.ts";

type Report = Parameters<typeof reportJson>[0];

interface ReportFlags extends TraceFlags {
  readonly at: string | undefined;
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly pprof: string | undefined;
  readonly speedscope: string | undefined;
  readonly folded: string | undefined;
  readonly timeline: string | undefined;
}

const DESCRIPTION = `Tells who asks for percpu memory in a recorded trace: sizes and lifetimes by caller, the peak, the
pages that areas keep, and what one memcg takes. Nothing is modelled: places are the recorded ones.

What one memcg takes is the sequence of requests that the trace repeats for each new one. It is told by the cgroups
made after it where those were recorded, else by its callers, by memory charged to memcgs, or by its sizes.

Besides the report, files for other programs: who holds bytes, for pprof, speedscope and flame graphs; bytes, pages and
chunks over time for Perfetto or chrome://tracing.

EXAMPLES
  ebb report run.trace.txt.gz
  ebb report run.trace.txt.gz --at created --csv > owners.csv
  ebb report run.ebb --pprof held.pb.gz --timeline timeline.json`;

export const reportCommand = buildCommand({
  async func(flags: ReportFlags, ...paths: string[]) {
    await untilClosedAsync(() => report(flags, paths));
  },
  parameters: {
    flags: {
      at: {
        kind: "parsed",
        parse: String,
        placeholder: "NAME",
        optional: true,
        brief: "The mark at which to tell who holds memory [the end]",
      },
      json: toggle("One JSON document instead of the report"),
      csv: toggle("One row for each kind of request instead of the report"),
      pprof: file("Write who holds bytes for pprof, gzip"),
      speedscope: file("Write who holds bytes for speedscope"),
      folded: file("Write who holds bytes as folded stacks"),
      timeline: file("Write counters over time as Chrome trace events"),
      ...TRACE_FLAGS,
    },
    positional: TRACE_PARTS,
  },
  docs: {
    brief: "Report who asks for percpu memory in a recorded trace",
    fullDescription: DESCRIPTION,
    customUsage: [
      "TRACE... [--at NAME] [--json | --csv] [--pprof FILE] [--speedscope FILE] [--folded FILE] [--timeline FILE]",
    ],
  },
});

function file(brief: string) {
  return { kind: "parsed", parse: String, placeholder: "FILE", optional: true, brief } as const;
}

/** Answers the exit code. */
async function report(flags: ReportFlags, paths: readonly string[]): Promise<number> {
  if (flags.json === true && flags.csv === true) return failUsage(bothAsked());
  const options = await traceOptions(flags, paths);
  if ("severity" in options) return failUsage(options);
  const session = new ReportSession(options, flags.at ?? "");
  const totals = await readEvents(paths, session);
  if ("severity" in totals) return failUsage(totals);
  const result = session.end(totals);
  if (typeof result === "string") return failUsage(cannotReport(paths, result));
  const problem = writeFiles(flags, result);
  if (problem !== undefined) return failUsage(problem);
  if (flags.json === true) writeOut(reportJson(result));
  else writeOut(flags.csv === true ? reportCsv(result) : printTraceReport(result));
  return 0;
}

function writeFiles(flags: ReportFlags, result: Report): Problem | undefined {
  const files: readonly (readonly [path: string | undefined, content: () => string | Uint8Array])[] = [
    [flags.pprof, () => gzipSync(pprof(result))],
    [flags.speedscope, () => speedscope(result)],
    [flags.folded, () => folded(result)],
    [flags.timeline, () => chromeTrace(result)],
  ];
  for (const [path, content] of files) {
    if (path === undefined) continue;
    try {
      writeFileSync(path, content());
    } catch (error) {
      return unwritable(path, error);
    }
  }
  return undefined;
}

function cannotReport(paths: readonly string[], why: string): Problem {
  return {
    severity: "error",
    file: toByteString(paths[0] ?? "-"),
    line: 0,
    message: "there is nothing to report",
    expected: "percpu events, and the mark named by --at",
    found: why,
    toDo: "check the trace; see `ebb report --help`",
  };
}

function bothAsked(): Problem {
  return {
    severity: "error",
    file: "ebb report",
    line: 0,
    message: "two forms of one report",
    expected: "--json or --csv",
    found: "both",
    toDo: "leave one out",
  };
}
