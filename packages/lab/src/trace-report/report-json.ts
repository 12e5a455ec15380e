/**
 * A report as JSON; the key set is stable within a format number. Bytes are those of one unit unless said otherwise.
 *
 *     ebb-report/1  format, trace, cpus, events, allocations, frees, failed, freesOfUnknown, freesMissed, implausible,
 *                   problems, before, peak, end, callSites[], owners[], memcg, marks[], timeline[], holdersAt, holders
 *
 *     before     what: given, assumed, unknown; areas
 *     peak       timeNs, bytes            end: bytes, areas, pages, chunks
 *     callSites  callSite, sizes[], allocations, frees, liveBytes, bytesAtPeak, lifetimes
 *     owners     the same by size, with size, align, accounted, live, ownPeak, liveAtPeak, pinnedPages
 *     lifetimes  of areas that were freed: count, p50Ns, p90Ns, p99Ns, maxNs, classes[] of [upToNs, count]
 *     memcg      null when none was recognised; evidence, made, live, bytesPerUnit, bytesWithAllElse, areas[]
 *     holders    chunks[] of chunk, address, pages, bytes, owners[]; areas[] of chunk, off, size, callSite, bornNs, pinnedPages
 */

import type { MomentFigures } from "./collector.ts";
import type { Lifetimes } from "./lifetimes.ts";
import { memcgCost } from "./memcg-cost.ts";
import { callerRows, ownerOf, ownerRows } from "./owner-rows.ts";
import type { TraceReport } from "./report-session.ts";

export function reportJson(r: TraceReport): string {
  const { collected: c } = r;
  const owners = ownerRows(r);
  const value = {
    format: "ebb-report/1",
    trace: r.traceName,
    cpus: r.nrCpus === 0 ? null : r.nrCpus,
    events: r.totals.nrEvents,
    allocations: c.nrAllocs,
    frees: c.nrFrees,
    failed: c.nrFailed,
    freesOfUnknown: c.live.nrUnknown,
    freesMissed: c.nrFreesMissed,
    implausible: c.nrImplausible,
    problems: r.problems.filter(({ severity }) => severity !== "info").length,
    before: { what: r.start.what, areas: c.nrEarly },
    peak: { timeNs: c.figures.peakNs, bytes: c.figures.peakBytes },
    end: moment(c.now()),
    callSites: callerRows(owners).map((row) => ({
      callSite: row.callSite,
      sizes: row.sizes,
      allocations: row.nrAllocs,
      frees: row.nrFrees,
      liveBytes: row.liveBytes,
      bytesAtPeak: row.bytesAtPeak,
      lifetimes: lives(row.lifetimes),
    })),
    owners: owners.map((row) => ({
      callSite: row.callSite,
      size: row.sizeBytes,
      align: row.alignBytes,
      accounted: row.isAccounted ?? null,
      allocations: row.nrAllocs,
      frees: row.nrFrees,
      live: row.nrLive,
      ownPeak: row.nrPeak,
      liveAtPeak: row.nrLiveAtPeak,
      pinnedPages: row.nrPinnedPages,
      lifetimes: lives(row.lifetimes),
    })),
    memcg: memcgValue(r),
    marks: c.marks.map((mark) => ({ text: mark.text, line: mark.line, timeNs: mark.timeNs, ...moment(mark) })),
    timeline: c.samples.kept.map(({ timeNs, figures }) => ({ timeNs, ...moment(figures) })),
    holdersAt: r.holdersAt === "" ? null : r.holdersAt,
    holders: holdersValue(r),
  };
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function moment({ usedBytes, nrAreas, nrPages, nrChunks }: MomentFigures): object {
  return { bytes: usedBytes, areas: nrAreas, pages: nrPages, chunks: nrChunks };
}

function lives(lifetimes: Lifetimes): object {
  return {
    count: lifetimes.nr,
    p50Ns: lifetimes.quantileNs(0.5),
    p90Ns: lifetimes.quantileNs(0.9),
    p99Ns: lifetimes.quantileNs(0.99),
    maxNs: lifetimes.maxNs,
    classes: lifetimes.classes,
  };
}

function memcgValue({ sequence, names }: TraceReport): object | null {
  if (sequence === undefined) return null;
  const cost = memcgCost(sequence, names);
  return {
    evidence: cost.evidence,
    made: cost.nrMade,
    live: cost.nrLive,
    bytesPerUnit: cost.bytesPerUnit,
    bytesWithAllElse: cost.bytesWithAllElse ?? null,
    areas: cost.areas.map(({ callSite, sizeBytes, alignBytes, isAccounted }) => ({
      callSite,
      size: sizeBytes,
      align: alignBytes,
      accounted: isAccounted ?? null,
    })),
  };
}

function holdersValue(r: TraceReport): object {
  const { holders, names } = r;
  return {
    chunks: holders.chunks.map(({ ordinal, nrPopulated, usedBytes, owners }) => ({
      chunk: ordinal,
      address: names.chunks[ordinal] ?? "",
      pages: nrPopulated,
      bytes: usedBytes,
      owners: owners.map(({ owner, nrAreas, bytes }) => ({
        ...asked(r, owner),
        areas: nrAreas,
        bytes,
      })),
    })),
    areas: holders.areas.map((area) => ({
      chunk: area.ordinal,
      off: area.offBytes,
      ...asked(r, area.owner),
      bornNs: area.bornNs,
      pinnedPages: area.nrPages,
    })),
  };
}

function asked(r: TraceReport, owner: number): object {
  const [callSite, size] = ownerOf(r, owner);
  return { callSite, size };
}
