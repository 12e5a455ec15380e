/**
 * Records of events, as the kernel's ring buffer and perf hold them, into rows of the columns. What is text elsewhere is
 * an address or a set of bits here; each is written once, as the kernel writes it, and found again by its value.
 */

import type { EventColumns } from "./event-columns.ts";
import type { EventFormat } from "./event-format.ts";
import { EVENT_ALLOC, EVENT_FREE, FLAG_ATOMIC, FLAG_RESERVED, NOT_RECORDED } from "./events.ts";
import { flagText } from "./flag-names.ts";
import { LongNames } from "./long-names.ts";
import { hex64 } from "./long-table.ts";
import { MAX_INT32, RECORD_BAD, RECORD_FOREIGN, RECORD_OTHER, UNNAMED } from "./record-constants.ts";
import { ABSENT, KIND_STACK, layoutOf, type Place, type RecordLayout, typePlace } from "./record-layout.ts";
import type { Symbols } from "./symbols.ts";
import { NEWLINE } from "./text-constants.ts";

const CMDLINE = /^\s*(\d+) (.*)$/gm;
/** As many ids as a kernel gives. */
const MAX_TASKS = 4_194_304;
const NR_TYPES = 65_536;
const NO_LAYOUT = -1;

export class RecordDecoder {
  private readonly columns: EventColumns;
  private readonly symbols: Symbols;
  private readonly layouts: RecordLayout[] = [];
  /** By type of record: its layout's number. */
  private readonly layoutOfType = new Int16Array(NR_TYPES).fill(NO_LAYOUT);
  private readonly type: Place;
  /** Numbers of names: of callers by address, of sets of allocation flags, of tasks by id. */
  readonly sites = new LongNames();
  readonly flagSets = new LongNames();
  readonly taskNames = new LongNames();
  private lastPid = NOT_RECORDED;
  private lastTask = NOT_RECORDED;
  /** The scheduler's idle tasks all have id 0, and no name of their own. */
  private readonly tasks = new Map<number, string>([[0, "<idle>"]]);
  /** After RECORD_BAD: what is wrong. */
  wrong = "";

  constructor(columns: EventColumns, formats: readonly EventFormat[], symbols: Symbols) {
    this.columns = columns;
    this.symbols = symbols;
    this.type = typePlace(formats);
    for (const format of formats) {
      const layout = layoutOf(format);
      if (layout === undefined || format.id >= NR_TYPES) continue;
      this.layoutOfType[format.id] = this.layouts.length;
      this.layouts.push(layout);
    }
  }

  /** Of records whose type is their first two bytes, the layout of those of a kind. */
  layoutOfKind(kind: number): RecordLayout | undefined {
    const { word, shift, mask } = this.type;
    if (word !== 0 || shift !== 0 || mask !== 0xffff) return undefined;
    return this.layouts.find((layout) => layout.kind === kind);
  }

  /** The list in `saved_cmdlines`, trace.dat and perf.data: of each task its id and name. */
  nameTasks(lines: string): void {
    for (const [, pid, name] of lines.matchAll(CMDLINE)) this.nameTask(Number(pid), name ?? "");
  }

  /** From now on, the task of that id has this name. */
  nameTask(pid: number, name: string): void {
    if (this.tasks.size >= MAX_TASKS && !this.tasks.has(pid)) return;
    this.tasks.set(pid, name);
    this.taskNames.give(0, pid, UNNAMED);
    this.lastPid = NOT_RECORDED;
  }

  /** A new task has the name of the one that made it. */
  copyTaskName(from: number, to: number): void {
    const name = this.tasks.get(from);
    if (name !== undefined) this.nameTask(to, name);
  }

  /** Reads the record in the words `[at, end)` into a new row: its kind, or why it is no event to keep. */
  decode(words: Int32Array, at: number, end: number): number {
    if (end <= at + this.type.word) return this.bad("a record without type");
    const layout = this.layouts[this.layoutOfType[this.whole(words, at, this.type)] ?? 0];
    if (layout === undefined) return RECORD_FOREIGN;
    if (end - at < layout.nrWords) return this.bad(`a record of ${layout.name} shorter than its fields`);
    if (layout.missing.length > 0) {
      return this.bad(`the format of ${layout.name} has no field ${layout.missing.join(", ")} that can be read`);
    }
    switch (layout.kind) {
      case EVENT_ALLOC:
        return this.allocation(words, at, layout, this.columns.begin());
      case EVENT_FREE:
        return this.free(words, at, layout, this.columns.begin());
      case KIND_STACK:
        return RECORD_OTHER;
      default:
        return this.other(words, at, end, layout, this.columns.begin());
    }
  }

  private free(words: Int32Array, at: number, layout: RecordLayout, row: number): number {
    const { batch } = this.columns;
    this.task(words, at, layout, row);
    batch.chunk[row] = this.columns.chunkTable.of(
      this.high(words, at, layout.chunk),
      this.low(words, at, layout.chunk),
    );
    batch.offBytes[row] = this.whole(words, at, layout.off);
    return EVENT_FREE;
  }

  private allocation(words: Int32Array, at: number, layout: RecordLayout, row: number): number {
    const { batch } = this.columns;
    this.task(words, at, layout, row);
    batch.chunk[row] = this.columns.chunkTable.of(
      this.high(words, at, layout.chunk),
      this.low(words, at, layout.chunk),
    );
    batch.offBytes[row] = this.whole(words, at, layout.off);
    batch.sizeBytes[row] = this.whole(words, at, layout.size);
    batch.alignBytes[row] = this.whole(words, at, layout.align);
    batch.flags[row] = this.flags(words, at, layout);
    if (!layout.callSite.isAbsent) batch.callSite[row] = this.callSite(words, at, layout.callSite);
    if (!layout.gfp.isAbsent) batch.gfp[row] = this.gfp(words, at, layout);
    return EVENT_ALLOC;
  }

  private other(words: Int32Array, at: number, end: number, layout: RecordLayout, row: number): number {
    const { batch } = this.columns;
    const { chunk, off, size, align } = layout;
    this.task(words, at, layout, row);
    if (!chunk.isAbsent)
      batch.chunk[row] = this.columns.chunkTable.of(this.high(words, at, chunk), this.low(words, at, chunk));
    if (!off.isAbsent) batch.offBytes[row] = this.whole(words, at, off);
    if (!size.isAbsent) batch.sizeBytes[row] = this.whole(words, at, size);
    if (!align.isAbsent) batch.alignBytes[row] = this.whole(words, at, align);
    batch.flags[row] = this.flags(words, at, layout);
    const record = new DataView(words.buffer, words.byteOffset + at * 4, (end - at) * 4);
    if (layout.textOffsetBytes !== ABSENT) {
      batch.text[row] = this.text(record, layout.textOffsetBytes, record.byteLength);
    }
    if (layout.path.isAbsent) return layout.kind;
    const place = this.low(words, at, layout.path);
    const start = (place & 0xffff) + layout.pathOriginBytes;
    const stop = start + (place >>> 16);
    if (stop > record.byteLength) return this.bad(`a record of ${layout.name} whose path stands outside it`);
    batch.text[row] = this.text(record, start, stop);
    return layout.kind;
  }

  private task(words: Int32Array, at: number, layout: RecordLayout, row: number): void {
    const pid = this.low(words, at, layout.pid);
    if (pid !== this.lastPid) this.findTask(pid);
    this.columns.batch.pid[row] = pid;
    this.columns.batch.task[row] = this.lastTask;
  }

  private findTask(pid: number): void {
    let name = this.taskNames.of(0, pid);
    if (name === UNNAMED) {
      const text = this.tasks.get(pid);
      name = text === undefined ? NOT_RECORDED : this.columns.nameTable.ofText(text);
      this.taskNames.give(0, pid, name);
    }
    this.lastPid = pid;
    this.lastTask = name;
  }

  private callSite(words: Int32Array, at: number, place: Place): number {
    const high = this.high(words, at, place);
    const low = this.low(words, at, place);
    const name = this.sites.of(high, low);
    return name === UNNAMED ? this.nameSite(high, low) : name;
  }

  private nameSite(high: number, low: number): number {
    const name = this.columns.nameTable.ofText(this.symbols.at(high, low));
    this.sites.give(high, low, name);
    return name;
  }

  private gfp(words: Int32Array, at: number, layout: RecordLayout): number {
    const high = this.high(words, at, layout.gfp);
    const low = this.low(words, at, layout.gfp);
    const name = this.flagSets.of(high, low);
    return name === UNNAMED ? this.nameFlagSet(high, low, layout) : name;
  }

  private nameFlagSet(high: number, low: number, { gfpNames }: RecordLayout): number {
    const value = BigInt(`0x${hex64(high, low)}`);
    const text = gfpNames === undefined ? `0x${value.toString(16)}` : flagText(value, gfpNames);
    const name = this.columns.nameTable.ofText(text);
    this.flagSets.give(high, low, name);
    return name;
  }

  /** Up to a zero, without the newline a mark was written with. */
  private text(record: DataView, start: number, end: number): number {
    let stop = start;
    while (stop < end && record.getUint8(stop) !== 0) stop++;
    if (stop > start && record.getUint8(stop - 1) === NEWLINE) stop--;
    return this.columns.nameTable.of(record, start, stop);
  }

  private flags(words: Int32Array, at: number, layout: RecordLayout): number {
    const reserved = this.low(words, at, layout.reserved) === 0 ? 0 : FLAG_RESERVED;
    return this.low(words, at, layout.atomic) === 0 ? reserved : reserved | FLAG_ATOMIC;
  }

  // Methods and not functions of the module: those would be read from memory each time.

  /** A number without sign; numbers beyond 2^31 - 1 stand as that. */
  private whole(words: Int32Array, at: number, place: Place): number {
    const low = this.low(words, at, place);
    return low < 0 || this.high(words, at, place) !== 0 ? MAX_INT32 : low;
  }

  private low(words: Int32Array, at: number, { word, shift, mask }: Place): number {
    return ((words[at + word] ?? 0) >>> shift) & mask;
  }

  private high(words: Int32Array, at: number, { highWord, highMask }: Place): number {
    return (words[at + highWord] ?? 0) & highMask;
  }

  private bad(wrong: string): number {
    this.wrong = wrong;
    return RECORD_BAD;
  }
}
