/** The fields of a text event, `key=value key=value …` to the end of the line, into a row of the columns. */

import type { EventColumns } from "./event-columns.ts";
import { FLAG_ATOMIC, FLAG_RESERVED } from "./events.ts";
import {
  FIELD_ALIGN,
  FIELD_ATOMIC,
  FIELD_CALL_SITE,
  FIELD_CHUNK,
  FIELD_END,
  FIELD_GFP,
  FIELD_OFF,
  FIELD_PATH,
  FIELD_RESERVED,
  FIELD_SIZE,
  FIELD_START,
  startsWith,
  type TextEvent,
} from "./text-events.ts";

/** Answer of `read`: something is not as it should be; `wrong` says what. */
export const MALFORMED = -1;

const NEWLINE = 10;
const BLANK = 32;
const MAX_INT32 = 0x7fffffff;
/** An address that the kernel had no hash for yet: it says nothing. */
const NO_ADDRESS = "(____ptrval____)";
const NULL_ADDRESS = "(null)";

export class TextFieldReader {
  private readonly columns: EventColumns;
  /** After `read`: where the line's newline stands, or where reading stopped. */
  stoppedAt = 0;
  /** After MALFORMED: what was wrong there. */
  wrong = "";
  /** After `read`: where a field stands that no event of this name has; -1 when there is none. */
  unknownAt = -1;
  /** After `read`: the chunk's address was not told. */
  isChunkHidden = false;
  private high = 0;
  private low = 0;
  private whole = 0;

  constructor(columns: EventColumns) {
    this.columns = columns;
  }

  /** The set of the fields found, from `start` to the newline, or MALFORMED. */
  read(bytes: Uint8Array, start: number, event: TextEvent, row: number): number {
    const { fields } = event;
    this.unknownAt = -1;
    this.isChunkHidden = false;
    let found = 0;
    let next = 0;
    let p = start;
    for (;;) {
      while (isBlank(bytes[p] ?? NEWLINE)) p++;
      this.stoppedAt = p;
      if (bytes[p] === NEWLINE) return found;
      let at = next;
      let one = fields[at];
      if (one === undefined || !isKeyAt(bytes, p, one.key)) {
        at = findField(bytes, p, event);
        one = fields[at];
      }
      if (one === undefined) {
        p = this.skipUnknown(bytes, p);
      } else {
        found |= 1 << one.field;
        next = at + 1;
        p = this.value(bytes, p + one.key.length, one.field, row);
      }
      if (p < 0) return MALFORMED;
    }
  }

  /** Reads one value; where it ends, or MALFORMED. */
  private value(bytes: Uint8Array, start: number, field: number, row: number): number {
    const { batch } = this.columns;
    switch (field) {
      case FIELD_CALL_SITE:
        return this.callSite(bytes, start, row);
      case FIELD_CHUNK:
        return this.chunk(bytes, start, row);
      case FIELD_GFP:
        return this.gfp(bytes, start, row);
      case FIELD_PATH:
        return this.path(bytes, start, row);
    }
    const end = field <= FIELD_END ? this.number(bytes, start) : wordEnd(bytes, start);
    if (end < 0) return MALFORMED;
    const value = this.whole;
    switch (field) {
      case FIELD_RESERVED:
        if (value !== 0) batch.flags[row] = (batch.flags[row] ?? 0) | FLAG_RESERVED;
        break;
      case FIELD_ATOMIC:
        if (value !== 0) batch.flags[row] = (batch.flags[row] ?? 0) | FLAG_ATOMIC;
        break;
      case FIELD_SIZE:
      case FIELD_END:
        batch.sizeBytes[row] = value;
        break;
      case FIELD_ALIGN:
        batch.alignBytes[row] = value;
        break;
      case FIELD_OFF:
      case FIELD_START:
        batch.offBytes[row] = value;
        break;
    }
    return end;
  }

  /** `symbol+0xoff/0xlength [module]`: without the length and the module. */
  private callSite(bytes: Uint8Array, start: number, row: number): number {
    let p = start;
    while ((bytes[p] ?? NEWLINE) > BLANK && bytes[p] !== 0x2f) p++;
    if (p === start) return this.malformed(start, "no caller");
    this.columns.batch.callSite[row] = this.columns.nameTable.ofBytes(bytes, start, p);
    const end = wordEnd(bytes, p);
    if (bytes[end] !== BLANK || bytes[end + 1] !== 0x5b) return end;
    return wordEnd(bytes, end + 1);
  }

  private gfp(bytes: Uint8Array, start: number, row: number): number {
    const end = wordEnd(bytes, start);
    if (end === start) return this.malformed(start, "no allocation flags");
    this.columns.batch.gfp[row] = this.columns.nameTable.ofBytes(bytes, start, end);
    return end;
  }

  private path(bytes: Uint8Array, start: number, row: number): number {
    const end = lineEnd(bytes, start);
    this.columns.batch.text[row] = this.columns.nameTable.ofBytes(bytes, start, trimmedEnd(bytes, start, end));
    return end;
  }

  private chunk(bytes: Uint8Array, start: number, row: number): number {
    const hexStart = bytes[start] === 0x30 && bytes[start + 1] === 0x78 ? start + 2 : start;
    let p = this.hex(bytes, hexStart);
    if (p === hexStart || !isBlankOrEnd(bytes[p] ?? NEWLINE)) {
      this.high = 0;
      this.low = 0;
      p = wordEnd(bytes, start);
      this.isChunkHidden = startsWith(bytes, start, NO_ADDRESS);
      if (!this.isChunkHidden && !startsWith(bytes, start, NULL_ADDRESS))
        return this.malformed(start, "not an address");
    }
    if (!this.isChunkHidden) this.columns.batch.chunk[row] = this.columns.chunkTable.of(this.high, this.low);
    return p;
  }

  /** Up to 16 hexadecimal digits into `high` and `low`; where they end. */
  private hex(bytes: Uint8Array, start: number): number {
    let high = 0;
    let low = 0;
    let p = start;
    for (const end = start + 16; p < end; p++) {
      const digit = hexDigit(bytes[p] ?? NEWLINE);
      if (digit < 0) break;
      high = (high << 4) | (low >>> 28);
      low = (low << 4) | digit;
    }
    this.high = high >>> 0;
    this.low = low >>> 0;
    return p;
  }

  /** Decimal, or hexadecimal after 0x, into `whole`; numbers beyond 2^31 - 1 stand as that. */
  private number(bytes: Uint8Array, start: number): number {
    let p = start;
    let value = 0;
    for (; ; p++) {
      const digit = (bytes[p] ?? NEWLINE) - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (bytes[p] === 0x78 && value === 0 && p === start + 1) {
      start = p + 1;
      p = this.hex(bytes, start);
      value = this.high * 2 ** 32 + this.low;
    }
    if (p === start || !isBlankOrEnd(bytes[p] ?? NEWLINE)) return this.malformed(start, "not a whole number");
    this.whole = value > MAX_INT32 ? MAX_INT32 : value;
    return p;
  }

  private skipUnknown(bytes: Uint8Array, start: number): number {
    let p = start;
    while ((bytes[p] ?? NEWLINE) > BLANK && bytes[p] !== 0x3d) p++;
    if (bytes[p] !== 0x3d || p === start) return this.malformed(start, "not a field");
    if (this.unknownAt < 0) this.unknownAt = start;
    return wordEnd(bytes, p);
  }

  private malformed(at: number, wrong: string): number {
    this.stoppedAt = at;
    this.wrong = wrong;
    return MALFORMED;
  }
}

function findField(bytes: Uint8Array, start: number, event: TextEvent): number {
  return event.fields.findIndex((one) => isKeyAt(bytes, start, one.key));
}

function isKeyAt(bytes: Uint8Array, start: number, key: Uint8Array): boolean {
  for (let i = 0; i < key.length; i++) if (bytes[start + i] !== key[i]) return false;
  return true;
}

/** Where the newline of the line stands. */
export function lineEnd(bytes: Uint8Array, start: number): number {
  let p = start;
  while (bytes[p] !== NEWLINE) p++;
  return p;
}

/** Without a carriage return at the end. */
export function trimmedEnd(bytes: Uint8Array, start: number, end: number): number {
  return end > start && bytes[end - 1] === 13 ? end - 1 : end;
}

function wordEnd(bytes: Uint8Array, start: number): number {
  let p = start;
  while ((bytes[p] ?? NEWLINE) > BLANK) p++;
  return p;
}

function isBlank(byte: number): boolean {
  return byte <= BLANK && byte !== NEWLINE;
}

function isBlankOrEnd(byte: number): boolean {
  return byte <= BLANK;
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
