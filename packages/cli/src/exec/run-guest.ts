/** A program on a virtual machine, from the opening of the device to what the machine came to. */

import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { Worker } from "node:worker_threads";
import type { Problem } from "@ebb/formats";
import { closeFuse, openFuse, startInNamespace } from "@ebb/host";
import { SHIMMED_CLOCKS, SHIMMED_COMMANDS } from "@ebb/shell/fuse";
import type { MachineWords } from "../asked-machine.ts";
import { onSignals, statusOf } from "./child-end.ts";
import type { GuestMessage, GuestRequest, GuestSummary } from "./protocol.ts";
import { cannotServe } from "./unavailable.ts";

interface GuestProgram {
  readonly machine: MachineWords;
  readonly program: readonly string[];
  readonly environment: ReadonlyMap<string, string>;
  readonly realTime: boolean;
  readonly isShell: boolean;
  /** It stays on one CPU with the thread that serves it. */
  readonly onOneCpu: boolean;
  readonly withTmp: boolean;
  readonly withMap: boolean;
  readonly withLedger: boolean;
  /** Its standard output is kept instead of passed on. */
  readonly keepOutput: boolean;
}

interface GuestRun {
  /** Exit status of the program; 128 and the signal's number where one ended it. */
  readonly status: number;
  readonly stdout: string;
  readonly summary: GuestSummary;
}

const LOADER_INDEX = "/etc/ld.so.cache";
const WORKER = new URL("./guest-worker.js", import.meta.url);

/** Runs it to its end; a Problem when it could not begin. */
export async function runGuest(guest: GuestProgram): Promise<GuestRun | Problem> {
  let fuseFd: number;
  try {
    fuseFd = openFuse();
  } catch (error) {
    return cannotServe(error instanceof Error ? error.message : String(error));
  }
  try {
    return await new Guest(guest, fuseFd).run();
  } finally {
    closeFuse(fuseFd);
  }
}

class Guest {
  readonly #guest: GuestProgram;
  readonly #fuseFd: number;
  readonly #isOver = new SharedArrayBuffer(4);
  #stdout = "";
  #setupErrors = "";

  constructor(guest: GuestProgram, fuseFd: number) {
    this.#guest = guest;
    this.#fuseFd = fuseFd;
  }

  async run(): Promise<GuestRun | Problem> {
    const worker = new Worker(WORKER, { workerData: this.#request() });
    const { cpu, summary } = await readyWorker(worker);
    const child = this.#start(cpu);
    const stop = onSignals(() => child.kill("SIGKILL"));
    summary.catch(() => child.kill("SIGKILL"));
    try {
      const status = await statusOf(child);
      Atomics.store(new Int32Array(this.#isOver), 0, 1);
      const end = await summary;
      if (typeof status === "string") return cannotServe(status);
      if (!end.hasBegun) return cannotServe(this.#setupErrors);
      return { status, stdout: this.#stdout, summary: end };
    } finally {
      stop();
    }
  }

  #request(): GuestRequest {
    const { machine, realTime, isShell, onOneCpu, withMap, withLedger } = this.#guest;
    const loaderIndex = existsSync(LOADER_INDEX) ? readFileSync(LOADER_INDEX, "latin1") : undefined;
    const isOver = this.#isOver;
    const rest = { realTime, isShell, onOneCpu, loaderIndex, isOver, withMap, withLedger };
    return { version: 1, fuseFd: this.#fuseFd, ...machine, ...rest };
  }

  #start(cpu: number | undefined): ChildProcess {
    const { program, environment, realTime, withTmp, keepOutput } = this.#guest;
    const path = process.env.PATH ?? "/usr/sbin:/usr/bin:/sbin:/bin";
    const child = startInNamespace({
      fuseFd: this.#fuseFd,
      program,
      environment: {
        ...process.env,
        PYTHONPATH: withFirst("/proc/.ebb/python", process.env.PYTHONPATH),
        PATH: `${path}:/proc/.ebb/bin`,
        ...Object.fromEntries(environment),
      },
      shims: [...SHIMMED_COMMANDS, ...(realTime ? [] : SHIMMED_CLOCKS)],
      withTmp,
      cpu,
      withLoaderIndex: existsSync(LOADER_INDEX),
      stdout: keepOutput ? "pipe" : "inherit",
    });
    child.stdout?.setEncoding("latin1").on("data", (text: string) => {
      this.#stdout += text;
    });
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.#setupErrors += text;
    });
    return child;
  }
}

function withFirst(first: string, rest: string | undefined): string {
  return rest === undefined || rest === "" ? first : `${first}:${rest}`;
}

interface ReadyWorker {
  readonly cpu: number | undefined;
  readonly summary: Promise<GuestSummary>;
}

/** Answers when the worker is ready; what it fails with is thrown, then or by the summary. */
function readyWorker(worker: Worker): Promise<ReadyWorker> {
  return new Promise((ready, failed) => {
    const summary = new Promise<GuestSummary>((resolve, reject) => {
      worker.on("message", (message: GuestMessage) => {
        if (message.kind === "ready") ready({ cpu: message.cpu, summary });
        else resolve(message);
      });
      for (const fail of [reject, failed]) {
        worker.on("error", fail);
        worker.on("exit", () => fail(new Error("the server ended early")));
      }
    });
    summary.catch(() => undefined);
  });
}
