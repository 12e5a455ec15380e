/** What all shell processes of one run share, and the records of the run its caller reads. */

import type { Command, Running, TaskHost } from "../process/command.ts";
import type { FifoTable } from "../process/fifo.ts";
import type { OpenFile } from "../process/open-file.ts";
import type { Scheduler } from "../process/scheduler.ts";
import type { Vfs } from "../vfs/vfs.ts";
import type { ScriptIr } from "./ir.ts";
import type { Shell } from "./shell.ts";

/** Something the script asked for that is not there: the run's result is not to be trusted. */
export interface Finding {
  readonly kind: "unknown-command" | "unsupported-option" | "unsupported-syntax";
  /** Name of the script as errors show it. */
  readonly script: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** One command or pipeline of the script that has ended. */
export interface CommandEvent {
  /** Words after expansion joined by blanks; of a pipeline the source text. */
  readonly text: string;
  readonly line: number;
  readonly status: number;
  /** What it wrote to the standard output of the script. */
  readonly stdout: string;
  readonly startNs: number;
  readonly endNs: number;
}

/** The parts of the evaluator that word expansion calls back. */
interface Executor {
  /** `$(...)`: what the commands print, without the newlines at the end. */
  substitute(shell: Shell, script: ScriptIr): Running<string>;
  /** `<(...)`: the path the command can be read from or written to. */
  substituteProcess(shell: Shell, script: ScriptIr, direction: "<" | ">"): Running<string>;
}

export interface Machine {
  readonly vfs: Vfs;
  readonly host: TaskHost;
  readonly commands: ReadonlyMap<string, Command>;
  readonly scheduler: Scheduler;
  readonly fifos: FifoTable;
  readonly executor: Executor;
  readonly findings: Finding[];
  /** The script's own standard output: what reaches it is accounted to commands. */
  readonly output: OpenFile;
  readonly onCommand: ((event: CommandEvent) => void) | undefined;
  /** True when the caller wants the run to end now. */
  readonly shouldStop: () => boolean;
}
