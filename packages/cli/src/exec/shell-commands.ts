/** Commands that look into the machine from within: they are called by the programs that run on it. */

import { chunkMap, explainDying, printLedger } from "@ebb/lab";
import type { Machine } from "@ebb/model";
import type { Command, CommandContext, Running } from "@ebb/shell";
import type { MachineWords } from "../asked-machine.ts";
import { policyCommand } from "./policy-command.ts";

const NS_PER_S = 1e9;
const USAGE_STATUS = 2;

/** By name, for one machine, on which nothing has happened yet. */
export function shellCommands(machine: Machine, words: MachineWords): ReadonlyMap<string, Command> {
  return new Map<string, Command>([
    ["ebb-step", step],
    ["ebb-map", (context) => print(context, chunkMap(machine.percpu))],
    ["ebb-why", (context) => print(context, printLedger(explainDying(machine)))],
    ["ebb-policy", policyCommand(machine, words)],
  ]);
}

function print({ stdout, stderr, name, args }: CommandContext, text: string): number {
  if (args.length > 0) {
    stderr.write(`usage: ${name}\n`);
    return USAGE_STATUS;
  }
  stdout.write(text);
  return 0;
}

/** Lets so many virtual seconds pass: deferred work that falls due runs. */
function* step({ args, host, stdout, stderr }: CommandContext): Running<number> {
  const [text = "1", extra] = args;
  const seconds = Number(text);
  if (extra !== undefined || !(seconds >= 0 && seconds < Number.MAX_SAFE_INTEGER / NS_PER_S)) {
    stderr.write("usage: ebb-step [SECONDS]\n");
    return USAGE_STATUS;
  }
  yield { kind: "until", timeNs: host.nowNs() + Math.round(seconds * NS_PER_S) };
  stdout.write(`${(host.nowNs() / NS_PER_S).toFixed(3)} s\n`);
  return 0;
}
