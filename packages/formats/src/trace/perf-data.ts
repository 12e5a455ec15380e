/**
 * Import of perf.data: the raw data of tracepoint samples are the records that the kernel's ring buffer has, and are
 * read by the same decoder. The records of different CPUs stand in rounds, so that none is earlier than the latest of
 * the round before the last: what is held back is two rounds, and goes on by time.
 *
 *   record   type (4)  misc (2)  size (2)  data
 *
 * Source: perf_event_open(2); tools/perf/Documentation/perf.data-file-format.txt.
 */

import type { Problem } from "../problem.ts";
import { type ByteSource, textOf } from "./byte-source.ts";
import type { EventColumns } from "./event-columns.ts";
import { type PerfHeader, readPerfHeader } from "./perf-header.ts";
import { NOT_THERE, PerfSamples } from "./perf-samples.ts";
import { RECORD_BAD, RECORD_FOREIGN, TWO_32, WORD_BYTES } from "./record-constants.ts";
import { RecordDecoder } from "./record-decoder.ts";
import { RecordProblems } from "./record-problems.ts";
import { Symbols } from "./symbols.ts";
import { wordsOf } from "./words.ts";

const RECORD_LOST = 2;
const RECORD_COMM = 3;
const RECORD_FORK = 7;
const RECORD_SAMPLE = 9;
const RECORD_LOST_SAMPLES = 13;
const RECORD_FINISHED_ROUND = 68;
const RECORD_AUXTRACE = 71;
const RECORD_COMPRESSED = 81;
const RECORD_COMPRESSED2 = 83;

const HEADER_BYTES = 8;
/** Records are at most 64 KiB. */
const WINDOW_BYTES = 262_144;
/** Where no rounds are told, the earlier half of this many bytes goes on. */
const MAX_HELD_WORDS = 16_777_216;
const AS_TEXT = "turn it into text: perf script -F comm,pid,cpu,time,event,trace > trace.txt";

/** What perf calls the idle tasks. */
const IDLE = "swapper";

/** A record that waits for earlier ones. */
interface Held {
  readonly timeNs: number;
  readonly number: number;
  readonly words: Int32Array;
}

/** Reads all events of the file into the columns; what is wrong becomes a problem. */
export function readPerfData(
  source: ByteSource,
  columns: EventColumns,
  kallsyms: Uint8Array | string | undefined,
): void {
  const header = readPerfHeader(source);
  if (typeof header === "string") {
    tell(columns, 0, `this perf.data cannot be read: ${header}`, "error", AS_TEXT);
    return;
  }
  new PerfData(source, columns, header, kallsyms).read();
}

class PerfData {
  private readonly source: ByteSource;
  private readonly columns: EventColumns;
  private readonly header: PerfHeader;
  private readonly samples: PerfSamples;
  private readonly decoder: RecordDecoder;
  private readonly problems: RecordProblems;
  private held: Held[] = [];
  private nrHeldWords = 0;
  /** Latest time of a record, and what it was when the round before this one ended. */
  private latestNs = Number.NEGATIVE_INFINITY;
  private safeNs = Number.NEGATIVE_INFINITY;
  /** Of the record being read, from 1. */
  private number = 0;
  private baseHigh = 0;
  private baseLow = 0;

  constructor(
    source: ByteSource,
    columns: EventColumns,
    header: PerfHeader,
    kallsyms: Uint8Array | string | undefined,
  ) {
    this.source = source;
    this.columns = columns;
    this.header = header;
    this.samples = new PerfSamples(header);
    this.problems = new RecordProblems(columns);
    const { texts } = header;
    this.decoder = new RecordDecoder(
      columns,
      texts.formats,
      new Symbols(texts.kallsyms.length === 0 ? (kallsyms ?? texts.kallsyms) : texts.kallsyms),
    );
    this.decoder.nameTasks(texts.tasks);
    if (header.nrCpus > 0) columns.nrCpus = header.nrCpus;
    this.decoder.nameTask(0, IDLE);
    if (columns.baseNs === undefined) return;
    this.baseHigh = Number(columns.baseNs >> 32n);
    this.baseLow = Number(columns.baseNs & 0xffff_ffffn);
  }

  read(): void {
    const { recordsAt, recordsEnd } = this.header;
    for (let at = recordsAt; at < recordsEnd; ) {
      const nrBytes = this.window(wordsOf(this.source.read(at, Math.min(WINDOW_BYTES, recordsEnd - at))));
      if (nrBytes === 0) {
        this.tellDamage(at);
        break;
      }
      at += nrBytes;
    }
    this.release(Number.POSITIVE_INFINITY);
  }

  /** Takes the whole records of a window; how many bytes they are. */
  private window(words: Int32Array): number {
    let at = 0;
    while (at + 2 <= words.length) {
      const sizeBytes = (words[at + 1] ?? 0) >>> 16;
      const end = at + sizeBytes / WORD_BYTES;
      if (sizeBytes < HEADER_BYTES || sizeBytes % WORD_BYTES !== 0 || end > words.length) break;
      const type = words[at] ?? 0;
      const record = words.subarray(at, end);
      at = end;
      this.number++;
      this.columns.totals.nrRead++;
      this.record(type, record);
      // A processor's own trace stands behind its record, as many bytes as that says.
      if (type === RECORD_AUXTRACE) return at * WORD_BYTES + longOf(record, 2);
    }
    return at * WORD_BYTES;
  }

  private record(type: number, record: Int32Array): void {
    const { totals } = this.columns;
    switch (type) {
      case RECORD_SAMPLE:
        this.hold(record, this.samples.timeAt(record));
        break;
      case RECORD_COMM:
      case RECORD_FORK:
        this.hold(record, this.samples.trailerTimeAt(record));
        break;
      case RECORD_LOST:
        this.tellLost(longOf(record, 4));
        break;
      case RECORD_LOST_SAMPLES:
        this.tellLost(longOf(record, 2));
        break;
      case RECORD_FINISHED_ROUND:
        totals.nrOther++;
        this.release(this.safeNs);
        this.safeNs = this.latestNs;
        break;
      case RECORD_COMPRESSED:
      case RECORD_COMPRESSED2:
        totals.nrBad++;
        tell(this.columns, this.number, "packed records are not read", "error", `record without -z, or ${AS_TEXT}`);
        break;
      default:
        totals.nrOther++;
    }
  }

  /** Keeps the record until none earlier can come; at once when it has no time. */
  private hold(words: Int32Array, timeAt: number): void {
    const { number } = this;
    const low = (words[timeAt] ?? 0) >>> 0;
    const high = (words[timeAt + 1] ?? 0) >>> 0;
    if (timeAt === NOT_THERE || (low === 0 && high === 0)) {
      this.take({ timeNs: 0, number, words });
      return;
    }
    if (this.columns.baseNs === undefined) {
      this.columns.baseNs = (BigInt(high) << 32n) | BigInt(low);
      this.baseHigh = high;
      this.baseLow = low;
    }
    const timeNs = (high - this.baseHigh) * TWO_32 + (low - this.baseLow);
    this.held.push({ timeNs, number, words });
    this.nrHeldWords += words.length;
    if (timeNs > this.latestNs) this.latestNs = timeNs;
    if (this.nrHeldWords < MAX_HELD_WORDS) return;
    this.sort();
    this.release(this.held[Math.floor(this.held.length / 2)]?.timeNs ?? timeNs);
  }

  private sort(): void {
    this.held.sort((a, b) => a.timeNs - b.timeNs || a.number - b.number);
  }

  /** Takes, by time, what is held up to `limitNs`. */
  private release(limitNs: number): void {
    this.sort();
    let nr = 0;
    for (const one of this.held) {
      if (one.timeNs > limitNs) break;
      this.take(one);
      this.nrHeldWords -= one.words.length;
      nr++;
    }
    this.held = this.held.slice(nr);
  }

  private take({ words, timeNs, number }: Held): void {
    const { totals } = this.columns;
    if (words[0] === RECORD_SAMPLE) {
      this.sample(words, timeNs, number);
      return;
    }
    totals.nrOther++;
    if (words[0] === RECORD_COMM) {
      const name = textOf(new Uint8Array(words.buffer, words.byteOffset, words.byteLength).subarray(16));
      this.decoder.nameTask(words[3] ?? 0, name.replace(/\0.*/s, ""));
    } else this.decoder.copyTaskName(words[5] ?? 0, words[4] ?? 0);
  }

  private sample(words: Int32Array, timeNs: number, number: number): void {
    const { totals, file } = this.columns;
    const at = this.samples.rawAt(words);
    if (at === NOT_THERE) {
      totals.nrForeign++;
      return;
    }
    const end = at + Math.ceil(((words[at - 1] ?? 0) >>> 0) / WORD_BYTES);
    if (end > words.length) {
      this.problems.badEvent(file, number, "a sample whose raw data do not fit into its record");
      return;
    }
    const kind = this.decoder.decode(words, at, end);
    if (kind === RECORD_BAD) {
      this.columns.discard();
      this.problems.badEvent(file, number, this.decoder.wrong);
    } else if (kind === RECORD_FOREIGN) totals.nrForeign++;
    else if (kind < 0) totals.nrOther++;
    else if (!this.columns.keep(kind, this.samples.cpuOf(words), timeNs, number)) {
      this.columns.discard();
      this.problems.badTime(file, number, timeNs);
    }
  }

  private tellLost(nrEvents: number): void {
    this.columns.totals.nrOther++;
    this.problems.lost(this.columns.file, this.number, nrEvents);
  }

  private tellDamage(at: number): void {
    this.columns.totals.nrRead++;
    this.columns.totals.nrBad++;
    tell(this.columns, this.number + 1, `no record at byte ${at}; the rest is not read`, "data-loss", "record again");
  }
}

function longOf(words: Int32Array, at: number): number {
  return ((words[at + 1] ?? 0) >>> 0) * TWO_32 + ((words[at] ?? 0) >>> 0);
}

function tell(
  columns: EventColumns,
  record: number,
  message: string,
  severity: Problem["severity"],
  toDo: string,
): void {
  const what = { severity, message, expected: "records of perf record -e 'percpu:*'", found: "", toDo };
  columns.problems.add(message.replace(/\d+/g, ""), columns.file, record, () => what);
}
