/** `ebb replay`: a recorded trace on the model. */

import { EVENT_ALLOC, EVENT_FREE, type Problem, parsePercpuLog, parsePercpuStats, percpuOfStages } from "@ebb/formats";
import {
  CheckSession,
  checkJson,
  type EarlyEvent,
  isExplained,
  PolicySession,
  policiesJson,
  policyNamed,
  printCheck,
  printPolicies,
  type RecordedStats,
  type TraceOptions,
} from "@ebb/lab";
import type { PercpuPolicy } from "@ebb/model";
import { buildCommand } from "@stricli/core";
import { readInput } from "./input.ts";
import { toggle } from "./machine-flags.ts";
import { EXIT_FINDING, failUsage, toByteString, untilClosedAsync, writeOut } from "./output.ts";
import { readEvents } from "./trace-files/read-events.ts";
import { statsName, type TraceCompanions, traceCompanions } from "./trace-files/trace-companions.ts";

interface ReplayFlags {
  readonly check?: boolean;
  readonly before: string | undefined;
  readonly percpuStats: readonly string[] | undefined;
  readonly dmesg: string | undefined;
  readonly cpus: number | undefined;
  readonly policy: string | undefined;
  readonly at: string | undefined;
  readonly json?: boolean;
}

const DESCRIPTION = `Makes each request of a recorded trace of the model.

With --check, each allocation's chunk and offset, each chunk created or destroyed and each saved percpu_stats is held
against the model's. Where two lines stand in another order than the allocator saw, the swap is found and named. The
exit code is 1 when anything recorded contradicts the model.

With --policy alone, the same requests are made under other policies: sizes and order as recorded, places as each
policy gives them. The tables show Percpu at each mark, populated, empty and used memory over time, who owns the bytes
of each chunk, and which areas keep pages that would be empty. When the balance work would have run, the recording
cannot say: what depends on it is a range, from work as soon as it is asked for to work only when nothing happens.

The layout comes from a percpu_stats or a kernel log, given or found beside the trace: PREFIX.percpu_stats.NAME.txt,
PREFIX.stages.txt or PREFIX.dmesg.txt, PREFIX.early-allocs.txt, where PREFIX is the trace's name up to ".trace.".
A percpu_stats is compared where the counts in it say it was saved, or at the mark "stage NAME".

A trace from boot misses the allocations before tracing was up: --before has them, in any format of a trace, or as the
kernel log of a kernel that prints them. Without it, a list of a known kernel is assumed if it explains the trace's
first allocations; what then agrees in the first chunk is no proof and counts as undetermined. Chunks of whose earlier
content nothing is known are left out, and what lies in them is undetermined.

EXAMPLES
  ebb replay boot.trace.txt.gz --check --before early-allocs.txt
  ebb replay run.trace.txt.gz --check --percpu-stats run.percpu_stats.txt --json
  ebb replay part1.trace.txt part2.trace.txt --check --dmesg dmesg.txt --policy vanilla
  ebb replay run.trace.txt.gz --policy vanilla,upstream --at 2`;

export const replayCommand = buildCommand({
  async func(flags: ReplayFlags, ...paths: string[]) {
    await untilClosedAsync(() => replay(flags, paths));
  },
  parameters: {
    flags: {
      check: toggle("Hold the trace against the model"),
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
      policy: {
        kind: "parsed",
        parse: String,
        placeholder: "P,Q",
        optional: true,
        brief: "Policies to replay under; with --check, to try [those the kernel may have had]",
      },
      at: {
        kind: "parsed",
        parse: String,
        placeholder: "NAME",
        optional: true,
        brief: "With --policy: the mark at which to tell who holds memory [the end]",
      },
      json: toggle("One JSON document instead of the report"),
    },
    positional: {
      kind: "array",
      minimum: 1,
      parameter: { parse: String, placeholder: "TRACE...", brief: "Parts of one trace, - for standard input" },
    },
  },
  docs: {
    brief: "Replay a recorded trace on the model",
    fullDescription: DESCRIPTION,
    customUsage: [
      "TRACE... --check [--before FILE] [--percpu-stats FILE] [--dmesg FILE] [--cpus N] [--policy P,Q] [--json]",
    ],
  },
});

function cpuCount(text: string): number {
  if (/^[1-9][0-9]{0,3}$/.test(text)) return Number(text);
  throw new SyntaxError(`${text} is no number of CPUs from 1 to 9999`);
}

/** Answers the exit code. */
async function replay(flags: ReplayFlags, paths: readonly string[]): Promise<number> {
  const policies = policiesOf(flags.policy);
  if ("severity" in policies) return failUsage(policies);
  const options = await traceOptions(flags, paths);
  if ("severity" in options) return failUsage(options);
  if (flags.check === true) return check(flags, paths, options, policies);
  return policies.length > 0 ? underPolicies(flags, paths, options, policies) : failUsage(nothingAsked());
}

async function check(
  flags: ReplayFlags,
  paths: readonly string[],
  options: TraceOptions,
  policies: readonly PercpuPolicy[],
): Promise<number> {
  const session = new CheckSession(options, policies.length === 0 ? undefined : policies);
  const totals = await readEvents(paths, session);
  if ("severity" in totals) return failUsage(totals);
  const report = session.end(totals);
  if (typeof report === "string") return failUsage(cannotReplay(paths, report));
  writeOut(flags.json === true ? checkJson(report) : printCheck(report));
  return isExplained(report) ? 0 : EXIT_FINDING;
}

async function underPolicies(
  flags: ReplayFlags,
  paths: readonly string[],
  options: TraceOptions,
  policies: readonly PercpuPolicy[],
): Promise<number> {
  const session = new PolicySession(options, policies, flags.at ?? "");
  const totals = await readEvents(paths, session);
  if ("severity" in totals) return failUsage(totals);
  const report = session.end(totals);
  if (typeof report === "string") return failUsage(cannotReplay(paths, report));
  writeOut(flags.json === true ? policiesJson(report) : printPolicies(report));
  return 0;
}

/** What is known of the recording beside its events. */
async function traceOptions(flags: ReplayFlags, paths: readonly string[]): Promise<TraceOptions | Problem> {
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

function policiesOf(names: string | undefined): readonly PercpuPolicy[] | Problem {
  const policies: PercpuPolicy[] = [];
  for (const name of new Set(names?.split(",") ?? [])) {
    const policy = policyNamed(name);
    if ("severity" in policy) return policy;
    policies.push(policy);
  }
  return policies;
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

function cannotReplay(paths: readonly string[], why: string): Problem {
  return {
    severity: "error",
    file: toByteString(paths[0] ?? "-"),
    line: 0,
    message: "the trace cannot be replayed",
    expected: "events, and a percpu_stats or a kernel log with `percpu: Embedded …` of the same machine",
    found: why,
    toDo: "give --percpu-stats or --dmesg; see `ebb replay --help`",
  };
}

function nothingAsked(): Problem {
  return {
    severity: "error",
    file: "ebb replay",
    line: 0,
    message: "nothing was asked for",
    expected: "--check, or --policy with the policies to replay under",
    found: "neither",
    toDo: "see `ebb replay --help`",
  };
}
