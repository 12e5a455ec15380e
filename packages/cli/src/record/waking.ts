/** A pause that something may end early. */

export class Waking {
  #wake: () => void = () => undefined;

  /** Ends the pause, if there is one. */
  readonly wake = (): void => this.#wake();

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
