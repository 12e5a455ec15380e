/** `ebb convert`: recorded events from one format into another. */

import { extname } from "node:path";
import { type EventNames, type ImportTotals, type Problem, printProblem } from "@ebb/formats";
import { buildCommand } from "@stricli/core";
import { toggle } from "./machine-flags.ts";
import { EXIT_FINDING, failUsage, toByteString, untilClosedAsync, writeError, writeOut } from "./output.ts";
import { Progress } from "./progress.ts";
import { type EventOutput, ebbOutput } from "./trace-files/event-output.ts";
import { OutputFile, outputProblem } from "./trace-files/output-file.ts";
import { readTraces } from "./trace-files/trace-input.ts";

interface ConvertFlags {
  readonly json?: boolean;
  readonly strict?: boolean;
}

const DESCRIPTION = `Writes recorded percpu events as an event file of ebb (OUT ends in .ebb: small, fast to replay) or as
Parquet (.parquet: for DuckDB, pandas and the like). An input's format is told by its content: text of tracefs and
the like, .ebb, Parquet; gzip is unpacked. Several inputs are parts of one recording, in order.

OUT appears when it is complete, or not at all. What could not be read is told and counted, and OUT keeps the counts;
the exit code is then 1. With --strict nothing is written in that case.

EXAMPLES
  ebb convert boot.trace.txt.gz boot.ebb
  ebb convert part1.txt part2.txt whole.ebb --json
  ebb convert boot.ebb boot.parquet
  cat /sys/kernel/tracing/trace | ebb convert - now.ebb`;

export const convertCommand = buildCommand({
  async func(flags: ConvertFlags, ...paths: string[]) {
    await untilClosedAsync(() => convert(flags, paths));
  },
  parameters: {
    flags: {
      json: toggle("A summary as one JSON document"),
      strict: toggle("Write nothing when anything could not be read"),
    },
    positional: {
      kind: "array",
      minimum: 2,
      parameter: {
        parse: String,
        placeholder: "IN... OUT",
        brief: "What to read, - for standard input; what to write",
      },
    },
  },
  docs: {
    brief: "Convert recorded events to .ebb or Parquet",
    fullDescription: DESCRIPTION,
    customUsage: ["[--json] [--strict] IN... OUT"],
  },
});

/** What the file says wrote it. */
const CREATOR = "ebb convert";

/** Formats by the ending of OUT. The Parquet library is loaded when it is needed. */
const FORMATS: ReadonlyMap<string, (file: OutputFile) => Promise<EventOutput>> = new Map([
  [".ebb", async (file: OutputFile) => ebbOutput(file, CREATOR)],
  [
    ".parquet",
    async (file: OutputFile) => (await import("./trace-files/parquet-output.ts")).parquetOutput(file, CREATOR),
  ],
]);

/** Answers the exit code. */
async function convert(flags: ConvertFlags, paths: readonly string[]): Promise<number> {
  const out = paths.at(-1) ?? "";
  const format = FORMATS.get(extname(out));
  if (format === undefined) return failUsage(noFormat(out));
  const file = OutputFile.create(out);
  if (!(file instanceof OutputFile)) return failUsage(file);
  const found = await copyEvents(paths.slice(0, -1), await format(file));
  if (file.failure !== undefined || "severity" in found) {
    file.abandon();
    return failUsage(file.failure !== undefined || !("severity" in found) ? outputProblem(out, file.failure) : found);
  }
  const isWhole = found.problems["data-loss"] + found.problems.error === 0;
  const isKept = isWhole || flags.strict !== true;
  if (isKept) file.finish();
  else file.abandon();
  const summary = { ...found, out: isKept ? toByteString(out) : undefined, nrBytes: isKept ? file.nrBytes : 0 };
  writeOut(flags.json === true ? `${JSON.stringify(summaryJson(summary), undefined, 2)}\n` : printSummary(summary));
  return isWhole ? 0 : EXIT_FINDING;
}

/** What was in the inputs, and how many problems of each severity were told. */
interface Copied {
  readonly totals: ImportTotals;
  readonly nrTexts: number;
  readonly problems: Record<Problem["severity"], number>;
}

/** Reads all inputs into the output; problems are printed as they come. */
async function copyEvents(paths: readonly string[], output: EventOutput): Promise<Copied | Problem> {
  const problems = { info: 0, "data-loss": 0, error: 0 };
  const progress = new Progress();
  let nrEvents = 0;
  let nrTexts = 0;
  let names: EventNames = { names: [], chunks: [], originNs: 0n };
  const totals = await readTraces(paths, {
    opened(of) {
      names = of;
    },
    progress: (nrBytes) => progress.tick(() => `${nrEvents} events from ${(nrBytes / 1e6).toFixed(1)} MB`),
    events: {
      batch(batch) {
        output.events(batch, names);
        nrEvents += batch.nr;
      },
      text(text) {
        output.text(text);
        nrTexts++;
      },
      problem(problem) {
        output.problem(problem);
        problems[problem.severity]++;
        progress.clear();
        writeError(`${printProblem(problem)}\n`);
      },
    },
  });
  progress.clear();
  if ("severity" in totals) return totals;
  output.end(totals);
  return { totals, nrTexts, problems };
}

interface Summary extends Copied {
  /** Undefined when nothing was written. */
  readonly out: string | undefined;
  readonly nrBytes: number;
}

function summaryJson({ out, nrBytes, totals, nrTexts, problems }: Summary): object {
  return {
    format: "ebb-convert/1",
    out: out ?? null,
    bytes: nrBytes,
    read: totals.nrRead,
    events: totals.nrEvents,
    other: totals.nrOther,
    foreign: totals.nrForeign,
    bad: totals.nrBad,
    lost: totals.nrLost,
    texts: nrTexts,
    problems: { info: problems.info, dataLoss: problems["data-loss"], error: problems.error },
  };
}

function printSummary({ out, nrBytes, totals, nrTexts, problems }: Summary): string {
  const { nrRead, nrEvents, nrOther, nrForeign, nrBad, nrLost } = totals;
  const perEvent = nrEvents > 0 ? `, ${(nrBytes / nrEvents).toFixed(2)} bytes an event` : "";
  const rows = [
    ["read", `${nrRead} lines or records: ${nrEvents} events, ${nrOther} other, ${nrForeign} foreign, ${nrBad} bad`],
    ["lost", `${nrLost} events, by what the recording says`],
    ["texts", `${nrTexts} of the host`],
    ["problems", `${problems.error} errors, ${problems["data-loss"]} of lost data, ${problems.info} to know of`],
    ["written", out === undefined ? "nothing" : `${out}, ${nrBytes} bytes${perEvent}`],
  ];
  return rows.map(([name = "", value]) => `${name.padEnd(10)}${value}\n`).join("");
}

function noFormat(out: string): Problem {
  return {
    severity: "error",
    file: toByteString(out),
    line: 0,
    message: "what to write is told by the ending of the name",
    expected: [...FORMATS.keys()].join(" or "),
    found: extname(out) === "" ? "none" : extname(out),
    toDo: "name the output last, as in ebb convert boot.trace boot.ebb",
  };
}
