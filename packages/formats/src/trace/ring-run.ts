/**
 * The fast way through a stream: allocations and frees, one behind the other in a page, whose callers, flags and tasks
 * have names already. Whatever else comes is left to the decoder, where the stream stands; both give the same rows.
 * Everything the loop needs is in locals, which is what makes it fast.
 */

import type { EventColumns } from "./event-columns.ts";
import { EVENT_ALLOC, EVENT_FREE, FLAG_ATOMIC, FLAG_RESERVED } from "./events.ts";
import { TYPE_BITS, TYPE_MASK, UNNAMED } from "./record-constants.ts";
import type { RecordDecoder } from "./record-decoder.ts";
import type { Place, RecordLayout } from "./record-layout.ts";
import type { RingStream } from "./ring-stream.ts";

/** Where the fields stand, in words; all but the flags are whole words, and their high halves are `highMask` of a word. */
interface WordLayout {
  readonly type: number;
  readonly kind: number;
  readonly nrWords: number;
  readonly pid: number;
  readonly chunk: number;
  readonly chunkHigh: number;
  readonly off: number;
  readonly size: number;
  readonly sizeHigh: number;
  readonly align: number;
  readonly alignHigh: number;
  readonly site: number;
  readonly siteHigh: number;
  readonly gfp: number;
  readonly gfpHigh: number;
  /** -1 where the fields above have 8 bytes, 0 where they have 4. */
  readonly highMask: number;
  readonly reserved: Place;
  readonly atomic: Place;
}

export class RingRun {
  private readonly columns: EventColumns;
  private readonly decoder: RecordDecoder;
  private readonly alloc: WordLayout | undefined;
  private readonly free: WordLayout | undefined;

  constructor(columns: EventColumns, decoder: RecordDecoder) {
    this.columns = columns;
    this.decoder = decoder;
    this.alloc = wordLayoutOf(decoder.layoutOfKind(EVENT_ALLOC));
    this.free = wordLayoutOf(decoder.layoutOfKind(EVENT_FREE));
  }

  /**
   * Takes events of the stream while they are earlier than the limit (or at it, if the stream goes first). True when the
   * stream stands at an event that was not taken; false when it is to seek the next one.
   */
  take(stream: RingStream, limitNs: number, goesFirst: boolean): boolean {
    const { columns, alloc, free } = this;
    if (alloc === undefined || free === undefined || !columns.isAfterLast(stream.timeNs)) return true;
    const { sites, flagSets, taskNames } = this.decoder;
    const { batch, firstNs, chunkTable } = columns;
    const { kind, cpu: cpus, timeNs, pid: pids, task, input: inputs, line } = batch;
    const { flags, sizeBytes, alignBytes, offBytes, chunk, callSite, gfp } = batch;
    const { words, stop, cpu, input, typeDataMax } = stream;
    let { at, next, record, timeNs: sinceBaseNs } = stream;
    let stands = true;
    let row = batch.nr;
    for (const end = kind.length; row < end; ) {
      const type = (words[at] ?? 0) & 0xffff;
      const layout: WordLayout = type === alloc.type ? alloc : free;
      if (type !== layout.type || next - at < layout.nrWords) break;
      const pid = words[at + layout.pid] ?? 0;
      const name = taskNames.of(0, pid);
      const off = words[at + layout.off] ?? 0;
      if (name === UNNAMED || off < 0) break;
      if (layout === alloc) {
        const { highMask } = alloc;
        const site = sites.of((words[at + alloc.siteHigh] ?? 0) & highMask, words[at + alloc.site] ?? 0);
        const set = flagSets.of((words[at + alloc.gfpHigh] ?? 0) & highMask, words[at + alloc.gfp] ?? 0);
        const size = words[at + alloc.size] ?? 0;
        const align = words[at + alloc.align] ?? 0;
        const high = ((words[at + alloc.sizeHigh] ?? 0) | (words[at + alloc.alignHigh] ?? 0)) & highMask;
        if (site === UNNAMED || set === UNNAMED || size < 0 || align < 0 || high !== 0) break;
        sizeBytes[row] = size;
        alignBytes[row] = align;
        callSite[row] = site;
        gfp[row] = set;
        flags[row] = flagsOf(words, at, alloc);
      }
      chunk[row] = chunkTable.of((words[at + layout.chunkHigh] ?? 0) & layout.highMask, words[at + layout.chunk] ?? 0);
      offBytes[row] = off;
      kind[row] = layout.kind;
      cpus[row] = cpu;
      pids[row] = pid;
      task[row] = name;
      inputs[row] = input;
      line[row] = record;
      timeNs[row] = sinceBaseNs - firstNs;
      row++;
      const header = words[next] ?? 0;
      const nrWords = header & TYPE_MASK;
      stands = next < stop && nrWords > 0 && nrWords <= typeDataMax && next + nrWords < stop;
      if (!stands) break;
      at = next + 1;
      next = at + nrWords;
      record++;
      sinceBaseNs += header >>> TYPE_BITS;
      if (sinceBaseNs > limitNs || (sinceBaseNs === limitNs && !goesFirst)) break;
    }
    stream.standAt(at, next, record, sinceBaseNs);
    if (columns.keepTo(row, cpu) > 0) stream.kinds |= 1 << EVENT_FREE;
    return stands;
  }
}

function flagsOf(words: Int32Array, at: number, { reserved, atomic }: WordLayout): number {
  const isReserved = (((words[at + reserved.word] ?? 0) >>> reserved.shift) & reserved.mask) !== 0;
  const isAtomic = (((words[at + atomic.word] ?? 0) >>> atomic.shift) & atomic.mask) !== 0;
  return (isReserved ? FLAG_RESERVED : 0) | (isAtomic ? FLAG_ATOMIC : 0);
}

/** undefined when the layout is another: the decoder reads all there are. */
function wordLayoutOf(layout: RecordLayout | undefined): WordLayout | undefined {
  if (layout === undefined || layout.missing.length > 0) return undefined;
  const { pid, chunk, off, size, align, callSite, gfp, reserved, atomic } = layout;
  const longs = layout.kind === EVENT_ALLOC ? [chunk, size, align, callSite, gfp] : [chunk];
  const areWords = [pid, off, ...longs].every((one) => !one.isAbsent && one.shift === 0 && one.mask === -1);
  const areAlike = longs.every((one) => one.highMask === chunk.highMask) && off.highMask === 0 && pid.highMask === 0;
  if (!areWords || !areAlike) return undefined;
  return {
    type: layout.id,
    kind: layout.kind,
    nrWords: layout.nrWords,
    pid: pid.word,
    chunk: chunk.word,
    chunkHigh: chunk.highWord,
    off: off.word,
    size: size.word,
    sizeHigh: size.highWord,
    align: align.word,
    alignHigh: align.highWord,
    site: callSite.word,
    siteHigh: callSite.highWord,
    gfp: gfp.word,
    gfpHigh: gfp.highWord,
    highMask: chunk.highMask,
    reserved,
    atomic,
  };
}
