/** A stretch of a recording's requests, as streams of those who made them: where sequences are looked for. */

import type { EventNames } from "@ebb/formats";
import type { Stream } from "./repeats.ts";

/** Events of a window. */
const WINDOW_EVENTS = 131_072;

export const WINDOW_ALLOC = 0;
export const WINDOW_FREE = 1;
/** A cgroup is complete. */
export const WINDOW_MKDIR = 2;

/** A pause where another task goes on, or after a cgroup is complete, ns: longer than any within one. */
const BETWEEN_NS = 10_000_000_000;
/** Name of tasks that the recording has forgotten. */
const FORGOTTEN = "<...>";

export class RequestWindow {
  nr = 0;
  readonly kind = new Uint8Array(WINDOW_EVENTS);
  readonly pid = new Int32Array(WINDOW_EVENTS);
  readonly task = new Int32Array(WINDOW_EVENTS);
  /** Number of the kind of request. */
  readonly request = new Int32Array(WINDOW_EVENTS);
  readonly slot = new Int32Array(WINDOW_EVENTS);
  readonly timeNs = new Float64Array(WINDOW_EVENTS);

  get isFull(): boolean {
    return this.nr === WINDOW_EVENTS;
  }

  /** The requests of each task in their order; those of tasks of one name one behind the other, since one each is usual. */
  streams({ names }: EventNames): readonly Stream[] {
    const byName = new Map<string, Map<number, number[]>>();
    for (let i = 0; i < this.nr; i++) {
      if (this.kind[i] === WINDOW_FREE) continue;
      const name = names[this.task[i] ?? -1] ?? FORGOTTEN;
      const ofName = byName.get(name) ?? new Map<number, number[]>();
      byName.set(name, ofName);
      const pid = this.pid[i] ?? 0;
      const ofPid = ofName.get(pid);
      if (ofPid === undefined) ofName.set(pid, [i]);
      else ofPid.push(i);
    }
    return [...byName.values()].map((ofName) => this.streamOf(ofName.values()));
  }

  private streamOf(tasks: Iterable<readonly number[]>): Stream {
    const said: number[] = [];
    const pauseNs: number[] = [];
    const isConfirmed: boolean[] = [];
    for (const events of tasks) {
      let lastNs = -BETWEEN_NS;
      let confirmed = false;
      for (const i of events) {
        if (this.kind[i] === WINDOW_MKDIR) {
          confirmed = true;
          continue;
        }
        said.push(this.request[i] ?? 0);
        const timeNs = this.timeNs[i] ?? 0;
        pauseNs.push(confirmed ? BETWEEN_NS : Math.min(BETWEEN_NS, timeNs - lastNs));
        isConfirmed.push(confirmed);
        lastNs = timeNs;
        confirmed = false;
      }
    }
    return { said, pauseNs, isConfirmed };
  }
}
