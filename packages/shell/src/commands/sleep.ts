/** sleep and usleep: they let virtual time pass. */

import type { CommandContext, Running } from "../process/command.ts";
import { complain, complainUsage, quote } from "./support/report.ts";
import { parseDurationNs } from "./support/sizes.ts";

const NEVER_NS = Number.MAX_SAFE_INTEGER;

/** Waits for the sum of its arguments. */
export function sleep(context: CommandContext): number | Running<number> {
  const args = context.args[0] === "--" ? context.args.slice(1) : context.args;
  if (args.length === 0) {
    complainUsage(context, "missing operand");
    return 1;
  }
  let totalNs = 0;
  let wrong = false;
  for (const text of args) {
    if (/^-./.test(text)) {
      const message = text.startsWith("--") ? `unrecognized option '${text}'` : `invalid option -- '${text.charAt(1)}'`;
      complainUsage(context, message);
      return 1;
    }
    const ns = parseDurationNs(text);
    if (ns === undefined) {
      complain(context, `invalid time interval ${quote(text)}`);
      wrong = true;
    } else totalNs += ns;
  }
  if (wrong) {
    context.stderr.write(`Try '${context.name} --help' for more information.\n`);
    return 1;
  }
  return totalNs === 0 ? 0 : pause(context, totalNs);
}

function* pause(context: CommandContext, ns: number): Running<number> {
  yield { kind: "until", timeNs: Math.min(NEVER_NS, context.host.nowNs() + ns) };
  return 0;
}

/** Waits for microseconds. */
export function usleep(context: CommandContext): number | Running<number> {
  const text = context.args[0] ?? "1";
  if (!/^\d+$/.test(text)) {
    complain(context, `invalid number of microseconds ${quote(text)}`);
    return 1;
  }
  return pause(context, Number(text) * 1000);
}
