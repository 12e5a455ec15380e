/** What a recording is, in words and as JSON. */

import type { Recording } from "./record-into.ts";

export function describeRecording(recording: Recording): string {
  const { out, nrBytes, totals, seconds, nrSnapshots, nrProblems, command } = recording;
  const rows = [
    [
      "recorded",
      `${totals.nrEvents} events in ${seconds.toFixed(1)} s, ${nrSnapshots} snapshots, into ${out}, ${nrBytes} bytes`,
    ],
    ["lost", `${totals.nrLost} events`],
  ];
  if (totals.nrBad > 0) rows.push(["bad", `${totals.nrBad} records that could not be read`]);
  if (nrProblems > 0) rows.push(["problems", `${nrProblems}, told above`]);
  if (command !== undefined) rows.push(["command", command.said]);
  return rows.map(([name = "", value]) => `${name.padEnd(10)}${value}\n`).join("");
}

export function recordingJson(recording: Recording): object {
  const { out, nrBytes, totals, seconds, nrSnapshots, nrProblems, command } = recording;
  return {
    format: "ebb-record/1",
    out,
    bytes: nrBytes,
    events: totals.nrEvents,
    lost: totals.nrLost,
    bad: totals.nrBad,
    foreign: totals.nrForeign,
    seconds,
    snapshots: nrSnapshots,
    problems: nrProblems,
    commandStatus: command?.status ?? null,
  };
}
