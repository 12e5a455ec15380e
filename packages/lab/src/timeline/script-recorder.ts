/** Listens to a machine while a script runs on it: its calls, its curves, its snapshots, the births of its areas. */

import {
  type CallArgument,
  type CallListener,
  type Machine,
  type MachineSnapshot,
  snapshotMachine,
  VIEW,
} from "@ebb/model";
import type { Reading } from "../experiment/readings.ts";
import { Births } from "./births.ts";
import { CallLog, MOST_CALLS } from "./call-log.ts";
import { CurveSamples } from "./curve-samples.ts";
import { machineMemory, SCRIPT_FIGURES } from "./script-figures.ts";
import { readingMark } from "./script-marks.ts";
import { Snapshots } from "./snapshots.ts";
import type { TimelineMark } from "./view.ts";

/** Packing so many bytes takes a fifth of what the average call and what leads to it takes. */
const BYTES_PER_CALL = 2048;
const MOST_SNAPSHOTS = 64;
/** Two timelines, with a machine and room for a snapshot each, fit into the memory of one page. */
const MOST_BYTES = 90e6;

export class ScriptRecorder implements CallListener {
  readonly machine: Machine;
  readonly log = new CallLog();
  readonly births = new Births();
  readonly samples = new CurveSamples(SCRIPT_FIGURES);
  readonly snapshots = new Snapshots<MachineSnapshot>({
    bytesPerPosition: BYTES_PER_CALL,
    most: MOST_SNAPSHOTS,
    mostBytes: MOST_BYTES,
  });
  readonly readings: TimelineMark[] = [];

  private readonly mostCalls: number;

  /** @param machine as it was made: nothing has happened on it */
  constructor(machine: Machine, mostCalls = MOST_CALLS) {
    this.machine = machine;
    this.mostCalls = mostCalls;
    this.snapshots.add(0, snapshotMachine(machine, VIEW));
    this.samples.add(machine.nowNs, 0, machineMemory(machine));
    machine.callListener = this;
    machine.percpu.events = {
      chunkCreated: () => undefined,
      chunkDestroyed: () => undefined,
      pagesPopulated: () => undefined,
      pagesDepopulated: () => undefined,
      balanceWorkPending: () => undefined,
      areaTaken: (area) => this.births.add(area, this.log.length + 1),
    };
  }

  /** More calls are not written down: the run must end. */
  get isFull(): boolean {
    return this.log.length >= this.mostCalls;
  }

  begins(code: number, args: readonly CallArgument[]): void {
    this.log.begins(code, args);
  }

  ended(): void {
    const { machine, log } = this;
    log.ended(machine.nowNs);
    if (this.samples.isDue(log.length)) this.samples.add(machine.nowNs, log.length, machineMemory(machine));
    if (this.snapshots.isDue(log.length)) this.snapshots.add(log.length, snapshotMachine(machine, VIEW));
  }

  reading(reading: Reading): void {
    this.readings.push(readingMark(reading, this.log.length));
  }

  /** Nothing follows. */
  end(): void {
    const { machine, log } = this;
    this.samples.add(machine.nowNs, log.length, machineMemory(machine));
    machine.callListener = undefined;
    machine.percpu.events = undefined;
  }
}
