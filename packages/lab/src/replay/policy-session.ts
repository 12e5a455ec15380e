/** A recording under other policies, from the first byte to the report. */

import {
  EVENT_MARK,
  type EventBatch,
  type EventNames,
  type ImportTotals,
  type Problem,
  type RecordedText,
} from "@ebb/formats";
import type { PercpuPolicy } from "@ebb/model";
import { type EarlyStart, earlyStart, firstAllocations } from "./early-start.ts";
import { type Holders, holdersOf } from "./holders.ts";
import { markName } from "./mark-name.ts";
import { PolicyReplay, type PolicyReplayRequest } from "./policy-replay.ts";
import type { RecordedMachine } from "./recorded-machine.ts";
import { type TraceOptions, TraceSetup } from "./trace-setup.ts";
import { NOMINAL, SCHEDULES } from "./work-schedule.ts";

export interface PolicyReport {
  readonly traceName: string;
  readonly machine: RecordedMachine;
  readonly start: EarlyStart;
  readonly names: EventNames;
  readonly replay: PolicyReplay;
  /** Of each policy, under the schedule shown where there is room for one. */
  readonly holders: readonly Holders[];
  /** The mark at which they were looked at; "" for the end. */
  readonly holdersAt: string;
  readonly percpuKb: ReadonlyMap<string, number>;
  readonly totals: ImportTotals;
  readonly problems: readonly Problem[];
}

export class PolicySession {
  private readonly setup: TraceSetup;
  private readonly policies: readonly PercpuPolicy[];
  private readonly holdersAt: string;
  private machine: RecordedMachine | string | undefined;
  private replay: PolicyReplay | undefined;
  private start: EarlyStart = { what: "unknown", listName: "", events: [] };
  private holders: readonly Holders[] | undefined;

  /** @param holdersAt last word of the mark at which holders are looked at; "" for the end */
  constructor(options: TraceOptions, policies: readonly PercpuPolicy[], holdersAt: string) {
    this.setup = new TraceSetup(options, () => undefined);
    this.policies = policies;
    this.holdersAt = holdersAt;
  }

  opened(names: EventNames): boolean {
    if (this.replay !== undefined) return false;
    this.setup.names = names;
    return true;
  }

  batch(batch: EventBatch): boolean {
    this.begin(batch);
    const { replay } = this;
    if (replay === undefined) return false;
    replay.feed(batch, (i) => this.markMet(batch, i));
    return true;
  }

  text(text: RecordedText): void {
    this.setup.text(text);
  }

  problem(problem: Problem): void {
    this.setup.problems.push(problem);
  }

  /** The report, or in words why there is none. */
  end(totals: ImportTotals): PolicyReport | string {
    const { setup, machine, replay } = this;
    if (typeof machine === "string") return machine;
    if (replay === undefined || machine === undefined || setup.names === undefined) {
      return "there is no event to begin with";
    }
    replay.end();
    if (this.holders === undefined && this.holdersAt !== "") return `the trace has no mark ${this.holdersAt}`;
    return {
      traceName: setup.options.traceName,
      machine,
      start: this.start,
      names: setup.names,
      replay,
      holders: this.holders ?? holdersNow(replay),
      holdersAt: this.holdersAt,
      percpuKb: setup.percpuKb,
      totals,
      problems: setup.problems,
    };
  }

  private markMet(batch: EventBatch, i: number): void {
    if (this.holdersAt === "" || this.replay === undefined || batch.kind[i] !== EVENT_MARK) return;
    const text = this.setup.names?.names[batch.text[i] ?? -1] ?? "";
    if (markName(text) === this.holdersAt) this.holders = holdersNow(this.replay);
  }

  private begin(batch: EventBatch): void {
    const { setup } = this;
    if (this.machine !== undefined || setup.names === undefined) return;
    const begun = beginPolicyReplay(setup, setup.names, batch, () => ({ policies: this.policies }));
    if (typeof begun === "string") {
      this.machine = begun;
      return;
    }
    this.machine = begun.machine;
    this.start = begun.start;
    this.replay = begun.replay;
  }
}

interface BegunReplay {
  readonly machine: RecordedMachine;
  readonly start: EarlyStart;
  readonly replay: PolicyReplay;
}

/**
 * A replay that is about to take the first batch of a recording; in words why nothing can be laid out.
 *
 * @param wanted what to replay under
 */
export function beginPolicyReplay(
  setup: TraceSetup,
  names: EventNames,
  batch: EventBatch,
  wanted: () => Pick<PolicyReplayRequest, "policies" | "schedules" | "listener">,
): BegunReplay | string {
  const machine = setup.machine();
  if (typeof machine === "string") return machine;
  const start = earlyStart(machine.geometry, setup.options.before, firstAllocations(batch));
  const firstChunk = batch.chunk[0] ?? 0;
  const replay = new PolicyReplay({ machine, before: start.events, firstChunk, names, ...wanted() });
  return { machine, start, replay };
}

function holdersNow(replay: PolicyReplay): readonly Holders[] {
  const nominal = SCHEDULES.indexOf(NOMINAL);
  return replay.runs.flatMap((runs) => {
    const run = runs[nominal];
    return run === undefined ? [] : [holdersOf(run.places(replay.live.slots()), run.chunks(), replay.live)];
  });
}
