/** `ebb anonymise`: a recording without the names in it, to be shown to others. */

import { Anonymiser, type StrippedNames } from "@ebb/formats";
import { buildCommand } from "@stricli/core";
import { toggle } from "./machine-flags.ts";
import { EXIT_FINDING, failUsage, untilClosedAsync, writeOut } from "./output.ts";
import { copyEvents } from "./trace-files/copy-events.ts";
import { isWhole, type Written, writeOutput } from "./trace-files/write-output.ts";

interface AnonymiseFlags {
  readonly out: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

const DESCRIPTION = `Writes a recording without what names its host, its users or their work, and says what went:

  tasks, pids    numbered in the order in which they appear; the idle task stays
  cgroups        each part of a path numbered, in events, snapshots and slab caches of memcgs
  marks          numbered, but for those that tie a snapshot to its place
  chunks         their addresses, which tell where this kernel was laid out, become numbers; so do callers
                 that have no symbol
  texts          the kernel's version without who built it, of its command line what changes memory; texts
                 that ebb does not know are left out
  problems       of the import stay as counts, without what they quote
  callers        symbols of the kernel stay; --all numbers them, and the names of slab caches

Sizes, places, order and times stay: a replay gives the same.

EXAMPLES
  ebb anonymise recording.ebb -o shared.ebb
  ebb anonymise recording.ebb -o shared.ebb --all --json`;

export const anonymiseCommand = buildCommand({
  async func(flags: AnonymiseFlags, path: string) {
    await untilClosedAsync(() => anonymise(flags, path));
  },
  parameters: {
    flags: {
      out: { kind: "parsed", parse: String, placeholder: "OUT", brief: "What to write: .ebb or .parquet" },
      all: toggle("Callers and slab caches too"),
      json: toggle("A summary as one JSON document"),
    },
    aliases: { o: "out" },
    positional: {
      kind: "tuple",
      parameters: [{ parse: String, placeholder: "FILE", brief: "The recording, - for standard input" }],
    },
  },
  docs: {
    brief: "Strip the names from a recording",
    fullDescription: DESCRIPTION,
    customUsage: ["FILE -o OUT [--all] [--json]"],
  },
});

/** Answers the exit code. */
async function anonymise(flags: AnonymiseFlags, path: string): Promise<number> {
  const anonymiser = new Anonymiser(flags.all === true);
  const outcome = await writeOutput(flags.out, "ebb anonymise", false, (output) =>
    copyEvents([path], output, { change: anonymiser }),
  );
  if ("severity" in outcome) return failUsage(outcome);
  const { stripped } = anonymiser;
  writeOut(
    flags.json === true
      ? `${JSON.stringify({ format: "ebb-anonymise/1", ...summary(outcome), stripped }, undefined, 2)}\n`
      : printStripped(outcome, stripped),
  );
  return isWhole(outcome.problems) ? 0 : EXIT_FINDING;
}

function summary({ out, nrBytes, totals, nrTexts }: Written): object {
  return { out: out ?? null, bytes: nrBytes, events: totals.nrEvents, lost: totals.nrLost, texts: nrTexts };
}

function printStripped(written: Written, stripped: StrippedNames): string {
  const { tasks, pids, cgroups, callSites, marks, stages, chunkAddresses, textsLeftOut } = stripped;
  const rows = [
    ["renamed", `${tasks} tasks, ${pids} pids, ${cgroups} cgroups, ${marks} marks, ${stages} stages`],
    ["", `${chunkAddresses} addresses of chunks, ${callSites} callers`],
    ["left out", textsLeftOut.length === 0 ? "no text" : `texts ${textsLeftOut.join(", ")}`],
    [
      "written",
      `${written.out}, ${written.totals.nrEvents} events, ${written.nrTexts} texts, ${written.nrBytes} bytes`,
    ],
  ];
  return rows.map(([name = "", value]) => `${name.padEnd(10)}${value}\n`).join("");
}
