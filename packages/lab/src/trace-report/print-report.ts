/** A report as text. */

import { PAGE_BYTES } from "@ebb/model";
import { alignTable, count } from "../experiment/print-comparison.ts";
import type { MomentFigures } from "./collector.ts";
import type { Lifetimes } from "./lifetimes.ts";
import { type MemcgCost, memcgCost } from "./memcg-cost.ts";
import { type CallerRow, callerRows, type OwnerRow, ownerOf, ownerRows } from "./owner-rows.ts";
import type { TraceReport } from "./report-session.ts";

const MAX_CALLERS = 20;
const MAX_OWNERS = 12;
const MAX_AREAS = 8;
const MAX_SIZES = 6;
const NO_CALLER = "(caller not recorded)";

/** The report, a newline at the end of each line. */
export function printTraceReport(r: TraceReport): string {
  const owners = ownerRows(r);
  const callers = callerRows(owners);
  const parts = [heading(r), moments(r), bySize(owners)];
  if (callers.some(({ callSite }) => callSite !== "")) parts.push(byCaller(callers));
  parts.push(memcg(r), holders(r));
  return parts.join("\n");
}

function heading(r: TraceReport): string {
  const { collected: c } = r;
  const cpus = r.nrCpus === 0 ? "CPUs unknown" : `${count(r.nrCpus, "CPU")} (${r.cpusSource})`;
  const rows = [
    `${r.traceName}: ${c.nrAllocs} allocations and ${c.nrFrees} frees of ${r.totals.nrEvents} events, ${seconds(c.lastNs)} s`,
    `machine   ${cpus}; bytes below are those of one unit unless they are said to be of all CPUs`,
    `before    ${beforeText(r)}`,
  ];
  const odd = [
    [c.live.nrUnknown, "frees of areas from before the trace left out"],
    [c.nrFreesMissed, "frees missing: the place was given out again, or its chunk destroyed"],
    [c.nrFailed, "allocations failed"],
    [c.nrImplausible, "events left out: sizes or places that no kernel has"],
    [c.nrMarksLeftOut, "more marks"],
  ] as const;
  for (const [nr, what] of odd) if (nr > 0) rows.push(`          ${nr} ${what}`);
  return `${rows.join("\n")}\n`;
}

function beforeText({ start, collected }: TraceReport): string {
  if (start.what === "unknown") return "nothing is known of the time before the trace: only its own areas are counted";
  const list = start.listName === "" ? "" : ` (the list of ${start.listName})`;
  return `${count(collected.nrEarly, "area")} before the trace, ${start.what}${list}`;
}

function moments(r: TraceReport): string {
  const { collected: c } = r;
  const row = (title: string, timeNs: number, { usedBytes, nrAreas, nrPages, nrChunks }: MomentFigures) => [
    title,
    seconds(timeNs),
    String(usedBytes),
    String(nrAreas),
    String(nrPages),
    nrPages === 0 ? "-" : `${((100 * usedBytes) / (nrPages * PAGE_BYTES)).toFixed(1)} %`,
    String(nrChunks),
  ];
  const table = [
    ["", "second", "bytes", "areas", "pages with areas", "filled", "chunks with areas"],
    ...c.marks.map((mark) => row(mark.text, mark.timeNs, mark)),
    row("end of the trace", c.lastNs, c.now()),
    ["peak of bytes", seconds(c.figures.peakNs), String(c.figures.peakBytes)],
  ];
  return alignTable(table);
}

/** Sizes in classes of doubling width. */
function bySize(owners: readonly OwnerRow[]): string {
  const classes = new Map<number, OwnerRow[]>();
  for (const row of owners) {
    const to = 2 ** Math.ceil(Math.log2(Math.max(4, row.sizeBytes)));
    const rows = classes.get(to);
    if (rows === undefined) classes.set(to, [row]);
    else rows.push(row);
  }
  const rows = callerRowsOf([...classes].sort(([a], [b]) => a - b));
  return `sizes, and how long the areas that were freed had lived\n\n${alignTable([
    ["bytes", "allocations", "alive", "bytes alive", "at the peak", ...LIFE_TITLES],
    ...rows,
  ])}`;
}

function callerRowsOf(classes: readonly (readonly [number, readonly OwnerRow[]])[]): readonly (readonly string[])[] {
  return classes.map(([to, all]) => {
    const [sum] = callerRows(all.map((row) => ({ ...row, callSite: "" })));
    const from = to === 4 ? 1 : to / 2 + 1;
    return sum === undefined ? [] : [`${from} to ${to}`, ...figures(sum)];
  });
}

function byCaller(callers: readonly CallerRow[]): string {
  const table = [
    ["caller, and its sizes", "allocations", "alive", "bytes alive", "at the peak", ...LIFE_TITLES],
    ...callers.slice(0, MAX_CALLERS).map((row) => {
      const sizes = row.sizes.length > MAX_SIZES ? `${row.sizes[0]} to ${row.sizes.at(-1)}` : row.sizes.join(", ");
      return [`${callerText(row.callSite)}  ${sizes} B`, ...figures(row)];
    }),
  ];
  const more = callers.length > MAX_CALLERS ? `${callers.length - MAX_CALLERS} more callers: --csv or --json\n` : "";
  return `callers, the most bytes at the peak first\n\n${alignTable(table)}${more}`;
}

const LIFE_TITLES = ["half lived", "9 of 10", "longest"];

function figures(row: CallerRow): readonly string[] {
  return [
    String(row.nrAllocs),
    String(row.nrAllocs - row.nrFrees),
    String(row.liveBytes),
    String(row.bytesAtPeak),
    ...lives(row.lifetimes),
  ];
}

function lives(lifetimes: Lifetimes): readonly string[] {
  if (lifetimes.nr === 0) return ["-", "-", "-"];
  return [lifetimes.quantileNs(0.5), lifetimes.quantileNs(0.9), lifetimes.maxNs].map(duration);
}

function memcg(r: TraceReport): string {
  if (r.sequence === undefined)
    return "one memcg: no repeated sequence of requests looks like what a new memcg takes\n";
  const cost = memcgCost(r.sequence, r.names);
  const table = cost.areas.map((area, i) => [
    `${String(i + 1).padStart(3)}  ${area.callSite === "" ? `${area.sizeBytes} B` : area.callSite}`,
    String(area.sizeBytes),
    String(area.alignBytes),
    area.isAccounted === true ? "charged" : "",
  ]);
  return (
    `one memcg takes ${costText(cost, r.nrCpus)}\n` +
    `learnt from ${count(cost.nrMade, "repetition")}, ${cost.nrLive} alive at the end; told by: ${cost.evidence}\n\n` +
    `${alignTable([["area", "bytes", "align", ""], ...table])}${elseText(cost, r.nrCpus)}`
  );
}

function costText({ areas, bytesPerUnit }: MemcgCost, nrCpus: number): string {
  const all = nrCpus === 0 ? "" : `, ${bytesPerUnit * nrCpus} on ${count(nrCpus, "CPU")}`;
  return `${bytesPerUnit} bytes of each unit in ${count(areas.length, "area")}${all}`;
}

function elseText({ bytesWithAllElse }: MemcgCost, nrCpus: number): string {
  if (bytesWithAllElse === undefined) return "";
  const all = nrCpus === 0 ? "" : `, ${Math.round(bytesWithAllElse * nrCpus)} on all CPUs`;
  return `at the peak, with whatever else was allocated meanwhile: ${Math.round(bytesWithAllElse)} bytes for each${all}\n`;
}

function holders(r: TraceReport): string {
  const { holders: h } = r;
  const when = r.holdersAt === "" ? "at the end" : `at ${r.holdersAt}`;
  const owners = h.owners
    .slice(0, MAX_OWNERS)
    .map((o) => [ownerText(r, o.owner), String(o.nrAreas), String(o.bytes), String(o.nrPages)]);
  const areas = h.areas
    .slice(0, MAX_AREAS)
    .map((area) => [
      `${ownerText(r, area.owner)}: chunk ${area.ordinal} at ${area.offBytes}`,
      String(area.nrPages),
      seconds(area.bornNs),
    ]);
  return [
    `who holds memory ${when}, most pinned pages first\n\n`,
    alignTable([["", "areas", "bytes", "pages with nobody else"], ...owners]),
    areas.length === 0
      ? "\nno area keeps a page on its own\n"
      : `\nareas that keep a page on their own\n\n${alignTable([["", "pages", "born at s"], ...areas])}`,
  ].join("");
}

function ownerText(r: TraceReport, owner: number): string {
  const [caller, sizeBytes] = ownerOf(r, owner);
  return caller === "" ? `${sizeBytes} B` : `${caller}, ${sizeBytes} B`;
}

function callerText(callSite: string): string {
  return callSite === "" ? NO_CALLER : callSite;
}

function seconds(ns: number): string {
  return (ns / 1e9).toFixed(3);
}

/** Three digits and a unit. */
function duration(ns: number): string {
  const units = ["ns", "us", "ms", "s"];
  let value = ns;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toPrecision(3)} ${units[unit]}`;
}
