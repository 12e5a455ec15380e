/** Figures of policies as they are shown: each a range over the schedules of the balance work. */

import { markName } from "./mark-name.ts";
import type { PolicyFigures } from "./policy-run.ts";
import type { PolicyReport } from "./policy-session.ts";
import { NOMINAL, SCHEDULES } from "./work-schedule.ts";

export interface Range {
  readonly low: number;
  readonly high: number;
  /** Under the schedule shown where there is room for one. */
  readonly nominal: number;
}

/** One row of the comparison: a mark, or the end. */
export interface PolicyRow {
  /** The mark's text, or "end of the trace". */
  readonly text: string;
  readonly line: number;
  readonly timeNs: number;
  /** `Percpu:` as the recorded kernel said. */
  readonly recordedKb: number | undefined;
  readonly usedBytes: number;
  /** Percpu in kB, by policy. */
  readonly percpuKb: readonly Range[];
}

/** What came back of what was taken, by policy. */
export interface PolicySummary {
  readonly cameBack: Range | undefined;
  readonly idealKb: number | undefined;
  readonly timesIdeal: Range | undefined;
}

const NOMINAL_AT = SCHEDULES.indexOf(NOMINAL);
const END = "end of the trace";

export function rangeOf(figures: readonly PolicyFigures[], figure: (f: PolicyFigures) => number): Range {
  const values = figures.map(figure);
  return { low: Math.min(...values), high: Math.max(...values), nominal: values[NOMINAL_AT] ?? Number.NaN };
}

/** Marks in their order, and the end. */
export function policyRows({ replay, percpuKb }: PolicyReport): readonly PolicyRow[] {
  const last = replay.samples.kept.at(-1);
  const rows = replay.marks.map(({ text, line, timeNs, figures }) => ({ text, line, timeNs, figures }));
  if (last !== undefined) rows.push({ text: END, line: 0, timeNs: last.timeNs, figures: last.figures });
  return rows.map(({ text, line, timeNs, figures }) => ({
    text,
    line,
    timeNs,
    recordedKb: text === END ? undefined : percpuKb.get(markName(text)),
    usedBytes: figures[0]?.[0]?.usedBytes ?? 0,
    percpuKb: figures.map((ofPolicy) => rangeOf(ofPolicy, (f) => f.percpuKb)),
  }));
}

/**
 * As `ebb compare` has it: start is the first row, full the highest of the policy, after the mark at which holders are
 * looked at, or the last one. The ideal is what the bytes that live on would need of what was added, could they be moved
 * together.
 */
export function policySummaries(rows: readonly PolicyRow[], at: string): readonly PolicySummary[] {
  const marks = rows.filter(({ text }) => text !== END);
  const [start] = marks;
  const after = marks.findLast(({ text }) => at === "" || markName(text) === at);
  if (start === undefined || after === undefined || marks.length < 3) return [];
  return start.percpuKb.map((startKb, policy) => {
    const full = marks.reduce((best, row) => (nominal(row, policy) > nominal(best, policy) ? row : best));
    const fullKb = full.percpuKb[policy] ?? startKb;
    const afterKb = after.percpuKb[policy] ?? startKb;
    const taken = fullKb.nominal - startKb.nominal;
    const added = full.usedBytes - start.usedBytes;
    if (taken <= 0 || added <= 0) return { cameBack: undefined, idealKb: undefined, timesIdeal: undefined };
    const idealKb = startKb.nominal + (taken * Math.max(0, after.usedBytes - start.usedBytes)) / added;
    const back = (kb: number) => (fullKb.nominal - kb) / taken;
    return {
      cameBack: { low: back(afterKb.high), high: back(afterKb.low), nominal: back(afterKb.nominal) },
      idealKb,
      timesIdeal: {
        low: afterKb.low / idealKb,
        high: afterKb.high / idealKb,
        nominal: afterKb.nominal / idealKb,
      },
    };
  });
}

function nominal(row: PolicyRow, policy: number): number {
  return row.percpuKb[policy]?.nominal ?? 0;
}
