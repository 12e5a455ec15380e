/**
 * The state of one shell process: the script's own, a subshell, or one side of a pipeline. Execution is in
 * `execute*.ts`, expansion in `expand*.ts`; they work on this.
 */

import type { Errno } from "../errno.ts";
import { EBADF, EPIPE } from "../errno.ts";
import type { FdTable } from "../process/fd-table.ts";
import type { Process } from "../process/scheduler.ts";
import { SIGPIPE } from "../process/signals.ts";
import { type ArithmeticScope, evaluateText } from "./arithmetic.ts";
import { ArithmeticError, type ShellInteger } from "./arithmetic-parse.ts";
import type { CommandIr } from "./ir.ts";
import type { JobTable } from "./jobs.ts";
import type { Finding, Machine } from "./machine.ts";
import type { PatternOptions } from "./pattern.ts";
import { ShellOptions } from "./shell-options.ts";
import { VariableError, Variables } from "./variables.ts";

/** The text by which commands and tests refuse what they leave out (`commands/support/report.ts`). */
const REFUSAL = "is not modelled by ebb";
/** What a program or a builtin says of an option it does not have: a typing error, or one that ebb has never heard of. */
const UNKNOWN_OPTION = /(?:^|: )(?:unrecognized option '|invalid option -- '|[-+]\w+: invalid option$)/m;

/** The message says that an option was refused, whether Linux would have or not: the figures are not to be trusted. */
export function tellsOfRefusedOption(message: string): boolean {
  return message.includes(REFUSAL) || UNKNOWN_OPTION.test(message);
}

/** An error that ends more than the command it happened in; its message has been printed. */
export class ShellError extends Error {
  /** exit: the shell ends. discard: the rest of the top-level command is given up. */
  readonly reach: "exit" | "discard";
  readonly status: number;

  constructor(reach: "exit" | "discard", status: number) {
    super(`shell ${reach} ${status}`);
    this.reach = reach;
    this.status = status;
  }
}

/** What execution is on its way out of. */
type Flow = "none" | "break" | "continue" | "return" | "exit";

export interface ShellFunction {
  readonly name: string;
  readonly body: CommandIr;
  readonly text: string;
}

/** One function call or sourced file, innermost last. */
interface CallFrame {
  readonly name: string;
  /** Line of the call. */
  readonly line: number;
  readonly source: string;
  readonly isFunction: boolean;
}

interface ShellParts {
  readonly machine: Machine;
  readonly process: Process;
  /** Of the parent, for a subshell. */
  readonly inherited: Variables | undefined;
  readonly files: FdTable;
  readonly jobs: JobTable;
  readonly cwd: string;
  readonly name: string;
  readonly params: readonly string[];
}

export class Shell implements ArithmeticScope {
  readonly machine: Machine;
  process: Process;
  variables: Variables;
  files: FdTable;
  jobs: JobTable;
  functions = new Map<string, ShellFunction>();
  /** Commands that `enable -f` made builtins. */
  loaded = new Set<string>();
  options = new ShellOptions();
  cwd: string;
  /** `$0`, and how messages name the script. */
  name: string;
  params: readonly string[];
  /** The sourced file being run, "" outside one. */
  sourceName = "";
  lastStatus = 0;
  pipeStatus: readonly number[] = [0];
  lastBackgroundPid = 0;
  /** Status of the last command substitution of the current command; -1 when there was none. */
  substitutionStatus = -1;
  /** Line of the command being run. */
  line = 1;
  column = 1;
  /** Name printed before messages of a builtin, "" outside one. */
  builtin = "";
  flow: Flow = "none";
  /** Loops still to leave for break and continue. */
  flowCount = 0;
  loopDepth = 0;
  /** Above 0 where a failure does not end the shell under `set -e`. */
  errexitIgnored = 0;
  calls: CallFrame[] = [];
  /** Actions by signal name ("EXIT", "ERR", "TERM"); "" ignores. */
  traps = new Map<string, string>();
  pendingSignals: number[] = [];
  /** The signal the shell is dying of while its EXIT trap runs; 0 for none. */
  fatalSignal = 0;
  /** Names of the traps whose actions are being run. */
  trapsRunning = new Set<string>();
  /** The last redirection of a compound command failed. */
  redirectFailed = false;
  umask = 0o022;
  /** Reports commands through `onCommand`. */
  emitsEvents = true;
  isSubshell = false;
  /** Runs `-c` text instead of a file. */
  isCommandString = false;
  /** Position in the word that getopts reads. */
  getoptsAt = 1;
  /** OPTIND as getopts left it. */
  getoptsIndex = 1;
  /** How many subshells this one is in. */
  depth = 0;
  /** Levels of substitution and eval, for `set -x`. */
  traceLevel = 0;
  /** `$$`: pid of the shell that is no subshell. */
  scriptPid: number;
  /** Jobs of the parent, which `jobs` in a subshell still shows. */
  inheritedJobs: JobTable | undefined;
  random: { state: number } = { state: 1 };
  lastRandom = -1;
  /** Second at which SECONDS was 0. */
  startSeconds = 0;
  lastArgument = "";
  /** The task forked for the program about to start, while its redirections are opened: by it, not by the shell. */
  forkedPid: number | undefined = undefined;
  /** Descriptors that process substitutions of the current command opened. */
  substitutedFds: number[] = [];
  /** Loop turns since the others last had a chance to run, and programs and loaded commands started since. */
  nrTurns = 0;
  nrStarts = 0;
  /** Signals ignored since before this shell began; they cannot be trapped. */
  ignoredSignals: ReadonlySet<number> = new Set();
  #environment: ReadonlyMap<string, string> | undefined;
  #environmentEpoch = -1;

  constructor(parts: ShellParts) {
    this.machine = parts.machine;
    this.process = parts.process;
    this.scriptPid = parts.process.pid;
    const owner = (): Shell => this;
    this.variables = parts.inherited?.fork(owner) ?? new Variables(owner);
    this.files = parts.files;
    this.jobs = parts.jobs;
    this.cwd = parts.cwd;
    this.name = parts.name;
    this.params = parts.params;
  }

  /** Value of `$name` for everything but `@` and `*`; undefined when unset. */
  parameter(name: string): string | undefined {
    const code = name.charCodeAt(0);
    if (code > 57 && code !== 63 && code !== 64) return name === "_" ? this.lastArgument : this.variables.get(name);
    if (code >= 48 && code <= 57) {
      const index = Number(name);
      return index === 0 ? this.name : this.params[index - 1];
    }
    switch (name) {
      case "?":
        return String(this.lastStatus);
      case "#":
        return String(this.params.length);
      case "$":
        return String(this.scriptPid);
      case "!":
        return this.lastBackgroundPid === 0 ? undefined : String(this.lastBackgroundPid);
      case "-":
        return this.options.letters();
      default:
        return undefined;
    }
  }

  /** First character of IFS, which joins `$*`. */
  get joiner(): string {
    const ifs = this.variables.get("IFS");
    return ifs === undefined ? " " : ifs.charAt(0);
  }

  getNumeric(name: string, subscript: string | undefined): string | undefined {
    const value =
      subscript === undefined ? this.variables.get(name) : this.variables.getElement(name, this.key(name, subscript));
    if (value === undefined && this.options.nounset)
      this.failUnbound(subscript === undefined ? name : `${name}[${subscript}]`);
    return value;
  }

  setNumeric(name: string, subscript: string | undefined, value: string): void {
    if (subscript === undefined) this.variables.set(name, value);
    else this.variables.setElement(name, this.key(name, subscript), value);
  }

  /** The key that subscript text means: itself without quotes for an associative array, else its value. */
  key(name: string, subscript: string): string {
    if (this.variables.find(name)?.associative !== undefined) return subscript.replace(/["']/g, "");
    return String(this.arithmetic(subscript));
  }

  /** Value of arithmetic text; on error the message is printed and the top-level command given up. */
  arithmetic(text: string): ShellInteger {
    try {
      return evaluateText(text, this);
    } catch (error) {
      throw this.translate(error);
    }
  }

  /** Prints the message of an arithmetic or variable error and returns what to throw on. */
  translate(error: unknown): unknown {
    if (error instanceof ArithmeticError) this.report(`${error.expression}: ${error.message}`);
    else if (error instanceof VariableError) this.report(error.message);
    else return error;
    return new ShellError("discard", 1);
  }

  failUnbound(name: string): never {
    this.report(`${name}: unbound variable`);
    throw new ShellError("exit", this.isCommandString ? 127 : 1);
  }

  /** Prints `SCRIPT: line N: message`. */
  report(message: string): void {
    if (tellsOfRefusedOption(message)) this.find("unsupported-option", message);
    const builtin = this.builtin === "" ? "" : `${this.builtin}: `;
    this.writeError(
      `${this.sourceName === "" ? this.name : this.sourceName}: line ${this.line}: ${builtin}${message}\n`,
    );
  }

  writeError(text: string): void {
    this.files.get(2)?.write(text);
  }

  /** Writes to descriptor `fd`; a pipe without reader ends the shell as SIGPIPE does. */
  write(text: string, fd = 1): Errno | undefined {
    const file = this.files.get(fd);
    if (file === undefined) return EBADF;
    if (file === this.machine.output && this.process.record !== undefined) this.process.record.stdout += text;
    const answer = file.write(text);
    if (answer === EPIPE && this.traps.get("PIPE") !== "") {
      this.machine.scheduler.kill(this.process, SIGPIPE);
      throw new ShellError("exit", 128 + SIGPIPE);
    }
    return answer;
  }

  /** What a program started now gets as its environment. */
  environment(): ReadonlyMap<string, string> {
    if (this.#environment === undefined || this.#environmentEpoch !== this.variables.exportEpoch) {
      this.#environment = this.variables.exportedEntries();
      this.#environmentEpoch = this.variables.exportEpoch;
    }
    return this.#environment;
  }

  find(kind: Finding["kind"], message: string): void {
    this.machine.findings.push({ kind, script: this.name, line: this.line, column: this.column, message });
  }

  patternOptions(extglob = this.options.has("extglob")): PatternOptions {
    return { extglob, ignoreCase: this.options.has("nocasematch") };
  }

  /** True while a break, return or exit is under way. */
  get leaving(): boolean {
    return this.flow !== "none";
  }
}
