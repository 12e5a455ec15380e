/** A recording under other policies, as text. */

import { alignTable, count } from "../experiment/print-comparison.ts";
import type { Holders } from "./holders.ts";
import type { PolicyReport } from "./policy-session.ts";
import {
  type PolicyRow,
  type PolicySummary,
  policyRows,
  policySummaries,
  type Range,
  rangeOf,
} from "./policy-summary.ts";

/** Rows of the timeline, of owners, of areas, of chunks. */
const MAX_POINTS = 12;
const MAX_OWNERS = 10;
const MAX_AREAS = 8;
const MAX_CHUNKS = 8;
const NOTHING = "-";

/** The report, a newline at the end of each line. */
export function printPolicies(r: PolicyReport): string {
  const rows = policyRows(r);
  const parts = [heading(r), comparison(r, rows, policySummaries(rows, r.holdersAt))];
  r.replay.request.policies.forEach((policy, i) => {
    parts.push(`${policy.name}: ${policy.title}\n\n${timeline(r, i)}\n${holders(r, r.holders[i])}`);
  });
  return parts.join("\n");
}

function heading(r: PolicyReport): string {
  const { replay, machine, start, totals } = r;
  const cpus = machine.nrCpus === 0 ? "CPUs unknown: figures of one unit" : count(machine.nrCpus, "CPU");
  const before =
    start.what === "unknown"
      ? "nothing is known of the time before the trace: only its own areas are counted"
      : `${count(start.events.length, "event")} before the trace, ${start.what}`;
  const unknown = replay.live.nrUnknown > 0 ? `; ${replay.live.nrUnknown} frees of areas from before it left out` : "";
  return (
    `${r.traceName}: ${replay.nrAllocations} allocations and ${replay.nrFrees} frees of ${totals.nrEvents} events\n` +
    `machine   ${cpus}, unit ${machine.geometry.unitBytes} (${machine.geometrySource})\n` +
    `before    ${before}${unknown}\n`
  );
}

function comparison(r: PolicyReport, rows: readonly PolicyRow[], summaries: readonly PolicySummary[]): string {
  const hasRecorded = rows.some(({ recordedKb }) => recordedKb !== undefined);
  const recorded = (cell: string) => (hasRecorded ? [cell] : []);
  const summary = (title: string, cell: (s: PolicySummary) => string) =>
    summaries.length === 0 ? [] : [[title, ...recorded(""), ...summaries.map(cell)]];
  const table = [
    ["", ...recorded("recorded"), ...r.replay.request.policies.map(({ name }) => name)],
    ...rows.map((row) => [
      row.line > 0 ? `line ${row.line}  ${row.text}` : row.text,
      ...recorded(row.recordedKb === undefined ? NOTHING : String(row.recordedKb)),
      ...row.percpuKb.map((range) => rangeText(range, 0)),
    ]),
    ...summary(r.holdersAt === "" ? "came back" : `came back at ${r.holdersAt}`, (s) =>
      s.cameBack === undefined ? NOTHING : `${percentText(s.cameBack)} %`,
    ),
    ...summary("ideal", (s) => (s.idealKb === undefined ? NOTHING : s.idealKb.toFixed(0))),
    ...summary("x ideal", (s) => (s.timesIdeal === undefined ? NOTHING : rangeText(s.timesIdeal, 2))),
  ];
  return `Percpu in kB; a range is over when the balance work may have run\n\n${alignTable(table)}`;
}

function timeline(r: PolicyReport, policy: number): string {
  const all = r.replay.samples.kept;
  const step = Math.max(1, (all.length - 1) / (MAX_POINTS - 1));
  const table = [["second", "Percpu kB", "populated", "empty pages", "used bytes", "chunks"]];
  for (let i = 0; i < MAX_POINTS; i++) {
    const sample = all[Math.round(i * step)];
    const figures = sample?.figures[policy];
    if (sample === undefined || figures === undefined) break;
    table.push([
      (sample.timeNs / 1e9).toFixed(3),
      rangeText(
        rangeOf(figures, (f) => f.percpuKb),
        0,
      ),
      rangeText(
        rangeOf(figures, (f) => f.nrPopulatedPages),
        0,
      ),
      rangeText(
        rangeOf(figures, (f) => f.nrEmptyPages),
        0,
      ),
      rangeText(
        rangeOf(figures, (f) => f.usedBytes),
        0,
      ),
      rangeText(
        rangeOf(figures, (f) => f.nrChunks),
        0,
      ),
    ]);
  }
  return alignTable(table);
}

function holders(r: PolicyReport, h: Holders | undefined): string {
  if (h === undefined) return "";
  const when = r.holdersAt === "" ? "at the end" : `at ${r.holdersAt}`;
  const name = (owner: number) => r.replay.owners.name(owner, r.names);
  const owners = h.owners
    .slice(0, MAX_OWNERS)
    .map((o) => [name(o.owner), String(o.nrAreas), String(o.bytes), String(o.nrPages)]);
  const areas = h.areas
    .slice(0, MAX_AREAS)
    .map((a) => [
      `${name(a.owner)}: c${a.ordinal} at ${a.offBytes}`,
      String(a.sizeBytes),
      String(a.nrPages),
      (a.bornNs / 1e9).toFixed(3),
    ]);
  const chunks = [...h.chunks]
    .sort((a, b) => a.usedBytes * b.nrPopulated - b.usedBytes * a.nrPopulated || a.ordinal - b.ordinal)
    .slice(0, MAX_CHUNKS)
    .map((c) => {
      const most = c.owners.slice(0, 3).map((o) => `${name(o.owner)}: ${o.bytes}`);
      const title = c.ordinal < 0 ? "reserved" : `c${c.ordinal}`;
      return [`${title.padEnd(8)}  ${most.join("; ")}`, String(c.nrPopulated), String(c.usedBytes)];
    });
  return [
    `who holds memory ${when}, most pinned pages first\n`,
    alignTable([["", "areas", "bytes", "pages with nobody else"], ...owners]),
    `\nareas that keep a page on their own (${h.areas.length}${h.areas.length === 50 ? " or more" : ""})\n`,
    alignTable([["", "bytes", "pages", "born at s"], ...areas]),
    `\nchunks with the least on their pages (of ${h.chunks.length})\n`,
    alignTable([["", "populated", "used bytes"], ...chunks]),
  ].join("");
}

function rangeText({ low, high }: Range, places: number): string {
  const [from, to] = [low.toFixed(places), high.toFixed(places)];
  return from === to ? from : `${from}-${to}`;
}

function percentText({ low, high, nominal }: Range): string {
  return rangeText({ low: low * 100, high: high * 100, nominal }, 1);
}
