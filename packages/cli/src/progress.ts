/** One line on a terminal's standard error while something takes longer than a second; gone when it is over. */

const FIRST_AFTER_MS = 1000;
const THEN_EVERY_MS = 200;
const CALLS_PER_LOOK = 256;
const CLEAR_LINE = "\r\x1b[K";

export class Progress {
  readonly #startMs = performance.now();
  #nextMs = this.#startMs + FIRST_AFTER_MS;
  #nrCalls = 0;
  #shown = false;
  readonly #callsPerLook: number;

  /** @param callsPerLook the clock is looked at once for so many calls */
  constructor(callsPerLook = CALLS_PER_LOOK) {
    this.#callsPerLook = callsPerLook;
  }

  /** Call often; `text` is asked for only when the line is due. */
  tick(text: () => string): void {
    if (!process.stderr.isTTY || ++this.#nrCalls % this.#callsPerLook !== 0) return;
    const nowMs = performance.now();
    if (nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + THEN_EVERY_MS;
    this.#shown = true;
    process.stderr.write(`${CLEAR_LINE}${text()}`);
  }

  /** As `tick`, for a script that runs: what it is called for, if anything, and how far it has come. */
  tickScript(nrCommands: number, timeNs: number, what = ""): void {
    this.tick(() => `${what}${nrCommands} commands, ${(timeNs / 1e9).toFixed(1)} s of virtual time`);
  }

  /** Takes the line away: before other output, and at the end. */
  clear(): void {
    if (!this.#shown) return;
    this.#shown = false;
    process.stderr.write(CLEAR_LINE);
  }
}
