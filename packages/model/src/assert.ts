/** Assertions stay on in production; the rule is a constant string, so a check that holds allocates nothing. */

class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** Throws `AssertionError` with `rule` when `condition` does not hold: a bug in us, never bad input. */
export function assert(condition: boolean, rule: string): asserts condition {
  if (!condition) throw new AssertionError(rule);
}
