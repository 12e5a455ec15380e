/**
 * Reads events from a Parquet file, a group of rows at a time. Only `kind` and `time_ns` must be there; what is missing
 * or null is not recorded. Chunks and names are numbered in the order of their first row.
 */

import {
  createEventBatch,
  type EventBatch,
  type EventNames,
  type EventSink,
  FLAG_ATOMIC,
  FLAG_RESERVED,
  type ImportTotals,
  NOT_RECORDED,
} from "@ebb/formats";
import { type FileMetaData, parquetMetadataAsync, parquetRead } from "hyparquet";
import { KIND_WORDS, META_ORIGIN, PARQUET_COLUMNS, type ParquetColumn, TEXT_KIND } from "./parquet-columns.ts";
import { metadataValue, storedProblems, storedTotals } from "./parquet-metadata.ts";
import { bytesOfPrintable } from "./printable-text.ts";

/** Bytes [start, end) of a file. */
export interface ParquetBytes {
  readonly byteLength: number;
  slice(start: number, end?: number): ArrayBuffer;
}

/** The cells of one row. */
type Row = (column: ParquetColumn) => unknown;

const BATCH_ROWS = 4096;
const KINDS = new Map(KIND_WORDS.map((word, kind) => [word, kind]));
const MAX_INT32 = 2 ** 31 - 1;

export class ParquetInput {
  readonly names: EventNames = { names: [], chunks: [], originNs: 0n };
  readonly totals: ImportTotals = { nrRead: 0, nrEvents: 0, nrOther: 0, nrForeign: 0, nrBad: 0, nrLost: 0 };
  readonly #file: string;
  readonly #sink: EventSink;
  readonly #batch: EventBatch = createEventBatch(BATCH_ROWS);
  readonly #nameNumbers = new Map<string, number>();
  readonly #chunkNumbers = new Map<string, number>();
  /** Rows that could not be read, and the first of them. */
  #nrBadRows = 0;
  #firstBad = { row: 0, found: "" };

  constructor(file: string, sink: EventSink) {
    this.#file = file;
    this.#sink = sink;
  }

  /** Reads all of the file; what the library cannot make sense of is a problem. */
  async read(bytes: ParquetBytes): Promise<void> {
    const metadata = await this.#fromLibrary(0, () => parquetMetadataAsync(bytes));
    if (metadata !== undefined) {
      this.#readMetadata(metadata);
      await this.#readGroups(bytes, metadata);
    }
    this.#end();
  }

  async #readGroups(bytes: ParquetBytes, metadata: FileMetaData): Promise<void> {
    let rowStart = 0;
    for (const { num_rows } of metadata.row_groups) {
      const rowEnd = rowStart + Number(num_rows);
      const columns = await this.#fromLibrary(rowStart, () => readGroup(bytes, metadata, rowStart, rowEnd));
      if (columns === undefined) return;
      const nrRows = columns.get("kind")?.length ?? 0;
      for (let i = 0; i < nrRows; i++) {
        this.#readRow((column) => columns.get(column)?.[i] ?? undefined, rowStart + i + 1);
      }
      if (nrRows !== rowEnd - rowStart) {
        const expected = `a column kind of ${rowEnd - rowStart} rows behind row ${rowStart}`;
        this.#tell("a group of rows is not whole", expected, `${nrRows}`, rowStart + nrRows);
        return;
      }
      rowStart = rowEnd;
    }
  }

  /** The library throws at what it does not understand: a problem of the file, after the rows done. */
  async #fromLibrary<T>(nrRowsDone: number, call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call();
    } catch (error) {
      const found = error instanceof Error ? error.message : String(error);
      this.#tell("cannot be read as Parquet", "a whole Parquet file", found, nrRowsDone);
      return undefined;
    }
  }

  #readMetadata(metadata: FileMetaData): void {
    const origin = metadataValue(metadata, META_ORIGIN);
    if (/^-?\d{1,30}$/.test(origin)) this.names.originNs = BigInt(origin);
    Object.assign(this.totals, storedTotals(metadata));
    for (const problem of storedProblems(metadata)) this.#sink.problem(problem);
  }

  /** @param place number of the row in the file, from 1 */
  #readRow(row: Row, place: number): void {
    const word = row("kind");
    const timeNs = whole(row("time_ns"), Number.MAX_SAFE_INTEGER);
    const isText = word === TEXT_KIND;
    const kind = KINDS.get(String(word));
    if (!isText && (kind === undefined || timeNs === undefined)) {
      if (this.#nrBadRows++ === 0) this.#firstBad = { row: place, found: `kind ${word}, time_ns ${row("time_ns")}` };
    } else if (isText) {
      this.#flush();
      const [key, stage, text] = [string(row("file")), string(row("stage")), string(row("text"))];
      this.#sink.text?.({ key: key ?? "", stage: stage ?? "", timeNs, text: text ?? "" });
    } else {
      this.#addEvent(row, kind ?? 0, timeNs ?? 0, place);
    }
  }

  #addEvent(row: Row, kind: number, timeNs: number, place: number): void {
    const batch = this.#batch;
    if (batch.nr === BATCH_ROWS) this.#flush();
    const i = batch.nr++;
    batch.kind[i] = kind;
    batch.timeNs[i] = timeNs;
    batch.cpu[i] = whole(row("cpu"), 0xffff) ?? 0;
    batch.pid[i] = whole(row("pid"), MAX_INT32) ?? NOT_RECORDED;
    batch.flags[i] = (row("reserved") === true ? FLAG_RESERVED : 0) + (row("atomic") === true ? FLAG_ATOMIC : 0);
    batch.sizeBytes[i] = whole(row("size"), MAX_INT32) ?? NOT_RECORDED;
    batch.alignBytes[i] = whole(row("align"), MAX_INT32) ?? NOT_RECORDED;
    batch.offBytes[i] = whole(row("off"), MAX_INT32) ?? NOT_RECORDED;
    batch.input[i] = whole(row("input"), 255) ?? 0;
    batch.line[i] = whole(row("line"), Number.MAX_SAFE_INTEGER) ?? place;
    batch.task[i] = this.#name(row("task"));
    batch.callSite[i] = this.#name(row("call_site"));
    batch.gfp[i] = this.#name(row("gfp"));
    batch.text[i] = this.#name(row("text"));
    batch.chunk[i] = numberOf(this.names.chunks, this.#chunkNumbers, string(row("chunk")));
    this.totals.nrEvents++;
  }

  #name(value: unknown): number {
    return numberOf(this.names.names, this.#nameNumbers, string(value));
  }

  #flush(): void {
    if (this.#batch.nr > 0) this.#sink.batch(this.#batch);
    this.#batch.nr = 0;
  }

  #end(): void {
    this.#flush();
    if (this.#nrBadRows > 0) {
      const { row, found } = this.#firstBad;
      this.#tell(`${this.#nrBadRows} rows are no events`, "a kind that ebb knows, and a time", found, row);
    }
    const { totals } = this;
    totals.nrBad += this.#nrBadRows;
    totals.nrRead = totals.nrEvents + totals.nrOther + totals.nrForeign + totals.nrBad;
  }

  #tell(message: string, expected: string, found: string, line: number): void {
    const toDo = "see docs/formats/parquet.md for the columns";
    this.#sink.problem({ severity: "error", file: this.#file, line, message, expected, found, toDo });
  }
}

/** The columns of a group of rows. */
async function readGroup(
  file: ParquetBytes,
  metadata: FileMetaData,
  rowStart: number,
  rowEnd: number,
): Promise<ReadonlyMap<string, readonly unknown[]>> {
  const present = new Set(metadata.schema.map((column) => column.name));
  const wanted = PARQUET_COLUMNS.map(([name]) => name).filter((name) => present.has(name));
  const columns = new Map<string, unknown[]>(wanted.map((name) => [name, []]));
  await parquetRead({
    file,
    metadata,
    columns: wanted,
    rowStart,
    rowEnd,
    onChunk({ columnName, columnData, rowStart: chunkStart }) {
      const column = columns.get(columnName) ?? [];
      for (let i = 0; i < columnData.length; i++) column[chunkStart - rowStart + i] = columnData[i];
    },
  });
  return columns;
}

/** A whole number no further than `most` from 0. */
function whole(value: unknown, most: number): number | undefined {
  const number = typeof value === "bigint" ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) && Math.abs(number) <= most ? number : undefined;
}

function string(value: unknown): string | undefined {
  return typeof value === "string" ? bytesOfPrintable(value) : undefined;
}

function numberOf(list: string[], numbers: Map<string, number>, text: string | undefined): number {
  if (text === undefined) return NOT_RECORDED;
  const number = numbers.get(text) ?? list.push(text) - 1;
  numbers.set(text, number);
  return number;
}
