/** Reads the files of a recording with the importers that the command has: event files, and parts of a trace in order. */

import {
  createTraceImporter,
  EbbReader,
  type EventBatch,
  type EventNames,
  type ImportTotals,
  type Problem,
  type RecordedText,
  type TraceImporter,
  traceForm,
} from "@ebb/formats";
import type { SentFile } from "../protocol.ts";
import { DamagedFile, decompress, unpackedPieces } from "./unpacked.ts";

/** Takes what is read; `names` are those of the events that come. */
interface RecordingSink {
  /** False when these events cannot follow those before. */
  opened(names: EventNames): boolean;
  batch(batch: EventBatch): void;
  text(text: RecordedText): void;
  problem(problem: Problem): void;
}

/** What was in the files, or why they could not be read. */
export async function readRecording(files: readonly SentFile[], sink: RecordingSink): Promise<ImportTotals | Problem> {
  const reading = new Reading(sink);
  for (const file of files) {
    try {
      await reading.file(file);
    } catch (error) {
      if (error instanceof DamagedFile) return damaged(file.name, error);
      throw error;
    }
    if (reading.isMixed) return severalRecordings(files);
  }
  return reading.end();
}

class Reading {
  /** A second recording came. */
  isMixed = false;
  readonly #sink: RecordingSink;
  #trace: TraceImporter | undefined = undefined;
  #events: EbbReader | undefined = undefined;

  constructor(sink: RecordingSink) {
    this.#sink = sink;
  }

  async file({ name, content }: SentFile): Promise<void> {
    const pieces = unpackedPieces(content);
    const first = await pieces.next();
    if (first.done === true) return;
    const importer = traceForm(first.value) === "ebb" ? this.#eventFile(name) : this.#part(name);
    if (this.isMixed) return;
    importer.push(first.value);
    for await (const piece of pieces) importer.push(piece);
  }

  end(): ImportTotals {
    this.#trace?.end();
    this.#events?.end();
    const none = { nrRead: 0, nrEvents: 0, nrOther: 0, nrForeign: 0, nrBad: 0, nrLost: 0 };
    return this.#events?.totals ?? this.#trace?.totals ?? none;
  }

  #eventFile(name: string): EbbReader {
    this.isMixed ||= this.#trace !== undefined || this.#events !== undefined;
    this.#events = new EbbReader(name, this.#sink);
    this.#open(this.#events.names);
    return this.#events;
  }

  #part(name: string): TraceImporter {
    this.isMixed ||= this.#events !== undefined;
    if (this.#trace === undefined) {
      this.#trace = createTraceImporter({ file: name, decompress }, this.#sink);
      this.#open(this.#trace.names);
    } else this.#trace.nextInput(name);
    return this.#trace;
  }

  #open(names: EventNames): void {
    if (!this.isMixed && !this.#sink.opened(names)) this.isMixed = true;
  }
}

function damaged(file: string, { packing, isCutOff }: DamagedFile): Problem {
  return {
    severity: "error",
    file,
    line: 0,
    message: `the ${packing} file is ${isCutOff ? "cut off" : "damaged"}`,
    expected: "a recorded trace, plain, gzip or zstd",
    found: isCutOff ? "the end of the file before the end of the data" : "data that does not unpack",
    toDo: "copy the file again",
  };
}

function severalRecordings(files: readonly SentFile[]): Problem {
  return {
    severity: "error",
    file: files.map(({ name }) => name).join(" "),
    line: 0,
    message: "the files are not parts of one recording",
    expected: "text or raw parts of one recording in order, or one event file",
    found: "files whose names and chunks are numbered apart",
    toDo: "open one of them, or join them first: `ebb convert A B whole.ebb`",
  };
}
