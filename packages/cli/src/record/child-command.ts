/** The command that runs while a host is recorded. */

import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { toByteString } from "../output.ts";

/** How a command ended. */
export interface CommandEnd {
  /** Exit status; 128 and the signal's number as in a shell; undefined when it could not be run. */
  readonly status: number | undefined;
  /** A byte string for people. */
  readonly said: string;
}

export class ChildCommand {
  /** Undefined as long as it runs. */
  ended: CommandEnd | undefined;
  readonly #child: ChildProcess;

  /**
   * Runs it with our standard streams.
   *
   * @param words its name and arguments
   * @param wake  called when it has ended
   */
  constructor(words: readonly string[], wake: () => void) {
    const [name = "", ...args] = words;
    this.#child = spawn(name, args, { stdio: "inherit" });
    const end = (ended: CommandEnd) => {
      this.ended ??= ended;
      wake();
    };
    this.#child.on("error", (error) => end({ status: undefined, said: toByteString(error.message) }));
    this.#child.on("exit", (code, signal) => {
      if (signal === null) end({ status: code ?? 0, said: `ended with status ${code ?? 0}` });
      else end({ status: 128 + constants.signals[signal], said: `was ended by ${signal}` });
    });
  }

  /** Asks it to end, if it still runs. */
  terminate(): void {
    if (this.ended === undefined) this.#child.kill("SIGTERM");
  }
}
