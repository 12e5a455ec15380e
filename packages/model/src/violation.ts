/**
 * What `verify` functions return: a field of the state that disagrees with what the primary state says it must be.
 * An empty list means that the state is sound.
 */

/** In place of an ordinal: the rule is about the whole table. */
export const NO_ORDINAL = -2;
/** In place of a page: the rule is about the whole chunk, or the whole table. */
export const NO_PAGE = -1;

export interface Violation {
  /** The rule as a sentence; one constant string per rule. */
  readonly rule: string;
  /** Ordinal of the chunk, -1 for the reserved chunk, `NO_ORDINAL` for the whole table. */
  readonly chunk: number;
  readonly page: number;
  /** The value the rule asks for, or the bound the value found must keep to. */
  readonly expected: number;
  readonly found: number;
}

/** Adds a violation to `out` unless `found` is `expected`. */
export function expectEqual(
  out: Violation[],
  rule: string,
  chunk: number,
  page: number,
  expected: number,
  found: number,
): void {
  if (found !== expected) out.push({ rule, chunk, page, expected, found });
}

/** Adds a violation to `out` when `found` is above `bound`. */
export function expectAtMost(
  out: Violation[],
  rule: string,
  chunk: number,
  page: number,
  bound: number,
  found: number,
): void {
  if (!(found <= bound)) out.push({ rule, chunk, page, expected: bound, found });
}

/** Adds a violation to `out` when `found` is below `bound`. */
export function expectAtLeast(
  out: Violation[],
  rule: string,
  chunk: number,
  page: number,
  bound: number,
  found: number,
): void {
  if (!(found >= bound)) out.push({ rule, chunk, page, expected: bound, found });
}

/** The violation as one line. */
export function printViolation(v: Violation): string {
  const where = v.chunk === NO_ORDINAL ? "table" : v.chunk < 0 ? "chunk R" : `chunk ${v.chunk}`;
  const page = v.page === NO_PAGE ? "" : ` page ${v.page}`;
  return `${where}${page}: ${v.rule}: expected ${v.expected}, found ${v.found}`;
}
