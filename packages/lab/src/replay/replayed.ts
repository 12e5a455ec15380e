/**
 * An allocator of the model that is led through a recording: each recorded request is made of it, and its answer held
 * against the recorded one.
 *
 *   event n --apply--> OK                 it did what was recorded
 *                      a reason           it did not; the state is then of no use: whoever asks restores a saved one
 *
 * How an event is taken (`mode`) is usually CHECKED; a repair that has found no better explanation takes it AS_RECORDED
 * (the area is put where the recording has it) or OUR_WAY (ours stays where the model put it). Both are counted.
 *
 * What the recording does not show, the model decides, but when the balance work ran: see balance-lead.ts.
 */

import {
  EVENT_ALLOC,
  EVENT_ALLOC_FAIL,
  EVENT_CREATE_CHUNK,
  EVENT_DESTROY_CHUNK,
  EVENT_FREE,
  FLAG_ATOMIC,
  FLAG_RESERVED,
} from "@ebb/formats";
import {
  allocPercpu,
  allocReservedPercpu,
  areaAt,
  areaChunk,
  areaOffBytes,
  claimArea,
  createChunk,
  destroyFreeChunk,
  FIRST_CHUNK,
  freePercpu,
  isLiveArea,
  MIN_ALLOC_BYTES,
  NO_CHUNK,
  NR_ROWS,
  PAGE_BYTES,
  type Percpu,
  type PercpuSnapshot,
  restorePercpu,
  snapshotPercpu,
} from "@ebb/model";
import { BalanceLead, type BalanceLeadSaved, LOOKAHEAD } from "./balance-lead.ts";
import { ChunkPairs, type ChunkPairsSaved, NO_RECORDED_CHUNK, UNKNOWN_CHUNK, UNPAIRED } from "./chunk-pairs.ts";
import {
  AGREED,
  ALLOCATIONS,
  CREATED,
  CREATED_MATCHED,
  CREATIONS_LED,
  DESTROYED,
  DESTROYED_MATCHED,
  DESTRUCTIONS_LED,
  EXCHANGED,
  FREES,
  FREES_MISSED,
  FREES_OF_EARLIER,
  FREES_UNKNOWN,
  MATCHED,
  MISMATCHED,
  NR_COUNTS,
  REFUSED,
  REFUSED_MATCHED,
  RESYNCHRONISED,
  UNDETERMINED,
} from "./counts.ts";
import type { EventLog } from "./event-log.ts";
import { UnknownChunks, type UnknownChunksSaved } from "./unknown-chunks.ts";

/** How an event is taken. */
export const CHECKED = 0;
export const AS_RECORDED = 1;
export const OUR_WAY = 2;
/** Checked; the balance work of which it tells goes on with its next event, or with `lead.start`. */
export const HELD_BACK = 3;
/** A chunk is destroyed where the model has chosen another of several free ones, which is taken for it. */
export const EXCHANGE = 4;
/** A chunk that is wholly free is destroyed because the recording says so. */
export const LED = 5;
/** Not the allocation, but the free before it that no event tells of: what lies at its place goes. */
export const FREE_PLACE = 6;
export const NR_MODES = 7;

/** Answers of `apply`. */
export const OK = 0;
/** The model put the area elsewhere. */
export const OTHER_PLACE = 1;
/** The model has no room for a request that was served. */
export const NOT_SERVED = 2;
/** The model served a request that failed. */
export const NOT_REFUSED = 3;
/** No live area is where one is freed. */
export const NO_SUCH_AREA = 4;
/** The model has no such chunk to destroy now. */
export const OTHER_CHUNK = 5;
/** The balance work populated or depopulated other pages. */
export const OTHER_PAGES = 6;

/** Where an area lies: row of the model, the recorded chunk that is, and offset. */
export interface Place {
  readonly row: number;
  readonly chunk: number;
  readonly offBytes: number;
}

export interface ReplayedSaved {
  readonly percpu: PercpuSnapshot;
  readonly pairs: ChunkPairsSaved;
  readonly counts: Float64Array;
  readonly displaced: ReadonlyMap<number, number>;
  readonly lead: BalanceLeadSaved;
  readonly unknown: UnknownChunksSaved;
}

/** What is known of the time before the trace. */
export interface ReplayStart {
  /** What the chunks that were there at the start held is known; otherwise they are left out. */
  readonly isKnown: boolean;
  /** It is known by assumption: what agrees in those chunks is no proof. */
  readonly isAssumed: boolean;
}

/** More than any chunk has bytes: from one recorded chunk's places to the next one's, as keys. */
const PLACES_OF_CHUNK = 2 ** 32;
const NOWHERE: Place = { row: NO_CHUNK, chunk: NO_RECORDED_CHUNK, offBytes: 0 };

export class Replayed {
  readonly t: Percpu;
  readonly log: EventLog;
  readonly pairs = new ChunkPairs();
  readonly lead: BalanceLead;
  readonly counts = new Float64Array(NR_COUNTS);
  readonly start: ReplayStart;
  /** Our answer to the allocation that was applied last and not as recorded. */
  answer: Place = NOWHERE;
  private readonly unknown = new UnknownChunks();
  /** Recorded place of an area → its number, for areas that lie elsewhere than recorded. */
  private displaced = new Map<number, number>();
  /** Address of the reserved chunk where it is also the first chunk's. */
  private sharedReserved = NO_RECORDED_CHUNK;
  /** Row in which agreement is no proof, or NO_CHUNK. */
  private readonly assumedRow: number;
  /** A chunk is being created because the recording says so. */
  private leads = false;

  constructor(t: Percpu, log: EventLog, start: ReplayStart) {
    this.t = t;
    this.log = log;
    this.start = start;
    this.assumedRow = start.isAssumed ? FIRST_CHUNK : NO_CHUNK;
    this.lead = new BalanceLead(t, log, this.pairs);
    t.events = {
      chunkCreated: (ordinal) => this.chunkCreated(ordinal),
      chunkDestroyed: (ordinal) => this.pairs.rowDestroyed(this.rowOfOrdinal(ordinal)),
      pagesPopulated: (ordinal, from, end) => this.pagesShown(ordinal, from, end, true),
      pagesDepopulated: (ordinal, from, end) => this.pagesShown(ordinal, from, end, false),
      balanceWorkPending: () => this.lead.asked(),
    };
  }

  /** Takes event `n`. */
  apply(n: number, mode: number): number {
    const { log } = this;
    const i = log.row(n);
    this.lead.now(n);
    if (mode === FREE_PLACE) return this.freePlace(i);
    switch (log.kind[i]) {
      case EVENT_ALLOC:
        return this.alloc(i, mode);
      case EVENT_FREE:
        return this.free(i, mode);
      case EVENT_CREATE_CHUNK:
        return this.create(n, i);
      case EVENT_DESTROY_CHUNK:
        return this.destroy(n, i, mode);
      case EVENT_ALLOC_FAIL:
        return this.refuse(i, mode);
      default: {
        const strict = mode === CHECKED || mode === HELD_BACK;
        return this.lead.workEvent(n, strict, mode === HELD_BACK, this.counts) ? OK : OTHER_PAGES;
      }
    }
  }

  save(): ReplayedSaved {
    return {
      percpu: snapshotPercpu(this.t),
      pairs: this.pairs.save(),
      counts: this.counts.slice(),
      displaced: new Map(this.displaced),
      lead: this.lead.save(),
      unknown: this.unknown.save(),
    };
  }

  restore(saved: ReplayedSaved): void {
    restorePercpu(this.t, saved.percpu);
    this.pairs.restore(saved.pairs);
    this.counts.set(saved.counts);
    this.displaced = new Map(saved.displaced);
    this.lead.restore(saved.lead);
    this.unknown.restore(saved.unknown);
  }

  /** No state saved before `saved` is asked for any more. */
  giveUp(saved: ReplayedSaved): void {
    this.unknown.giveUp(saved.unknown);
  }

  private count(word: number): void {
    this.counts[word] = (this.counts[word] ?? 0) + 1;
  }

  private rowOfOrdinal(ordinal: number): number {
    return this.t.ordinal.subarray(0, this.t.globals[NR_ROWS]).indexOf(ordinal);
  }

  private chunkCreated(ordinal: number): void {
    if (this.pairs.rowCreated(this.rowOfOrdinal(ordinal)) && !this.leads) this.count(CREATED_MATCHED);
  }

  private pagesShown(ordinal: number, from: number, end: number, isPopulated: boolean): void {
    if (this.lead.wantsPages) this.lead.shown(this.rowOfOrdinal(ordinal), from, end, isPopulated, this.counts);
  }

  private alloc(i: number, mode: number): number {
    const { t, log, pairs } = this;
    const chunk = log.chunk[i] ?? NO_RECORDED_CHUNK;
    const size = log.sizeBytes[i] ?? 0;
    const off = log.offBytes[i] ?? 0;
    const flags = log.flags[i] ?? 0;
    this.count(ALLOCATIONS);
    let row = (flags & FLAG_RESERVED) === 0 ? pairs.row(chunk) : this.reservedRow(chunk);
    if (row === UNPAIRED) row = this.firstMet(chunk);
    if (row === UNKNOWN_CHUNK) {
      this.count(UNDETERMINED);
      this.unknown.place(placeKey(chunk, off), size);
      return OK;
    }
    const atomic = (flags & FLAG_ATOMIC) !== 0;
    if (mode === AS_RECORDED) return this.claim(row, off, size, atomic);
    const area =
      row === t.reservedChunk && row !== NO_CHUNK
        ? allocReservedPercpu(t, size, log.alignBytes[i] ?? 0)
        : allocPercpu(t, size, log.alignBytes[i] ?? 0, atomic, 0);
    if (row === UNPAIRED) row = this.metByUse(chunk, area);
    if (row >= 0 && area === areaAt(t, row, off)) {
      if (row !== this.assumedRow) this.count(MATCHED);
      else {
        this.count(UNDETERMINED);
        this.count(AGREED);
      }
      return OK;
    }
    this.answer = this.placeOf(area);
    if (mode !== OUR_WAY) return area < 0 ? NOT_SERVED : OTHER_PLACE;
    this.count(MISMATCHED);
    if (area >= 0) this.displaced.set(placeKey(chunk, off), area);
    return OK;
  }

  private placeOf(area: number): Place {
    if (area < 0) return NOWHERE;
    const row = areaChunk(this.t, area);
    return { row, chunk: this.pairs.recordedChunk(row), offBytes: areaOffBytes(this.t, area) };
  }

  /** The area is put where the recording has it. */
  private claim(row: number, off: number, size: number, atomic: boolean): number {
    if (row < 0 || !isPlace(this.t, row, off) || claimArea(this.t, row, off, size, atomic) < 0) return OTHER_PLACE;
    this.count(MISMATCHED);
    this.count(RESYNCHRONISED);
    return OK;
  }

  private free(i: number, mode: number): number {
    const { t, log } = this;
    const chunk = log.chunk[i] ?? NO_RECORDED_CHUNK;
    const off = log.offBytes[i] ?? 0;
    let row = this.pairs.row(chunk);
    this.count(FREES);
    if (row === UNPAIRED) row = this.firstMet(chunk);
    if (row === UNKNOWN_CHUNK) {
      if (!this.unknown.free(placeKey(chunk, off))) this.count(FREES_OF_EARLIER);
      return OK;
    }
    let area = this.areaAt(row, off);
    if (this.displaced.size > 0) {
      const key = placeKey(chunk, off);
      area = this.displaced.get(key) ?? area;
      this.displaced.delete(key);
    }
    if (area < 0 && chunk === this.sharedReserved) area = this.areaAt(t.reservedChunk, off);
    if (area >= 0) {
      freePercpu(t, area);
      return OK;
    }
    if (mode !== OUR_WAY) return NO_SUCH_AREA;
    this.count(FREES_UNKNOWN);
    return OK;
  }

  /** Frees what lives at the place of the allocation at `i`. */
  private freePlace(i: number): number {
    const { t, log } = this;
    const row = this.pairs.row(log.chunk[i] ?? NO_RECORDED_CHUNK);
    const off = log.offBytes[i] ?? 0;
    let answer = OTHER_PLACE;
    for (let at = off; at < off + (log.sizeBytes[i] ?? 0); at += MIN_ALLOC_BYTES) {
      const area = this.areaAt(row, at);
      if (area < 0) continue;
      freePercpu(t, area);
      this.count(FREES_MISSED);
      answer = OK;
    }
    return answer;
  }

  /** The live area at that place, or NO_CHUNK. */
  private areaAt(row: number, off: number): number {
    const { t } = this;
    if (row < 0 || !isPlace(t, row, off)) return NO_CHUNK;
    const area = areaAt(t, row, off);
    return isLiveArea(t, area) ? area : NO_CHUNK;
  }

  private create(n: number, i: number): number {
    const { pairs } = this;
    const chunk = this.log.chunk[i] ?? NO_RECORDED_CHUNK;
    this.count(CREATED);
    if (pairs.wasMetByUse(chunk)) {
      this.count(CREATED_MATCHED);
      return OK;
    }
    this.lead.creationTold(n);
    if (pairs.chunkCreated(chunk)) this.count(CREATED_MATCHED);
    else if (!this.start.isKnown) {
      this.count(CREATIONS_LED);
      this.leads = true;
      createChunk(this.t, 0);
      this.leads = false;
    }
    return OK;
  }

  private destroy(n: number, i: number, mode: number): number {
    const { pairs } = this;
    const chunk = this.log.chunk[i] ?? NO_RECORDED_CHUNK;
    if (pairs.row(chunk) !== UNKNOWN_CHUNK) {
      this.lead.destructionTold(n, chunk);
      if (pairs.chunkDestroyed(chunk)) this.count(DESTROYED_MATCHED);
      else if (mode === EXCHANGE && this.exchange(n, chunk)) this.count(DESTROYED_MATCHED);
      else if (mode === LED && this.leadDestruction(chunk)) this.count(DESTRUCTIONS_LED);
      else if (mode !== OUR_WAY) return OTHER_CHUNK;
      else pairs.forget(chunk);
    } else pairs.forget(chunk);
    this.count(DESTROYED);
    return OK;
  }

  /** Free chunks are alike: which of them is spared depends on frees during a run of the balance work. */
  private exchange(n: number, chunk: number): boolean {
    const { t, log, pairs } = this;
    const row = pairs.row(chunk);
    if (row < 0 || t.freeBytes[row] !== t.unitBytes) return false;
    const end = Math.min(log.end, n + LOOKAHEAD);
    const isKept = (other: number) => {
      for (let m = n + 1; m < end; m++) {
        const i = log.row(m);
        if (log.kind[i] === EVENT_DESTROY_CHUNK && log.chunk[i] === other) return false;
      }
      return true;
    };
    if (!pairs.exchange(chunk, isKept)) return false;
    this.count(EXCHANGED);
    return true;
  }

  private leadDestruction(chunk: number): boolean {
    const { t, pairs } = this;
    const row = pairs.row(chunk);
    if (row < 0 || t.freeBytes[row] !== t.unitBytes) return false;
    destroyFreeChunk(t, row);
    return pairs.chunkDestroyed(chunk);
  }

  private refuse(i: number, mode: number): number {
    const { t, log } = this;
    const atomic = ((log.flags[i] ?? 0) & FLAG_ATOMIC) !== 0;
    this.count(REFUSED);
    if (!this.start.isKnown) return OK;
    const area = allocPercpu(t, log.sizeBytes[i] ?? 0, log.alignBytes[i] ?? 0, atomic, 0);
    if (area < 0) this.count(REFUSED_MATCHED);
    else if (mode !== OUR_WAY) return NOT_REFUSED;
    else freePercpu(t, area);
    return OK;
  }

  /** A request from the reserved chunk tells which recorded chunk that is. */
  private reservedRow(chunk: number): number {
    const { t, pairs } = this;
    if (!this.start.isKnown) pairs.setUnknown(chunk);
    if (t.reservedChunk === NO_CHUNK || !this.start.isKnown) return pairs.row(chunk);
    if (pairs.row(chunk) === UNPAIRED) pairs.pair(chunk, t.reservedChunk);
    else if (pairs.row(chunk) !== t.reservedChunk) this.sharedReserved = chunk;
    return t.reservedChunk;
  }

  /** The trace names a chunk that no event has told of: it was there before. */
  private firstMet(chunk: number): number {
    const { pairs } = this;
    if (pairs.isTold(chunk)) return UNPAIRED;
    if (!this.start.isKnown) {
      pairs.setUnknown(chunk);
      return UNKNOWN_CHUNK;
    }
    if (pairs.recordedChunk(FIRST_CHUNK) !== NO_RECORDED_CHUNK) return UNPAIRED;
    pairs.pair(chunk, FIRST_CHUNK);
    return FIRST_CHUNK;
  }

  /** After a request that was recorded in a chunk without a row: its row, if the model's answer says which that is. */
  private metByUse(chunk: number, area: number): number {
    const { t, pairs } = this;
    if (pairs.row(chunk) === UNPAIRED && area >= 0) pairs.pairByUse(chunk, areaChunk(t, area));
    return pairs.row(chunk);
  }
}

/** An area can lie there: not in what the chunk's ends hide, and where units of allocation begin. */
function isPlace(t: Percpu, row: number, off: number): boolean {
  const end = (t.nrPages[row] ?? 0) * PAGE_BYTES - (t.endOffBytes[row] ?? 0);
  return off >= (t.startOffBytes[row] ?? 0) && off < end && off % MIN_ALLOC_BYTES === 0;
}

function placeKey(chunk: number, offBytes: number): number {
  return chunk * PLACES_OF_CHUNK + offBytes;
}
