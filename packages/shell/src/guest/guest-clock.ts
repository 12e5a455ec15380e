/**
 * Virtual time for real processes: a sleeper waits for an answer of ours, and when nobody can run, time goes to the
 * first who is to wake.
 */

import type { TaskHost } from "../process/command.ts";

interface Sleeper {
  readonly timeNs: number;
  readonly seq: number;
  readonly wake: () => void;
}

export class GuestClock {
  readonly #host: TaskHost;
  /** By time, then in the order in which they went to sleep. */
  readonly #sleepers: Sleeper[] = [];
  #seq = 0;

  constructor(host: TaskHost) {
    this.#host = host;
  }

  get hasSleepers(): boolean {
    return this.#sleepers.length > 0;
  }

  /** `wake` is called when it is time; what is returned gives it up. */
  sleepUntil(timeNs: number, wake: () => void): () => void {
    const sleeper = { timeNs, seq: this.#seq++, wake };
    this.#sleepers.push(sleeper);
    this.#sleepers.sort((a, b) => a.timeNs - b.timeNs || a.seq - b.seq);
    return () => {
      const at = this.#sleepers.indexOf(sleeper);
      if (at >= 0) this.#sleepers.splice(at, 1);
    };
  }

  /** Lets time pass to the first who is to wake, and wakes all whose time has come. */
  wakeNext(): void {
    const first = this.#sleepers[0];
    if (first === undefined) return;
    if (first.timeNs > this.#host.nowNs()) this.#host.advanceTo(first.timeNs);
    this.wakeDue();
  }

  /** Wakes those whose time has come. */
  wakeDue(): void {
    const nowNs = this.#host.nowNs();
    for (let first = this.#sleepers[0]; first !== undefined && first.timeNs <= nowNs; first = this.#sleepers[0]) {
      this.#sleepers.shift();
      first.wake();
    }
  }
}
