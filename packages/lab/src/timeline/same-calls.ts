/**
 * What a machine would have come to under another policy of its percpu allocator: the calls made of it, made again. Deferred
 * work is the other machine's own.
 */

import { type CallArgument, type CallListener, createMachine, type Machine, type MachineOptions } from "@ebb/model";
import { callAgain, callName, DEFERRED_CALL } from "@ebb/shell";
import { CallLog, MOST_CALLS } from "./call-log.ts";

export class CallRecorder implements CallListener {
  readonly #machine: Machine;
  readonly #log = new CallLog();

  /** @param machine as it was made: nothing has happened on it */
  constructor(machine: Machine) {
    this.#machine = machine;
    machine.callListener = this;
  }

  begins(code: number, args: readonly CallArgument[]): void {
    this.#log.begins(code, args);
  }

  ended(): void {
    this.#log.ended(this.#machine.nowNs);
    if (this.#log.length >= MOST_CALLS) this.#machine.callListener = undefined;
  }

  /**
   * A machine on which the same has been done; undefined when there were more calls than are kept. Rows and pids are the
   * same there as long as cgroups come and go as they did: options may differ in the percpu policy and its variant alone.
   */
  machineUnder(options: MachineOptions): Machine | undefined {
    const log = this.#log;
    if (log.length >= MOST_CALLS) return undefined;
    const m = createMachine(options);
    for (let call = 0; call < log.length; call++) {
      const code = log.codeOf(call);
      if (callName(code) !== DEFERRED_CALL) callAgain(m, code, log.argumentsOf(call));
    }
    return m;
  }
}
