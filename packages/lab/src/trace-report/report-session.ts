/** A report on a recording, from the first byte to the end. */

import {
  EVENT_MARK,
  type EventBatch,
  type EventNames,
  type ImportTotals,
  type Problem,
  type RecordedText,
} from "@ebb/formats";
import { allocPercpu, areaOffBytes, createPercpu, percpuPolicy } from "@ebb/model";
import type { LearntSequence } from "../learn/sequence-learner.ts";
import { type EarlyEvent, nrBeforeTrace } from "../replay/early-areas.ts";
import { type EarlyStart, earlyStart, firstAllocations } from "../replay/early-start.ts";
import type { Holders } from "../replay/holders.ts";
import { markName } from "../replay/mark-name.ts";
import { type RecordedMachine, recordedCpus } from "../replay/recorded-machine.ts";
import { type TraceOptions, TraceSetup } from "../replay/trace-setup.ts";
import { type PlacedEarly, TraceCollector } from "./collector.ts";

export interface TraceReport {
  readonly traceName: string;
  readonly names: EventNames;
  /** 0 when nothing says how many; bytes are then those of one unit. */
  readonly nrCpus: number;
  readonly cpusSource: string;
  /** Undefined when nothing says how the allocator is laid out. */
  readonly machine: RecordedMachine | undefined;
  readonly start: EarlyStart;
  readonly collected: TraceCollector;
  readonly sequence: LearntSequence | undefined;
  readonly holders: Holders;
  /** The mark at which they were looked at; "" for the end. */
  readonly holdersAt: string;
  readonly totals: ImportTotals;
  readonly problems: readonly Problem[];
}

const UNKNOWN: EarlyStart = { what: "unknown", listName: "", events: [] };

export class ReportSession {
  private readonly setup: TraceSetup;
  private readonly holdersAt: string;
  private collector: TraceCollector | undefined;
  private start = UNKNOWN;
  private holders: Holders | undefined;

  /** @param holdersAt last word of the mark at which holders are looked at; "" for the end */
  constructor(options: TraceOptions, holdersAt: string) {
    this.setup = new TraceSetup(options, () => undefined);
    this.holdersAt = holdersAt;
  }

  opened(names: EventNames): boolean {
    if (this.collector !== undefined) return false;
    this.setup.names = names;
    return true;
  }

  batch(batch: EventBatch): boolean {
    const collector = this.collector ?? this.begin(batch);
    if (collector === undefined) return true;
    for (let i = 0; i < batch.nr; i++) {
      collector.event(batch, i);
      if (batch.kind[i] === EVENT_MARK && this.holdersAt !== "") this.markMet(collector, batch, i);
    }
    return true;
  }

  text(text: RecordedText): void {
    this.setup.text(text);
  }

  problem(problem: Problem): void {
    this.setup.problems.push(problem);
  }

  /** The report, or in words why there is none. */
  end(totals: ImportTotals): TraceReport | string {
    const { setup, collector, holdersAt } = this;
    const { names, options } = setup;
    if (collector === undefined || names === undefined) return "there is no event to begin with";
    collector.end();
    if (this.holders === undefined && holdersAt !== "") return `the trace has no mark ${holdersAt}`;
    const machine = setup.machine();
    const [nrCpus, cpusSource] = recordedCpus({ log: setup.log, givenCpus: options.nrCpus, headerCpus: names.nrCpus });
    return {
      traceName: options.traceName,
      names,
      nrCpus,
      cpusSource,
      machine: typeof machine === "string" ? undefined : machine,
      start: this.start,
      collected: collector,
      sequence: collector.learner.end(),
      holders: this.holders ?? collector.holders(),
      holdersAt,
      totals,
      problems: setup.problems,
    };
  }

  private markMet(collector: TraceCollector, batch: EventBatch, i: number): void {
    const text = this.setup.names?.names[batch.text[i] ?? -1] ?? "";
    if (markName(text) === this.holdersAt) this.holders = collector.holders();
  }

  private begin(batch: EventBatch): TraceCollector | undefined {
    const { setup } = this;
    if (setup.names === undefined || batch.nr === 0) return undefined;
    const collector = new TraceCollector(setup.names);
    this.collector = collector;
    const machine = setup.machine();
    const first = firstAllocations(batch);
    const given = setup.options.before;
    if (typeof machine !== "string") this.start = earlyStart(machine.geometry, given, first);
    else if (given !== undefined) {
      this.start = { what: "given", listName: "", events: given.slice(0, nrBeforeTrace(given, first)) };
    }
    const places = placed(this.start.events, typeof machine === "string" ? undefined : machine);
    collector.early(places, batch.chunk[0] ?? 0);
    return collector;
  }
}

/** The early events where they were recorded, or where every policy puts them. */
function placed(events: readonly EarlyEvent[], machine: RecordedMachine | undefined): readonly PlacedEarly[] {
  const policy = percpuPolicy("vanilla");
  if (machine === undefined || policy === undefined) return events.filter(({ offBytes }) => offBytes >= 0);
  const t = createPercpu({ geometry: machine.geometry, policy, nrKinds: 1, emptyCount: "global" });
  return events.flatMap((event) => {
    if (event.offBytes >= 0) return [event];
    const area = event.isFree ? -1 : allocPercpu(t, event.sizeBytes, event.alignBytes, false, 0);
    return area < 0 ? [] : [{ ...event, offBytes: areaOffBytes(t, area) }];
  });
}
