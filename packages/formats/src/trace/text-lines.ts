/**
 * Cuts pushed bytes into whole lines. Lines that lie whole in what is pushed are read where they are; only one that is
 * cut is copied. A line that never ends is dropped once it is longer than any real one, so that memory stays bounded.
 */

/** Longest line taken, without its newline, in bytes. */
export const MAX_LINE_BYTES = 65_536;

const NEWLINE = 10;

export interface LineReader {
  /** Whole lines: `[start, end)` of `bytes`; the last byte is a newline. */
  lines(bytes: Uint8Array, start: number, end: number): void;
  /** A line longer than MAX_LINE_BYTES ended; `bytes` has its start. */
  tooLong(bytes: Uint8Array): void;
  /** The input ended inside the line that `[0, end)` of `bytes` is the start of. */
  cutOff(bytes: Uint8Array, end: number): void;
}

export class LineCutter {
  private readonly reader: LineReader;
  /** Start of a line whose end has not come; room for a newline behind it. */
  private readonly held = new Uint8Array(MAX_LINE_BYTES + 1);
  private nrHeld = 0;
  private dropping = false;

  constructor(reader: LineReader) {
    this.reader = reader;
  }

  push(pushed: Uint8Array): void {
    // One class of array, whatever subclass the caller has: the scanners stay fast.
    const bytes = new Uint8Array(pushed.buffer, pushed.byteOffset, pushed.byteLength);
    const last = bytes.lastIndexOf(NEWLINE);
    if (last < 0) {
      this.hold(bytes, 0, bytes.length);
      return;
    }
    let start = 0;
    if (this.nrHeld > 0) {
      start = bytes.indexOf(NEWLINE) + 1;
      this.hold(bytes, 0, start - 1);
      this.releaseLine();
    }
    if (start <= last) this.reader.lines(bytes, start, last + 1);
    this.hold(bytes, last + 1, bytes.length);
  }

  /** No more bytes of this input. */
  end(): void {
    if (this.dropping) this.releaseLine();
    else if (this.nrHeld > 0) this.reader.cutOff(this.held, this.nrHeld);
    this.nrHeld = 0;
  }

  private hold(bytes: Uint8Array, start: number, end: number): void {
    const room = MAX_LINE_BYTES - this.nrHeld;
    if (end - start > room) this.dropping = true;
    const taken = Math.min(end - start, room);
    this.held.set(bytes.subarray(start, start + taken), this.nrHeld);
    this.nrHeld += taken;
  }

  private releaseLine(): void {
    if (this.dropping) this.reader.tooLong(this.held);
    else {
      this.held[this.nrHeld] = NEWLINE;
      this.reader.lines(this.held, 0, this.nrHeld + 1);
    }
    this.nrHeld = 0;
    this.dropping = false;
  }
}
