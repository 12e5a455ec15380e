/**
 * nc as OpenBSD's netcat: a listener holds its socket until it is killed. No peer exists on this machine's network, so
 * nothing ever connects, and a connection is refused.
 */

import type { CommandContext, Running } from "../../process/command.ts";
import { optionTable, parseOptions } from "../support/options.ts";
import { complain, refuse } from "../support/report.ts";
import type { System } from "../support/system.ts";

const OPTIONS = optionTable({
  short: "46dklnNp:s:uvw:z",
  refusedShort: "bCDFhIMmOoPqrSTtUVWXxZ",
  status: 1,
  usage: "usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]",
});
const MAX_PORT = 65535;

export function createNc(system: System): (context: CommandContext) => number | Running<number> {
  return (context) => {
    const options = parseOptions(context, OPTIONS);
    if (typeof options === "number") return options;
    const [first, second] = options.operands;
    const portText = options.value("p") ?? second ?? first ?? "";
    if (!options.has("l")) {
      if (first === undefined || second === undefined) return usage(context);
      if (options.has("v") || options.has("z")) {
        const kind = options.has("u") ? "udp" : "tcp";
        complain(context, `connect to ${first} port ${second} (${kind}) failed: Connection refused`);
      }
      return 1;
    }
    if (options.has("u") || options.has("w") || options.has("z")) return refuse(context, "-l with -u, -w or -z");
    const port = Number(portText);
    if (!/^[0-9]+$/.test(portText) || port < 1 || port > MAX_PORT) {
      complain(context, `port number invalid: ${portText}`);
      return 1;
    }
    const close = system.listen(port, context.pid);
    if (close === undefined) {
      complain(context, "Address already in use");
      return 1;
    }
    if (options.has("v")) context.stderr.write(`Listening on 0.0.0.0 ${port}\n`);
    return hold(close);
  };
}

function usage(context: CommandContext): number {
  context.stderr.write("usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]\n");
  return 1;
}

/** Waits for ever; what was opened is closed when the process is killed. */
function* hold(close: () => void): Running<number> {
  try {
    yield { kind: "condition", holds: () => false };
    return 0;
  } finally {
    close();
  }
}
