/** `ebb record`: the percpu events of the Linux host that it runs on. */

import { cleanUp } from "@ebb/host";
import { buildCommand } from "@stricli/core";
import { toggle } from "./machine-flags.ts";
import { EXIT_FINDING, failUsage, untilClosedAsync, writeError, writeOut } from "./output.ts";
import { describeRecording, recordingJson } from "./record/print-recording.ts";
import { type Recording, recordInto } from "./record/record-into.ts";

interface RecordFlags {
  readonly out: string;
  readonly interval: number;
  readonly seconds: number | undefined;
  readonly after: number;
  readonly bufferKb: number | undefined;
  readonly cgroup: readonly string[] | undefined;
  readonly root: string;
  readonly append?: boolean;
  readonly cleanup?: boolean;
  readonly json?: boolean;
}

const DESCRIPTION = `Records what this host's percpu allocator is asked and answers, with cgroups made and removed alongside, into an
event file of ebb. Needs root. It records until COMMAND ends, for --seconds N, or until Ctrl-C.

Into the file go, too: /proc/meminfo, percpu_stats, slabinfo and cgroup.stat at the start, every --interval seconds
and at the end; and what the kernel says of itself: version, command line, CPUs, percpu rows of its log. Each
snapshot stands between two marks among the events.

The host stays as it is: events go to a trace instance of ebb's own, ebb-PID, which goes at the end, whatever ends it;
tracefs and debugfs, where they are not mounted, are mounted for ebb alone. After a kill -9 the instance remains:
--cleanup removes it. The file can be read while it is written; what it has then is all that was recorded a second
ago.

EXAMPLES
  ebb record -o churn.ebb -- bash experiments/percpu-churn.sh
  ebb record -o host.ebb --seconds 60 --interval 10
  ebb record --cleanup`;

export const recordCommand = buildCommand({
  async func(flags: RecordFlags, ...command: string[]) {
    await untilClosedAsync(() => (flags.cleanup === true ? cleanup(flags) : record(flags, command)));
  },
  parameters: {
    flags: {
      out: { kind: "parsed", parse: String, placeholder: "FILE", default: "recording.ebb", brief: "The event file" },
      interval: {
        kind: "parsed",
        parse: seconds,
        placeholder: "N",
        default: "10",
        brief: "Seconds between snapshots; 0: only at the start and the end",
      },
      seconds: { kind: "parsed", parse: seconds, placeholder: "N", optional: true, brief: "Record that long" },
      after: {
        kind: "parsed",
        parse: seconds,
        placeholder: "N",
        default: "1",
        brief: "Seconds to go on after COMMAND: for what it left to be done",
      },
      bufferKb: {
        kind: "parsed",
        parse: kilobytes,
        placeholder: "N",
        optional: true,
        brief: "Room for events of each CPU, kB [4096; less from 64 CPUs on: 256 MB in all]",
      },
      cgroup: {
        kind: "parsed",
        parse: String,
        placeholder: "DIR",
        optional: true,
        variadic: true,
        brief: "Keep this cgroup's cgroup.stat too",
      },
      root: {
        kind: "parsed",
        parse: String,
        placeholder: "DIR",
        default: "/",
        brief: "Where the host's proc and sys are; nothing is mounted elsewhere than in /",
      },
      append: toggle("Write on at the end of FILE"),
      cleanup: toggle("Remove what killed recorders left behind, and do nothing else"),
      json: toggle("A summary as one JSON document"),
    },
    aliases: { o: "out" },
    positional: {
      kind: "array",
      parameter: { parse: String, placeholder: "COMMAND", brief: "What to run while recording, with its arguments" },
    },
  },
  docs: {
    brief: "Record this host's percpu events",
    fullDescription: DESCRIPTION,
    customUsage: ["[-o FILE] [--interval N] [--seconds N | -- COMMAND...]", "--cleanup"],
  },
});

/** Answers the exit code. */
async function record(flags: RecordFlags, command: readonly string[]): Promise<number> {
  const outcome = await recordInto({
    out: flags.out,
    append: flags.append === true,
    root: flags.root,
    bufferKb: flags.bufferKb,
    cgroups: flags.cgroup ?? [],
    intervalSeconds: flags.interval,
    command,
    seconds: flags.seconds,
    afterSeconds: flags.after,
  });
  if ("severity" in outcome) return failUsage(outcome);
  if (flags.json === true) writeOut(`${JSON.stringify(recordingJson(outcome), undefined, 2)}\n`);
  else writeError(describeRecording(outcome));
  return isSound(outcome) ? 0 : EXIT_FINDING;
}

function isSound({ totals, nrProblems, command }: Recording): boolean {
  return totals.nrLost + totals.nrBad + nrProblems === 0 && (command === undefined || command.status === 0);
}

/** Answers the exit code. */
async function cleanup({ root, json }: RecordFlags): Promise<number> {
  const found = await cleanUp(root);
  if ("severity" in found) return failUsage(found);
  if (json === true) writeOut(`${JSON.stringify({ format: "ebb-cleanup/1", instances: found }, undefined, 2)}\n`);
  else if (found.length === 0) writeOut("nothing was left behind\n");
  else writeOut(found.map(({ name, outcome }) => `${name}  ${outcome}\n`).join(""));
  return found.every(({ outcome }) => outcome === "removed" || outcome === "recording") ? 0 : EXIT_FINDING;
}

function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0 && value <= MAX_SECONDS)) throw new Error(`not a number of seconds: ${text}`);
  return value;
}

function kilobytes(text: string): number {
  const value = Number(text);
  if (!(Number.isInteger(value) && value >= 8 && value <= MAX_KB))
    throw new Error(`not a whole number of kB from 8: ${text}`);
  return value;
}

/** A year. */
const MAX_SECONDS = 366 * 86_400;
const MAX_KB = 1024 * 1024;
