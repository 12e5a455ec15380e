/**
 * Quantities in words, the same on every view. One kB is 1024 bytes, as in the kernel's own files; digits go in groups
 * of three with a narrow space.
 */

const NARROW_SPACE = "\u202f";
const NO_BREAK_SPACE = "\u00a0";
const BYTES_PER_KB = 1024;
const KB_PER_MB = 1024;
const NS_PER_US = 1e3;
const NS_PER_MS = 1e6;
const NS_PER_S = 1e9;
const S_PER_MIN = 60;

/** `12 345`, whole. */
export function countText(n: number): string {
  return String(Math.round(n)).replace(/\B(?=(?:\d{3})+$)/g, NARROW_SPACE);
}

/** `1 page`, `12 pages`. */
export function countOf(n: number, word: string): string {
  return `${countText(n)}${NO_BREAK_SPACE}${word}${n === 1 ? "" : "s"}`;
}

/** `96 B`, `12.5 kB`, `470 MB`: three digits that matter. */
export function bytesText(bytes: number): string {
  if (Math.abs(bytes) < BYTES_PER_KB) return `${countText(bytes)}${NO_BREAK_SPACE}B`;
  const kb = bytes / BYTES_PER_KB;
  if (Math.abs(kb) < KB_PER_MB) return `${threeDigits(kb)}${NO_BREAK_SPACE}kB`;
  const mb = kb / KB_PER_MB;
  if (Math.abs(mb) < KB_PER_MB) return `${threeDigits(mb)}${NO_BREAK_SPACE}MB`;
  return `${threeDigits(mb / KB_PER_MB)}${NO_BREAK_SPACE}GB`;
}

/** A time on the machine's clock, or a length of it: `0 s`, `820 µs`, `12.30 s`, `4 min 05 s`. */
export function timeText(ns: number): string {
  if (ns === 0) return `0${NO_BREAK_SPACE}s`;
  if (ns < NS_PER_US) return `${countText(ns)}${NO_BREAK_SPACE}ns`;
  if (ns < NS_PER_MS) return `${threeDigits(ns / NS_PER_US)}${NO_BREAK_SPACE}µs`;
  if (ns < NS_PER_S) return `${threeDigits(ns / NS_PER_MS)}${NO_BREAK_SPACE}ms`;
  const seconds = ns / NS_PER_S;
  if (seconds < S_PER_MIN) return `${seconds.toFixed(2)}${NO_BREAK_SPACE}s`;
  const minutes = Math.floor(seconds / S_PER_MIN);
  const rest = String(Math.floor(seconds % S_PER_MIN)).padStart(2, "0");
  return `${countText(minutes)}${NO_BREAK_SPACE}min${NO_BREAK_SPACE}${rest}${NO_BREAK_SPACE}s`;
}

/** Time since `bornNs`, or that it is not known. */
export function ageText(bornNs: number, nowNs: number): string {
  return Number.isNaN(bornNs) ? "age not known" : `${timeText(Math.max(0, nowNs - bornNs))} old`;
}

function threeDigits(n: number): string {
  const size = Math.abs(n);
  return size >= 100 ? countText(n) : n.toFixed(size >= 10 ? 1 : 2);
}
