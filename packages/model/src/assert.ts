/** Assertions stay on in production; the rule is a constant string, so a check that holds allocates nothing. */

export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

/** Throws `AssertionError` with `rule` when `condition` does not hold: a bug in us, never bad input. */
export function assert(condition: boolean, rule: string): asserts condition {
  if (!condition) throw new AssertionError(rule);
}

/** Ends a `switch` over a union; the compiler proves that it is never reached. */
export function assertNever(value: never): never {
  throw new AssertionError(`unexpected value ${String(value)}`);
}
