/**
 * Checks a trace against the model: leads allocators through it under each hypothesis about what the trace does not say,
 * side by side, and keeps the one that explains it best.
 *
 *   hypothesis = a policy                     × what lay in the chunks before the trace
 *                (as given, or the kernel's        given   as recorded by other means
 *                 own and the one before)          assumed a known kernel's list that explains the first allocations
 *                                                  unknown chunks that the trace does not create are left out
 */

import type { EventBatch, EventNames } from "@ebb/formats";
import { claimArea, createPercpu, FIRST_CHUNK, type Percpu, type PercpuPolicy } from "@ebb/model";
import { CheckRun } from "./check-run.ts";
import { MISMATCHED } from "./counts.ts";
import { type EarlyEvent, type FirstAllocations, takeEarly } from "./early-areas.ts";
import { type EarlyStart, earlyStart, firstAllocations } from "./early-start.ts";
import type { RecordedMachine } from "./recorded-machine.ts";
import type { ReplayStart } from "./replayed.ts";
import type { StatsBaseline } from "./stats-comparison.ts";
import type { RecordedStats } from "./stats-watch.ts";

interface TraceCheckRequest {
  readonly machine: RecordedMachine;
  /** Tried side by side; the earlier one wins when both explain the trace. */
  readonly policies: readonly PercpuPolicy[];
  /** Recorded events before the trace, or beyond its beginning; undefined when there is no such recording. */
  readonly before: readonly EarlyEvent[] | undefined;
  readonly names: EventNames;
  readonly stats: readonly RecordedStats[];
  /** RULE_ of inferred runs of the balance work, to begin with. */
  readonly rule: number;
}

export interface Hypothesis {
  readonly policy: PercpuPolicy;
  readonly start: EarlyStart;
  /** Given events whose recorded place is not the model's. */
  readonly nrElsewhere: number;
  readonly run: CheckRun;
}

export class TraceCheck {
  private readonly request: TraceCheckRequest;
  private hypotheses: Hypothesis[] = [];

  constructor(request: TraceCheckRequest) {
    this.request = request;
  }

  feed(batch: EventBatch): void {
    if (batch.nr === 0) return;
    if (this.hypotheses.length === 0) this.begin(batch);
    for (const { run } of this.hypotheses) run.feed(batch);
    this.drop();
  }

  /** A text of percpu_stats that came with the events. */
  addStats(stats: RecordedStats): void {
    for (const { run } of this.hypotheses) run.watch.add([stats]);
  }

  /** The trace is over: the hypothesis that explains it best, and those that explain it as well. */
  end(): { readonly best: Hypothesis; readonly asGood: readonly Hypothesis[] } {
    if (this.hypotheses.length === 0) this.beginWith([]);
    for (const { run } of this.hypotheses) run.end();
    this.drop();
    for (const { run } of this.hypotheses) run.end();
    const faults = this.hypotheses.map(({ run }) => faultsOf(run));
    const least = Math.min(...faults);
    const winners = this.hypotheses.filter((_, i) => faults[i] === least);
    const [best = this.hypotheses[0], ...asGood] = winners;
    if (best === undefined) throw new Error("a check has at least one hypothesis");
    return { best, asGood: asGood.filter(({ start }) => start.what === best.start.what) };
  }

  private begin(batch: EventBatch): void {
    this.beginWith(firstAllocations(batch));
  }

  private beginWith(first: FirstAllocations): void {
    const { machine, policies, before } = this.request;
    const start = earlyStart(machine.geometry, before, first);
    for (const policy of policies) {
      if (start.what !== "unknown") this.addKnown(policy, start);
      if (start.what !== "given") this.addUnknown(policy);
    }
    this.drop();
  }

  private addKnown(policy: PercpuPolicy, start: EarlyStart): void {
    const t = this.atBoot(policy);
    const nrElsewhere = takeEarly(t, start.events);
    const { names, stats, rule } = this.request;
    const known: ReplayStart = { isKnown: true, isAssumed: start.what === "assumed" };
    const run = new CheckRun({ t, start: known, before: baselineOf(start.events), names, stats, rule });
    this.hypotheses.push({ policy, start, nrElsewhere, run });
  }

  private addUnknown(policy: PercpuPolicy): void {
    const t = this.atBoot(policy);
    fillFirstChunk(t);
    const { names, stats, rule } = this.request;
    const start: EarlyStart = { what: "unknown", listName: "", events: [] };
    const blind = { isKnown: false, isAssumed: false };
    const run = new CheckRun({ t, start: blind, before: undefined, names, stats, rule });
    this.hypotheses.push({ policy, start, nrElsewhere: 0, run });
  }

  private atBoot(policy: PercpuPolicy): Percpu {
    return createPercpu({ geometry: this.request.machine.geometry, policy, nrKinds: 1, emptyCount: "global" });
  }

  /** What is refuted goes, as long as something is left that is not; what is left alone goes on, refuted or not. */
  private drop(): void {
    const unrefuted = this.hypotheses.filter(({ run }) => run.mismatches.length === 0);
    if (unrefuted.length > 0) this.hypotheses = unrefuted;
    const goesOn = unrefuted.length === 0 || this.hypotheses.length === 1;
    for (const { run } of this.hypotheses) run.stopsWhenRefuted = !goesOn;
  }
}

/** Small for a hypothesis that explains the trace: what it does not explain, and a little for what it leaves open. */
function faultsOf({ mismatches, replayed, watch }: CheckRun): number {
  const differences = watch.comparisons.reduce((sum, { differences }) => sum + differences.length, 0);
  const isBlind = replayed.start.isKnown ? 0 : 1;
  return (mismatches.length + (replayed.counts[MISMATCHED] ?? 0)) * 1e6 + isBlind * 1e4 + differences;
}

function baselineOf(events: readonly EarlyEvent[]): StatsBaseline {
  const nrDealloc = events.filter(({ isFree }) => isFree).length;
  return { nrAlloc: events.length - nrDealloc, nrDealloc, nrChunks: 1 };
}

/** Nothing is known of the first chunk: it takes no part. */
function fillFirstChunk(t: Percpu): void {
  claimArea(t, FIRST_CHUNK, t.startOffBytes[FIRST_CHUNK] ?? 0, t.freeBytes[FIRST_CHUNK] ?? 0, true);
}
