/**
 * A recorded trace as a timeline: its requests as made of the percpu allocator under one policy, the balance work after
 * the system call that asked for it (the schedule that is shown where there is room for one).
 *
 *     const session = new TraceTimelineSession(options, policy);     policy undefined: the recorded kernel's own
 *     importer --opened(names), batch, text, problem--> session      as for a PolicySession
 *     const timeline = session.end(totals);                          or in words why there is none
 *     timeline.viewAt(position)
 *
 * A position is a request that was made of the allocator, a run of the balance work, or a mark; events that say what the
 * recorded allocator did itself are none.
 */

import {
  EVENT_MARK,
  type EventBatch,
  type EventNames,
  type ImportTotals,
  NOT_RECORDED,
  type Problem,
  type RecordedText,
} from "@ebb/formats";
import { hashPercpu, type Percpu, type PercpuPolicy, restorePercpu } from "@ebb/model";
import { policiesOfRelease } from "../replay/kernel-release.ts";
import type { Owners } from "../replay/owners.ts";
import type { PolicyReplay } from "../replay/policy-replay.ts";
import type { PolicyRun } from "../replay/policy-run.ts";
import { beginPolicyReplay } from "../replay/policy-session.ts";
import { type TraceOptions, TraceSetup } from "../replay/trace-setup.ts";
import { NOMINAL } from "../replay/work-schedule.ts";
import { NOT_BORN } from "./births.ts";
import { type AreaOwners, areaColumns, chunkColumns } from "./chunk-columns.ts";
import { figuresAt, PERCPU_FIGURES } from "./figures.ts";
import type { TimelineProgress } from "./script-timeline.ts";
import { requestWords, traceMarks } from "./trace-marks.ts";
import { percpuMemory, TraceRecorder } from "./trace-recorder.ts";
import type { AreaColumns, HolderColumns, HolderKind, InstantView, Timeline, TimelineCurves } from "./view.ts";
import { NO_HOLDER } from "./view.ts";

/** Requests after which nothing more of a trace is taken: what is written down of them must fit into a page's memory. */
const MOST_REQUESTS = 4_000_000;

/** @public A trace as a timeline. */
export interface TraceTimeline extends Timeline {
  /** Events beyond those that are written down; the timeline ends before them. */
  readonly nrLeftOut: number;
  readonly problems: readonly Problem[];
  readonly totals: ImportTotals;
}

interface Recording {
  readonly replay: PolicyReplay;
  readonly run: PolicyRun;
  readonly policy: PercpuPolicy;
  readonly names: EventNames;
}

export class TraceTimelineSession {
  private readonly setup: TraceSetup;
  private readonly policy: PercpuPolicy | undefined;
  private readonly recorder = new TraceRecorder();
  private recording: Recording | undefined;
  private failure = "there is no event to begin with";
  private readonly mostRequests: number;
  private nrLeftOut = 0;

  /** @param policy undefined: the recorded kernel's own, as its release says */
  constructor(options: TraceOptions, policy: PercpuPolicy | undefined, mostRequests = MOST_REQUESTS) {
    this.setup = new TraceSetup(options, () => undefined);
    this.policy = policy;
    this.mostRequests = mostRequests;
  }

  /** How far it is: for who shows a trace being read. */
  progress(): TimelineProgress {
    const { log, samples } = this.recorder;
    return {
      nrEvents: log.length,
      timeNs: log.length === 0 ? 0 : log.timeNs.at(log.length - 1),
      figures: samples.last(),
      curves: () => samples.curves([]),
    };
  }

  /** False when events of a second recording follow. */
  opened(names: EventNames): boolean {
    if (this.recording !== undefined) return false;
    this.setup.names = names;
    return true;
  }

  /** False when nothing says how the machine is laid out: `end` says why. */
  batch(batch: EventBatch): boolean {
    this.recording ??= this.begin(batch);
    const { recording, recorder } = this;
    if (recorder.log.length >= this.mostRequests) {
      this.nrLeftOut += batch.nr;
      return true;
    }
    recording?.replay.feed(batch, (i) => {
      if (batch.kind[i] === EVENT_MARK) recorder.marked(batch.text[i] ?? NOT_RECORDED);
    });
    return recording !== undefined;
  }

  text(text: RecordedText): void {
    this.setup.text(text);
  }

  problem(problem: Problem): void {
    this.setup.problems.push(problem);
  }

  /** The timeline, or in words why there is none. */
  end(totals: ImportTotals): TraceTimeline | string {
    const { recording, recorder, setup } = this;
    if (recording === undefined) return this.failure;
    recording.replay.end();
    recorder.end();
    const { nrLeftOut } = this;
    return new RecordedTrace(recording, recorder, {
      title: setup.options.traceName,
      nrLeftOut,
      problems: setup.problems,
      totals,
    });
  }

  private begin(batch: EventBatch): Recording | undefined {
    const { setup, recorder } = this;
    const { names } = setup;
    if (names === undefined) return undefined;
    const [ownPolicy] = policiesOfRelease(setup.log?.release ?? "");
    const policy = this.policy ?? ownPolicy;
    if (policy === undefined) return undefined;
    const schedules = [NOMINAL];
    const begun = beginPolicyReplay(setup, names, batch, () => ({ policies: [policy], schedules, listener: recorder }));
    if (typeof begun === "string") {
      this.failure = begun;
      return undefined;
    }
    const { replay } = begun;
    const [run] = replay.runs.flat();
    if (run === undefined) return undefined;
    const { live } = replay;
    const ownerOf = (slot: number) => live.owner[slot] ?? NO_HOLDER;
    const areas = live.slots().map((slot) => [run.areaOf(slot), ownerOf(slot)] as const);
    recorder.begin({ t: run.t, timeNs: () => replay.lastNs, ownerOf }, areas);
    return { replay, run, policy, names };
  }
}

type AboutTrace = Pick<TraceTimeline, "title" | "nrLeftOut" | "problems" | "totals">;

class RecordedTrace implements TraceTimeline {
  readonly title: string;
  readonly nrLeftOut: number;
  readonly policy: string;
  readonly nrEvents: number;
  readonly endNs: number;
  readonly curves: TimelineCurves;
  readonly problems: readonly Problem[];
  readonly totals: ImportTotals;
  private readonly t: Percpu;
  private readonly names: EventNames;
  private readonly recorder: TraceRecorder;
  private readonly holders: CallSites;
  /** Where the allocator stands. */
  private position: number;

  constructor(recording: Recording, recorder: TraceRecorder, about: AboutTrace) {
    const { title, nrLeftOut, problems, totals } = about;
    const { replay, run, policy, names } = recording;
    this.title = title;
    this.nrLeftOut = nrLeftOut;
    this.policy = policy.name;
    this.nrEvents = recorder.log.length;
    this.endNs = replay.lastNs;
    this.curves = recorder.samples.curves(traceMarks(recorder.log, names, this.endNs));
    this.problems = problems;
    this.totals = totals;
    this.t = run.t;
    this.names = names;
    this.recorder = recorder;
    this.holders = callSites(replay.owners, names);
    this.position = recorder.log.length;
  }

  positionAt(timeNs: number): number {
    return this.recorder.log.nrUpTo(timeNs);
  }

  viewAt(position: number): InstantView {
    const { t, recorder } = this;
    this.goTo(Math.min(Math.max(0, Math.floor(position)), this.nrEvents));
    const { chunks, held } = chunkColumns(t, this.owners());
    const at = this.position;
    return {
      position: at,
      timeNs: at === 0 ? 0 : recorder.log.timeNs.at(at - 1),
      event: at === 0 ? "" : requestWords(recorder.log, at - 1, this.names),
      hash: hashPercpu(t),
      nrUnits: t.geometry.nrUnits,
      figures: figuresAt(PERCPU_FIGURES, percpuMemory(t)),
      chunks,
      holders: { ...this.holders, ...held },
    };
  }

  areasOf(chunkRow: number): AreaColumns {
    return areaColumns(this.t, chunkRow, this.owners());
  }

  /** Brings the allocator to the position, on from where it stands if that is nearer than the snapshot before it. */
  private goTo(position: number): void {
    const { t, recorder } = this;
    const { log, snapshots } = recorder;
    if (position < this.position || snapshots.nearest(position) > this.position) {
      const { position: from, snapshot } = snapshots.before(position);
      restorePercpu(t, snapshot);
      this.position = from;
    }
    for (; this.position < position; this.position++) log.again(t, this.position);
  }

  private owners(): AreaOwners {
    const { births, owners, log } = this.recorder;
    const nrBirths = births.nrUpTo(this.position);
    return {
      nrHolders: this.holders.nrHolders,
      holderOf(area) {
        const birth = births.birthOf(area, nrBirths);
        return birth === NOT_BORN ? NO_HOLDER : owners.at(birth);
      },
      bornNs(area) {
        const birth = births.birthOf(area, nrBirths);
        const position = birth === NOT_BORN ? 0 : births.positionOf(birth);
        return position === 0 ? Number.NaN : log.timeNs.at(position - 1);
      },
    };
  }
}

/** Holders without their sums. */
type CallSites = Omit<HolderColumns, "nrAreas" | "bytes" | "pinnedBytes">;

/** A holder for each pair of a call site and a size that asks for areas. */
function callSites(owners: Owners, names: EventNames): CallSites {
  const nrHolders = owners.all.length;
  const isKnown = (callSite: number) => names.names[callSite] !== undefined;
  return {
    nrHolders,
    kind: owners.all.map(({ callSite }): HolderKind => (isKnown(callSite) ? "call-site" : "unknown")),
    name: owners.all.map((_, owner) => owners.name(owner, names)),
    parent: new Int32Array(nrHolders).fill(NO_HOLDER),
    dyingSinceNs: new Float64Array(nrHolders).fill(Number.NaN),
  };
}
