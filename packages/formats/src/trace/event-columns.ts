/**
 * Where importers put events: the batch being filled, the numbers of names and chunks, the totals. An event is written
 * into the row `begin` gives; then it is kept or, when something turns out wrong, discarded.
 */

import {
  createEventBatch,
  type EventBatch,
  type EventNames,
  type EventSink,
  type ImportTotals,
  NOT_RECORDED,
} from "./events.ts";
import { LongTable } from "./long-table.ts";
import { NameTable } from "./name-table.ts";
import { ProblemLog } from "./problem-log.ts";

/** Events of a batch: columns of this length stay in the processor's second cache. */
const BATCH_EVENTS = 512;
const MAX_CPUS = 65_536;
/** A batch of events that follow each other ends before the last exact time. */
const MAX_RUN_NS = 2 ** 52;
/** The last that the column has room for: further inputs have this number too. */
export const MAX_INPUT = 255;

export class EventColumns implements EventNames {
  readonly batch: EventBatch = createEventBatch(BATCH_EVENTS);
  readonly nameTable = new NameTable();
  readonly chunkTable = new LongTable();
  readonly names = this.nameTable.names;
  readonly chunks = this.chunkTable.digits;
  originNs = 0n;
  nrCpus?: number;
  /** What the times given to `keep` are counted from, ns; known before the first event. */
  baseNs: bigint | undefined;
  readonly totals: ImportTotals = { nrRead: 0, nrEvents: 0, nrOther: 0, nrForeign: 0, nrBad: 0, nrLost: 0 };
  readonly problems: ProblemLog;
  /** Number of the input being read, and its name in messages. */
  input = 0;
  file: string;
  private readonly sink: EventSink;
  private hasOrigin = false;
  /** Time of the first event, since the base. */
  firstNs = 0;
  private lastNs = Number.NEGATIVE_INFINITY;
  private readonly lastNsOfCpu = new Float64Array(MAX_CPUS).fill(Number.NEGATIVE_INFINITY);

  constructor(file: string, sink: EventSink) {
    this.file = file;
    this.sink = sink;
    this.problems = new ProblemLog((problem) => sink.problem(problem));
    this.empty(0, BATCH_EVENTS);
  }

  /** An empty row for an event: only what is recorded needs to be written. */
  begin(): number {
    if (this.batch.nr === BATCH_EVENTS) this.flush();
    return this.batch.nr;
  }

  /** An event of that time would be one in order, and its time exact. */
  isAfterLast(sinceBaseNs: number): boolean {
    const timeNs = sinceBaseNs - this.firstNs;
    return this.hasOrigin && timeNs >= this.lastNs && timeNs < MAX_RUN_NS;
  }

  /** The rows up to `end` are events of a CPU, in order, written whole; how many they are. */
  keepTo(end: number, cpu: number): number {
    const { batch } = this;
    const nrEvents = end - batch.nr;
    if (nrEvents === 0) return 0;
    this.totals.nrEvents += nrEvents;
    batch.nr = end;
    this.lastNs = batch.timeNs[end - 1] ?? 0;
    this.lastNsOfCpu[cpu] = this.lastNs;
    return nrEvents;
  }

  /** The row last begun is no event after all. */
  discard(): void {
    this.empty(this.batch.nr, this.batch.nr + 1);
  }

  /**
   * The row last begun is an event. False, and it is not, when its time is too far from the first event's to be told
   * in whole ns.
   *
   * @param sinceBaseNs its time since `baseNs`, which is set before the first event is kept
   */
  keep(kind: number, cpu: number, sinceBaseNs: number, line: number): boolean {
    if (!this.hasOrigin) this.setOrigin(sinceBaseNs);
    const timeNs = sinceBaseNs - this.firstNs;
    if (!Number.isSafeInteger(timeNs)) return false;
    const { batch } = this;
    const row = batch.nr++;
    batch.kind[row] = kind;
    batch.cpu[row] = cpu;
    batch.timeNs[row] = timeNs;
    batch.input[row] = this.input;
    batch.line[row] = line;
    this.totals.nrEvents++;
    if (timeNs < this.lastNs) this.tellStepBack(timeNs, cpu, line);
    this.lastNs = timeNs;
    this.lastNsOfCpu[cpu] = timeNs;
    return true;
  }

  /** Hands over what is there. */
  flush(): void {
    if (this.batch.nr === 0) return;
    this.sink.batch(this.batch);
    this.empty(0, this.batch.nr);
    this.batch.nr = 0;
  }

  /** Nothing is recorded in the rows `[start, end)`; rows beyond the events are always so. */
  private empty(start: number, end: number): void {
    const { batch } = this;
    batch.flags.fill(0, start, end);
    batch.pid.fill(NOT_RECORDED, start, end);
    batch.task.fill(NOT_RECORDED, start, end);
    batch.sizeBytes.fill(NOT_RECORDED, start, end);
    batch.alignBytes.fill(NOT_RECORDED, start, end);
    batch.offBytes.fill(NOT_RECORDED, start, end);
    batch.chunk.fill(NOT_RECORDED, start, end);
    batch.callSite.fill(NOT_RECORDED, start, end);
    batch.gfp.fill(NOT_RECORDED, start, end);
    batch.text.fill(NOT_RECORDED, start, end);
  }

  /** What comes is of another input, the one of that number from 0. */
  startInput(file: string, input: number): void {
    this.file = file;
    this.input = Math.min(input, MAX_INPUT);
    if (input <= MAX_INPUT) return;
    this.problems.add("inputs", file, 0, () => ({
      severity: "info",
      message: `more than ${MAX_INPUT + 1} inputs: the rest are numbered as the last`,
      expected: `at most ${MAX_INPUT + 1} inputs`,
      found: "more",
      toDo: "nothing: their events are read",
    }));
  }

  /** No more events. */
  end(): void {
    this.flush();
    const { nrRefused } = this.nameTable;
    if (nrRefused + this.chunkTable.nrRefused > 0) {
      this.problems.add("names", this.file, 0, () => ({
        severity: "data-loss",
        message: `too many different names and chunks: ${nrRefused} names and ${this.chunkTable.nrRefused} chunks not recorded`,
        expected: `at most ${this.names.length} names and ${this.chunks.length} chunks`,
        found: "more",
        toDo: "read the trace in parts",
      }));
    }
    this.problems.end();
  }

  private setOrigin(sinceBaseNs: number): void {
    this.hasOrigin = true;
    this.firstNs = sinceBaseNs;
    this.originNs = (this.baseNs ?? 0n) + BigInt(sinceBaseNs);
  }

  private tellStepBack(timeNs: number, cpu: number, line: number): void {
    const cpuNs = this.lastNsOfCpu[cpu] ?? 0;
    if (timeNs < cpuNs) {
      this.problems.add("clock", this.file, line, () => ({
        severity: "data-loss",
        message: `the clock of CPU ${cpu} steps back by ${cpuNs - timeNs} ns`,
        expected: "times that grow on each CPU",
        found: `${timeNs} ns after the first event; the event of this CPU before it has ${cpuNs} ns`,
        toDo: "record with a steady clock (trace_clock local, global or mono)",
      }));
      return;
    }
    this.problems.add("order", this.file, line, () => ({
      severity: "info",
      message: `an event of CPU ${cpu} stands ${this.lastNs - timeNs} ns too late`,
      expected: "events in the order of their times",
      found: `${timeNs} ns after the first event; the event before it has ${this.lastNs} ns`,
      toDo: "nothing: the order of the input is kept",
    }));
  }
}
