/** Signals that end a recording: the first asks for its end, the second ends the program at once. */

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export class StopSignals {
  /** A signal has asked for the end. */
  isAsked = false;
  readonly #wake: () => void;
  readonly #abandon: () => void;
  readonly #onSignal = (signal: NodeJS.Signals) => {
    if (!this.isAsked) {
      this.isAsked = true;
      this.#wake();
      return;
    }
    this.ignore();
    this.#abandon();
    process.kill(process.pid, signal);
  };

  /**
   * @param wake    called at the first signal
   * @param abandon leaves the host as it was, at once: when the program ends before it should, for whatever reason
   */
  constructor(wake: () => void, abandon: () => void) {
    this.#wake = wake;
    this.#abandon = abandon;
    for (const signal of SIGNALS) process.on(signal, this.#onSignal);
    process.on("exit", abandon);
  }

  ignore(): void {
    for (const signal of SIGNALS) process.removeListener(signal, this.#onSignal);
    process.removeListener("exit", this.#abandon);
  }
}
