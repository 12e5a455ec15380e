/**
 * Reads an event file, cut into pieces anywhere. Only whole blocks count: one that is torn at the end, as in a file that
 * is still being written, or damaged in between is a counted problem, and reading goes on at the next whole block.
 */

import type { Problem } from "../problem.ts";
import type { EventNames, EventSink, Importer, ImportTotals } from "../trace/events.ts";
import { BlockStream, type Damage } from "./block-stream.ts";
import { ByteCursor } from "./byte-cursor.ts";
import type { EbbFileContent } from "./ebb-writer.ts";
import { EventBlockDecoder } from "./event-block-decode.ts";
import {
  BLOCK_CHUNKS,
  BLOCK_EVENTS,
  BLOCK_NAMES,
  BLOCK_PROBLEM,
  BLOCK_START,
  BLOCK_TEXT,
  BLOCK_TOTALS,
  SEVERITIES,
} from "./layout.ts";
import { TextBlockDecoder } from "./text-block.ts";

/** Strings that damage may have taken before more are called impossible: a number alone must not fill memory. */
const MAX_LOST_STRINGS = 1 << 20;
/** Problems of the file itself that are told one by one. */
const MAX_TOLD = 20;
const NOTHING_MORE = { severity: "data-loss", expected: "", found: "", toDo: "" } as const;
/** What the blocks hold, for messages. */
const BLOCK_WORDS: ReadonlyMap<number, string> = new Map([
  [BLOCK_START, "start"],
  [BLOCK_NAMES, "names"],
  [BLOCK_CHUNKS, "chunks"],
  [BLOCK_EVENTS, "events"],
  [BLOCK_TEXT, "text"],
  [BLOCK_PROBLEM, "problem"],
  [BLOCK_TOTALS, "totals"],
]);
const ORIGIN = /^-?\d{1,30}$/;

export class EbbReader implements Importer, EbbFileContent {
  readonly names: EventNames = { names: [], chunks: [], originNs: 0n };
  readonly totals: ImportTotals = { nrRead: 0, nrEvents: 0, nrOther: 0, nrForeign: 0, nrBad: 0, nrLost: 0 };
  /** Events the file has had before, lost ones included; likewise texts and problems. */
  nrEvents = 0;
  nrTexts = 0;
  nrProblems = 0;
  /** The writer has said that this is all, and nothing came behind. */
  isFinished = false;
  readonly #file: string;
  readonly #sink: EventSink;
  readonly #blocks: BlockStream;
  readonly #cursor = new ByteCursor();
  readonly #decoder = new EventBlockDecoder();
  readonly #texts = new TextBlockDecoder();
  /** Bad records of the recording, by its last totals; and events lost by damage of this file. */
  #nrBadBefore = 0;
  #nrEventsLost = 0;
  #hasOrigin = false;
  #nrUntold = 0;
  #nrTold = 0;

  /** @param file name that problems call it by */
  constructor(file: string, sink: EventSink) {
    this.#file = file;
    this.#sink = sink;
    this.#blocks = new BlockStream({
      block: (kind, bytes, start, end) => this.#block(kind, bytes, start, end),
      damage: (damage) => this.#damage(damage),
    });
  }

  /** Bytes of the file up to the end of its last whole block: who writes on does so there. */
  get nrWholeBytes(): number {
    return this.#blocks.nrWholeBytes;
  }

  push(bytes: Uint8Array): void {
    this.#blocks.push(bytes);
    this.#count();
  }

  end(): void {
    this.#blocks.end();
    if (!this.isFinished && this.#blocks.nrWholeBytes > 0) {
      this.#tell(
        "info",
        "the file has no end",
        "a last block that says so",
        "it is being written, or was cut off between two blocks",
        "read it again when its writer has ended",
      );
    }
    if (this.#nrUntold > 0) {
      const message = `${this.#nrUntold} more problems like these`;
      this.#sink.problem({ ...NOTHING_MORE, file: this.#file, line: 0, message });
    }
    this.#count();
  }

  #block(kind: number, bytes: Uint8Array, start: number, end: number): void {
    const cursor = this.#cursor;
    cursor.open(bytes, start, end);
    this.isFinished = false;
    const what = BLOCK_WORDS.get(kind);
    if (what === undefined) {
      this.#tell("info", `a block of unknown kind ${kind} is passed over`, "", "", "read the file with a newer ebb");
    } else if (!this.#read(kind, cursor)) {
      this.#tell(
        "data-loss",
        `a block of ${what} is not what its checksum says`,
        "a block as docs/formats/ebb-file.md has it",
        "bytes that no writer makes",
        "write the file anew with `ebb convert`",
      );
    }
  }

  /** False when the block is not what its kind says. */
  #read(kind: number, cursor: ByteCursor): boolean {
    if (kind === BLOCK_EVENTS) return this.#readEvents(cursor);
    if (kind === BLOCK_NAMES) return this.#readStrings(cursor, this.names.names, "name");
    if (kind === BLOCK_CHUNKS) return this.#readStrings(cursor, this.names.chunks, "chunk");
    if (kind === BLOCK_TEXT) return this.#readText(cursor);
    if (kind === BLOCK_TOTALS) return this.#readTotals(cursor);
    return kind === BLOCK_START ? this.#readStart(cursor) : this.#readProblem(cursor);
  }

  #readEvents(cursor: ByteCursor): boolean {
    const place = this.#decoder.decode(cursor);
    const { names, chunks } = this.names;
    if (
      place === undefined ||
      place.nrEventsBefore < this.nrEvents ||
      !this.#fillLost(names, place.nrNames, "name") ||
      !this.#fillLost(chunks, place.nrChunks, "chunk")
    ) {
      return false;
    }
    this.#eventsLost(place.nrEventsBefore);
    if (!this.#hasOrigin) {
      this.#hasOrigin = true;
      this.#tell("data-loss", "the absolute time of the first event is lost", "a start block before it", "none", "");
    }
    const { batch } = this.#decoder;
    this.nrEvents += batch.nr;
    this.totals.nrEvents += batch.nr;
    this.#sink.batch(batch);
    return true;
  }

  #readStrings(cursor: ByteCursor, strings: string[], what: string): boolean {
    const nrBefore = cursor.varint();
    const nrFresh = cursor.varint();
    const fresh: string[] = [];
    for (let i = 0; i < nrFresh && !cursor.failed; i++) fresh.push(cursor.string());
    if (!cursor.isDone() || nrBefore < strings.length || !this.#fillLost(strings, nrBefore, what)) {
      return false;
    }
    for (const text of fresh) strings.push(text);
    return true;
  }

  /** Strings up to `nr` that should have come stand as lost; false when there cannot have been so many. */
  #fillLost(strings: string[], nr: number, what: string): boolean {
    const nrLost = nr - strings.length;
    if (nrLost <= 0) return true;
    if (nrLost > MAX_LOST_STRINGS) return false;
    this.#tell(
      "data-loss",
      `${nrLost} ${what}s are lost`,
      "a block with them before the events that use them",
      "none",
      "copy the file again; until then they are called (lost …)",
    );
    while (strings.length < nr) strings.push(`(lost ${what} ${strings.length})`);
    return true;
  }

  #readText(cursor: ByteCursor): boolean {
    const found = this.#texts.decode(cursor);
    if (found === undefined || found.ordinal < this.nrTexts) return false;
    this.#recordsLost("texts", found.ordinal - this.nrTexts);
    this.nrTexts = found.ordinal + 1;
    if (found.text === undefined) this.#recordsLost("texts told against a lost one", 1);
    else this.#sink.text?.(found.text);
    return true;
  }

  #readProblem(cursor: ByteCursor): boolean {
    const ordinal = cursor.varint();
    const severity = SEVERITIES[cursor.byte()];
    const line = cursor.varint();
    const file = cursor.string();
    const message = cursor.string();
    const expected = cursor.string();
    const found = cursor.string();
    const toDo = cursor.string();
    if (!cursor.isDone() || severity === undefined || ordinal < this.nrProblems) return false;
    this.#recordsLost("problems of the import", ordinal - this.nrProblems);
    this.nrProblems = ordinal + 1;
    this.#sink.problem({ severity, file, line, message, expected, found, toDo });
    return true;
  }

  #readStart(cursor: ByteCursor): boolean {
    cursor.string();
    const origin = cursor.string();
    if (!cursor.isDone() || !ORIGIN.test(origin)) return false;
    this.names.originNs = BigInt(origin);
    this.#hasOrigin = true;
    return true;
  }

  #readTotals(cursor: ByteCursor): boolean {
    const isEnd = cursor.byte() === 1;
    const nrEvents = cursor.varint();
    const nrTexts = cursor.varint();
    const nrProblems = cursor.varint();
    const nrOther = cursor.varint();
    const nrForeign = cursor.varint();
    const nrBad = cursor.varint();
    const nrLost = cursor.varint();
    const goesBack = nrEvents < this.nrEvents || nrTexts < this.nrTexts || nrProblems < this.nrProblems;
    if (!cursor.isDone() || goesBack) return false;
    this.#eventsLost(nrEvents);
    this.#recordsLost("texts", nrTexts - this.nrTexts);
    this.#recordsLost("problems of the import", nrProblems - this.nrProblems);
    this.nrTexts = nrTexts;
    this.nrProblems = nrProblems;
    Object.assign(this.totals, { nrOther, nrForeign, nrLost });
    this.#nrBadBefore = nrBad;
    this.isFinished = isEnd;
    return true;
  }

  /** Events of the file up to `nrEvents` that have not come are lost. */
  #eventsLost(nrEvents: number): void {
    this.#nrEventsLost += nrEvents - this.nrEvents;
    this.#recordsLost("events", nrEvents - this.nrEvents);
    this.nrEvents = nrEvents;
  }

  #recordsLost(what: string, nr: number): void {
    if (nr > 0)
      this.#tell("data-loss", `${nr} ${what} are lost`, "", "", "copy the file again, or import the recording anew");
  }

  #damage({ kind, nrBytes, at }: Damage): void {
    const where = `${nrBytes} bytes at byte ${at}`;
    if (kind === "magic")
      this.#tell(
        "error",
        "not an .ebb file of a version that is known",
        "its first eight bytes",
        where,
        "convert it with the ebb that wrote it",
      );
    else if (kind === "torn")
      this.#tell(
        "data-loss",
        "the last block is not whole",
        "all of its bytes",
        where,
        "it is being written, or its writer died: what stands before it is used",
      );
    else
      this.#tell(
        "data-loss",
        "damaged bytes are passed over",
        "a block whose checksums agree",
        where,
        "copy the file again, or import the recording anew",
      );
  }

  #tell(severity: Problem["severity"], message: string, expected: string, found: string, toDo: string): void {
    if (++this.#nrTold > MAX_TOLD) this.#nrUntold++;
    else
      this.#sink.problem({ severity, file: this.#file, line: this.#blocks.nrBlocks, message, expected, found, toDo });
  }

  #count(): void {
    const { totals } = this;
    totals.nrBad = this.#nrBadBefore + this.#nrEventsLost;
    totals.nrRead = totals.nrEvents + totals.nrOther + totals.nrForeign + totals.nrBad;
  }
}
