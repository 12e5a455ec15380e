/**
 * Events of a text trace, whoever printed it: the kernel's `trace` and `trace_pipe`, `trace-cmd report`, `perf script`.
 *
 *   tracefs      sh-11413   [001] d..2.  8182.781528: percpu_free_percpu: base_addr=… off=24792 ptr=…
 *   trace-cmd    BUFFER:    sh-11413 [001]  8182.781528: percpu_free_percpu:   base_addr=0x… off=24792 ptr=0x…
 *   perf         sh 11413 [001]  8182.781528:   percpu:percpu_free_percpu: base_addr=0x… off=24792 ptr=0x…
 *
 * All have the task and its id, the CPU in brackets, the time, the event's name and its fields, so one reader takes
 * all, whatever a file is called. It also takes the kernel log of a kernel that prints its early allocations.
 *
 * Source: recorded traces of 5.4, 6.1 and 6.18 (fixtures/traces).
 */

import type { EventColumns } from "./event-columns.ts";
import { EVENT_DESTROY_CHUNK, NOT_RECORDED } from "./events.ts";
import {
  BLANK,
  BRACKET,
  BRACKET_END,
  COLON,
  HASH,
  LESS,
  LINE_BAD,
  LINE_EVENT,
  LINE_FOREIGN,
  LINE_OTHER,
  MALFORMED,
  MAX_LINE_BYTES,
  NEWLINE,
  NO_PLACE,
  NOT_OTHER,
  NS_PER_S,
  PARENTHESIS,
  PARENTHESIS_END,
} from "./text-constants.ts";
import { EARLY_ALLOC, EARLY_FREE, probeEventAt, type TextEvent, textEventAt } from "./text-events.ts";
import { BODY_FIELDS, BODY_PRINTED_TEXT, BODY_STACK } from "./text-field-numbers.ts";
import { TextFieldReader } from "./text-fields.ts";
import { LineCutter, type LineReader } from "./text-lines.ts";
import { cpusOfLine, readOtherLine } from "./text-other.ts";
import { TextPlace } from "./text-place.ts";
import { TextProblems } from "./text-problems.ts";
import { blanksEnd, isLiteralAt, type Literal, latin1, lineEnd, literal, trimmedEnd } from "./text-scan.ts";

const NS_PER_S_BIG = 1_000_000_000n;

const STACKS = [literal("<stack trace>"), literal("<user stack trace>")];
/** What perf puts before the names of the events that are most of a trace. */
const GROUP = literal("percpu:");
const FUNCTION_TRACER = literal(" <-");
const EARLY = [EARLY_ALLOC, EARLY_FREE].map((event) => ({ event, head: literal(`] percpu-early: ${event.name} `) }));

/** Importer of text traces, one after the other, into `columns`. */
export class TextImporter implements LineReader {
  private readonly columns: EventColumns;
  private readonly place = new TextPlace();
  private readonly fields: TextFieldReader;
  private readonly problems: TextProblems;
  private readonly cutter = new LineCutter(this);
  private lineNumber = 0;
  /** What times are counted from; -1 until it is known. */
  private baseSeconds = -1;
  private baseNs = 0;
  /** Name of the buffer whose percpu events were read last. */
  private buffer: Literal | undefined;
  /** Where the line being read starts. */
  private start = 0;
  /** Where its newline stands, once it is read. */
  private stop = 0;

  constructor(columns: EventColumns) {
    this.columns = columns;
    this.fields = new TextFieldReader(this.columns);
    this.problems = new TextProblems(this.columns);
  }

  push(bytes: Uint8Array): void {
    this.cutter.push(bytes);
  }

  /** No more bytes of this input; the next ones are of another. */
  endInput(): void {
    this.cutter.end();
    this.lineNumber = 0;
  }

  lines(text: DataView, start: number, end: number): void {
    for (let p = start; p < end; p = this.stop + 1) {
      this.lineNumber++;
      this.start = p;
      this.count(this.line(text, p));
    }
  }

  tooLong(text: DataView): void {
    this.lineNumber++;
    this.count(this.badLine(() => this.problems.tooLong(text, 0)));
  }

  cutOff(text: DataView, end: number): void {
    this.lineNumber++;
    this.count(this.badLine(() => this.problems.cutOff(text, end)));
  }

  private count(what: number): void {
    const { totals } = this.columns;
    totals.nrRead++;
    // An event is counted where it is kept.
    if (what === LINE_OTHER) totals.nrOther++;
    else if (what === LINE_FOREIGN) totals.nrForeign++;
    else if (what === LINE_BAD) totals.nrBad++;
  }

  /** What the line at `start` is; an event is kept. */
  private line(text: DataView, start: number): number {
    const p = blanksEnd(text, start);
    const first = text.getUint8(p);
    if (first === HASH || first === NEWLINE) return this.otherLine(text, p);
    if (p === start && (first === BRACKET || first === LESS)) return this.logLine(text, p);
    const name = this.place.read(text, start, p);
    return name === NO_PLACE ? this.otherLine(text, p) : this.event(text, name);
  }

  /** From the event's name on: `NAME: ` or `GROUP:NAME: `. */
  private event(text: DataView, start: number): number {
    for (let name = isLiteralAt(text, start, GROUP) ? start + GROUP.nrBytes : start; ; ) {
      const event = textEventAt(text, name);
      if (event !== undefined) return this.known(event, text, blanksEnd(text, name + event.title.nrBytes));
      let p = name;
      while (text.getUint8(p) !== COLON) if (text.getUint8(p++) === NEWLINE) return this.nameless(text, start);
      name = p + 1;
      if (text.getUint8(name) > BLANK) continue;
      const body = blanksEnd(text, name);
      const probe = text.getUint8(body) === PARENTHESIS ? probeEventAt(text, body) : undefined;
      return probe === undefined ? this.counted(text, body, LINE_FOREIGN) : this.known(probe, text, body);
    }
  }

  private known(event: TextEvent, text: DataView, body: number): number {
    if (event.body === BODY_FIELDS) return this.eventWithFields(event, text, body);
    return event.body === BODY_STACK ? this.counted(text, body, LINE_OTHER) : this.eventWithText(event, text, body);
  }

  private eventWithFields(event: TextEvent, text: DataView, body: number): number {
    const { fields, problems } = this;
    let p = body;
    if (text.getUint8(p) === PARENTHESIS) {
      while (text.getUint8(p) !== NEWLINE && text.getUint8(p) !== PARENTHESIS_END) p++;
      if (text.getUint8(p) === PARENTHESIS_END) p++;
    }
    const found = fields.read(text, p, event, this.columns.begin());
    const at = fields.stoppedAt;
    this.stop = at;
    if (found === MALFORMED) {
      this.stop = lineEnd(text, at);
      return this.badLine(() => problems.malformed(event, fields.wrong, text, at, this.stop));
    }
    if ((found & event.required) !== event.required) {
      return this.badLine(() => problems.missing(event, found, text, body, this.stop));
    }
    const what = this.keep(event, text);
    if (what !== LINE_EVENT) return what;
    problems.line = this.lineNumber;
    if (fields.unknownAt >= 0) problems.unknownField(event, text, fields.unknownAt, this.stop);
    if (fields.isChunkHidden) problems.hiddenChunk(event, text, body, this.stop);
    return LINE_EVENT;
  }

  private eventWithText(event: TextEvent, text: DataView, body: number): number {
    const { batch, nameTable } = this.columns;
    this.stop = lineEnd(text, body);
    let p = body;
    if (event.body === BODY_PRINTED_TEXT) {
      while (p < this.stop && text.getUint8(p) !== COLON) p++;
      p = p < this.stop ? p + 2 : body;
    }
    const end = trimmedEnd(text, body, this.stop);
    batch.text[this.columns.begin()] = nameTable.of(text, Math.min(p, end), end);
    return this.keep(event, text);
  }

  private keep(event: TextEvent, text: DataView): number {
    const { columns, place } = this;
    const { batch } = columns;
    if (this.stop - this.start > MAX_LINE_BYTES) return this.badLine(() => this.problems.tooLong(text, this.start));
    const row = batch.nr;
    batch.pid[row] = place.pid;
    batch.task[row] =
      place.taskEnd > place.taskStart ? columns.nameTable.of(text, place.taskStart, place.taskEnd) : NOT_RECORDED;
    if (event.kind <= EVENT_DESTROY_CHUNK) this.noteBuffer(text);
    if (columns.keep(event.kind, place.cpu, this.sinceBaseNs(), this.lineNumber)) return LINE_EVENT;
    return this.badLine(() => this.problems.noTime(text, this.start, this.stop));
  }

  /** Percpu events of one buffer after those of another may be the same ones again. */
  private noteBuffer(text: DataView): void {
    const { bufferStart, bufferEnd } = this.place;
    const last = this.buffer;
    const nrBytes = bufferEnd - bufferStart;
    if (last !== undefined && last.nrBytes === nrBytes && (nrBytes === 0 || isLiteralAt(text, bufferStart, last)))
      return;
    this.buffer = literal(latin1(text, bufferStart, bufferEnd));
    if (last === undefined) return;
    this.problems.line = this.lineNumber;
    this.problems.severalBuffers(text, bufferStart, bufferEnd);
  }

  /** A number that is exact whatever the absolute time is. */
  private sinceBaseNs(): number {
    const { seconds, ns } = this.place;
    if (this.baseSeconds < 0) {
      const base = this.columns.baseNs ?? BigInt(seconds) * NS_PER_S_BIG;
      this.columns.baseNs = base;
      this.baseSeconds = Number(base / NS_PER_S_BIG);
      this.baseNs = Number(base % NS_PER_S_BIG);
    }
    return (seconds - this.baseSeconds) * NS_PER_S + (ns - this.baseNs);
  }

  /** A line whose event has no name with a colon: the start of a stack, or a line of a function tracer. */
  private nameless(text: DataView, start: number): number {
    this.stop = lineEnd(text, start);
    if (STACKS.some((one) => isLiteralAt(text, start, one))) {
      return this.counted(text, this.stop, LINE_OTHER);
    }
    for (let p = start; p + 2 < this.stop; p++) {
      if (isLiteralAt(text, p, FUNCTION_TRACER)) return this.counted(text, this.stop, LINE_FOREIGN);
    }
    return this.otherLine(text, this.start);
  }

  /** Of the kernel log: `[ SECONDS ] percpu-early: alloc FIELDS`, `<6>` before it or not. */
  private logLine(text: DataView, start: number): number {
    const { place } = this;
    let p = start;
    if (text.getUint8(p) === LESS) {
      while (text.getUint8(p) !== NEWLINE && text.getUint8(p) !== BRACKET) p++;
      if (text.getUint8(p) === NEWLINE) return this.otherLine(text, start);
    }
    p = blanksEnd(text, p + 1);
    const end = place.readTime(text, p);
    if (end === NO_PLACE || text.getUint8(end) !== BRACKET_END) return this.otherLine(text, start);
    place.cpu = 0;
    place.pid = NOT_RECORDED;
    place.taskEnd = place.taskStart;
    for (const { event, head } of EARLY) {
      if (isLiteralAt(text, end, head)) return this.eventWithFields(event, text, end + head.nrBytes);
    }
    return this.counted(text, end, LINE_OTHER);
  }

  private otherLine(text: DataView, start: number): number {
    this.stop = lineEnd(text, start);
    if (this.stop - this.start > MAX_LINE_BYTES) return this.badLine(() => this.problems.tooLong(text, this.start));
    const nrLost = readOtherLine(text, this.start, this.stop);
    if (nrLost === NOT_OTHER) return this.badLine(() => this.problems.notALine(text, this.start, this.stop));
    this.problems.line = this.lineNumber;
    if (nrLost > 0) this.problems.lost(nrLost, text, this.start, this.stop);
    if (this.columns.nrCpus === undefined) this.noteCpus(text);
    return LINE_OTHER;
  }

  /** The header says it before the first event, or nothing does. */
  private noteCpus(text: DataView): void {
    if (this.columns.totals.nrEvents > 0) return;
    const nrCpus = cpusOfLine(text, this.start, this.stop);
    if (nrCpus > 0) this.columns.nrCpus = nrCpus;
  }

  /** A line that needs no more than counting, if it is no longer than lines are. */
  private counted(text: DataView, from: number, what: number): number {
    this.stop = lineEnd(text, from);
    if (this.stop - this.start <= MAX_LINE_BYTES) return what;
    return this.badLine(() => this.problems.tooLong(text, this.start));
  }

  private badLine(tell: () => void): number {
    this.problems.line = this.lineNumber;
    this.columns.discard();
    tell();
    return LINE_BAD;
  }
}
