/** Writes events as a Parquet file, one group of rows after the other: memory is one group and the names. */

import {
  EVENT_ALLOC,
  EVENT_ALLOC_FAIL,
  type EventBatch,
  type EventNames,
  FLAG_ATOMIC,
  FLAG_RESERVED,
  type ImportTotals,
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
  readonly #rows = new Map<ParquetColumn, Cell[]>(PARQUET_COLUMNS.map(([name]) => [name, []]));
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
    for (let i = 0; i < batch.nr; i++) this.#event(batch, i, names, laterNs);
  }

  text({ key, stage, timeNs, text }: RecordedText, originNs: bigint): void {
    const laterNs = originNs - (this.#originNs ?? originNs);
    this.#row({
      kind: TEXT_KIND,
      time_ns: timeNs === undefined ? undefined : BigInt(timeNs) + laterNs,
      file: printableText(key),
      stage: stage === "" ? undefined : printableText(stage),
      text: printableText(text),
    });
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

  #event(batch: EventBatch, i: number, names: EventNames, laterNs: number): void {
    const kind = batch.kind[i] as number;
    const flags = batch.flags[i] as number;
    const isRequest = kind === EVENT_ALLOC || kind === EVENT_ALLOC_FAIL;
    this.#row({
      kind: KIND_WORDS[kind],
      time_ns: BigInt((batch.timeNs[i] as number) + laterNs),
      cpu: batch.cpu[i],
      pid: batch.pid[i],
      task: this.#printed[batch.task[i] as number],
      call_site: this.#printed[batch.callSite[i] as number],
      reserved: isRequest ? hasFlag(flags, FLAG_RESERVED) : undefined,
      atomic: isRequest ? hasFlag(flags, FLAG_ATOMIC) : undefined,
      size: recorded(batch.sizeBytes[i]),
      align: recorded(batch.alignBytes[i]),
      chunk: names.chunks[batch.chunk[i] as number],
      off: recorded(batch.offBytes[i]),
      gfp: this.#printed[batch.gfp[i] as number],
      text: this.#printed[batch.text[i] as number],
      input: batch.input[i],
      line: BigInt(batch.line[i] as number),
    });
  }

  #row(cells: { readonly [column in ParquetColumn]?: Cell }): void {
    for (const [column, values] of this.#rows) values.push(cells[column]);
    if (++this.#nrRows === GROUP_ROWS) this.#writeGroup();
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
    const columnData = PARQUET_COLUMNS.map(([name]) => ({ name, data: this.#rows.get(name) ?? [] }));
    this.#writer.write({ columnData, rowGroupSize: GROUP_ROWS });
    for (const values of this.#rows.values()) values.length = 0;
    this.#nrRows = 0;
  }
}

function hasFlag(flags: number, flag: number): boolean {
  return (flags & flag) !== 0;
}

function recorded(value: number | undefined): number | undefined {
  return value === -1 ? undefined : value;
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
