/**
 * A script on a machine as a timeline.
 *
 *     const run = startScriptTimeline({ machine, source, name, args });      a Problem when the script has a syntax error
 *     while ((timeline = run.advance(() => clock() < until)) === undefined)   as long as the clock allows
 *       show(run.progress());                                                curves so far, readings so far
 *     timeline.viewAt(position)
 *
 * or at once: `createScriptTimeline(options)`. While the script runs, every call that changes the machine is written down,
 * and from time to time the machine. An instant is the nearest snapshot before it, and the calls after that made again.
 */

import type { Problem } from "@ebb/formats";
import { hashMachine, type Machine, restoreMachine } from "@ebb/model";
import { callAgain } from "@ebb/shell";
import { policySetName } from "../experiment/policy-set.ts";
import {
  type Experiment,
  type ExperimentOptions,
  type ExperimentRun,
  startExperiment,
} from "../experiment/run-experiment.ts";
import { AreaTable } from "./area-table.ts";
import { NOT_BORN } from "./births.ts";
import { type AreaOwners, areaColumns, chunkColumns } from "./chunk-columns.ts";
import { figuresAt } from "./figures.ts";
import { eventWords } from "./script-events.ts";
import { machineMemory, SCRIPT_FIGURES } from "./script-figures.ts";
import { type ScriptHolders, scriptHolders } from "./script-holders.ts";
import { scriptMarks } from "./script-marks.ts";
import { ScriptRecorder } from "./script-recorder.ts";
import type { AreaColumns, InstantView, Timeline, TimelineCurves } from "./view.ts";

/** @public As of an experiment; who wants to see it run asks `progress`. */
export interface ScriptTimelineOptions extends Omit<ExperimentOptions, "onMachine"> {
  /** Calls after which the run is given up; missing: as many as memory allows. */
  readonly mostCalls?: number;
}

/** @public What came of the script; its machine is the timeline's, and stands where it was looked at last. */
export type ScriptRun = Omit<Experiment, "machine">;

/** @public A script as a timeline. */
export interface ScriptTimeline extends Timeline {
  readonly run: ScriptRun;
  /** The run was given up because it had made as many calls as are written down. */
  readonly isFull: boolean;
}

/** @public A run so far. */
export interface TimelineProgress {
  readonly nrEvents: number;
  readonly timeNs: number;
  /** Of the last sample, in the order of the curves' series. */
  readonly figures: readonly number[];
  /** The curves so far, with readings as marks; made anew each time it is called. */
  curves(): TimelineCurves;
}

/** @public A run under way. */
export class ScriptTimelineRun {
  private readonly options: ScriptTimelineOptions;
  private readonly run: ExperimentRun;
  private readonly recorder: ScriptRecorder;

  /** @param run of these options, to which `recorder` listens */
  constructor(options: ScriptTimelineOptions, run: ExperimentRun, recorder: ScriptRecorder) {
    this.options = options;
    this.run = run;
    this.recorder = recorder;
  }

  /**
   * Runs on for as long as `mayGoOn` says so; the timeline once the script has ended. It is asked whenever a process
   * waits, and every 128 turns of a loop.
   */
  advance(mayGoOn: () => boolean): ScriptTimeline | undefined {
    do {
      const experiment = this.run.step();
      if (experiment === undefined) continue;
      this.recorder.end();
      return new RecordedScript(this.options, experiment, this.recorder);
    } while (mayGoOn());
    return undefined;
  }

  progress(): TimelineProgress {
    const { log, samples, machine, readings } = this.recorder;
    return {
      nrEvents: log.length,
      timeNs: machine.nowNs,
      figures: samples.last(),
      curves: () => samples.curves(readings),
    };
  }
}

/** Prepares a run; nothing of the script has run yet. */
export function startScriptTimeline(options: ScriptTimelineOptions): ScriptTimelineRun | Problem {
  let recorder: ScriptRecorder | undefined;
  const run = startExperiment({
    ...options,
    onMachine: (machine) => {
      recorder = new ScriptRecorder(machine, options.mostCalls);
    },
    onReading: (reading) => {
      recorder?.reading(reading);
      options.onReading?.(reading);
    },
    shouldStop: () => recorder?.isFull === true || options.shouldStop?.() === true,
  });
  if ("severity" in run) return run;
  if (recorder === undefined) throw new Error("an experiment tells of its machine");
  return new ScriptTimelineRun(options, run, recorder);
}

/** Runs the script to its end. */
export function createScriptTimeline(options: ScriptTimelineOptions): ScriptTimeline | Problem {
  const run = startScriptTimeline(options);
  if ("severity" in run) return run;
  for (;;) {
    const timeline = run.advance(() => true);
    if (timeline !== undefined) return timeline;
  }
}

class RecordedScript implements ScriptTimeline {
  readonly title: string;
  readonly policy: string;
  readonly nrEvents: number;
  readonly endNs: number;
  readonly curves: TimelineCurves;
  readonly run: ScriptRun;
  readonly isFull: boolean;
  private readonly machine: Machine;
  private readonly recorder: ScriptRecorder;
  /** Where the machine stands. */
  private position: number;
  private holders: ScriptHolders;
  private readonly holderTable = new AreaTable();

  constructor(options: ScriptTimelineOptions, { machine, ...run }: Experiment, recorder: ScriptRecorder) {
    const { log, samples, readings } = recorder;
    this.title = options.name;
    this.policy = policySetName(options.machine);
    this.nrEvents = log.length;
    this.endNs = machine.nowNs;
    this.run = run;
    this.isFull = recorder.isFull;
    this.machine = machine;
    this.recorder = recorder;
    this.position = log.length;
    this.holders = scriptHolders(machine, this.holderTable);
    this.curves = samples.curves(scriptMarks(log, readings, this.endNs));
  }

  positionAt(timeNs: number): number {
    return this.recorder.log.nrUpTo(timeNs);
  }

  viewAt(position: number): InstantView {
    const { machine } = this;
    this.goTo(Math.min(Math.max(0, Math.floor(position)), this.nrEvents));
    this.holders = scriptHolders(machine, this.holderTable);
    const { chunks, held } = chunkColumns(machine.percpu, this.owners());
    return {
      position: this.position,
      timeNs: machine.nowNs,
      event: this.eventHere(),
      hash: hashMachine(machine),
      nrUnits: machine.percpu.geometry.nrUnits,
      figures: figuresAt(SCRIPT_FIGURES, machineMemory(machine)),
      chunks,
      holders: { ...this.holders.columns, ...held },
    };
  }

  areasOf(chunkRow: number): AreaColumns {
    return areaColumns(this.machine.percpu, chunkRow, this.owners());
  }

  private eventHere(): string {
    const { log } = this.recorder;
    const call = this.position - 1;
    return call < 0 ? "" : eventWords(this.machine, log.codeOf(call), log.argumentsOf(call));
  }

  /** Brings the machine to the position, on from where it stands if that is nearer than the snapshot before it. */
  private goTo(position: number): void {
    const { machine, recorder } = this;
    const { log, snapshots } = recorder;
    if (position < this.position || snapshots.nearest(position) > this.position) {
      const { position: from, snapshot } = snapshots.before(position);
      restoreMachine(machine, snapshot);
      this.position = from;
    }
    for (; this.position < position; this.position++) {
      callAgain(machine, log.codeOf(this.position), log.argumentsOf(this.position));
    }
  }

  private owners(): AreaOwners {
    const { births, log } = this.recorder;
    const nrBirths = births.nrUpTo(this.position);
    const { columns, holderOf } = this.holders;
    return {
      nrHolders: columns.nrHolders,
      holderOf,
      bornNs(area) {
        const birth = births.birthOf(area, nrBirths);
        return birth === NOT_BORN ? Number.NaN : log.timeNs.at(births.positionOf(birth) - 1);
      },
    };
  }
}
