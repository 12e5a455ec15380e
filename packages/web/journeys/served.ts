/** `ebb serve` as a user starts it. */

import { type ChildProcess, spawn } from "node:child_process";

export class Served {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(url: string, child: ChildProcess) {
    this.url = url;
    this.#child = child;
  }

  /** @param program the bundled command, with the page in `web` beside it */
  static start(program: string, args: readonly string[]): Promise<Served> {
    const child = spawn(process.execPath, [program, "serve", "--no-open", ...args], {
      env: { PATH: process.env.PATH },
    });
    return new Promise((resolve, reject) => {
      let out = "";
      let complaints = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        out += text;
        const end = out.indexOf("\n");
        if (end >= 0) resolve(new Served(out.slice(0, end), child));
      });
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        complaints += text;
      });
      child.on("exit", (status) => reject(new Error(`ebb serve ended with ${status}: ${complaints}`)));
    });
  }

  /** Ctrl-C; answers the exit code. */
  stop(): Promise<number | null> {
    const { exitCode } = this.#child;
    if (exitCode !== null) return Promise.resolve(exitCode);
    return new Promise((resolve) => {
      this.#child.removeAllListeners("exit").once("exit", (status) => resolve(status));
      this.#child.kill("SIGINT");
    });
  }
}
