/** `ebb profile`: machine profiles from recorded traces. */

import { writeFileSync } from "node:fs";
import type { Problem } from "@ebb/formats";
import { learnProfile, printProfileFile, profileNamed, ReportSession } from "@ebb/lab";
import { KERNEL_PROFILES } from "@ebb/model";
import { buildCommand, buildRouteMap } from "@stricli/core";
import { EXIT_FINDING, failUsage, toByteString, untilClosedAsync, unwritable, writeOut } from "./output.ts";
import { readEvents } from "./trace-files/read-events.ts";
import { TRACE_FLAGS, TRACE_PARTS, type TraceFlags, traceOptions } from "./trace-files/trace-options.ts";

interface LearnFlags extends TraceFlags {
  readonly base: string | undefined;
  readonly name: string | undefined;
  readonly output: string | undefined;
}

const DEFAULT_NAME = "learnt";

const DESCRIPTION = `Learns a machine from a recorded trace: the percpu areas of one memcg, in their order and the order in
which they are freed, from the sequence of requests that the trace repeats; the CPUs, the size of static percpu
variables, and what lived before the first memcg, from a trace that begins with the boot. All else is taken from the
profile of the kernel whose memcgs are most like it. The profile's notes say what came from where.

The file goes to --kernel of run, compare, why and cost; docs/formats/profile.md describes it.

EXAMPLES
  ebb profile learn run.trace.txt.gz --output mine.json
  ebb profile learn run.ebb --base 6.1 --name "6.1, our configuration" > mine.json
  ebb compare experiments/percpu-churn.sh --kernel ./mine.json --policy vanilla,upstream`;

const learnCommand = buildCommand({
  async func(flags: LearnFlags, ...paths: string[]) {
    await untilClosedAsync(() => learn(flags, paths));
  },
  parameters: {
    flags: {
      base: {
        kind: "parsed",
        parse: String,
        placeholder: "K",
        optional: true,
        brief: `Profile to start from, of ${KERNEL_PROFILES.map(({ name }) => name).join(", ")} [the most like it]`,
      },
      name: {
        kind: "parsed",
        parse: String,
        placeholder: "NAME",
        optional: true,
        brief: `What to call it [${DEFAULT_NAME}]`,
      },
      output: {
        kind: "parsed",
        parse: String,
        placeholder: "FILE",
        optional: true,
        brief: "Write the profile there and print its notes [standard output]",
      },
      ...TRACE_FLAGS,
    },
    positional: TRACE_PARTS,
  },
  docs: {
    brief: "Learn a machine profile from a recorded trace",
    fullDescription: DESCRIPTION,
    customUsage: ["TRACE... [--base K] [--name NAME] [--output FILE] [--before FILE] [--dmesg FILE]"],
  },
});

export const profileCommands = buildRouteMap({
  routes: { learn: learnCommand },
  docs: { brief: "Make machine profiles" },
});

/** Answers the exit code. */
async function learn(flags: LearnFlags, paths: readonly string[]): Promise<number> {
  const base = flags.base === undefined ? undefined : profileNamed(flags.base);
  if (base !== undefined && "severity" in base) return failUsage(base);
  const options = await traceOptions(flags, paths);
  if ("severity" in options) return failUsage(options);
  const session = new ReportSession(options, "");
  const totals = await readEvents(paths, session);
  if ("severity" in totals) return failUsage(totals);
  const report = session.end(totals);
  const file = typeof report === "string" ? report : learnProfile(report, base, flags.name ?? DEFAULT_NAME);
  if (typeof file === "string") {
    failUsage(notLearnt(paths, file));
    return EXIT_FINDING;
  }
  const text = printProfileFile(file);
  if (flags.output === undefined) {
    writeOut(text);
    return 0;
  }
  try {
    writeFileSync(flags.output, text);
  } catch (error) {
    return failUsage(unwritable(flags.output, error));
  }
  writeOut([`${file.name}: ${file.title}\n`, ...file.notes.map((note) => `  ${note}\n`)].join(""));
  return 0;
}

function notLearnt(paths: readonly string[], why: string): Problem {
  return {
    severity: "error",
    file: toByteString(paths[0] ?? "-"),
    line: 0,
    message: "no profile can be learnt from the trace",
    expected: "a trace in which two or more memcgs are made one after the other",
    found: why,
    toDo: "record a loop of mkdir in a cgroup tree with the memory controller, as `ebb record` does",
  };
}
