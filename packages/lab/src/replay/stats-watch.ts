/**
 * Finds the moments of a trace at which percpu_stats were saved, and compares there. The counts of allocations and frees in
 * the text say after which event it stands; a mark with its name between that event and the next says it more closely.
 * When it is not known how many allocations precede the trace, the first mark with a text's name tells.
 */

import { EVENT_ALLOC, EVENT_FREE, EVENT_MARK, type EventNames, type PercpuStatsText } from "@ebb/formats";
import { ALLOCATIONS, CREATED, DESTROYED, FREES } from "./counts.ts";
import { markName } from "./mark-name.ts";
import type { Replayed } from "./replayed.ts";
import { compareStats, type StatsBaseline, type StatsComparison } from "./stats-comparison.ts";

/** A saved percpu_stats. */
export interface RecordedStats {
  /** The mark it belongs to, as in `stage NAME`; or what else it is called by. */
  readonly name: string;
  readonly stats: PercpuStatsText;
}

interface Target {
  readonly recorded: RecordedStats;
  readonly nrAlloc: number;
  readonly nrDealloc: number;
}

export interface StatsWatchSaved {
  readonly next: number;
  readonly nrDone: number;
  readonly nrMissed: number;
  readonly baseline: StatsBaseline | undefined;
}

const ONLY_WHEN_DONE = Number.POSITIVE_INFINITY;

export class StatsWatch {
  readonly comparisons: StatsComparison[] = [];
  /** Texts whose moment the trace does not have. */
  readonly missed: string[] = [];
  /** Comparisons from now on are of what the balance work decides alone: for many in a row. */
  isQuick = false;
  /** The next event before which `look` is to be called. */
  wakeAt = 0;
  private readonly replayed: Replayed;
  private readonly names: EventNames;
  /** In the order of their moments. */
  private targets: readonly Target[] = [];
  private baseline: StatsBaseline | undefined;
  private next = 0;

  /** @param before allocations and frees before the trace, where they are known */
  constructor(
    replayed: Replayed,
    names: EventNames,
    recorded: readonly RecordedStats[],
    before: StatsBaseline | undefined,
  ) {
    this.replayed = replayed;
    this.names = names;
    this.baseline = before;
    this.add(recorded);
  }

  /** More texts, of moments that the replay has not come to. */
  add(recorded: readonly RecordedStats[]): void {
    const more = recorded.map((one) => {
      const globals = new Map(one.stats.globalStats);
      return { recorded: one, nrAlloc: globals.get("nr_alloc") ?? 0, nrDealloc: globals.get("nr_dealloc") ?? 0 };
    });
    const toCome = [...this.targets.slice(this.next), ...more];
    toCome.sort((a, b) => a.nrAlloc + a.nrDealloc - b.nrAlloc - b.nrDealloc);
    this.targets = [...this.targets.slice(0, this.next), ...toCome];
    this.wakeAt = this.targets.length === 0 ? ONLY_WHEN_DONE : 0;
  }

  /** Called before event `n` is taken, when the replay has come to `wakeAt`. */
  look(n: number): void {
    if (this.baseline === undefined) this.findBaseline(n);
    else while (this.lookAtNext(n));
  }

  /** The trace is over. */
  end(n: number): void {
    if (this.baseline !== undefined) while (this.lookAtNext(n));
    for (const { recorded } of this.targets.slice(this.next)) this.missed.push(recorded.name);
    this.next = this.targets.length;
  }

  save(): StatsWatchSaved {
    return { next: this.next, nrDone: this.comparisons.length, nrMissed: this.missed.length, baseline: this.baseline };
  }

  restore(saved: StatsWatchSaved): void {
    this.next = saved.next;
    this.comparisons.length = saved.nrDone;
    this.missed.length = saved.nrMissed;
    this.baseline = saved.baseline;
    this.wakeAt = this.targets.length === 0 ? ONLY_WHEN_DONE : 0;
  }

  /** True when the next text was dealt with and the one after it may be due as well. */
  private lookAtNext(n: number): boolean {
    const target = this.targets[this.next];
    if (target === undefined || this.baseline === undefined) {
      this.wakeAt = ONLY_WHEN_DONE;
      return false;
    }
    const { counts } = this.replayed;
    const nrAllocToCome = target.nrAlloc - this.baseline.nrAlloc - (counts[ALLOCATIONS] ?? 0);
    const nrFreeToCome = target.nrDealloc - this.baseline.nrDealloc - (counts[FREES] ?? 0);
    if (nrAllocToCome < 0 || nrFreeToCome < 0) {
      this.missed.push(target.recorded.name);
      this.next++;
      return true;
    }
    if (nrAllocToCome + nrFreeToCome > 0) {
      this.wakeAt = n + nrAllocToCome + nrFreeToCome;
      return false;
    }
    this.wakeAt = n + 1;
    if (!this.isLastMoment(n, target.recorded.name)) return false;
    this.compare(target.recorded, n);
    return true;
  }

  /** Event `n` is the text's mark, or changes the counts, or the trace is over. */
  private isLastMoment(n: number, name: string): boolean {
    const { log } = this.replayed;
    if (n >= log.end) return true;
    const kind = log.kind[log.row(n)];
    return kind === EVENT_ALLOC || kind === EVENT_FREE || this.markAt(n) === name;
  }

  private findBaseline(n: number): void {
    this.wakeAt = n + 1;
    const name = this.markAt(n);
    if (name === "") return;
    const at = this.targets.findIndex((target) => target.recorded.name === name);
    const target = this.targets[at];
    if (target === undefined) return;
    const { counts } = this.replayed;
    const globals = new Map(target.recorded.stats.globalStats);
    for (const { recorded } of this.targets.slice(0, at)) this.missed.push(recorded.name);
    this.next = at;
    this.compare(target.recorded, n);
    this.baseline = {
      nrAlloc: target.nrAlloc - (counts[ALLOCATIONS] ?? 0),
      nrDealloc: target.nrDealloc - (counts[FREES] ?? 0),
      nrChunks: (globals.get("nr_chunks") ?? 0) - (counts[CREATED] ?? 0) + (counts[DESTROYED] ?? 0),
    };
  }

  private compare({ stats, name }: RecordedStats, n: number): void {
    const { log } = this.replayed;
    const line = n > log.start ? (log.line[log.row(n - 1)] ?? 0) : 0;
    this.comparisons.push(compareStats(this.replayed, stats, this.baseline, name, line, this.isQuick));
    this.next++;
  }

  /** Last word of the mark that event `n` is; "" for any other event. */
  private markAt(n: number): string {
    const { log } = this.replayed;
    const i = log.row(n);
    if (n >= log.end || log.kind[i] !== EVENT_MARK) return "";
    return markName(this.names.names[log.text[i] ?? -1] ?? "");
  }
}
