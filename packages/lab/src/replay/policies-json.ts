/**
 * A recording under other policies, as JSON; the key set is stable within a format number.
 *
 *     ebb-replay-policies/1  format, trace, cpus, geometry, before, allocations, frees, freesOfUnknown, problems, schedules[],
 *                            nominal, marks[] and timeline[] of moments, summary[], holders[], holdersAt
 *
 *     a moment    text and line (marks), timeNs, recordedKb, usedBytes, policies[] of policy, and by schedule percpuKb[],
 *                 populatedPages[], emptyPages[], chunks[]
 *     a summary   policy, cameBack, idealKb, timesIdeal; ranges are {low, high, nominal}
 *     holders     policy, chunks[] of ordinal, populated, bytes, owners[]; owners[] of owner, areas, bytes, pinnedPages;
 *                 areas[] of chunk, off, size, owner, bornNs, pinnedPages
 */

import type { Holders } from "./holders.ts";
import { markName } from "./mark-name.ts";
import type { PolicyFigures } from "./policy-run.ts";
import type { PolicyReport } from "./policy-session.ts";
import { policyRows, policySummaries } from "./policy-summary.ts";
import { NOMINAL, SCHEDULES } from "./work-schedule.ts";

export function policiesJson(r: PolicyReport): string {
  const { replay, machine } = r;
  const rows = policyRows(r);
  const policies = replay.request.policies.map(({ name }) => name);
  const figures = (all: readonly (readonly PolicyFigures[])[]) => ({
    usedBytes: all[0]?.[0]?.usedBytes ?? 0,
    policies: all.map((ofPolicy, i) => ({
      policy: policies[i],
      percpuKb: ofPolicy.map((f) => f.percpuKb),
      populatedPages: ofPolicy.map((f) => f.nrPopulatedPages),
      emptyPages: ofPolicy.map((f) => f.nrEmptyPages),
      chunks: ofPolicy.map((f) => f.nrChunks),
    })),
  });
  const value = {
    format: "ebb-replay-policies/1",
    trace: r.traceName,
    cpus: machine.nrCpus === 0 ? null : machine.nrCpus,
    geometry: { ...machine.geometry, source: machine.geometrySource },
    before: {
      what: r.start.what,
      list: r.start.listName === "" ? null : r.start.listName,
      events: r.start.events.length,
    },
    allocations: replay.nrAllocations,
    frees: replay.nrFrees,
    freesOfUnknown: replay.live.nrUnknown,
    problems: r.problems.filter(({ severity }) => severity !== "info").length,
    schedules: SCHEDULES,
    nominal: NOMINAL,
    marks: replay.marks.map((mark) => ({
      text: mark.text,
      line: mark.line,
      timeNs: mark.timeNs,
      recordedKb: r.percpuKb.get(markName(mark.text)) ?? null,
      ...figures(mark.figures),
    })),
    timeline: replay.samples.kept.map((sample) => ({ timeNs: sample.timeNs, ...figures(sample.figures) })),
    summary: policySummaries(rows, r.holdersAt).map((s, i) => ({
      policy: policies[i],
      cameBack: s.cameBack ?? null,
      idealKb: s.idealKb ?? null,
      timesIdeal: s.timesIdeal ?? null,
    })),
    holdersAt: r.holdersAt === "" ? null : r.holdersAt,
    holders: r.holders.map((h, i) => ({ policy: policies[i], ...holdersValue(r, h) })),
  };
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function holdersValue(r: PolicyReport, h: Holders): object {
  const name = (owner: number) => r.replay.owners.name(owner, r.names);
  return {
    owners: h.owners.map((o) => ({ owner: name(o.owner), areas: o.nrAreas, bytes: o.bytes, pinnedPages: o.nrPages })),
    areas: h.areas.map((a) => ({
      chunk: a.ordinal,
      off: a.offBytes,
      size: a.sizeBytes,
      owner: name(a.owner),
      bornNs: a.bornNs,
      pinnedPages: a.nrPages,
    })),
    chunks: h.chunks.map((c) => ({
      ordinal: c.ordinal,
      populated: c.nrPopulated,
      bytes: c.usedBytes,
      owners: c.owners.map((o) => ({ owner: name(o.owner), areas: o.nrAreas, bytes: o.bytes })),
    })),
  };
}
