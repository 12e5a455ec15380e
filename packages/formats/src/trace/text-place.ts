/**
 * Who, where and when of a line of a text trace, up to the event's name:
 *
 *   TASK-PID (TGID) [CPU] FLAGS SECONDS.FRACTION:      the kernel; TGID and FLAGS are optional
 *   BUFFER: TASK-PID [CPU] SECONDS.FRACTION:           trace-cmd report, for an event of an instance
 *   TASK PID/TID [CPU] SECONDS.FRACTION:               perf script; PID/ is optional
 *
 * A task's name may hold blanks, brackets and dashes: the first bracket after which the rest is as it must be counts.
 */

import {
  BLANK,
  BRACKET_END,
  COLON,
  DASH,
  DOT,
  NEWLINE,
  NO_PLACE,
  NS_PER_S,
  PARENTHESIS,
  PARENTHESIS_END,
  SLASH,
  ZERO,
} from "./text-constants.ts";
import { blanksEnd, bracketOrLineEnd } from "./text-scan.ts";

const MAX_CPU = 65_535;
const MAX_PID = 0x7fffffff;
/** More seconds than a safe integer of ns has room for are told as such further on; more digits are no time. */
const MAX_SECOND_DIGITS = 15;
const NS_DIGITS = 9;
/** Characters of the flags' column (five in 6.18), and of the thread group's. */
const MAX_FLAGS = 16;
const MAX_GROUP = 16;

export class TextPlace {
  /** The task's name: `[taskStart, taskEnd)` of the bytes read. */
  taskStart = 0;
  taskEnd = 0;
  /** The name of the event's buffer, empty for one that is not named. */
  bufferStart = 0;
  bufferEnd = 0;
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
      this.bufferEnd = this.bufferStart;
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
    if (!isDigit(text.getUint8(p))) p = blanksEnd(text, flagsEnd(text, p));
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
      this.ns = seconds % NS_PER_S;
      this.seconds = (seconds - this.ns) / NS_PER_S;
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
    if (text.getUint8(p) === PARENTHESIS_END) {
      for (const least = Math.max(start, p - MAX_GROUP); p > least && text.getUint8(p) !== PARENTHESIS; ) p--;
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
      if (behind >= this.taskEnd) return;
      this.bufferStart = this.taskStart;
      this.bufferEnd = p;
      this.taskStart = behind;
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

/** Behind a word that is no longer than flags are: a longer one is none, and is not looked at again and again. */
function flagsEnd(text: DataView, start: number): number {
  let p = start;
  while (p < start + MAX_FLAGS && text.getUint8(p) > BLANK) p++;
  return p;
}

function skipBlanksBack(text: DataView, start: number, last: number): number {
  let p = last;
  while (p > start && text.getUint8(p) === BLANK) p--;
  return p;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}
