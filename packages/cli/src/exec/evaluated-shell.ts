/** A shell of the evaluator at a prompt: where real programs cannot run. */

import { createInterface, type Interface } from "node:readline";
import { ENVIRONMENT, HOME } from "@ebb/lab";
import { createMachine, type MachineOptions, startTask } from "@ebb/model";
import { createCommands, createVirtualMachine, InteractiveShell, type LineResult } from "@ebb/shell";
import type { MachineWords } from "../asked-machine.ts";
import { toByteString, writeError, writeOut } from "../output.ts";
import { promptOf } from "./prompt.ts";
import { shellCommands } from "./shell-commands.ts";

const CONTINUED = "> ";
const HISTORY_LINES = 1000;
const GIVEN_UP_STATUS = 137;

/** Reads lines from standard input until the shell ends; answers its exit status. */
export async function evaluatedShell(
  options: MachineOptions,
  words: MachineWords,
  environment: ReadonlyMap<string, string>,
): Promise<number> {
  const machine = createMachine(options);
  const own = shellCommands(machine, words);
  const vm = createVirtualMachine(machine);
  const pid = startTask(machine);
  vm.host.exec(pid, "bash");
  const commands = createCommands({ mountFileSystem: vm.mountFileSystem, system: vm.system });
  const shell = new InteractiveShell({
    source: "",
    name: "bash",
    args: [],
    vfs: vm.vfs,
    host: vm.host,
    commands: new Map([...commands, ...own]),
    env: new Map([...ENVIRONMENT, ...environment]),
    cwd: HOME,
    pid,
    stdout: writeOut,
    stderr: writeError,
  });
  const prompt = () => `${promptOf(machine)} ${shell.cwd}# `;
  try {
    return await new Dialogue(shell, prompt).run();
  } finally {
    shell.end();
  }
}

class Dialogue {
  readonly #shell: InteractiveShell;
  readonly #prompt: () => string;
  readonly #lines: Interface;
  #typed = "";
  #status = 0;

  constructor(shell: InteractiveShell, prompt: () => string) {
    this.#shell = shell;
    this.#prompt = prompt;
    const terminal = process.stdin.isTTY === true;
    this.#lines = createInterface({
      input: process.stdin,
      output: process.stderr,
      terminal,
      historySize: HISTORY_LINES,
    });
  }

  async run(): Promise<number> {
    this.#ask();
    this.#lines.on("SIGINT", () => {
      this.#typed = "";
      writeError("^C\n");
      this.#ask();
    });
    for await (const line of this.#lines) {
      this.#typed += `${toByteString(line)}\n`;
      if (this.#take(this.#shell.run(this.#typed))) break;
      this.#ask();
    }
    this.#lines.close();
    return this.#status;
  }

  #ask(): void {
    if (process.stdin.isTTY !== true) return;
    this.#lines.setPrompt(this.#typed === "" ? this.#prompt() : CONTINUED);
    this.#lines.prompt();
  }

  /** True when it was the last. */
  #take(result: LineResult): boolean {
    if (result.kind === "incomplete") return false;
    this.#typed = "";
    switch (result.kind) {
      case "syntax-error":
        writeError(`bash: syntax error: ${result.message}\n`);
        this.#status = 2;
        return false;
      case "done":
        this.#status = result.status;
        for (const { message } of result.findings) writeError(`ebb: ${message}: ebb does not have it\n`);
        return false;
      case "deadlock":
        writeError("ebb: all processes wait for each other; the shell has ended\n");
        this.#status = GIVEN_UP_STATUS;
        return true;
      case "exited":
        this.#status = result.status;
        return true;
    }
  }
}
