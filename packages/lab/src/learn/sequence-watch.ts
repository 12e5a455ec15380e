/**
 * The copies of one sequence of requests in a recording: how many there were and are, in which order their areas are freed,
 * and what was allocated before the first of them.
 */

/** An area taken or given back before the first copy of the sequence. */
export interface BootEvent {
  readonly isFree: boolean;
  /** Number of the allocation, from 0. */
  readonly area: number;
  /** Number of the kind of request. */
  readonly request: number;
}

/** What is known of the area at one place of the sequence. */
export interface PlaceInCopy {
  /** Areas freed. */
  readonly nrFreed: number;
  /** Freed as the how-manieth of its copy, from 0, on average. */
  readonly meanRank: number;
  /** After the first area of its copy, ns, on average. */
  readonly meanDelayNs: number;
}

/** Events before the first copy that are kept. */
const MAX_BOOT_EVENTS = 32_768;
/** Tasks whose last requests are remembered. */
const MAX_TASKS = 4096;
const NONE = -1;
const FIRST_ROOM = 1024;

/** The last requests of one task. */
interface Tail {
  readonly requests: number[];
  readonly slots: number[];
  /** Of the boot, when the request was made; see `bootEvents`. */
  readonly bootLengths: number[];
}

export class SequenceWatch {
  readonly sequence: readonly number[];
  /** Complete copies so far, and those of which an area lives. */
  nrCopies = 0;
  nrLive = 0;
  /** Events before the first copy; undefined when there are too many. */
  private boot: BootEvent[] | undefined;
  private nrBootAreas = 0;
  private readonly tails = new Map<number, Tail>();
  /** By slot of the live areas. */
  private request = new Int32Array(FIRST_ROOM);
  private copy = new Int32Array(FIRST_ROOM).fill(NONE);
  private place = new Int32Array(FIRST_ROOM);
  private bootArea = new Int32Array(FIRST_ROOM).fill(NONE);
  /** By copy. */
  private readonly nrFreedOf: number[] = [];
  private readonly firstFreeNs: number[] = [];
  private readonly freeCopies: number[] = [];
  /** By place of the sequence. */
  private readonly nrFreed: number[];
  private readonly rankSum: number[];
  private readonly delaySumNs: number[];

  /** @param isFromStart nothing of the recording has gone by unwatched */
  constructor(sequence: readonly number[], isFromStart: boolean) {
    this.sequence = sequence;
    this.boot = isFromStart ? [] : undefined;
    this.nrFreed = sequence.map(() => 0);
    this.rankSum = sequence.map(() => 0);
    this.delaySumNs = sequence.map(() => 0);
  }

  /** What was allocated before the first copy; undefined when there is none, or that was too much to keep. */
  get bootEvents(): readonly BootEvent[] | undefined {
    return this.nrCopies === 0 ? undefined : this.boot;
  }

  get places(): readonly PlaceInCopy[] {
    return this.sequence.map((_, i) => {
      const nr = this.nrFreed[i] ?? 0;
      const mean = (sum: number | undefined) => (nr === 0 ? 0 : (sum ?? 0) / nr);
      return { nrFreed: nr, meanRank: mean(this.rankSum[i]), meanDelayNs: mean(this.delaySumNs[i]) };
    });
  }

  alloc(pid: number, request: number, slot: number): void {
    if (slot >= this.request.length) this.grow(slot);
    this.request[slot] = request;
    this.copy[slot] = NONE;
    const bootLength = this.boot?.length ?? 0;
    this.bootAlloc(request, slot);
    const tail = this.tailOf(pid);
    tail.requests.push(request);
    tail.slots.push(slot);
    tail.bootLengths.push(bootLength);
    if (tail.requests.length > this.sequence.length) {
      tail.requests.shift();
      tail.slots.shift();
      tail.bootLengths.shift();
    }
    if (this.isCopy(tail)) this.complete(pid, tail);
  }

  free(slot: number, timeNs: number): void {
    if (this.nrCopies === 0) this.bootFree(slot);
    const copy = this.copy[slot] ?? NONE;
    this.request[slot] = NONE;
    if (copy === NONE) return;
    this.copy[slot] = NONE;
    const rank = this.nrFreedOf[copy] ?? 0;
    if (rank === 0) this.firstFreeNs[copy] = timeNs;
    const place = this.place[slot] ?? 0;
    this.nrFreed[place] = (this.nrFreed[place] ?? 0) + 1;
    this.rankSum[place] = (this.rankSum[place] ?? 0) + rank;
    this.delaySumNs[place] = (this.delaySumNs[place] ?? 0) + timeNs - (this.firstFreeNs[copy] ?? timeNs);
    this.nrFreedOf[copy] = rank + 1;
    if (rank + 1 < this.sequence.length) return;
    this.nrLive--;
    this.freeCopies.push(copy);
  }

  private isCopy({ requests, slots }: Tail): boolean {
    const { sequence } = this;
    if (requests.length < sequence.length) return false;
    for (let i = sequence.length - 1; i >= 0; i--) {
      if (requests[i] !== sequence[i] || this.request[slots[i] ?? 0] !== sequence[i]) return false;
    }
    return true;
  }

  private complete(pid: number, { slots, bootLengths }: Tail): void {
    const copy = this.freeCopies.pop() ?? this.nrFreedOf.length;
    this.nrFreedOf[copy] = 0;
    this.firstFreeNs[copy] = 0;
    slots.forEach((slot, place) => {
      this.copy[slot] = copy;
      this.place[slot] = place;
    });
    if (this.nrCopies === 0) this.boot?.splice(bootLengths[0] ?? 0);
    this.nrCopies++;
    this.nrLive++;
    this.tails.delete(pid);
  }

  private tailOf(pid: number): Tail {
    const known = this.tails.get(pid);
    if (known !== undefined) return known;
    if (this.tails.size >= MAX_TASKS) {
      const [oldest] = this.tails.keys();
      if (oldest !== undefined) this.tails.delete(oldest);
    }
    const tail = { requests: [], slots: [], bootLengths: [] };
    this.tails.set(pid, tail);
    return tail;
  }

  private bootAlloc(request: number, slot: number): void {
    const { boot } = this;
    if (this.nrCopies > 0 || boot === undefined) return;
    this.bootArea[slot] = this.nrBootAreas;
    boot.push({ isFree: false, area: this.nrBootAreas++, request });
    if (boot.length > MAX_BOOT_EVENTS) this.boot = undefined;
  }

  private bootFree(slot: number): void {
    const area = this.bootArea[slot] ?? NONE;
    if (area === NONE || this.boot === undefined) return;
    this.bootArea[slot] = NONE;
    this.boot.push({ isFree: true, area, request: this.request[slot] ?? NONE });
  }

  private grow(slot: number): void {
    let room = this.request.length;
    while (room <= slot) room *= 2;
    const wider = (column: Int32Array) => {
      const all = new Int32Array(room).fill(NONE);
      all.set(column);
      return all;
    };
    this.request = wider(this.request);
    this.copy = wider(this.copy);
    this.place = wider(this.place);
    this.bootArea = wider(this.bootArea);
  }
}
