/** The buffer of one CPU, read as it fills. */

import { closeSync, readSync } from "node:fs";
import {
  createRawImporter,
  type EventBatch,
  type EventNames,
  type ImportTotals,
  type Problem,
  type RawImporter,
} from "@ebb/formats";
import { errorCode } from "./host-files.ts";
import type { TraceInstance } from "./trace-instance.ts";

interface PipeSink {
  batch(batch: EventBatch, names: EventNames): void;
  problem(problem: Problem): void;
}

/** One reading gives a page of the buffer at most; larger pages than this are unheard of. */
const READ_BYTES = 65_536;
/** Pages in one turn: other CPUs wait no longer than that. */
const MAX_PAGES_A_TURN = 4096;
/** What the kernel counts as lost, in a CPU's `stats`. */
const LOST = /^(?:overrun|commit overrun|dropped events): (\d+)$/gm;

export class CpuPipe {
  readonly cpu: number;
  readonly #fd: number;
  readonly #importer: RawImporter;
  readonly #page = new Uint8Array(READ_BYTES);

  private constructor(cpu: number, fd: number, importer: RawImporter) {
    this.cpu = cpu;
    this.#fd = fd;
    this.#importer = importer;
  }

  /** Opens the pages of a CPU; its events and problems go to the sink. Throws what the system says. */
  static open(instance: TraceInstance, cpu: number, sink: PipeSink): CpuPipe | Problem {
    const texts = { ...instance.layout(), cpus: [{ cpu, file: `cpu${cpu}` }] };
    const importer: RawImporter | Problem = createRawImporter(texts, {
      batch: (batch) => {
        if (!("severity" in importer)) sink.batch(batch, importer.names);
      },
      problem: (problem) => sink.problem(problem),
    });
    return "severity" in importer ? importer : new CpuPipe(cpu, instance.openPipe(cpu), importer);
  }

  get totals(): ImportTotals {
    return this.#importer.totals;
  }

  /** Reads what is there, without waiting. */
  drain(): void {
    for (let nrPages = 0; nrPages < MAX_PAGES_A_TURN; nrPages++) {
      const nrBytes = readNow(this.#fd, this.#page);
      if (nrBytes === 0) break;
      // Kept by the importer until it has read them.
      this.#importer.push(this.#page.slice(0, nrBytes));
    }
    this.#importer.flush();
  }

  /** Reads the rest. */
  finish(): void {
    for (let nrBytes = readNow(this.#fd, this.#page); nrBytes > 0; nrBytes = readNow(this.#fd, this.#page)) {
      this.#importer.push(this.#page.slice(0, nrBytes));
    }
    this.#importer.endWanted();
    this.#importer.end();
  }

  /** Events lost: what the pages say of gaps, or what the kernel counts where that is more. */
  nrLost(stats: string): number {
    let counted = 0;
    for (const [, count] of stats.matchAll(LOST)) counted += Number(count);
    return Math.max(counted, this.totals.nrLost);
  }

  close(): void {
    closeSync(this.#fd);
  }
}

/** Bytes read; 0 when there are none now. */
function readNow(fd: number, bytes: Uint8Array): number {
  try {
    return readSync(fd, bytes);
  } catch (error) {
    if (errorCode(error) === "EAGAIN") return 0;
    throw error;
  }
}
