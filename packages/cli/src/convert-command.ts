/** `ebb convert`: recorded events from one format into another. */

import { buildCommand } from "@stricli/core";
import { toggle } from "./machine-flags.ts";
import { EXIT_FINDING, failUsage, untilClosedAsync, writeOut } from "./output.ts";
import { copyEvents } from "./trace-files/copy-events.ts";
import { textsBeside } from "./trace-files/texts-beside.ts";
import { isWhole, type Written, writeOutput } from "./trace-files/write-output.ts";

interface ConvertFlags {
  readonly beside?: boolean;
  readonly kallsyms: string | undefined;
  readonly buffer: string | undefined;
  readonly json?: boolean;
  readonly strict?: boolean;
}

const DESCRIPTION = `Writes recorded percpu events as an event file of ebb (OUT ends in .ebb: small, fast to replay) or as
Parquet (.parquet: for DuckDB, pandas and the like). An input's format is told by its content: text of tracefs,
trace-cmd report or perf script, trace.dat, perf.data, raw pages with the kernel's texts beside them, .ebb, Parquet;
gzip and zstd are unpacked. Several inputs are parts of one recording, in order.

With --beside, texts of the host that lie beside an input PREFIX.trace.txt go into OUT, too: PREFIX.percpu_stats.STAGE.txt
and PREFIX.slabinfo.STAGE.txt, saved at the mark "stage STAGE"; the kernel's lines on percpu memory of PREFIX.stages.txt
or PREFIX.dmesg.txt; PREFIX.early-allocs.txt. A replay then needs no other file.

OUT appears when it is complete, or not at all. What could not be read is told and counted, and OUT keeps the counts;
the exit code is then 1. With --strict nothing is written in that case.

EXAMPLES
  ebb convert boot.trace.txt.gz boot.ebb
  ebb convert part1.txt part2.txt whole.ebb --json
  ebb convert boot.ebb boot.parquet
  ebb convert --beside run.trace.txt.gz run.ebb
  cat /sys/kernel/tracing/trace | ebb convert - now.ebb`;

export const convertCommand = buildCommand({
  async func(flags: ConvertFlags, ...paths: string[]) {
    await untilClosedAsync(() => convert(flags, paths));
  },
  parameters: {
    flags: {
      beside: toggle("Take along what lies beside the inputs"),
      kallsyms: {
        kind: "parsed",
        parse: String,
        placeholder: "FILE",
        optional: true,
        brief: "Symbols for recordings that have none: a /proc/kallsyms",
      },
      buffer: {
        kind: "parsed",
        parse: String,
        placeholder: "NAME",
        optional: true,
        brief: 'Only this buffer of a trace.dat; "" is the kernel\'s own',
      },
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
    customUsage: ["[--beside] [--kallsyms FILE] [--buffer NAME] [--json] [--strict] IN... OUT"],
  },
});

/** Answers the exit code. */
async function convert(flags: ConvertFlags, paths: readonly string[]): Promise<number> {
  const out = paths.at(-1) ?? "";
  const inputs = paths.slice(0, -1);
  const texts = flags.beside === true ? textsBeside(inputs) : [];
  if ("severity" in texts) return failUsage(texts);
  const outcome = await writeOutput(out, "ebb convert", flags.strict === true, (output) =>
    copyEvents(inputs, output, { texts, input: { kallsyms: flags.kallsyms, buffer: flags.buffer } }),
  );
  if ("severity" in outcome) return failUsage(outcome);
  writeOut(flags.json === true ? `${JSON.stringify(summaryJson(outcome), undefined, 2)}\n` : printSummary(outcome));
  return isWhole(outcome.problems) ? 0 : EXIT_FINDING;
}

function summaryJson({ out, nrBytes, totals, nrTexts, problems }: Written): object {
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

function printSummary({ out, nrBytes, totals, nrTexts, problems }: Written): string {
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
