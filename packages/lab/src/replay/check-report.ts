/** What a check of a trace found, as values: for the text of print-check.ts and the JSON of check-json.ts. */

import type { ImportTotals, Problem } from "@ebb/formats";
import { percpuKb, type Violation, verifyPercpu } from "@ebb/model";
import { RULE_AFTER_CALL, RULE_AT_ONCE } from "./balance-lead.ts";
import {
  AGREED,
  ALLOCATIONS,
  CREATED,
  CREATED_MATCHED,
  CREATIONS_LED,
  DESTROYED,
  DESTROYED_MATCHED,
  DESTRUCTIONS_LED,
  EXCHANGED,
  FREES,
  FREES_MISSED,
  FREES_OF_EARLIER,
  FREES_UNKNOWN,
  MATCHED,
  MISMATCHED,
  PAGE_EVENTS,
  PAGE_EVENTS_MATCHED,
  REFUSED,
  REFUSED_MATCHED,
  RESYNCHRONISED,
  UNDETERMINED,
} from "./counts.ts";
import type { EarlyStart } from "./early-start.ts";
import type { Mismatch } from "./mismatch.ts";
import type { RecordedMachine } from "./recorded-machine.ts";
import type { StatsComparison } from "./stats-comparison.ts";
import type { Swap } from "./swap.ts";
import type { Hypothesis } from "./trace-check.ts";

/** Mismatches that are more than a wrong line. */
const OFTEN = 10;

/** Recorded, and how many of them the model has as well. */
export interface Compared {
  readonly recorded: number;
  readonly matched: number;
}

export interface CheckReport {
  readonly traceName: string;
  readonly machine: RecordedMachine;
  readonly policyName: string;
  /** Other policies that explain the trace as well. */
  readonly asGood: readonly string[];
  readonly start: EarlyStart;
  /** Given early events whose recorded place is not the model's. */
  readonly nrEarlyElsewhere: number;
  readonly nrAllocations: number;
  readonly nrMatched: number;
  readonly nrMismatched: number;
  readonly nrUndetermined: number;
  /** Of the undetermined, those that lie where the assumed list has them. */
  readonly nrAgreed: number;
  readonly nrResynchronised: number;
  readonly nrFrees: number;
  readonly nrFreesOfEarlier: number;
  readonly nrFreesUnknown: number;
  /** Found because their place was given again: no event tells of them. */
  readonly nrFreesMissed: number;
  readonly created: Compared;
  readonly nrCreationsLed: number;
  readonly destroyed: Compared;
  readonly nrExchanged: number;
  readonly nrDestructionsLed: number;
  readonly refused: Compared;
  readonly pages: Compared;
  readonly balance: BalanceReport;
  readonly swaps: readonly Swap[];
  readonly mismatches: readonly Mismatch[];
  readonly stats: readonly StatsComparison[];
  readonly missedStats: readonly string[];
  readonly violations: readonly Violation[];
  readonly percpuKb: number;
  readonly totals: ImportTotals;
  readonly problems: readonly Problem[];
}

interface BalanceReport {
  /** `probed`: events of the work are in the recording; `inferred`: from the rest of it; `none`: it never ran. */
  readonly source: "probed" | "inferred" | "none";
  /** RULE_ of inferred runs, to begin with. */
  readonly rule: number;
  readonly nrRuns: number;
  readonly nrUnasked: number;
  readonly nrWaits: number;
  /** Runs put later so that percpu_stats agree. */
  readonly nrFitted: number;
}

export function checkReport(
  traceName: string,
  machine: RecordedMachine,
  best: Hypothesis,
  asGood: readonly Hypothesis[],
  totals: ImportTotals,
  problems: readonly Problem[],
  rule: number,
): CheckReport {
  const { run } = best;
  const { replayed, watch } = run;
  const count = (word: number) => replayed.counts[word] ?? 0;
  const compared = (recorded: number, matched: number) => ({ recorded: count(recorded), matched: count(matched) });
  return {
    traceName,
    machine,
    policyName: best.policy.name,
    asGood: asGood.map(({ policy }) => policy.name),
    start: best.start,
    nrEarlyElsewhere: best.nrElsewhere,
    nrAllocations: count(ALLOCATIONS),
    nrMatched: count(MATCHED),
    nrMismatched: count(MISMATCHED),
    nrUndetermined: count(UNDETERMINED),
    nrAgreed: count(AGREED),
    nrResynchronised: count(RESYNCHRONISED),
    nrFrees: count(FREES),
    nrFreesOfEarlier: count(FREES_OF_EARLIER),
    nrFreesUnknown: count(FREES_UNKNOWN),
    nrFreesMissed: count(FREES_MISSED),
    created: compared(CREATED, CREATED_MATCHED),
    nrCreationsLed: count(CREATIONS_LED),
    destroyed: compared(DESTROYED, DESTROYED_MATCHED),
    nrExchanged: count(EXCHANGED),
    nrDestructionsLed: count(DESTRUCTIONS_LED),
    refused: compared(REFUSED, REFUSED_MATCHED),
    pages: compared(PAGE_EVENTS, PAGE_EVENTS_MATCHED),
    balance: balanceReport(best, rule),
    swaps: run.swaps,
    mismatches: run.mismatches,
    stats: watch.comparisons,
    missedStats: watch.missed,
    violations: verifyPercpu(replayed.t),
    percpuKb: percpuKb(replayed.t),
    totals,
    problems,
  };
}

function balanceReport({ run }: Hypothesis, rule: number): BalanceReport {
  const { lead, log } = run.replayed;
  const { nrRuns, nrUnasked, nrWaits } = lead.state;
  const source = lead.isProbed(log.end) ? "probed" : nrRuns > 0 ? "inferred" : "none";
  return { source, rule, nrRuns, nrUnasked, nrWaits, nrFitted: run.nrFittedRuns };
}

/** Nothing recorded contradicts the model: the exit code follows from it. */
export function isExplained(r: CheckReport): boolean {
  const statsDiffer = r.balance.source === "probed" && r.stats.some(({ differences }) => differences.length > 0);
  return (
    r.mismatches.length === 0 &&
    r.nrMismatched === 0 &&
    r.nrFreesUnknown === 0 &&
    r.violations.length === 0 &&
    r.nrEarlyElsewhere === 0 &&
    !statsDiffer
  );
}

/** A report is to be had that may explain more: the trace read again with the balance work after another rule. */
export function otherRules(r: CheckReport): readonly number[] {
  const isOften = r.nrMismatched >= OFTEN || r.swaps.some(({ what }) => what === "rule");
  if (r.nrMismatched === 0 || !isOften || r.balance.source !== "inferred") return [];
  return [RULE_AT_ONCE, RULE_AFTER_CALL];
}

/** Problems that cost something: not those that only tell. */
export function nrProblems(r: CheckReport): number {
  return r.problems.filter(({ severity }) => severity !== "info").length;
}
