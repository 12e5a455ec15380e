/** perf.data beyond what the recorded one has, by edits of it. cli's tests compare it with perf script. */

import { fixtureFolder, type ImportedTrace, importTrace, readFixture } from "@ebb/testkit";
import { describe, expect, test } from "vitest";
import { createTraceImporter } from "./trace-importer.ts";

const RECORDS_AT = 1064;
const RECORDS_END = 340_144;
const FORK = 7;
const SAMPLE = 9;

interface Place {
  readonly at: number;
  readonly type: number;
  readonly sizeBytes: number;
}

function recorded(): Buffer {
  return Buffer.from(readFixture(fixtureFolder("traces/formats"), "6.18.perf.data.gz") ?? "", "latin1");
}

function recordsOf(file: Buffer): readonly Place[] {
  const places: Place[] = [];
  for (let at = RECORDS_AT; at < RECORDS_END; at += file.readUInt16LE(at + 6)) {
    places.push({ at, type: file.readUInt32LE(at), sizeBytes: file.readUInt16LE(at + 6) });
  }
  return places;
}

function read(bytes: Uint8Array): ImportedTrace {
  return importTrace((sink) => createTraceImporter({ file: "p" }, sink), bytes);
}

const WHOLE = read(recorded());

test("samples that stand in another order within a round are the same trace", () => {
  const file = recorded();
  const samples = recordsOf(file).filter(({ type }) => type === SAMPLE);
  const [first, second] = [samples[100], samples[130]];
  if (first === undefined || second === undefined) throw new Error("no samples");
  expect(first.sizeBytes).toBe(second.sizeBytes);
  const kept = Buffer.from(file.subarray(first.at, first.at + first.sizeBytes));
  file.copy(file, first.at, second.at, second.at + second.sizeBytes);
  kept.copy(file, second.at);
  const { events, problems } = read(file);
  const withoutPlace = (trace: readonly object[]) => trace.map((event) => ({ ...event, line: 0 }));
  expect(problems).toEqual([]);
  expect(withoutPlace(events)).toEqual(withoutPlace(WHOLE.events));
});

test("records that tell of losses are counted", () => {
  const file = recorded();
  const fork = recordsOf(file).find(({ type }) => type === FORK);
  if (fork === undefined) throw new Error("no fork");
  file.writeUInt32LE(2, fork.at);
  file.writeBigUInt64LE(99n, fork.at + 16);
  const { problems, totals } = read(file);
  expect(totals.nrLost).toBe(99);
  expect(totals.nrRead).toBe(WHOLE.totals.nrRead);
  expect(problems).toMatchObject([{ severity: "data-loss", message: "the recording lost 99 events" }]);
});

describe("what cannot be read is told", () => {
  const edits: readonly (readonly [
    what: string,
    edit: (file: Buffer) => Uint8Array,
    message: RegExp,
    nrBad: number,
  ])[] = [
    ["packed records", (file) => withType(file, FORK, 81), /packed records/, 1],
    ["records that are none", (file) => withSize(file, 4), /no record at byte/, 1],
    ["raw data beyond the record", beyond, /raw data do not fit/, 1],
    ["a file written through a pipe", (file) => withHeader(file, 8, 16n), /through a pipe/, 0],
    ["a recording that did not end", (file) => withHeader(file, 48, 0n), /no records/, 0],
    ["no formats", (file) => withHeader(file, 72, 0n), /no formats of tracepoints/, 0],
    ["attributes behind the end", (file) => withHeader(file, 24, 1n << 40n), /attributes are cut off/, 0],
  ];

  test.each(edits)("%s", (_what, edit, message, nrBad) => {
    const { problems, totals } = read(edit(recorded()));
    expect(problems.map((p) => p.message).join("\n")).toMatch(message);
    expect(totals.nrBad).toBe(nrBad);
    expect(totals.nrEvents + totals.nrOther + totals.nrForeign + totals.nrBad).toBe(totals.nrRead);
  });
});

function withType(file: Buffer, from: number, to: number): Buffer {
  const place = recordsOf(file).find(({ type }) => type === from);
  file.writeUInt32LE(to, place?.at ?? 0);
  return file;
}

function withSize(file: Buffer, sizeBytes: number): Buffer {
  file.writeUInt16LE(sizeBytes, (recordsOf(file)[1000]?.at ?? 0) + 6);
  return file;
}

function withHeader(file: Buffer, at: number, value: bigint): Buffer {
  file.writeBigUInt64LE(value, at);
  return file;
}

function beyond(file: Buffer): Buffer {
  const sample = recordsOf(file).find(({ type }) => type === SAMPLE);
  // Identifier, address, task, time, CPU, period; then the size.
  file.writeUInt32LE(60_000, (sample?.at ?? 0) + 8 + 6 * 8);
  return file;
}
