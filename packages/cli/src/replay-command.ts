/** `ebb replay`: a recorded trace on the model. */

import type { Problem } from "@ebb/formats";
import {
  type CheckReport,
  CheckSession,
  checkJson,
  isExplained,
  otherRules,
  PolicySession,
  policiesJson,
  policyNamed,
  printCheck,
  printPolicies,
  type TraceOptions,
} from "@ebb/lab";
import type { PercpuPolicy } from "@ebb/model";
import { buildCommand } from "@stricli/core";
import { toggle } from "./machine-flags.ts";
import { EXIT_FINDING, failUsage, toByteString, untilClosedAsync, writeOut } from "./output.ts";
import { readEvents } from "./trace-files/read-events.ts";
import { TRACE_FLAGS, TRACE_PARTS, type TraceFlags, traceOptions } from "./trace-files/trace-options.ts";

interface ReplayFlags extends TraceFlags {
  readonly check?: boolean;
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
      ...TRACE_FLAGS,
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
    positional: TRACE_PARTS,
  },
  docs: {
    brief: "Replay a recorded trace on the model",
    fullDescription: DESCRIPTION,
    customUsage: [
      "TRACE... --check [--before FILE] [--percpu-stats FILE] [--dmesg FILE] [--cpus N] [--policy P,Q] [--json]",
      "TRACE... --policy P[,Q] [--at NAME] [--before FILE] [--percpu-stats FILE] [--dmesg FILE] [--cpus N] [--json]",
    ],
  },
});

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
  const tried = policies.length === 0 ? undefined : policies;
  const session = new CheckSession(options, tried);
  const totals = await readEvents(paths, session);
  if ("severity" in totals) return failUsage(totals);
  const first = session.end(totals);
  if (typeof first === "string") return failUsage(cannotReplay(paths, first));
  const report = await readAgain(paths, options, tried, first);
  writeOut(flags.json === true ? checkJson(report) : printCheck(report));
  return isExplained(report) ? 0 : EXIT_FINDING;
}

/** The best of what comes out when the balance work follows another rule; what was read from standard input is gone. */
async function readAgain(
  paths: readonly string[],
  options: TraceOptions,
  policies: readonly PercpuPolicy[] | undefined,
  first: CheckReport,
): Promise<CheckReport> {
  let best = first;
  if (paths.includes("-")) return best;
  for (const rule of otherRules(first)) {
    const session = new CheckSession(options, policies, rule);
    const totals = await readEvents(paths, session, false);
    const report = "severity" in totals ? "" : session.end(totals);
    if (typeof report !== "string" && report.nrMismatched < best.nrMismatched) best = report;
  }
  return best;
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

function policiesOf(names: string | undefined): readonly PercpuPolicy[] | Problem {
  const policies: PercpuPolicy[] = [];
  for (const name of new Set(names?.split(",") ?? [])) {
    const policy = policyNamed(name);
    if ("severity" in policy) return policy;
    policies.push(policy);
  }
  return policies;
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
