/**
 * One side of the page, A or B: its worker and what is known of its run, as signals. Questions about an instant are
 * asked one at a time; while one is on its way only the latest wish is kept, so that dragging never builds a queue.
 */

import type { Problem } from "@ebb/formats";
import type { AreaColumns, InstantView, Reading, TimelineCurves } from "@ebb/lab";
import { batch, signal } from "@preact/signals";
import {
  type InstantWanted,
  type OpenedAnswer,
  type OpenRequest,
  PROTOCOL_VERSION,
  type ProgressAnswer,
  type RanAnswer,
  type RunRequest,
  type SideAnswer,
} from "../protocol.ts";
import { SideWorker } from "./side-worker.ts";

type SidePhase = "idle" | "running" | "ready" | "failed" | "stopped";

interface Wish {
  readonly at: InstantWanted;
  /** Undefined when another wish has come first. */
  readonly resolve: (view: InstantView | undefined) => void;
}

const version = PROTOCOL_VERSION;

export class Side {
  readonly name: "A" | "B";
  readonly phase = signal<SidePhase>("idle");
  readonly progress = signal<ProgressAnswer | undefined>(undefined);
  readonly readings = signal<readonly Reading[]>([]);
  readonly ran = signal<RanAnswer | undefined>(undefined);
  readonly opened = signal<OpenedAnswer["timeline"] | undefined>(undefined);
  /** Those of the whole, or as far as it has run. */
  readonly curves = signal<TimelineCurves | undefined>(undefined);
  readonly view = signal<InstantView | undefined>(undefined);
  /** Areas of the instant that is shown, by the allocator row of their chunk, of those asked for. */
  readonly areas = signal<ReadonlyMap<number, AreaColumns>>(new Map());
  readonly problems = signal<readonly Problem[]>([]);
  readonly nrMoreProblems = signal(0);
  #worker: SideWorker | undefined = undefined;
  #nextId = 1;
  #viewOnItsWay: Wish | undefined = undefined;
  #nextView: Wish | undefined = undefined;
  readonly #areasAsked = new Set<number>();
  readonly #recordings = new Map<number, (bytes: Uint8Array | undefined) => void>();

  constructor(name: "A" | "B") {
    this.name = name;
  }

  /** Ends what there was and begins anew. */
  start(request: RunRequest | OpenRequest): void {
    this.clear();
    this.phase.value = "running";
    this.#worker = new SideWorker((answer) => this.#take(answer));
    this.#worker.ask(request);
  }

  stop(): void {
    if (this.phase.value !== "running") return;
    this.#end();
    this.phase.value = "stopped";
  }

  /** As before the first run. */
  clear(): void {
    this.#end();
    this.phase.value = "idle";
    this.progress.value = undefined;
    this.readings.value = [];
    this.ran.value = undefined;
    this.opened.value = undefined;
    this.curves.value = undefined;
    this.#show(undefined);
    this.problems.value = [];
    this.nrMoreProblems.value = 0;
  }

  /** The view when it is there; undefined when another was wanted before this one was asked for. */
  want(at: InstantWanted): Promise<InstantView | undefined> {
    return new Promise((resolve) => {
      this.#nextView?.resolve(undefined);
      this.#nextView = { at, resolve };
      this.#askNext();
    });
  }

  /** Asks for the areas of a chunk at the instant that is shown, once; they come into `areas`. */
  needAreas(chunkRow: number): void {
    const position = this.view.peek()?.position;
    if (position === undefined || this.#areasAsked.has(chunkRow)) return;
    this.#areasAsked.add(chunkRow);
    this.#worker?.ask({ version, kind: "areas", id: this.#nextId++, position, chunkRow });
  }

  /** What was opened, as an event file. */
  recording(): Promise<Uint8Array | undefined> {
    return new Promise((resolve) => {
      const id = this.#nextId++;
      this.#recordings.set(id, resolve);
      this.#worker?.ask({ version, kind: "recording", id });
    });
  }

  #show(view: InstantView | undefined): void {
    batch(() => {
      this.#areasAsked.clear();
      this.areas.value = new Map();
      this.view.value = view;
    });
  }

  #end(): void {
    this.#worker?.end();
    this.#worker = undefined;
    for (const wish of [this.#viewOnItsWay, this.#nextView]) wish?.resolve(undefined);
    this.#viewOnItsWay = undefined;
    this.#nextView = undefined;
    this.#recordings.clear();
  }

  #askNext(): void {
    if (this.#viewOnItsWay !== undefined || this.#nextView === undefined || this.opened.peek() === undefined) return;
    this.#viewOnItsWay = this.#nextView;
    this.#nextView = undefined;
    this.#worker?.ask({ version, kind: "view", id: this.#nextId++, at: this.#viewOnItsWay.at });
  }

  #take(answer: SideAnswer): void {
    switch (answer.kind) {
      case "progress":
        this.progress.value = answer;
        if (answer.curves !== undefined) this.curves.value = answer.curves;
        break;
      case "reading":
        this.readings.value = [...this.readings.value, answer.reading];
        break;
      case "ran":
        this.ran.value = answer;
        break;
      case "opened":
        this.#takeOpened(answer);
        break;
      case "problems":
        this.problems.value = [...this.problems.value, ...answer.problems];
        this.nrMoreProblems.value += answer.nrMore;
        if (answer.isEnd) this.phase.value = "failed";
        break;
      default:
        this.#takeAnswer(answer);
    }
  }

  #takeOpened({ timeline }: OpenedAnswer): void {
    this.opened.value = timeline;
    this.curves.value = timeline.curves;
    this.phase.value = "ready";
    this.#askNext();
  }

  #takeAnswer(answer: Extract<SideAnswer, { readonly id: number }>): void {
    switch (answer.kind) {
      case "view": {
        const wish = this.#viewOnItsWay;
        this.#viewOnItsWay = undefined;
        this.#show(answer.view);
        wish?.resolve(answer.view);
        this.#askNext();
        break;
      }
      case "areas":
        if (answer.position !== this.view.peek()?.position) break;
        this.areas.value = new Map([...this.areas.value, [answer.chunkRow, answer.areas]]);
        break;
      case "recording":
        this.#recordings.get(answer.id)?.(answer.bytes);
        this.#recordings.delete(answer.id);
        break;
    }
  }
}
