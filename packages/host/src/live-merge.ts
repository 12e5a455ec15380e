/**
 * Events of several CPUs as one trace by time, while they come. Each CPU's events wait in their own line; what is older
 * than a time up to which all CPUs have been read leaves, the earliest first.
 */

import { createEventBatch, type EventBatch, type EventNames, NOT_RECORDED } from "@ebb/formats";

/** Takes events in order; the batch is reused. */
type Leave = (batch: EventBatch, names: EventNames) => void;

/** What the host knows and raw pages do not. */
interface Namer {
  taskOf(pid: number): string;
  /** A caller's symbol for the address that stands in the trace. */
  symbolOf(address: string): string;
}

const BATCH_EVENTS = 4096;
/** What the column of inputs has room for; an input is a CPU's buffer. */
const MAX_INPUT = 255;

/** Events of one CPU that wait, in pieces. */
interface Line {
  readonly pieces: EventBatch[];
  /** First event of the first piece that waits. */
  next: number;
  /** What the importer of this CPU calls names and chunks, and their numbers in the merged trace. */
  source: EventNames | undefined;
  readonly nameNumbers: number[];
  readonly chunkNumbers: number[];
}

export class LiveMerge {
  readonly names: EventNames = { names: [], chunks: [], originNs: 0n };
  readonly #lines: readonly Line[];
  readonly #namer: Namer;
  readonly #leave: Leave;
  readonly #batch = createEventBatch(BATCH_EVENTS);
  readonly #nameNumbers = new Map<string, number>();
  readonly #chunkNumbers = new Map<string, number>();
  /** The first event has come: `names.originNs` is its time. */
  hasOrigin = false;

  constructor(nrCpus: number, namer: Namer, leave: Leave) {
    this.#lines = Array.from({ length: nrCpus }, () => {
      return { pieces: [], next: 0, source: undefined, nameNumbers: [], chunkNumbers: [] };
    });
    this.#namer = namer;
    this.#leave = leave;
  }

  /** Events of the CPU at that place, later than those before; they are copied. */
  add(place: number, batch: EventBatch, names: EventNames): void {
    const line = this.#lines[place];
    if (line === undefined || batch.nr === 0) return;
    line.source = names;
    line.pieces.push(copyOf(batch));
  }

  /** Lets go what happened before `endNs`, an absolute time. */
  release(endNs: bigint): void {
    this.#setOrigin(endNs);
    if (!this.hasOrigin) return;
    const limitNs = Number(endNs - this.names.originNs);
    for (;;) {
      const line = this.#earliest();
      if (line === undefined || this.#headNs(line) >= limitNs) break;
      this.#take(line);
    }
    this.#flush();
  }

  /** Lets go all there is. */
  releaseAll(): void {
    this.#setOrigin(undefined);
    for (let line = this.#earliest(); line !== undefined; line = this.#earliest()) this.#take(line);
    this.#flush();
  }

  /** The earliest event sets the origin, once it may leave: until then an earlier one may come. */
  #setOrigin(endNs: bigint | undefined): void {
    if (this.hasOrigin) return;
    let firstNs: bigint | undefined;
    for (const { source, pieces } of this.#lines) {
      const headNs = pieces[0]?.timeNs[0];
      if (source === undefined || headNs === undefined) continue;
      const absoluteNs = source.originNs + BigInt(headNs);
      if (firstNs === undefined || absoluteNs < firstNs) firstNs = absoluteNs;
    }
    if (firstNs === undefined || (endNs !== undefined && firstNs >= endNs)) return;
    this.names.originNs = firstNs;
    this.hasOrigin = true;
  }

  #earliest(): Line | undefined {
    let earliest: Line | undefined;
    for (const line of this.#lines) {
      if (line.pieces.length === 0) continue;
      if (earliest === undefined || this.#headNs(line) < this.#headNs(earliest)) earliest = line;
    }
    return earliest;
  }

  /** When the first event that waits happened, since the origin of the merged trace. */
  #headNs(line: Line): number {
    const laterNs = Number((line.source?.originNs ?? 0n) - this.names.originNs);
    return (line.pieces[0]?.timeNs[line.next] ?? 0) + laterNs;
  }

  #take(line: Line): void {
    const place = this.#lines.indexOf(line);
    const piece = line.pieces[0];
    if (piece === undefined) return;
    if (this.#batch.nr === BATCH_EVENTS) this.#flush();
    const timeNs = this.#headNs(line);
    const i = line.next;
    const at = this.#batch.nr++;
    this.#number(line);
    copyEvent(piece, i, this.#batch, at);
    this.#batch.timeNs[at] = timeNs;
    this.#batch.input[at] = Math.min(place, MAX_INPUT);
    this.#batch.task[at] = this.#nameNumber(this.#namer.taskOf(piece.pid[i] ?? 0));
    for (const column of ["callSite", "gfp", "text"] as const) {
      this.#batch[column][at] = renumbered(line.nameNumbers, piece[column][i]);
    }
    this.#batch.chunk[at] = renumbered(line.chunkNumbers, piece.chunk[i]);
    if (++line.next < piece.nr) return;
    line.pieces.shift();
    line.next = 0;
  }

  /** Numbers in the merged trace for all that the line's importer has named so far. */
  #number({ source, nameNumbers, chunkNumbers }: Line): void {
    for (let i = nameNumbers.length; i < (source?.names.length ?? 0); i++) {
      nameNumbers.push(this.#nameNumber(this.#namer.symbolOf(source?.names[i] ?? "")));
    }
    for (let i = chunkNumbers.length; i < (source?.chunks.length ?? 0); i++) {
      chunkNumbers.push(numberOf(this.names.chunks, this.#chunkNumbers, source?.chunks[i] ?? ""));
    }
  }

  #nameNumber(name: string): number {
    return numberOf(this.names.names, this.#nameNumbers, name);
  }

  #flush(): void {
    if (this.#batch.nr > 0) this.#leave(this.#batch, this.names);
    this.#batch.nr = 0;
  }
}

function copyOf(batch: EventBatch): EventBatch {
  const copy = createEventBatch(batch.nr);
  copy.nr = batch.nr;
  for (let i = 0; i < batch.nr; i++) copyEvent(batch, i, copy, i);
  return copy;
}

function copyEvent(from: EventBatch, i: number, to: EventBatch, at: number): void {
  to.kind[at] = from.kind[i] as number;
  to.cpu[at] = from.cpu[i] as number;
  to.timeNs[at] = from.timeNs[i] as number;
  to.pid[at] = from.pid[i] as number;
  to.task[at] = from.task[i] as number;
  to.flags[at] = from.flags[i] as number;
  to.sizeBytes[at] = from.sizeBytes[i] as number;
  to.alignBytes[at] = from.alignBytes[i] as number;
  to.offBytes[at] = from.offBytes[i] as number;
  to.chunk[at] = from.chunk[i] as number;
  to.callSite[at] = from.callSite[i] as number;
  to.gfp[at] = from.gfp[i] as number;
  to.text[at] = from.text[i] as number;
  to.input[at] = from.input[i] as number;
  to.line[at] = from.line[i] as number;
}

function renumbered(numbers: readonly number[], number: number | undefined): number {
  return number === undefined || number < 0 ? NOT_RECORDED : (numbers[number] ?? NOT_RECORDED);
}

function numberOf(list: string[], numbers: Map<string, number>, text: string): number {
  const number = numbers.get(text) ?? list.push(text) - 1;
  numbers.set(text, number);
  return number;
}
