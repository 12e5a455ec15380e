/**
 * Cuts pushed bytes into whole lines. Lines that lie whole in what is pushed are read where they are; only one that is
 * cut is copied. A line that never ends is dropped once it is longer than any real one, so that memory stays bounded.
 */

import { MAX_LINE_BYTES, NEWLINE, PADDING_BYTES } from "./text-constants.ts";

export interface LineReader {
  /** Whole lines: `[start, end)` of `text`; the last byte is a newline, PADDING_BYTES can be read behind it. */
  lines(text: DataView, start: number, end: number): void;
  /** A line longer than MAX_LINE_BYTES ended; `text` has its start. */
  tooLong(text: DataView): void;
  /** The input ended inside the line that `[0, end)` of `text` is the start of. */
  cutOff(text: DataView, end: number): void;
}

export class LineCutter {
  private readonly reader: LineReader;
  /** Start of a line whose end has not come. */
  private readonly held = new Uint8Array(MAX_LINE_BYTES + 1 + PADDING_BYTES);
  private readonly heldView = new DataView(this.held.buffer);
  private nrHeld = 0;
  private dropping = false;

  constructor(reader: LineReader) {
    this.reader = reader;
  }

  push(bytes: Uint8Array): void {
    let start = 0;
    if (this.nrHeld > 0) start = this.finishHeld(bytes, 0);
    const last = bytes.lastIndexOf(NEWLINE, bytes.length - 1 - PADDING_BYTES);
    if (last >= start && bytes.length > PADDING_BYTES) {
      this.reader.lines(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), start, last + 1);
      start = last + 1;
    }
    // Lines too near to the end of the bytes to be read in place, and the start of one.
    while (start < bytes.length) start = this.finishHeld(bytes, start);
  }

  /** No more bytes of this input. */
  end(): void {
    if (this.dropping) this.releaseLine();
    else if (this.nrHeld > 0) this.reader.cutOff(this.heldView, this.nrHeld);
    this.nrHeld = 0;
  }

  /** Adds to the held line up to its newline, which finishes it; where the next line starts. */
  private finishHeld(bytes: Uint8Array, start: number): number {
    const end = bytes.indexOf(NEWLINE, start);
    if (end < 0) {
      this.hold(bytes.subarray(start));
      return bytes.length;
    }
    this.hold(bytes.subarray(start, end));
    this.releaseLine();
    return end + 1;
  }

  private hold(bytes: Uint8Array): void {
    const room = MAX_LINE_BYTES - this.nrHeld;
    if (bytes.length > room) this.dropping = true;
    const taken = bytes.length > room ? bytes.subarray(0, room) : bytes;
    this.held.set(taken, this.nrHeld);
    this.nrHeld += taken.length;
  }

  private releaseLine(): void {
    if (this.dropping) this.reader.tooLong(this.heldView);
    else {
      this.held[this.nrHeld] = NEWLINE;
      this.reader.lines(this.heldView, 0, this.nrHeld + 1);
    }
    this.nrHeld = 0;
    this.dropping = false;
  }
}
