/** Writes events as a Parquet file, one group of rows after the other: memory is one group and the names. */

import {
  EVENT_ALLOC,
  EVENT_ALLOC_FAIL,
  type EventBatch,
  type EventNames,
  FLAG_ATOMIC,
  FLAG_RESERVED,
  type ImportTotals,
  NOT_RECORDED,
  type Problem,
  type RecordedText,
} from "@ebb/formats";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { EventOutput } from "./event-output.ts";
import type { OutputFile } from "./output-file.ts";
import {
  KIND_WORDS,
  META_ORIGIN,
  META_PROBLEMS,
  META_TOTALS,
  META_VERSION,
  PARQUET_COLUMNS,
  PARQUET_VERSION,
  type ParquetColumn,
  type ParquetType,
  TEXT_KIND,
} from "./parquet-columns.ts";
import { printableText } from "./printable-text.ts";

type Cell = string | number | bigint | boolean | undefined;

const GROUP_ROWS = 65_536;

export function parquetOutput(file: OutputFile, creator: string): EventOutput {
  return new ParquetOutput(file, creator);
}

class ParquetOutput implements EventOutput {
  readonly #writer: ParquetWriter;
  readonly #rows = emptyColumns();
  readonly #problems: Problem[] = [];
  readonly #metadata: { key: string; value: string }[];
  #nrRows = 0;
  #originNs: bigint | undefined;
  /** Names as they are printed, of the importer that spoke last. */
  #names: EventNames | undefined;
  #printed: string[] = [];

  constructor(file: OutputFile, creator: string) {
    this.#metadata = [{ key: META_VERSION, value: PARQUET_VERSION }];
    const schema = [
      { name: "root", num_children: PARQUET_COLUMNS.length },
      ...PARQUET_COLUMNS.map(([name, type]) => schemaElement(name, type)),
    ];
    this.#writer = new ParquetWriter({
      writer: bytesTo(file),
      schema,
      kvMetadata: this.#metadata,
      createdBy: creator,
    });
  }

  events(batch: EventBatch, names: EventNames): void {
    this.#originNs ??= names.originNs;
    this.#printNames(names);
    const laterNs = Number(names.originNs - this.#originNs);
    for (let start = 0; start < batch.nr; ) {
      const end = Math.min(batch.nr, start + GROUP_ROWS - this.#nrRows);
      this.#addRows(batch, start, end, names, laterNs);
      this.#nrRows += end - start;
      if (this.#nrRows === GROUP_ROWS) this.#writeGroup();
      start = end;
    }
  }

  text({ key, stage, timeNs, text }: RecordedText, originNs: bigint): void {
    const laterNs = originNs - (this.#originNs ?? originNs);
    const cells: { readonly [column in ParquetColumn]?: Cell } = {
      kind: TEXT_KIND,
      time_ns: timeNs === undefined ? undefined : BigInt(timeNs) + laterNs,
      file: printableText(key),
      stage: stage === "" ? undefined : printableText(stage),
      text: printableText(text),
    };
    for (const [column] of PARQUET_COLUMNS) this.#rows[column].push(cells[column]);
    if (++this.#nrRows === GROUP_ROWS) this.#writeGroup();
  }

  problem(problem: Problem): void {
    this.#problems.push(problem);
  }

  end(totals: ImportTotals): void {
    this.#writeGroup();
    this.#metadata.push(
      { key: META_ORIGIN, value: String(this.#originNs ?? 0n) },
      { key: META_TOTALS, value: JSON.stringify(totals) },
      { key: META_PROBLEMS, value: JSON.stringify(this.#problems) },
    );
    this.#writer.finish();
  }

  /** Appends events [start, end) of the batch, column by column. */
  #addRows(batch: EventBatch, start: number, end: number, { chunks }: EventNames, laterNs: number): void {
    const { kind, flags, timeNs, line } = batch;
    const { text, file, stage, ...rows } = this.#rows;
    for (let i = start; i < end; i++) {
      const isRequest = kind[i] === EVENT_ALLOC || kind[i] === EVENT_ALLOC_FAIL;
      rows.kind.push(KIND_WORDS[kind[i] as number]);
      rows.time_ns.push(BigInt((timeNs[i] as number) + laterNs));
      rows.reserved.push(isRequest ? hasFlag(flags[i] as number, FLAG_RESERVED) : undefined);
      rows.atomic.push(isRequest ? hasFlag(flags[i] as number, FLAG_ATOMIC) : undefined);
      rows.line.push(BigInt(line[i] as number));
      rows.chunk.push(chunks[batch.chunk[i] as number]);
      file.push(undefined);
      stage.push(undefined);
    }
    addNumbers(rows.cpu, batch.cpu, start, end);
    addNumbers(rows.pid, batch.pid, start, end);
    addNumbers(rows.size, batch.sizeBytes, start, end);
    addNumbers(rows.align, batch.alignBytes, start, end);
    addNumbers(rows.off, batch.offBytes, start, end);
    addNumbers(rows.input, batch.input, start, end);
    this.#addNames(rows.task, batch.task, start, end);
    this.#addNames(rows.call_site, batch.callSite, start, end);
    this.#addNames(rows.gfp, batch.gfp, start, end);
    this.#addNames(text, batch.text, start, end);
  }

  #addNames(cells: Cell[], column: Int32Array, start: number, end: number): void {
    for (let i = start; i < end; i++) cells.push(this.#printed[column[i] as number]);
  }

  #printNames(names: EventNames): void {
    if (names !== this.#names) {
      this.#names = names;
      this.#printed = [];
    }
    for (let i = this.#printed.length; i < names.names.length; i++)
      this.#printed.push(printableText(names.names[i] ?? ""));
  }

  #writeGroup(): void {
    if (this.#nrRows === 0) return;
    const columnData = PARQUET_COLUMNS.map(([name]) => ({ name, data: this.#rows[name] }));
    this.#writer.write({ columnData, rowGroupSize: GROUP_ROWS });
    for (const [name] of PARQUET_COLUMNS) this.#rows[name].length = 0;
    this.#nrRows = 0;
  }
}

function hasFlag(flags: number, flag: number): boolean {
  return (flags & flag) !== 0;
}

/** What is not recorded is null. */
function addNumbers(cells: Cell[], column: Int32Array | Uint16Array | Uint8Array, start: number, end: number): void {
  for (let i = start; i < end; i++) cells.push(column[i] === NOT_RECORDED ? undefined : column[i]);
}

function emptyColumns(): Readonly<Record<ParquetColumn, Cell[]>> {
  return {
    kind: [],
    time_ns: [],
    cpu: [],
    pid: [],
    task: [],
    call_site: [],
    reserved: [],
    atomic: [],
    size: [],
    align: [],
    chunk: [],
    off: [],
    gfp: [],
    text: [],
    input: [],
    line: [],
    file: [],
    stage: [],
  };
}

function schemaElement(name: string, type: ParquetType) {
  if (type === "STRING") {
    return { name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type: "OPTIONAL" } as const;
  }
  return { name, type, repetition_type: "OPTIONAL" } as const;
}

/** The library's buffer, emptied into the file after each group of rows. */
function bytesTo(file: OutputFile): ByteWriter {
  const writer = new ByteWriter();
  const flush = () => {
    file.write(writer.getBytes());
    writer.index = 0;
  };
  return Object.assign(writer, { flush, finish: flush });
}
