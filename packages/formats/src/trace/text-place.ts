/**
 * Who, where and when of a line of a text trace, up to the event's name:
 *
 *   TASK-PID (TGID) [CPU] FLAGS SECONDS.FRACTION:      the kernel; TGID and FLAGS are optional
 *   BUFFER: TASK-PID [CPU] SECONDS.FRACTION:           trace-cmd report, for an event of an instance
 *   TASK PID/TID [CPU] SECONDS.FRACTION:               perf script; PID/ is optional
 *
 * A task's name may hold blanks, brackets and dashes: the first bracket after which the rest is as it must be counts.
 */

import { BLANK, blanksEnd, bracketOrLineEnd, NEWLINE, wordEnd } from "./text-scan.ts";

/** Answer of `read`: the line has no place. */
export const NO_PLACE = -1;

const OPENING = 0x28;
const CLOSING = 0x29;
const DASH = 0x2d;
const DOT = 0x2e;
const SLASH = 0x2f;
const ZERO = 0x30;
const COLON = 0x3a;
const BRACKET_END = 0x5d;

const MAX_CPU = 65_535;
const MAX_PID = 0x7fffffff;
/** More seconds than a safe integer of ns has room for are told as such further on; more digits are no time. */
const MAX_SECOND_DIGITS = 15;
const NS_DIGITS = 9;

export class TextPlace {
  /** The task's name: `[taskStart, taskEnd)` of the bytes read. */
  taskStart = 0;
  taskEnd = 0;
  pid = 0;
  cpu = 0;
  seconds = 0;
  ns = 0;

  /**
   * Where the event's name starts; NO_PLACE when the line is of another form.
   *
   * @param lineStart where the line starts, and `start` where its blanks end
   */
  read(text: DataView, lineStart: number, start: number): number {
    for (let p = start; ; p++) {
      p = bracketOrLineEnd(text, p);
      if (text.getUint8(p) === NEWLINE) return NO_PLACE;
      const name = this.readCpuAndTime(text, p + 1);
      if (name === NO_PLACE || !this.readTask(text, start, p - 1)) continue;
      // Names of tasks are never at the left edge.
      if (start === lineStart) this.skipBuffer(text);
      return name;
    }
  }

  /** From behind the bracket to the event's name. */
  private readCpuAndTime(text: DataView, start: number): number {
    let p = start;
    let cpu = 0;
    for (; ; p++) {
      const digit = text.getUint8(p) - ZERO;
      if (digit < 0 || digit > 9) break;
      cpu = cpu * 10 + digit;
    }
    if (text.getUint8(p) !== BRACKET_END || p === start || cpu > MAX_CPU) return NO_PLACE;
    this.cpu = cpu;
    p = blanksEnd(text, p + 1);
    if (!isDigit(text.getUint8(p))) p = blanksEnd(text, wordEnd(text, p));
    p = this.readTime(text, p);
    return p === NO_PLACE || text.getUint8(p) !== COLON ? NO_PLACE : blanksEnd(text, p + 1);
  }

  /** `SECONDS.FRACTION`, or a whole number of ns; where it ends. */
  readTime(text: DataView, start: number): number {
    let p = start;
    let seconds = 0;
    for (; ; p++) {
      const digit = text.getUint8(p) - ZERO;
      if (digit < 0 || digit > 9) break;
      seconds = seconds * 10 + digit;
    }
    if (p === start || p - start > MAX_SECOND_DIGITS) return NO_PLACE;
    if (text.getUint8(p) !== DOT) {
      this.ns = seconds % 1e9;
      this.seconds = (seconds - this.ns) / 1e9;
      return p;
    }
    const end = p + 1 + NS_DIGITS;
    let fraction = 0;
    for (p++; p < end; p++) {
      const digit = text.getUint8(p) - ZERO;
      if (digit < 0 || digit > 9) break;
      fraction = fraction * 10 + digit;
    }
    for (let missing = end - p; missing > 0; missing--) fraction *= 10;
    this.seconds = seconds;
    this.ns = fraction;
    return p;
  }

  /** Backwards from before the bracket. */
  private readTask(text: DataView, start: number, before: number): boolean {
    let p = skipBlanksBack(text, start, before);
    if (text.getUint8(p) === CLOSING) {
      while (p > start && text.getUint8(p) !== OPENING) p--;
      p = skipBlanksBack(text, start, p - 1);
    }
    if (p <= start) return false;
    const last = p;
    p = this.readPidBack(text, start, p);
    if (p === last || this.pid > MAX_PID) return false;
    if (text.getUint8(p) === SLASH) {
      p--;
      while (p > start && isDigit(text.getUint8(p))) p--;
    }
    if (text.getUint8(p) === DASH) p--;
    else if (text.getUint8(p) === BLANK) p = skipBlanksBack(text, start, p);
    else return false;
    this.taskStart = start;
    this.taskEnd = p + 1;
    return this.taskEnd > this.taskStart;
  }

  /** The task is what follows the name of a buffer, `NAME: `, if there is one. */
  private skipBuffer(text: DataView): void {
    for (let p = this.taskStart; p < this.taskEnd; p++) {
      if (text.getUint8(p) === BLANK) return;
      if (text.getUint8(p) !== COLON || text.getUint8(p + 1) !== BLANK) continue;
      const behind = blanksEnd(text, p + 1);
      if (behind < this.taskEnd) this.taskStart = behind;
      return;
    }
  }

  private readPidBack(text: DataView, start: number, last: number): number {
    let p = last;
    let pid = 0;
    for (let weight = 1; p > start; p--, weight *= 10) {
      const digit = text.getUint8(p) - ZERO;
      if (digit < 0 || digit > 9) break;
      pid += digit * weight;
    }
    this.pid = pid;
    return p;
  }
}

function skipBlanksBack(text: DataView, start: number, last: number): number {
  let p = last;
  while (p > start && text.getUint8(p) === BLANK) p--;
  return p;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}
