/**
 * Events on their way into a block. What repeats as a whole is kept as a row of a small table: what was asked for (the
 * shape: kind, flags, size, align, call site, gfp) and who asked (CPU, pid, task).
 */

import { type EventBatch, NOT_RECORDED } from "../trace/events.ts";
import { MAX_BLOCK_EVENTS } from "./layout.ts";

/** Number of each name or chunk in the file, by its number in the source. */
interface Renumbering {
  readonly names: readonly number[];
  readonly chunks: readonly number[];
}

/** Two times or lines further apart do not share a block. */
const MAX_DISTANCE = 2 ** 51;

export class PendingEvents {
  nr = 0;
  readonly timeNs = new Float64Array(MAX_BLOCK_EVENTS);
  readonly line = new Float64Array(MAX_BLOCK_EVENTS);
  /** kind, flags, sizeBytes, alignBytes, callSite, gfp. */
  readonly shape = [int32Column(), int32Column(), int32Column(), int32Column(), int32Column(), int32Column()] as const;
  /** cpu, pid, task. */
  readonly who = [int32Column(), int32Column(), int32Column()] as const;
  readonly offBytes = new Int32Array(MAX_BLOCK_EVENTS);
  readonly chunk = new Int32Array(MAX_BLOCK_EVENTS);
  readonly text = new Int32Array(MAX_BLOCK_EVENTS);
  readonly input = new Uint8Array(MAX_BLOCK_EVENTS);

  /**
   * Takes events of the batch from `start` on until the block is full; answers where it stopped.
   *
   * @param laterNs added to each time
   */
  take(batch: EventBatch, start: number, numbers: Renumbering, laterNs: number): number {
    let i = start;
    while (i < batch.nr && this.nr < MAX_BLOCK_EVENTS && this.#isNear(batch, i, laterNs)) {
      this.#takeOne(batch, i, numbers, laterNs);
      i++;
    }
    return i;
  }

  #isNear(batch: EventBatch, i: number, laterNs: number): boolean {
    if (this.nr === 0) return true;
    const sinceLast = Math.abs((batch.timeNs[i] as number) + laterNs - (this.timeNs[this.nr - 1] as number));
    const sinceFirst = Math.abs((batch.line[i] as number) - (this.line[0] as number));
    return sinceLast < MAX_DISTANCE && sinceFirst < MAX_DISTANCE / 2;
  }

  #takeOne(batch: EventBatch, i: number, { names, chunks }: Renumbering, laterNs: number): void {
    const at = this.nr++;
    const [kind, flags, size, align, callSite, gfp] = this.shape;
    const [cpu, pid, task] = this.who;
    kind[at] = batch.kind[i] as number;
    flags[at] = batch.flags[i] as number;
    size[at] = batch.sizeBytes[i] as number;
    align[at] = batch.alignBytes[i] as number;
    callSite[at] = renumbered(names, batch.callSite[i] as number);
    gfp[at] = renumbered(names, batch.gfp[i] as number);
    cpu[at] = batch.cpu[i] as number;
    pid[at] = batch.pid[i] as number;
    task[at] = renumbered(names, batch.task[i] as number);
    this.timeNs[at] = (batch.timeNs[i] as number) + laterNs;
    this.line[at] = batch.line[i] as number;
    this.offBytes[at] = batch.offBytes[i] as number;
    this.chunk[at] = renumbered(chunks, batch.chunk[i] as number);
    this.text[at] = renumbered(names, batch.text[i] as number);
    this.input[at] = batch.input[i] as number;
  }
}

function int32Column(): Int32Array {
  return new Int32Array(MAX_BLOCK_EVENTS);
}

/** What is not recorded stays so. */
function renumbered(numbers: readonly number[], number: number): number {
  return number < 0 ? NOT_RECORDED : (numbers[number] as number);
}
