/**
 * The kernel's message buffer as /dev/kmsg shows it. Scripts write markers into it and read them back with the time
 * they were written; the machine may add its own messages.
 */

import { EINVAL, type Errno } from "../errno.ts";

/** LOG_LINE_MAX, kernel/printk/printk.c, v6.1 (1024 less PREFIX_MAX, without CONFIG_PRINTK_CALLER): longer writes answer EINVAL. */
const LINE_MAX_BYTES = 1024 - 32;
/** MESSAGE_LOGLEVEL_DEFAULT (warning), lib/Kconfig.debug, v6.1. */
const DEFAULT_LEVEL = 4;
/** LOG_USER: what a write without a facility of its own gets; kernel/printk/printk.c devkmsg_write(), v6.1. */
const USER_FACILITY = 1;
const NR_LEVELS = 8;
const NR_FACILITIES = 256;
/** Records kept; the oldest go first. A decision: the kernel's buffer is bounded in bytes (2^CONFIG_LOG_BUF_SHIFT). */
const NR_RECORDS_MAX = 4096;

interface LogRecord {
  readonly sequence: number;
  readonly facility: number;
  /** 0 (emergency) to 7 (debug). */
  readonly level: number;
  readonly timeNs: number;
  readonly text: string;
}

export class KernelLog {
  readonly #nowNs: () => number;
  #records: LogRecord[] = [];
  #nextSequence = 0;

  constructor(nowNs: () => number) {
    this.#nowNs = nowNs;
  }

  /** Oldest first. */
  records(): readonly LogRecord[] {
    return this.#records;
  }

  /**
   * One write(2) to /dev/kmsg: an optional `<priority>` and one message.
   *
   * @kernel kernel/printk/printk.c devkmsg_write(), v6.1
   */
  write(bytes: string): number | Errno {
    if (bytes.length > LINE_MAX_BYTES) return EINVAL;
    const prefix = /^<(\d{1,9})>/.exec(bytes);
    const priority = Number(prefix?.[1] ?? DEFAULT_LEVEL);
    const facility = Math.floor(priority / NR_LEVELS) % NR_FACILITIES;
    const text = bytes.slice(prefix?.[0].length ?? 0);
    this.append(facility === 0 ? USER_FACILITY : facility, priority % NR_LEVELS, text);
    return bytes.length;
  }

  append(facility: number, level: number, text: string): void {
    const line = text.endsWith("\n") ? text.slice(0, -1) : text;
    this.#records.push({ sequence: this.#nextSequence, facility, level, timeNs: this.#nowNs(), text: line });
    this.#nextSequence++;
    if (this.#records.length > 2 * NR_RECORDS_MAX) this.#records = this.#records.slice(-NR_RECORDS_MAX);
  }

  /**
   * All records as /dev/kmsg prints them: `priority,sequence,microseconds,flags;text`.
   *
   * @kernel kernel/printk/printk.c info_print_ext_header(), msg_add_ext_text(), v6.1
   */
  toText(): string {
    let text = "";
    for (const record of this.#records.slice(-NR_RECORDS_MAX)) {
      const priority = record.facility * NR_LEVELS + record.level;
      const timeUs = Math.floor(record.timeNs / 1000);
      text += `${priority},${record.sequence},${timeUs},-;${escapeText(record.text)}\n`;
    }
    return text;
  }
}

/** Control characters, bytes from 0x7f on and the backslash as `\xNN`. */
function escapeText(text: string): string {
  let escaped = "";
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const plain = code >= 0x20 && code < 0x7f && code !== 0x5c;
    escaped += plain ? text.charAt(i) : `\\x${code.toString(16).padStart(2, "0")}`;
  }
  return escaped;
}
