/** Events without the names of who caused them. What a replay asks for stays as it is. */

import {
  createEventBatch,
  EVENT_CGROUP_MKDIR,
  EVENT_CGROUP_RMDIR,
  EVENT_MARK,
  type EventBatch,
  type EventNames,
  NOT_RECORDED,
} from "../trace/events.ts";
import type { Vocabulary } from "./vocabulary.ts";

/** An address that no symbol stands for. */
const ADDRESS = /^0x[0-9a-f]+$/;
const NO_PID_BELOW = 1;

/** Which words of a batch's column become what; only those that events use. */
type Rename = (name: string, kind: number) => string;

export class EventAnonymiser {
  readonly names: EventNames = { names: [], chunks: [], originNs: 0n };
  /** Different pids so far, the idle task's apart. */
  get nrPids(): number {
    return this.#pids.size;
  }
  readonly #vocabulary: Vocabulary;
  readonly #stripsSymbols: boolean;
  readonly #pids = new Map<number, number>();
  readonly #numbers = new Map<string, number>();
  readonly #chunks = new Map<string, number>();
  #batch = createEventBatch(0);

  /** @param stripsSymbols callers are numbered too */
  constructor(vocabulary: Vocabulary, stripsSymbols: boolean) {
    this.#vocabulary = vocabulary;
    this.#stripsSymbols = stripsSymbols;
  }

  /** The events of the batch under new names; the answer is reused. */
  anonymise(batch: EventBatch, names: EventNames): EventBatch {
    if (this.#batch.kind.length < batch.nr) this.#batch = createEventBatch(batch.nr);
    const out = this.#batch;
    out.nr = batch.nr;
    this.names.originNs = names.originNs;
    for (const column of [
      "kind",
      "cpu",
      "timeNs",
      "flags",
      "sizeBytes",
      "alignBytes",
      "offBytes",
      "input",
      "line",
    ] as const) {
      copyColumn(out[column], batch[column], batch.nr);
    }
    const vocabulary = this.#vocabulary;
    this.#rename(out.task, batch.task, batch, names, (name) => vocabulary.task(name));
    this.#rename(out.callSite, batch.callSite, batch, names, (name) => this.#callSite(name));
    this.#rename(out.gfp, batch.gfp, batch, names, (name) => name);
    this.#rename(out.text, batch.text, batch, names, (name, kind) => this.#text(name, kind));
    for (let i = 0; i < batch.nr; i++) {
      out.pid[i] = this.#pid(batch.pid[i] ?? NOT_RECORDED);
      out.chunk[i] = this.#chunk(names.chunks[batch.chunk[i] ?? NOT_RECORDED]);
    }
    return out;
  }

  /** What stands for the address of a chunk, in texts as in events. */
  chunkAddress(address: string): string {
    return this.names.chunks[this.#chunk(address)] ?? "";
  }

  #rename(out: Int32Array, column: Int32Array, batch: EventBatch, { names }: EventNames, rename: Rename): void {
    for (let i = 0; i < batch.nr; i++) {
      const name = names[column[i] ?? NOT_RECORDED];
      out[i] = name === undefined ? NOT_RECORDED : this.#number(rename(name, batch.kind[i] ?? 0));
    }
  }

  #callSite(name: string): string {
    return this.#stripsSymbols || ADDRESS.test(name) ? this.#vocabulary.callSites.of(name) : name;
  }

  #text(text: string, kind: number): string {
    if (kind === EVENT_CGROUP_MKDIR || kind === EVENT_CGROUP_RMDIR) return this.#vocabulary.cgroupPath(text);
    return kind === EVENT_MARK ? this.#vocabulary.mark(text) : this.#vocabulary.marks.of(text);
  }

  #pid(pid: number): number {
    if (pid < NO_PID_BELOW) return pid;
    const known = this.#pids.get(pid) ?? this.#pids.size + 1;
    this.#pids.set(pid, known);
    return known;
  }

  /** Where a chunk lies says how this kernel was laid out at boot; that it is another one is all that matters. */
  #chunk(address: string | undefined): number {
    if (address === undefined) return NOT_RECORDED;
    const known = this.#chunks.get(address);
    if (known !== undefined) return known;
    const number = this.names.chunks.push(String(this.#chunks.size + 1).padStart(16, "0")) - 1;
    this.#chunks.set(address, number);
    return number;
  }

  #number(name: string): number {
    const number = this.#numbers.get(name) ?? this.names.names.push(name) - 1;
    this.#numbers.set(name, number);
    return number;
  }
}

function copyColumn(
  out: Float64Array | Int32Array | Uint16Array | Uint8Array,
  column: ArrayLike<number>,
  nr: number,
): void {
  for (let i = 0; i < nr; i++) out[i] = column[i] ?? 0;
}
