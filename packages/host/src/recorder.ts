/**
 * Records a host: an instance of our own is made and switched on, the buffers of its CPUs are read in turns, snapshots
 * are taken between, and the instance goes again. All that is found leaves through a sink, in order of time.
 *
 *   start -> (turn | snapshot)* -> stop        whatever happens: abandon, which leaves the host as it was
 */

import type { EventBatch, EventNames, ImportTotals, Problem, RecordedText } from "@ebb/formats";
import { CpuPipe } from "./cpu-pipe.ts";
import { errorText } from "./host-files.ts";
import { KernelSymbols } from "./kernel-symbols.ts";
import { LiveMerge } from "./live-merge.ts";
import { cannotRecord, eventsLost, noPercpuStats, notRemoved } from "./record-problems.ts";
import { lastingTexts, snapshotTexts } from "./snapshots.ts";
import { TaskNames } from "./task-names.ts";
import { TraceInstance } from "./trace-instance.ts";
import { findTracing, type TracingPlace } from "./tracing-place.ts";

/** Takes what is recorded. */
interface RecordSink {
  events(batch: EventBatch, names: EventNames): void;
  /** @param originNs what its time counts from, as times of events do */
  text(text: RecordedText, originNs: bigint): void;
  problem(problem: Problem): void;
}

interface RecordOptions {
  /** Folder below which proc, sys and dev are: "/" on the host itself. */
  readonly root: string;
  /** Names the instance. */
  readonly pid: number;
  /** Buffer of each CPU; undefined for 4096 kB, or less where there are so many CPUs that it would be 256 MB in all. */
  readonly bufferKb: number | undefined;
  /** Folders of cgroups whose cgroup.stat is kept. */
  readonly cgroups: readonly string[];
}

/** A text that waits until the events before it have left. */
interface WaitingText {
  readonly text: RecordedText;
  readonly absoluteNs: bigint;
}

const BUFFER_KB = 4096;
const ALL_BUFFERS_KB = 262_144;
const PERCPU_STATS = "/sys/kernel/debug/percpu_stats";

export class HostRecorder {
  readonly #options: RecordOptions;
  readonly #place: TracingPlace;
  readonly #instance: TraceInstance;
  readonly #sink: RecordSink;
  readonly #tasks: TaskNames;
  readonly #merge: LiveMerge;
  readonly #pipes: CpuPipe[] = [];
  readonly #texts: WaitingText[] = [];
  readonly #bufferKb: number;
  /** All that happened before this is in our hands. */
  #readUpToNs = 0n;
  #toldMissing = false;
  #isOver = false;

  private constructor(options: RecordOptions, place: TracingPlace, instance: TraceInstance, sink: RecordSink) {
    this.#options = options;
    this.#place = place;
    this.#instance = instance;
    this.#sink = sink;
    this.#tasks = new TaskNames(options.root, place.tracefs);
    const symbols = new KernelSymbols(options.root);
    const namer = {
      taskOf: (pid: number) => this.#tasks.nameOf(pid),
      symbolOf: (address: string) => symbols.nameOf(address),
    };
    const nrCpus = instance.cpus().length;
    this.#bufferKb = options.bufferKb ?? Math.min(BUFFER_KB, Math.floor(ALL_BUFFERS_KB / Math.max(1, nrCpus)));
    this.#merge = new LiveMerge(nrCpus, namer, (batch, names) => sink.events(batch, names));
  }

  /** Begins to record, or says why this host cannot be recorded; it is then as it was. */
  static async start(options: RecordOptions, sink: RecordSink): Promise<HostRecorder | Problem> {
    if (options.root === "/" && process.getuid?.() !== 0) return cannotRecord("tracefs", "another user than root");
    const place = await findTracing(options.root);
    if ("severity" in place) return place;
    let recorder: HostRecorder | undefined;
    try {
      const instance = TraceInstance.create(place.tracefs, options.pid);
      recorder = new HostRecorder(options, place, instance, sink);
      const problem = recorder.#begin();
      if (problem === undefined) return recorder;
      recorder.abandon();
      return problem;
    } catch (error) {
      if (recorder === undefined) place.close();
      else recorder.abandon();
      return cannotRecord(place.tracefs, errorText(error));
    }
  }

  /** What was read so far, and lost by what the pages say. */
  get totals(): ImportTotals {
    const sums: ImportTotals = { nrRead: 0, nrEvents: 0, nrOther: 0, nrForeign: 0, nrBad: 0, nrLost: 0 };
    for (const { totals } of this.#pipes) {
      sums.nrRead += totals.nrRead;
      sums.nrEvents += totals.nrEvents;
      sums.nrOther += totals.nrOther;
      sums.nrForeign += totals.nrForeign;
      sums.nrBad += totals.nrBad;
      sums.nrLost += totals.nrLost;
    }
    return sums;
  }

  /** Reads what the buffers have and lets go what no other CPU can precede. Call it often. */
  turn(): void {
    const nowNs = process.hrtime.bigint();
    this.#tasks.refresh();
    for (const pipe of this.#pipes) pipe.drain();
    this.#release(this.#readUpToNs);
    this.#readUpToNs = nowNs;
  }

  /** Reads the host's memory files; marks among the events stand before and behind. */
  snapshot(stage: string): void {
    this.#instance.mark(`stage ${stage}`);
    const startNs = process.hrtime.bigint();
    const { root, cgroups } = this.#options;
    const sinceStartNs = () => Number(process.hrtime.bigint() - startNs);
    const texts = snapshotTexts({ root, debugfs: this.#place.debugfs, cgroups }, stage, sinceStartNs);
    for (const text of texts) this.#texts.push({ text, absoluteNs: startNs + BigInt(text.timeNs ?? 0) });
    if (!this.#toldMissing && !texts.some(({ key }) => key === PERCPU_STATS)) {
      this.#toldMissing = true;
      this.#sink.problem(noPercpuStats(PERCPU_STATS));
    }
    this.#instance.mark(`ebb: stage ${stage} was read`);
  }

  /** The end: all that is in the buffers leaves, and the host is as it was. Answers the totals. */
  stop(): ImportTotals {
    this.#instance.switchOn(false);
    this.#tasks.refresh();
    for (const pipe of this.#pipes) pipe.finish();
    while (this.#texts.length > 0) {
      this.#merge.release(this.#texts[0]?.absoluteNs ?? 0n);
      this.#sendText();
    }
    this.#merge.releaseAll();
    const totals = this.totals;
    const lost = this.#pipes.map((pipe) => pipe.nrLost(this.#instance.stats(pipe.cpu)));
    totals.nrLost = lost.reduce((sum, nr) => sum + nr, 0);
    if (totals.nrLost > 0) this.#sink.problem(eventsLost(totals.nrLost, lost, this.#bufferKb));
    this.abandon();
    return totals;
  }

  /** Ends at once; what was not read is lost. Does nothing the second time. */
  abandon(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const pipe of this.#pipes) pipe.close();
    try {
      this.#instance.remove();
    } catch (error) {
      this.#sink.problem(notRemoved(this.#instance.name, errorText(error)));
    }
    this.#place.close();
  }

  /** What is wrong; undefined when events come. */
  #begin(): Problem | undefined {
    const instance = this.#instance;
    instance.setBufferKb(this.#bufferKb);
    if (!instance.enableEvents()) return cannotRecord(this.#place.tracefs, "no events/percpu");
    for (const [place, cpu] of instance.cpus().entries()) {
      const pipe = CpuPipe.open(instance, cpu, {
        batch: (batch, names) => this.#merge.add(place, batch, names),
        problem: (problem) => this.#sink.problem(problem),
      });
      if ("severity" in pipe) return pipe;
      this.#pipes.push(pipe);
    }
    for (const text of lastingTexts(this.#options.root)) this.#sink.text(text, 0n);
    instance.switchOn(true);
    return undefined;
  }

  /** Lets go what happened before `endNs`, events and texts in order. */
  #release(endNs: bigint): void {
    while (this.#texts[0] !== undefined && this.#texts[0].absoluteNs < endNs) {
      this.#merge.release(this.#texts[0].absoluteNs);
      this.#sendText();
    }
    this.#merge.release(endNs);
  }

  /** The text that waits longest leaves. Without any event there is no time to tell its own by. */
  #sendText(): void {
    const waiting = this.#texts.shift();
    if (waiting === undefined) return;
    const { hasOrigin, names } = this.#merge;
    const timeNs = hasOrigin ? Number(waiting.absoluteNs - names.originNs) : undefined;
    this.#sink.text({ ...waiting.text, timeNs }, names.originNs);
  }
}
