/**
 * The evaluator line by line: a shell that lives on between commands, for a prompt. While it waits for the next line, no
 * virtual time passes.
 */

import type { Running } from "../process/command.ts";
import { Process } from "../process/scheduler.ts";
import { compileScript } from "./compile.ts";
import { runShellBody, runTop } from "./execute-process.ts";
import type { ScriptIr } from "./ir.ts";
import type { Finding, Machine } from "./machine.ts";
import { makeMachine, makeScriptShell, type ScriptOptions } from "./run-script.ts";
import type { Shell } from "./shell.ts";
import type { SourceError } from "./source-map.ts";

/** What became of a line. */
export type LineResult =
  /** More lines belong to it: give the whole again with the next one. */
  | { readonly kind: "incomplete" }
  | { readonly kind: "syntax-error"; readonly message: string }
  | { readonly kind: "done"; readonly status: number; readonly findings: readonly Finding[] }
  /** All processes wait for each other; the command was given up, and the shell with it. */
  | { readonly kind: "deadlock" }
  /** The shell has ended. */
  | { readonly kind: "exited"; readonly status: number };

export class InteractiveShell {
  readonly #machine: Machine;
  readonly #process: Process;
  readonly #shell: Shell;
  #next: ScriptIr | undefined = undefined;
  #isBusy = false;
  #line = 1;

  /** @param options `source` is not used */
  constructor(options: ScriptOptions) {
    this.#machine = makeMachine(options);
    this.#process = new Process(options.pid, 0, options.name);
    this.#shell = makeScriptShell(this.#machine, this.#process, options);
    this.#machine.scheduler.start(
      this.#process,
      runShellBody(this.#shell, () => this.#body()),
    );
  }

  /** Its working directory. */
  get cwd(): string {
    return this.#shell.cwd;
  }

  /** Runs what was typed, to its end. */
  run(source: string): LineResult {
    const { script, errors } = compileScript(source, this.#line);
    if (source.endsWith("\\\n") || errors.some(isAtEnd)) return { kind: "incomplete" };
    const [error] = errors;
    if (error !== undefined) return { kind: "syntax-error", message: error.message };
    this.#line += source.split("\n").length - 1;
    this.#next = script;
    this.#isBusy = true;
    const { scheduler, shouldStop, findings } = this.#machine;
    const nrBefore = findings.length;
    const outcome = scheduler.run(() => !this.#isBusy || !this.#process.alive, shouldStop);
    if (!this.#process.alive) return { kind: "exited", status: this.#process.status ?? 0 };
    if (outcome === "deadlock") return { kind: "deadlock" };
    return { kind: "done", status: this.#shell.lastStatus, findings: findings.slice(nrBefore) };
  }

  /** Ends what still runs. */
  end(): void {
    const { scheduler } = this.#machine;
    for (const process of [...scheduler.processes.values()]) scheduler.kill(process, 9);
  }

  *#body(): Running<number> {
    let status = 0;
    while (this.#shell.flow === "none") {
      yield { kind: "condition", holds: () => this.#next !== undefined };
      const script = this.#next;
      this.#next = undefined;
      if (script !== undefined) status = yield* runTop(this.#shell, script.statements);
      this.#isBusy = false;
    }
    return status;
  }
}

/** The text ends before the construct does. */
function isAtEnd({ message, sourceLine }: SourceError): boolean {
  return message.startsWith("unterminated") || (message.startsWith("expected") && sourceLine === "");
}
