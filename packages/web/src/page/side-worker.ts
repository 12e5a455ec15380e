/** The page's end of one side's worker. */

import { PROTOCOL_VERSION, type SideAnswer, type SideRequest } from "../protocol.ts";

export class SideWorker {
  readonly #worker: Worker;

  /** @param take is called with each answer; not after `end` */
  constructor(take: (answer: SideAnswer) => void) {
    this.#worker = new Worker(new URL("../worker.ts", import.meta.url), { type: "module" });
    this.#worker.addEventListener("message", ({ data }: MessageEvent<SideAnswer>) => {
      if (data.version === PROTOCOL_VERSION) take(data);
    });
  }

  ask(request: SideRequest): void {
    this.#worker.postMessage(request);
  }

  end(): void {
    this.#worker.terminate();
  }
}
