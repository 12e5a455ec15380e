/**
 * A check from the first byte to the report: gathers what says how the machine was laid out, from files given and from texts
 * that come with the events, begins at the first event, and reports at the end.
 */

import {
  type EventBatch,
  type EventNames,
  type ImportTotals,
  type PercpuLog,
  type Problem,
  parsePercpuLog,
  parsePercpuStats,
  type RecordedText,
} from "@ebb/formats";
import type { PercpuPolicy } from "@ebb/model";
import { type CheckReport, checkReport } from "./check-report.ts";
import type { EarlyEvent } from "./early-areas.ts";
import { policiesOfRelease } from "./kernel-release.ts";
import { type RecordedMachine, recordedMachine } from "./recorded-machine.ts";
import type { RecordedStats } from "./stats-watch.ts";
import { TraceCheck } from "./trace-check.ts";

interface CheckOptions {
  readonly traceName: string;
  readonly stats: readonly RecordedStats[];
  readonly log: PercpuLog | undefined;
  readonly before: readonly EarlyEvent[] | undefined;
  readonly nrCpus: number | undefined;
  /** Undefined: those that the kernel may have had. */
  readonly policies: readonly PercpuPolicy[] | undefined;
}

export class CheckSession {
  private readonly options: CheckOptions;
  private readonly stats: RecordedStats[];
  private log: PercpuLog | undefined;
  private names: EventNames | undefined;
  private machine: RecordedMachine | string | undefined;
  private check: TraceCheck | undefined;
  private readonly problems: Problem[] = [];

  constructor(options: CheckOptions) {
    this.options = options;
    this.stats = [...options.stats];
    this.log = options.log;
  }

  /** False when events of a second recording follow, whose names are others. */
  opened(names: EventNames): boolean {
    if (this.check !== undefined) return false;
    this.names = names;
    return true;
  }

  /** False when nothing says how the machine is laid out: `end` says why. */
  batch(batch: EventBatch): boolean {
    this.begin();
    this.check?.feed(batch);
    return this.check !== undefined;
  }

  text({ key, stage, text }: RecordedText): void {
    if (key.endsWith("percpu_stats")) {
      const stats = parsePercpuStats(text, `${key} ${stage}`);
      if ("severity" in stats) this.problem(stats);
      else this.addStats({ name: stage, stats });
    } else if (key.endsWith("kmsg") && this.log === undefined) this.log = parsePercpuLog(text);
  }

  problem(problem: Problem): void {
    this.problems.push(problem);
  }

  /** The report, or in words why there is none. */
  end(totals: ImportTotals): CheckReport | string {
    this.begin();
    if (this.check === undefined || typeof this.machine !== "object") {
      return typeof this.machine === "string" ? this.machine : "there is no event to begin with";
    }
    const { best, asGood } = this.check.end();
    return checkReport(this.options.traceName, this.machine, best, asGood, totals, this.problems);
  }

  private begin(): void {
    if (this.machine !== undefined || this.names === undefined) return;
    const { options, stats, log, names } = this;
    this.machine = recordedMachine({
      stats: stats[0]?.stats,
      log,
      givenCpus: options.nrCpus,
      headerCpus: names.nrCpus,
    });
    if (typeof this.machine === "string") return;
    const policies = options.policies ?? policiesOfRelease(log?.release ?? "");
    this.check = new TraceCheck({ machine: this.machine, policies, before: options.before, names, stats });
  }

  private addStats(stats: RecordedStats): void {
    if (this.check === undefined) this.stats.push(stats);
    else this.check.addStats(stats);
  }
}
