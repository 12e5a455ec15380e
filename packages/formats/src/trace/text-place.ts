/**
 * Who, where and when of a line of a text trace, up to the event's name:
 *
 *   TASK-PID (TGID) [CPU] FLAGS SECONDS.FRACTION:      the kernel; TGID and FLAGS are optional
 *   BUFFER: TASK-PID [CPU] SECONDS.FRACTION:           trace-cmd report, for an event of an instance
 *   TASK PID/TID [CPU] SECONDS.FRACTION:               perf script; PID/ is optional
 *
 * A task's name may hold blanks, brackets and dashes: the first bracket after which the rest is as it must be counts.
 */

/** Answer of `read`: the line has no place. */
export const NO_PLACE = -1;

const NEWLINE = 10;
const BLANK = 32;
const OPENING = 0x28;
const CLOSING = 0x29;
const DASH = 0x2d;
const DOT = 0x2e;
const SLASH = 0x2f;
const ZERO = 0x30;
const COLON = 0x3a;
const BRACKET = 0x5b;
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

  /** Where the event's name starts; NO_PLACE when the line at `start` is of another form. */
  read(bytes: Uint8Array, start: number): number {
    for (let p = start; ; p++) {
      const byte = bytes[p];
      if (byte === NEWLINE || byte === undefined) return NO_PLACE;
      if (byte !== BRACKET) continue;
      const name = this.readCpuAndTime(bytes, p + 1);
      if (name !== NO_PLACE && this.readTask(bytes, start, p - 1)) return name;
    }
  }

  /** From behind the bracket to the event's name. */
  private readCpuAndTime(bytes: Uint8Array, start: number): number {
    let p = start;
    let cpu = 0;
    for (; ; p++) {
      const digit = (bytes[p] ?? NEWLINE) - ZERO;
      if (digit < 0 || digit > 9) break;
      cpu = cpu * 10 + digit;
    }
    if (bytes[p] !== BRACKET_END || p === start || cpu > MAX_CPU) return NO_PLACE;
    this.cpu = cpu;
    p = skipBlanks(bytes, p + 1);
    if (!isDigit(bytes[p] ?? NEWLINE)) {
      while ((bytes[p] ?? NEWLINE) > BLANK) p++;
      p = skipBlanks(bytes, p);
    }
    p = this.readTime(bytes, p);
    return p === NO_PLACE || bytes[p] !== COLON ? NO_PLACE : skipBlanks(bytes, p + 1);
  }

  /** `SECONDS.FRACTION`, or a whole number of ns; where it ends. */
  readTime(bytes: Uint8Array, start: number): number {
    let p = start;
    let seconds = 0;
    for (; ; p++) {
      const digit = (bytes[p] ?? NEWLINE) - ZERO;
      if (digit < 0 || digit > 9) break;
      seconds = seconds * 10 + digit;
    }
    if (p === start || p - start > MAX_SECOND_DIGITS) return NO_PLACE;
    if (bytes[p] !== DOT) {
      this.ns = seconds % 1e9;
      this.seconds = (seconds - this.ns) / 1e9;
      return p;
    }
    const end = p + 1 + NS_DIGITS;
    let fraction = 0;
    for (p++; p < end; p++) {
      const digit = (bytes[p] ?? NEWLINE) - ZERO;
      if (digit < 0 || digit > 9) break;
      fraction = fraction * 10 + digit;
    }
    for (let missing = end - p; missing > 0; missing--) fraction *= 10;
    this.seconds = seconds;
    this.ns = fraction;
    return p;
  }

  /** Backwards from before the bracket. */
  private readTask(bytes: Uint8Array, start: number, before: number): boolean {
    let p = skipBlanksBack(bytes, start, before);
    if (bytes[p] === CLOSING) {
      while (p > start && bytes[p] !== OPENING) p--;
      p = skipBlanksBack(bytes, start, p - 1);
    }
    const last = p;
    p = this.readPidBack(bytes, start, p);
    if (p === last || this.pid > MAX_PID) return false;
    if (bytes[p] === SLASH) {
      p--;
      while (p > start && isDigit(bytes[p] ?? 0)) p--;
    }
    if (bytes[p] === DASH) p--;
    else if (bytes[p] === BLANK) p = skipBlanksBack(bytes, start, p);
    else return false;
    this.taskStart = skipBuffer(bytes, start, p);
    this.taskEnd = p + 1;
    return this.taskEnd > this.taskStart;
  }

  private readPidBack(bytes: Uint8Array, start: number, last: number): number {
    let p = last;
    let pid = 0;
    for (let weight = 1; p > start; p--, weight *= 10) {
      const digit = (bytes[p] ?? 0) - ZERO;
      if (digit < 0 || digit > 9) break;
      pid += digit * weight;
    }
    this.pid = pid;
    return p;
  }
}

/** Behind the name of a buffer, where the line starts with one: names of tasks are never that far left. */
function skipBuffer(bytes: Uint8Array, start: number, last: number): number {
  if (bytes[start - 1] === BLANK) return start;
  for (let p = start; p < last; p++) {
    if (bytes[p] === BLANK) return start;
    if (bytes[p] === COLON && bytes[p + 1] === BLANK) return skipBlanks(bytes, p + 1);
  }
  return start;
}

function skipBlanks(bytes: Uint8Array, start: number): number {
  let p = start;
  while (bytes[p] === BLANK) p++;
  return p;
}

function skipBlanksBack(bytes: Uint8Array, start: number, last: number): number {
  let p = last;
  while (p > start && bytes[p] === BLANK) p--;
  return p;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}
