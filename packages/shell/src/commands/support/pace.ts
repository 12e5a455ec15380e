/**
 * What moving bytes costs. Without it a program that writes for ever to what never blocks (`yes > /dev/null &`) would
 * never let the clock go on.
 */

import type { Running, TaskHost } from "../../process/command.ts";

/** A decision, not a measurement: 4 GiB/s, about what one core copies through the page cache. */
const BYTES_PER_STEP = 4 * 1024 * 1024;
const STEP_NS = 1_000_000;

/** Lets virtual time pass, a millisecond for each 4 MiB; less than that is free. */
export class Pace {
  readonly #host: TaskHost;
  #nrBytes = 0;

  constructor(host: TaskHost) {
    this.#host = host;
  }

  *spend(nrBytes: number): Running<void> {
    this.#nrBytes += nrBytes;
    if (this.#nrBytes < BYTES_PER_STEP) return;
    const nrSteps = Math.floor(this.#nrBytes / BYTES_PER_STEP);
    this.#nrBytes -= nrSteps * BYTES_PER_STEP;
    yield { kind: "until", timeNs: this.#host.nowNs() + nrSteps * STEP_NS };
  }
}
