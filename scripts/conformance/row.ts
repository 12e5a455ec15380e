/** One figure that was published or recorded, and what ebb makes of it. */

export interface Row {
  /** Where the figure comes from. */
  readonly source: string;
  readonly what: string;
  readonly unit: string;
  readonly expected: number;
  /** Allowed distance, per cent of `expected`; 0 for exact. */
  readonly tolerancePercent: number;
  /** `expected` is a bound: anything from 0 to it will do. */
  readonly isBound?: true;
  readonly got: () => number;
  /** Why it is not reproduced; the section of docs/limits.md says more. Undefined where it must be. */
  readonly explained?: string;
}

/** What became of a row. */
export interface Verdict {
  readonly row: Row;
  readonly got: number;
  readonly isNear: boolean;
}

export function judge(row: Row): Verdict {
  const got = row.got();
  const off = Math.abs(got - row.expected);
  const isNear =
    row.isBound === true
      ? got >= 0 && got <= row.expected
      : off <= (Math.abs(row.expected) * row.tolerancePercent) / 100;
  return { row, got, isNear };
}

/** TAP's directive for a failure that is known; the escape keeps it apart from notes to ourselves. */
const KNOWN_FAILURE = "\u0054ODO";

/** The verdicts as KTAP: an explained distance is a known failure. */
export function printKtap(verdicts: readonly Verdict[]): string {
  const lines = verdicts.map(({ row, got, isNear }, i) => {
    const status = isNear ? "ok" : "not ok";
    const todo = isNear || row.explained === undefined ? "" : ` # ${KNOWN_FAILURE} ${row.explained}`;
    const tolerance =
      row.isBound === true ? "at most" : row.tolerancePercent === 0 ? "exact" : `+-${row.tolerancePercent} %`;
    const figures = `# expected ${row.expected} ${row.unit} (${tolerance}), got ${rounded(got)} ${row.unit}`;
    const off = row.isBound === true ? "" : distance(row.expected, got);
    return `${figures}${off}; ${row.source}\n${status} ${i + 1} ${row.what}${todo}\n`;
  });
  return `KTAP version 1\n1..${verdicts.length}\n${lines.join("")}${summary(verdicts)}`;
}

/** True when every row is near or explained. */
export function allWell(verdicts: readonly Verdict[]): boolean {
  return verdicts.every(({ row, isNear }) => isNear || row.explained !== undefined);
}

function summary(verdicts: readonly Verdict[]): string {
  const nrNear = verdicts.filter(({ isNear }) => isNear).length;
  const nrExplained = verdicts.filter(({ row, isNear }) => !isNear && row.explained !== undefined).length;
  return `# pass:${nrNear} fail:${verdicts.length - nrNear - nrExplained} todo:${nrExplained} total:${verdicts.length}\n`;
}

function rounded(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

function distance(expected: number, got: number): string {
  if (expected === 0 || got === expected) return "";
  const percent = ((got - expected) / expected) * 100;
  return `, ${percent > 0 ? "+" : ""}${percent.toFixed(2)} %`;
}
