/**
 * A check as JSON; the key set is stable within a format number.
 *
 *     ebb-replay-check/1  format, trace, allocations, matched, mismatched, undetermined, agreed, problems (how many),
 *                         resynchronised, policy, asGood[], cpus, geometry, before, frees, chunks {created {recorded,
 *                         matched, led}, destroyed {recorded, matched, exchanged, led}}, refused, pages, balance {source, rule, runs, unasked, waits, fitted}, swaps[],
 *                         mismatches[], stats[], missedStats[], violations[], percpuKb, import {…}, problemList[]
 *
 *     before              what ("given", "assumed", "unknown"), list, events, elsewhere
 *     a swap              what, text, line, before, passed, ns, cpu, beforeCpu
 *     a mismatch          line, recorded, ours, map
 *     a stats             name, line, figures, equal, undetermined, differences[] of where, figure, recorded, ours
 */

import { printViolation } from "@ebb/model";
import { RULE_WORDS } from "./balance-lead.ts";
import { type CheckReport, nrProblems } from "./check-report.ts";
import type { StatsComparison } from "./stats-comparison.ts";
import type { Swap } from "./swap.ts";

export function checkJson(r: CheckReport): string {
  const value = {
    format: "ebb-replay-check/1",
    trace: r.traceName,
    allocations: r.nrAllocations,
    matched: r.nrMatched,
    mismatched: r.nrMismatched,
    undetermined: r.nrUndetermined,
    agreed: r.nrAgreed,
    problems: nrProblems(r),
    resynchronised: r.nrResynchronised,
    policy: r.policyName,
    asGood: r.asGood,
    cpus: r.machine.nrCpus === 0 ? null : r.machine.nrCpus,
    geometry: { ...r.machine.geometry, source: r.machine.geometrySource },
    before: {
      what: r.start.what,
      list: r.start.listName === "" ? null : r.start.listName,
      events: r.start.events.length,
      elsewhere: r.nrEarlyElsewhere,
    },
    frees: {
      recorded: r.nrFrees,
      ofEarlierAreas: r.nrFreesOfEarlier,
      unknown: r.nrFreesUnknown,
      missed: r.nrFreesMissed,
    },
    chunks: {
      created: { ...r.created, led: r.nrCreationsLed },
      destroyed: { ...r.destroyed, exchanged: r.nrExchanged, led: r.nrDestructionsLed },
    },
    refused: r.refused,
    pages: r.pages,
    balance: {
      source: r.balance.source,
      rule: RULE_WORDS[r.balance.rule],
      runs: r.balance.nrRuns,
      unasked: r.balance.nrUnasked,
      waits: r.balance.nrWaits,
      fitted: r.balance.nrFitted,
    },
    swaps: r.swaps.map(swapValue),
    mismatches: r.mismatches,
    stats: r.stats.map(statsValue),
    missedStats: r.missedStats,
    violations: r.violations.map(printViolation),
    percpuKb: r.machine.nrCpus === 0 ? null : r.percpuKb,
    import: {
      read: r.totals.nrRead,
      events: r.totals.nrEvents,
      other: r.totals.nrOther,
      foreign: r.totals.nrForeign,
      bad: r.totals.nrBad,
      lost: r.totals.nrLost,
    },
    problemList: r.problems,
  };
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function swapValue(s: Swap): object {
  return {
    what: s.what,
    text: s.text,
    line: s.line,
    before: s.beforeLine,
    passed: s.nrPassed,
    ns: s.ns,
    cpu: s.cpu,
    beforeCpu: s.beforeCpu,
  };
}

function statsValue(s: StatsComparison): object {
  return {
    name: s.name,
    line: s.line,
    figures: s.nrFigures,
    equal: s.nrEqual,
    undetermined: s.nrUndetermined,
    differences: s.differences.map((d) => ({ ...d, recorded: d.recorded ?? null, ours: d.ours ?? null })),
  };
}
