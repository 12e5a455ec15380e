/** What a caller of the writer must keep to; bad input of any kind is a Problem instead. */

/** A rule of ours that does not hold: a fault of ebb, not of a file. */
class FormatAssertionError extends Error {}

export function assertFormat(holds: boolean, rule: string): void {
  if (!holds) throw new FormatAssertionError(rule);
}
