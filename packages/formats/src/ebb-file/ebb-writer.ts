/**
 * Writes an event file as events come. Blocks leave whole, through the function given; what that does with them (a file,
 * a socket, memory) is not known here. Memory is one block and the names.
 */

import type { Problem } from "../problem.ts";
import type { EventBatch, EventNames, ImportTotals, RecordedText } from "../trace/events.ts";
import { assertFormat } from "./assert-format.ts";
import { ByteBuilder, putUint32 } from "./byte-builder.ts";
import { crc32 } from "./crc32.ts";
import { EventBlockEncoder } from "./event-block-encode.ts";
import {
  BLOCK_CHUNKS,
  BLOCK_EVENTS,
  BLOCK_MARKER,
  BLOCK_NAMES,
  BLOCK_PROBLEM,
  BLOCK_START,
  BLOCK_TEXT,
  BLOCK_TOTALS,
  EBB_MAGIC,
  HEADER_BYTES,
  HEADER_CHECKSUM_AT,
  LENGTH_AT,
  MAX_BLOCK_EVENTS,
  MAX_PAYLOAD_BYTES,
  NAMES_BLOCK_UNITS,
  PAYLOAD_CHECKSUM_AT,
  SEVERITIES,
} from "./layout.ts";
import { NumberedStrings } from "./numbered-strings.ts";
import { PendingEvents } from "./pending-events.ts";
import { TextBlockEncoder } from "./text-block.ts";

/** A problem quotes what it is about; more of it than this helps nobody. */
const MAX_PROBLEM_UNITS = 4096;

/** What a file holds already, as its reader found it: who writes on at its end starts from here. */
export interface EbbFileContent {
  readonly names: EventNames;
  readonly nrEvents: number;
  readonly nrTexts: number;
  readonly nrProblems: number;
}

export class EbbWriter {
  readonly #write: (bytes: Uint8Array) => void;
  readonly #creator: string;
  readonly #payload = new ByteBuilder();
  readonly #pending = new PendingEvents();
  readonly #encoder = new EventBlockEncoder();
  readonly #texts = new TextBlockEncoder();
  readonly #names: NumberedStrings;
  readonly #chunks: NumberedStrings;
  /** Absolute time of the first event, once it is in the file. */
  #originNs: bigint | undefined;
  #nrEvents: number;
  #nrTexts: number;
  #nrProblems: number;

  /**
   * @param write   takes each block as it is done; the bytes are reused afterwards
   * @param creator who writes, for people that look into the file
   * @param content of the file whose end this is; without it a file is begun
   */
  constructor(write: (bytes: Uint8Array) => void, creator: string, content?: EbbFileContent) {
    this.#write = write;
    this.#creator = creator;
    this.#names = new NumberedStrings(content?.names.names ?? []);
    this.#chunks = new NumberedStrings(content?.names.chunks ?? []);
    this.#originNs = content !== undefined && content.nrEvents > 0 ? content.names.originNs : undefined;
    this.#nrEvents = content?.nrEvents ?? 0;
    this.#nrTexts = content?.nrTexts ?? 0;
    this.#nrProblems = content?.nrProblems ?? 0;
    if (content === undefined) write(Uint8Array.from(EBB_MAGIC));
  }

  /** Events written or waiting for their block. */
  get nrEvents(): number {
    return this.#nrEvents + this.#pending.nr;
  }

  /**
   * Takes the events of a batch. Names may come from any importer, one after the other: the file has its own numbers.
   * Times are since the origin of `names`; in a file that has another one already, they are moved.
   */
  events(batch: EventBatch, names: EventNames): void {
    if (batch.nr === 0) return;
    this.#start(names.originNs);
    const numbers = { names: this.#names.numbersOf(names.names), chunks: this.#chunks.numbersOf(names.chunks) };
    const laterNs = Number(names.originNs - (this.#originNs ?? names.originNs));
    for (let at = 0; at < batch.nr; ) {
      at = this.#pending.take(batch, at, numbers, laterNs);
      if (at < batch.nr || this.#pending.nr === MAX_BLOCK_EVENTS) this.#writeEvents();
    }
  }

  /**
   * Takes a text; it stands behind the events given before it.
   *
   * @param originNs what its time counts from, as in `EventNames`
   */
  text(text: RecordedText, originNs: bigint): void {
    this.#writeEvents();
    const laterNs = Number(originNs - (this.#originNs ?? originNs));
    const timeNs = text.timeNs === undefined ? undefined : text.timeNs + laterNs;
    this.#texts.encode(this.#payload, { ...text, timeNs }, this.#nrTexts++);
    this.#writeBlock(BLOCK_TEXT);
  }

  problem(problem: Problem): void {
    const out = this.#payload;
    out.varint(this.#nrProblems++);
    out.byte(SEVERITIES.indexOf(problem.severity));
    out.varint(problem.line);
    for (const part of [problem.file, problem.message, problem.expected, problem.found, problem.toDo]) {
      out.string(part.slice(0, MAX_PROBLEM_UNITS));
    }
    this.#writeBlock(BLOCK_PROBLEM);
  }

  /** What was given so far is in whole blocks when this returns. */
  flush(totals: ImportTotals): void {
    this.#writeTotals(totals, false);
  }

  /** The last block of a finished file. */
  end(totals: ImportTotals): void {
    this.#writeTotals(totals, true);
  }

  #start(originNs: bigint): void {
    if (this.#originNs !== undefined) return;
    this.#originNs = originNs;
    this.#payload.string(this.#creator);
    this.#payload.string(String(originNs));
    this.#writeBlock(BLOCK_START);
  }

  #writeEvents(): void {
    if (this.#pending.nr === 0) return;
    this.#writeStrings(BLOCK_NAMES, this.#names);
    this.#writeStrings(BLOCK_CHUNKS, this.#chunks);
    const place = { nrEventsBefore: this.#nrEvents, nrNames: this.#names.nr, nrChunks: this.#chunks.nr };
    this.#encoder.encode(this.#payload, this.#pending, place);
    this.#writeBlock(BLOCK_EVENTS);
    this.#nrEvents += this.#pending.nr;
    this.#pending.nr = 0;
  }

  /** Writes the strings that the file does not have yet. */
  #writeStrings(kind: number, strings: NumberedStrings): void {
    while (strings.nrWritten < strings.nr) {
      const fresh = strings.takeUnwritten(NAMES_BLOCK_UNITS);
      this.#payload.varint(strings.nrWritten - fresh.length);
      this.#payload.varint(fresh.length);
      for (const text of fresh) this.#payload.string(text);
      this.#writeBlock(kind);
    }
  }

  #writeTotals(totals: ImportTotals, isEnd: boolean): void {
    this.#writeEvents();
    const out = this.#payload;
    out.byte(isEnd ? 1 : 0);
    out.varint(this.#nrEvents);
    out.varint(this.#nrTexts);
    out.varint(this.#nrProblems);
    for (const count of [totals.nrOther, totals.nrForeign, totals.nrBad, totals.nrLost]) out.varint(count);
    this.#writeBlock(BLOCK_TOTALS);
  }

  /** Sends the payload that has been put together as a block of the kind. */
  #writeBlock(kind: number): void {
    const { bytes, nr } = this.#payload;
    assertFormat(nr <= MAX_PAYLOAD_BYTES, "a payload is no larger than readers take");
    const header = new Uint8Array(HEADER_BYTES);
    header.set([...BLOCK_MARKER, kind]);
    putUint32(header, LENGTH_AT, nr);
    putUint32(header, PAYLOAD_CHECKSUM_AT, crc32(bytes, 0, nr));
    putUint32(header, HEADER_CHECKSUM_AT, crc32(header, 0, HEADER_CHECKSUM_AT));
    this.#write(header);
    this.#write(bytes.subarray(0, nr));
    this.#payload.clear();
  }
}
