/**
 * What is known of a recording beside its events: from files given, and from texts that come with the events (an event file
 * has the host's percpu_stats, meminfo and kernel log in it).
 */

import {
  type EventNames,
  type PercpuLog,
  type Problem,
  parsePercpuLog,
  parsePercpuStats,
  type RecordedText,
} from "@ebb/formats";
import type { EarlyEvent } from "./early-areas.ts";
import { type RecordedMachine, recordedMachine } from "./recorded-machine.ts";
import type { RecordedStats } from "./stats-watch.ts";

export interface TraceOptions {
  readonly traceName: string;
  readonly stats: readonly RecordedStats[];
  readonly log: PercpuLog | undefined;
  /** Recorded events before the trace, or beyond its beginning; undefined when there is no such recording. */
  readonly before: readonly EarlyEvent[] | undefined;
  readonly nrCpus: number | undefined;
  /** `Percpu:` of meminfo, kB, by the name of the mark it was read at. */
  readonly percpuKb: ReadonlyMap<string, number>;
}

export class TraceSetup {
  readonly options: TraceOptions;
  readonly stats: RecordedStats[];
  readonly percpuKb: Map<string, number>;
  readonly problems: Problem[] = [];
  log: PercpuLog | undefined;
  names: EventNames | undefined;
  /** Called for a percpu_stats that comes with the events. */
  private readonly statsCame: (stats: RecordedStats) => void;

  constructor(options: TraceOptions, statsCame: (stats: RecordedStats) => void) {
    this.options = options;
    this.stats = [...options.stats];
    this.percpuKb = new Map(options.percpuKb);
    this.log = options.log;
    this.statsCame = statsCame;
  }

  text({ key, stage, text }: RecordedText): void {
    if (key.endsWith("percpu_stats")) {
      const stats = parsePercpuStats(text, `${key} ${stage}`);
      if ("severity" in stats) this.problems.push(stats);
      else {
        this.stats.push({ name: stage, stats });
        this.statsCame({ name: stage, stats });
      }
    } else if (key.endsWith("meminfo")) {
      const kb = /^Percpu: +(\d+) kB/m.exec(text)?.[1];
      if (kb !== undefined) this.percpuKb.set(stage, Number(kb));
    } else if (key.endsWith("kmsg") && this.log === undefined) this.log = parsePercpuLog(text);
  }

  /** The machine as far as it is known now, or in words why nothing can be laid out. */
  machine(): RecordedMachine | string {
    const { options, stats, log, names } = this;
    const headerCpus = names?.nrCpus;
    return recordedMachine({ stats: stats[0]?.stats, log, givenCpus: options.nrCpus, headerCpus });
  }
}
