/**
 * A buffer of our own among the kernel's trace instances, `instances/ebb-PID`: its events, clock and size are nobody
 * else's, and removing it removes them. Nothing outside of it is written.
 */

import { closeSync, constants, mkdirSync, openSync, rmdirSync, writeSync } from "node:fs";
import { join } from "node:path";
import { errorCode, namesIn, readText, writeText } from "./host-files.ts";

const INSTANCES = "instances";
const NAME = /^ebb-(\d+)$/;

/** Events that are recorded where the kernel has them; those of percpu it must have. */
const PERCPU_EVENTS = "percpu";
const CGROUP_EVENTS = ["cgroup/cgroup_mkdir", "cgroup/cgroup_rmdir"];

/** Steady on all CPUs, and the clock of our own snapshots. */
const CLOCK = "mono";

export class TraceInstance {
  readonly name: string;
  readonly #tracefs: string;
  readonly #folder: string;
  #markerFd: number | undefined;

  private constructor(tracefs: string, name: string) {
    this.name = name;
    this.#tracefs = tracefs;
    this.#folder = join(tracefs, INSTANCES, name);
  }

  /** Makes the instance of process `pid`, switched off; throws what the system says. */
  static create(tracefs: string, pid: number): TraceInstance {
    const instance = new TraceInstance(tracefs, `ebb-${pid}`);
    mkdirSync(instance.#folder);
    try {
      instance.switchOn(false);
      writeText(instance.#path("trace_clock"), CLOCK);
      instance.#markerFd = openSync(instance.#path("trace_marker"), "w");
    } catch (error) {
      instance.remove();
      throw error;
    }
    return instance;
  }

  /** Room for events of each CPU between two readings. */
  setBufferKb(kb: number): void {
    writeText(this.#path("buffer_size_kb"), String(kb));
  }

  /** False when the kernel has no percpu events. */
  enableEvents(): boolean {
    if (namesIn(this.#path(`events/${PERCPU_EVENTS}`)).length === 0) return false;
    writeText(this.#path(`events/${PERCPU_EVENTS}/enable`), "1");
    for (const event of CGROUP_EVENTS) {
      if (readText(this.#path(`events/${event}/enable`)) !== undefined)
        writeText(this.#path(`events/${event}/enable`), "1");
    }
    return true;
  }

  /** How the buffer's pages and the events in them are laid out. */
  layout(): { readonly headerPage: string; readonly headerEvent: string; readonly formats: string } {
    const text = (name: string) => readText(join(this.#tracefs, "events", name)) ?? "";
    const percpu = namesIn(join(this.#tracefs, "events", PERCPU_EVENTS)).map((name) => `${PERCPU_EVENTS}/${name}`);
    const formats = [...percpu, ...CGROUP_EVENTS, "ftrace/print"].map((event) => text(`${event}/format`)).join("\n");
    return { headerPage: text("header_page"), headerEvent: text("header_event"), formats };
  }

  switchOn(isOn: boolean): void {
    writeText(this.#path("tracing_on"), isOn ? "1" : "0");
  }

  /** A mark among the events, in order with them. */
  mark(text: string): void {
    if (this.#markerFd !== undefined) writeSync(this.#markerFd, text);
  }

  /** Numbers of the CPUs that have a buffer. */
  cpus(): readonly number[] {
    return namesIn(this.#path("per_cpu"))
      .map((name) => Number(name.replace(/^cpu/, "")))
      .filter((cpu) => Number.isInteger(cpu))
      .sort((a, b) => a - b);
  }

  /** What the kernel counts of a CPU's buffer: overrun, dropped events, … */
  stats(cpu: number): string {
    return readText(this.#path(`per_cpu/cpu${cpu}/stats`)) ?? "";
  }

  /** The raw pages of a CPU; reading does not wait. */
  openPipe(cpu: number): number {
    return openSync(this.#path(`per_cpu/cpu${cpu}/trace_pipe_raw`), constants.O_RDONLY | constants.O_NONBLOCK);
  }

  /** The instance is gone, with what it had recorded; its pipes are closed before. Throws what the system says. */
  remove(): void {
    if (this.#markerFd !== undefined) closeSync(this.#markerFd);
    this.#markerFd = undefined;
    rmdirSync(this.#folder);
  }

  #path(name: string): string {
    return join(this.#folder, name);
  }
}

/** What became of an instance that a recorder left behind. */
export interface StaleInstance {
  readonly name: string;
  /** Gone; or its recorder runs; or somebody else has its files open; or the kernel would not. */
  readonly outcome: "removed" | "recording" | "in use" | "refused";
}

/**
 * Removes instances whose recorder is gone.
 *
 * @param isRecording whether the process still is a recorder
 */
export function removeStaleInstances(tracefs: string, isRecording: (pid: number) => boolean): readonly StaleInstance[] {
  const stale: StaleInstance[] = [];
  for (const name of namesIn(join(tracefs, INSTANCES))) {
    const pid = NAME.exec(name)?.[1];
    if (pid === undefined) continue;
    stale.push({ name, outcome: isRecording(Number(pid)) ? "recording" : removeStale(join(tracefs, INSTANCES, name)) });
  }
  return stale;
}

function removeStale(folder: string): StaleInstance["outcome"] {
  try {
    rmdirSync(folder);
    return "removed";
  } catch (error) {
    return errorCode(error) === "EBUSY" ? "in use" : "refused";
  }
}
