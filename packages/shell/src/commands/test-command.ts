/** test and [ as programs, true and false. */

import type { CommandContext } from "../process/command.ts";
import { complain } from "./support/report.ts";
import { evaluateTest } from "./test-expression.ts";

const WRONG_STATUS = 2;

export function test(context: CommandContext): number {
  let { args } = context;
  if (context.name === "[") {
    if (args[args.length - 1] !== "]") {
      complain(context, "missing ']'");
      return WRONG_STATUS;
    }
    args = args.slice(0, -1);
  }
  const result = evaluateTest(args, context);
  if (typeof result === "boolean") return result ? 0 : 1;
  complain(context, result.error);
  return WRONG_STATUS;
}

export function succeed(): number {
  return 0;
}

export function fail(): number {
  return 1;
}
