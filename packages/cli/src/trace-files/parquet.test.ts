/** Events as Parquet and back; files that are no such table; damaged ones. */

import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEventBatch, type EventBatch, type EventNames, type Problem, type RecordedText } from "@ebb/formats";
import { parquetWriteBuffer } from "hyparquet-writer";
import { afterAll, expect, test } from "vitest";
import { OutputFile } from "./output-file.ts";
import { ParquetInput } from "./parquet-input.ts";
import { parquetOutput } from "./parquet-output.ts";

const FOLDER = mkdtempSync(join(tmpdir(), "ebb-parquet-"));
afterAll(() => rmSync(FOLDER, { recursive: true }));

const NAMES: EventNames = {
  names: ["bash", "a\\x41b", "bad\xff\xfe", "caf\xc3\xa9", "GFP_KERNEL", "stage 1"],
  chunks: ["ffffe8ffffc00000", "ffffe8ffff800000"],
  originNs: 4_721_348_619_123n,
};
const PROBLEM: Problem = {
  severity: "info",
  file: "f",
  line: 7,
  message: "m",
  expected: "e",
  found: "g",
  toDo: "t",
};
const TEXTS: readonly RecordedText[] = [
  { key: "/proc/meminfo", stage: "1", timeNs: -5, text: "Percpu: 408 kB\nx\xff\n" },
  { key: "uname", stage: "", timeNs: undefined, text: "" },
];
const TOTALS = { nrRead: 17, nrEvents: 9, nrOther: 1, nrForeign: 2, nrBad: 5, nrLost: 4 };

/** Rows that use each column, with and without a value. */
function someEvents(nr: number): EventBatch {
  const batch = createEventBatch(nr);
  batch.nr = nr;
  for (let i = 0; i < nr; i++) {
    batch.kind[i] = i % 11;
    batch.cpu[i] = (i * 977) % 65_536;
    batch.timeNs[i] = i * 1_000_003 - 5;
    batch.pid[i] = i % 5 === 0 ? 0 : i * 77;
    batch.flags[i] = batch.kind[i] === 0 || batch.kind[i] === 2 ? i % 4 : 0;
    batch.line[i] = i + 12;
    batch.input[i] = i % 3;
    batch.sizeBytes[i] = (i % 7) - 1;
    batch.alignBytes[i] = (i % 2) - 1;
    batch.offBytes[i] = (i % 1000) * 4 - 1 < 0 ? -1 : (i % 1000) * 4;
    batch.chunk[i] = (i % 3) - 1;
    batch.task[i] = (i % 4) - 1;
    batch.callSite[i] = (i % 5) - 1;
    batch.gfp[i] = i % 2 === 0 ? 4 : -1;
    batch.text[i] = i % 9 === 0 ? 5 : -1;
  }
  return batch;
}

function file(batches: readonly EventBatch[]): Uint8Array {
  const path = join(FOLDER, "t.parquet");
  const out = OutputFile.create(path);
  if (!(out instanceof OutputFile)) throw new Error(out.message);
  const output = parquetOutput(out, "test");
  for (const batch of batches) output.events(batch, NAMES);
  for (const text of TEXTS) output.text(text, NAMES.originNs);
  output.problem(PROBLEM);
  output.end(TOTALS);
  out.finish();
  return new Uint8Array(readFileSync(path));
}

/** One line for each event, with its names. */
function rowsOf(batch: EventBatch, { names, chunks }: EventNames): string[] {
  return Array.from({ length: batch.nr }, (_, i) => {
    const named = [batch.task, batch.callSite, batch.gfp, batch.text].map((column) => names[column[i] ?? -1] ?? "-");
    const { kind, cpu, timeNs, pid, flags, sizeBytes, alignBytes, offBytes, input, line } = batch;
    const plain = [kind, cpu, timeNs, pid, flags, sizeBytes, alignBytes, offBytes, input, line].map((c) => c[i]);
    return [...plain, ...named, chunks[batch.chunk[i] ?? -1] ?? "-"].join(" ");
  });
}

async function read(bytes: Uint8Array) {
  const rows: string[] = [];
  const problems: Problem[] = [];
  const texts: RecordedText[] = [];
  const input: ParquetInput = new ParquetInput("t.parquet", {
    batch: (batch) => rows.push(...rowsOf(batch, input.names)),
    problem: (problem) => problems.push(problem),
    text: (text) => texts.push(text),
  });
  await input.read({
    byteLength: bytes.length,
    slice: (start, end) => bytes.slice(start, end).buffer,
  });
  return { input, rows, problems, texts };
}

test("events, texts and what the recording says of itself come back", async () => {
  const batch = someEvents(9);
  const found = await read(file([batch]));
  expect(found.rows).toEqual(rowsOf(batch, NAMES));
  expect(found.texts).toEqual(TEXTS);
  expect(found.problems).toEqual([PROBLEM]);
  expect(found.input.totals).toEqual(TOTALS);
  expect(found.input.names.originNs).toBe(NAMES.originNs);
});

test("several groups of rows", async () => {
  const batches = [someEvents(50_000), someEvents(50_000), someEvents(40_000)];
  const found = await read(file(batches));
  expect(found.rows).toEqual(batches.flatMap((batch) => rowsOf(batch, NAMES)));
});

test("another program's table: what is there is read, rows that are no events are counted", async () => {
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: "kind", data: ["alloc", "nap", "free", "alloc"], type: "STRING" },
      { name: "time_ns", data: [1n, 2n, 3n, 2n ** 60n], type: "INT64" },
      { name: "size", data: [8.5, 4, 4, 4], type: "DOUBLE" },
      { name: "colour", data: ["a", "b", "c", "d"], type: "STRING" },
    ],
  });
  const found = await read(new Uint8Array(bytes));
  expect(found.rows).toEqual(["0 0 1 -1 0 -1 -1 -1 0 1 - - - - -", "1 0 3 -1 0 4 -1 -1 0 3 - - - - -"]);
  expect(found.input.totals).toMatchObject({ nrRead: 4, nrEvents: 2, nrBad: 2 });
  expect(found.problems.map(({ line, message }) => `${line}: ${message}`)).toEqual(["2: 2 rows are no events"]);
});

test("a table of something else", async () => {
  const bytes = parquetWriteBuffer({ columnData: [{ name: "colour", data: ["a", "b"], type: "STRING" }] });
  const found = await read(new Uint8Array(bytes));
  expect(found.rows).toEqual([]);
  expect(found.problems.map(({ severity }) => severity)).toEqual(["error"]);
});

test("cut off or changed anywhere: a problem or another table, never a throw", async () => {
  const whole = file([someEvents(40)]);
  for (let nr = 0; nr < whole.length; nr += 53) {
    const { problems } = await read(whole.subarray(0, nr));
    expect(problems.length).toBeGreaterThan(0);
  }
  for (let at = 0; at < whole.length; at += 7) {
    const changed = whole.slice();
    changed[at] = (changed[at] ?? 0) ^ 0x41;
    const { input } = await read(changed);
    const { nrRead, nrEvents, nrOther, nrForeign, nrBad } = input.totals;
    expect(nrRead).toBe(nrEvents + nrOther + nrForeign + nrBad);
  }
});
