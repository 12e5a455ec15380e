/** `ebb-policy [P]`: the machine and its policy, or the same calls under another policy beside it. */

import { CallRecorder, machineOptions, printBeside, printMachine } from "@ebb/lab";
import { type Machine, percpuPolicy } from "@ebb/model";
import type { Command, CommandContext } from "@ebb/shell";
import type { MachineWords } from "../asked-machine.ts";

const USAGE_STATUS = 2;

/** @param words what the machine was asked for by */
export function policyCommand(machine: Machine, words: MachineWords): Command {
  const recorder = new CallRecorder(machine);
  return (context) => {
    const [policy, extra] = context.args;
    if (extra !== undefined) return complain(context, "usage: ebb-policy [P]");
    if (policy === undefined) {
      context.stdout.write(printMachine(machine));
      return 0;
    }
    if (percpuPolicy(policy) === undefined) return complain(context, `${policy}: no policy of the percpu allocator`);
    const options = machineOptions({ ...words, kernel: machine.profile, policy });
    if ("severity" in options) return complain(context, `${policy}: ${options.message}`);
    const { memcgPolicy, arrayCachePolicy, deadCachePolicy } = machine.options;
    const other = recorder.machineUnder({ ...options, memcgPolicy, arrayCachePolicy, deadCachePolicy });
    if (other === undefined) return complain(context, "more has been done on this machine than is kept");
    context.stdout.write(printBeside(machine, other));
    return 0;
  };
}

function complain({ stderr, name }: CommandContext, message: string): number {
  stderr.write(`${name}: ${message}\n`);
  return USAGE_STATUS;
}
