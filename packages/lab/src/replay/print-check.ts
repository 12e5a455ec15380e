/** A check as text. */

import { printViolation } from "@ebb/model";
import { count } from "../experiment/print-comparison.ts";
import { RULE_USUAL, RULE_WORDS } from "./balance-lead.ts";
import { type CheckReport, type Compared, nrProblems } from "./check-report.ts";
import type { StatsComparison } from "./stats-comparison.ts";
import type { Swap } from "./swap.ts";

/** Shown of each list; the rest is counted. */
const MAX_SHOWN = 20;
const MAX_DIFFERENCES = 12;

/** The report, a newline at the end of each line. */
export function printCheck(r: CheckReport): string {
  return [
    ...heading(r),
    "",
    ...verdict(r),
    ...firstMismatch(r),
    ...aroundAllocations(r),
    ...balance(r),
    ...swaps(r.swaps),
    ...stats(r),
    ...r.violations.slice(0, MAX_SHOWN).map((violation) => `violation: ${printViolation(violation)}`),
  ]
    .map((row) => `${row}\n`)
    .join("");
}

function heading(r: CheckReport): readonly string[] {
  const { geometry, geometrySource, nrCpus, cpusSource, release } = r.machine;
  const cpus = nrCpus === 0 ? "CPUs unknown" : `${count(nrCpus, "CPU")} (${cpusSource})`;
  const asGood = r.asGood.length === 0 ? "" : ` (${r.asGood.join(", ")} explains it as well)`;
  return [
    `${r.traceName}: ${count(r.totals.nrEvents, "event")} of ${r.totals.nrRead} lines or records`,
    `machine   ${release === "" ? "" : `Linux ${release}, `}${cpus}; unit ${geometry.unitBytes}, static ${geometry.staticBytes}, ` +
      `reserved ${geometry.reservedBytes}, dyn ${geometry.dynamicBytes} (${geometrySource})`,
    `policy    ${r.policyName}${asGood}`,
    `before    ${before(r)}`,
  ];
}

function before({ start, nrEarlyElsewhere }: CheckReport): string {
  const { what, events, listName } = start;
  if (what === "unknown") return "unknown: chunks that the trace does not create are left out";
  if (what === "assumed") {
    return `${events.length} allocations assumed as ${listName} makes them: they put the trace's first ones where they lie`;
  }
  const elsewhere = nrEarlyElsewhere === 0 ? "" : `, ${nrEarlyElsewhere} of them not where the model has them`;
  return `${events.length} events given${elsewhere}`;
}

function verdict(r: CheckReport): readonly string[] {
  const determined = r.nrAllocations - r.nrUndetermined;
  const rows = [
    `matched ${r.nrMatched} of ${determined} allocations${r.nrMismatched === 0 ? "" : `, ${r.nrMismatched} not`}`,
  ];
  if (r.nrUndetermined > 0) {
    const agreed = r.start.what === "assumed" ? `; ${r.nrAgreed} of them lie where the assumed list has them` : "";
    rows.push(
      `undetermined ${r.nrUndetermined} of ${r.nrAllocations}, in chunks that were there before the trace${agreed}`,
    );
  }
  if (r.nrResynchronised > 0)
    rows.push(`${r.nrResynchronised} areas were put where the recording has them, against the model`);
  if (nrProblems(r) > 0) rows.push(`${count(nrProblems(r), "problem")} of reading the trace, printed above`);
  return rows;
}

function firstMismatch({ mismatches }: CheckReport): readonly string[] {
  const [first] = mismatches;
  if (first === undefined) return [];
  return [
    "",
    `first mismatch, line ${first.line}`,
    `  recorded  ${first.recorded}`,
    `  ours      ${first.ours}`,
    ...first.map.split("\n").filter((row) => row !== ""),
    ...shortened(mismatches.slice(1), ({ line, recorded, ours }) => `line ${line}: ${recorded}; ours: ${ours}`),
  ];
}

function aroundAllocations(r: CheckReport): readonly string[] {
  const rows = [
    "",
    `frees      ${r.nrFrees}${r.nrFreesOfEarlier > 0 ? `, ${r.nrFreesOfEarlier} of areas from before the trace` : ""}`,
  ];
  if (r.nrFreesMissed > 0)
    rows.push(`           and ${r.nrFreesMissed} that no line tells of: their places were given again`);
  if (r.nrFreesUnknown > 0) rows.push(`           ${r.nrFreesUnknown} of areas that nothing is known of`);
  const led = (nr: number) => (nr > 0 ? `, ${nr} taken over from the recording` : "");
  rows.push(
    `chunks     created ${ofRecorded(r.created)}${led(r.nrCreationsLed)}; ` +
      `destroyed ${ofRecorded(r.destroyed)}${led(r.nrDestructionsLed)}`,
  );
  if (r.nrExchanged > 0) {
    rows.push(`           ${r.nrExchanged} times the recording destroyed another of several free chunks`);
  }
  if (r.refused.recorded > 0) rows.push(`refused    ${ofRecorded(r.refused)}`);
  if (r.pages.recorded > 0) rows.push(`page runs  populated or depopulated: ${ofRecorded(r.pages)}`);
  if (r.machine.nrCpus > 0) rows.push(`Percpu     ${r.percpuKb} kB at the end`);
  return rows;
}

function ofRecorded({ recorded, matched }: Compared): string {
  return `${matched} of ${recorded} recorded`;
}

function balance({ balance: b }: CheckReport): readonly string[] {
  if (b.source === "none") return ["balance    the work was never asked for"];
  const unasked = b.nrUnasked > 0 ? `, ${b.nrUnasked} of them not asked for in the model` : "";
  if (b.source === "probed") return [`balance    ${count(b.nrRuns, "run")} where the recording has them${unasked}`];
  const fitted = b.nrFitted > 0 ? `; ${b.nrFitted} put later so that percpu_stats agree` : "";
  const rule = b.rule === RULE_USUAL ? "" : `, ${RULE_WORDS[b.rule]}`;
  return [`balance    ${count(b.nrRuns, "run")} inferred from placements and chunk events${rule}${fitted}`];
}

function swaps(all: readonly Swap[]): readonly string[] {
  if (all.length === 0) return ["swaps      none"];
  return [
    `swaps      ${all.length}: what the allocator saw otherwise than the lines stand`,
    ...shortened(all, swapText),
  ];
}

function swapText(s: Swap): string {
  if (s.what === "work") return `balance work at another moment, before line ${s.beforeLine}`;
  if (s.what === "rule") return `${s.text}, from line ${s.beforeLine} on`;
  if (s.what === "free") return `no line tells of the free before line ${s.line}: ${s.text}`;
  return (
    `line ${s.line} before line ${s.beforeLine}: ${s.text}; CPU ${s.cpu} past CPU ${s.beforeCpu}, ` +
    `${count(s.nrPassed, "event")}, ${s.ns / 1000} us`
  );
}

function stats(r: CheckReport): readonly string[] {
  const rows = r.stats.flatMap((s) => statsRows(s, r.balance.source === "probed"));
  if (r.missedStats.length > 0) {
    rows.push(`percpu_stats of ${r.missedStats.join(", ")}: the trace has no moment with their counts`);
  }
  return rows.length === 0 ? ["percpu_stats: none recorded"] : rows;
}

function statsRows(s: StatsComparison, isProbed: boolean): readonly string[] {
  const undetermined = s.nrUndetermined > 0 ? `, ${s.nrUndetermined} undetermined` : "";
  const head = `percpu_stats ${s.name}, after line ${s.line}: ${s.nrEqual} of ${s.nrFigures} figures equal${undetermined}`;
  if (s.differences.length === 0) return [head];
  const why = isProbed ? "" : "; what the time of the balance work decides is inferred";
  const rows = s.differences.map((d) => `${d.where}: ${d.figure} recorded ${d.recorded ?? "-"}, ours ${d.ours ?? "-"}`);
  return [`${head}${why}`, ...shortened(rows, (row) => row, MAX_DIFFERENCES)];
}

function shortened<T>(all: readonly T[], print: (one: T) => string, most = MAX_SHOWN): readonly string[] {
  const rows = all.slice(0, most).map((one) => `  ${print(one)}`);
  if (all.length > most) rows.push(`  … and ${all.length - most} more`);
  return rows;
}
