/** The fields of a text event, `key=value key=value …` to the end of the line, into a row of the columns. */

import type { EventColumns } from "./event-columns.ts";
import { FLAG_ATOMIC, FLAG_RESERVED } from "./events.ts";
import { MAX_INT32 } from "./record-constants.ts";
import { ADDRESS_DIGITS, BLANK, BRACKET, EQUALS, MALFORMED, NEWLINE } from "./text-constants.ts";
import type { TextEvent } from "./text-events.ts";
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
} from "./text-field-numbers.ts";
import { isLiteralAt, lineEnd, literal, slashOrWordEnd, trimmedEnd, wordEnd } from "./text-scan.ts";

/** An address that the kernel had no hash for yet: it says nothing. */
const NO_ADDRESS = literal("(____ptrval____)");
const NULL_ADDRESS = literal("(null)");
const HEX = literal("0x");

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
  /** Digits of the last address, in words, when they were ADDRESS_DIGITS. */
  private readonly lastAddress = new Int32Array(4);
  private hasLastAddress = false;
  private lastChunk = 0;
  private high = 0;
  private low = 0;

  constructor(columns: EventColumns) {
    this.columns = columns;
  }

  /** The set of the fields found, from `start` to the newline, or MALFORMED: `wrong` says what. */
  read(text: DataView, start: number, event: TextEvent, row: number): number {
    const { fields } = event;
    this.unknownAt = -1;
    this.isChunkHidden = false;
    let found = 0;
    let next = 0;
    let p = start;
    for (;;) {
      let byte = text.getUint8(p);
      while (byte <= BLANK && byte !== NEWLINE) byte = text.getUint8(++p);
      this.stoppedAt = p;
      if (byte === NEWLINE) return found;
      let one = fields[next];
      if (one === undefined || !isLiteralAt(text, p, one.key)) {
        next = fieldAt(text, p, event);
        one = fields[next];
      }
      next++;
      if (one === undefined) {
        p = this.skipUnknown(text, p);
      } else {
        found |= 1 << one.field;
        p = this.value(text, p + one.key.nrBytes, one.field, row);
      }
      if (p < 0) return MALFORMED;
    }
  }

  /** Reads one value; where it ends, or MALFORMED. */
  private value(text: DataView, start: number, field: number, row: number): number {
    switch (field) {
      case FIELD_CALL_SITE:
        return this.callSite(text, start, row);
      case FIELD_CHUNK:
        return this.chunk(text, start, row);
      case FIELD_GFP:
        return this.gfp(text, start, row);
      case FIELD_PATH:
        return this.path(text, start, row);
      case FIELD_RESERVED:
      case FIELD_ATOMIC:
      case FIELD_SIZE:
      case FIELD_ALIGN:
      case FIELD_OFF:
      case FIELD_START:
      case FIELD_END:
        return this.number(text, start, field, row);
      default:
        return wordEnd(text, start);
    }
  }

  /** `symbol+0xoff/0xlength [module]`: without the length and the module. */
  private callSite(text: DataView, start: number, row: number): number {
    const nameEnd = slashOrWordEnd(text, start);
    if (nameEnd === start) return this.malformed(start, "no caller");
    this.columns.batch.callSite[row] = this.columns.nameTable.of(text, start, nameEnd);
    const end = wordEnd(text, nameEnd);
    const hasModule = text.getUint8(end) === BLANK && text.getUint8(end + 1) === BRACKET;
    return hasModule ? wordEnd(text, end + 1) : end;
  }

  private gfp(text: DataView, start: number, row: number): number {
    const end = wordEnd(text, start);
    if (end === start) return this.malformed(start, "no allocation flags");
    this.columns.batch.gfp[row] = this.columns.nameTable.of(text, start, end);
    return end;
  }

  private path(text: DataView, start: number, row: number): number {
    const end = lineEnd(text, start);
    this.columns.batch.text[row] = this.columns.nameTable.of(text, start, trimmedEnd(text, start, end));
    return end;
  }

  private chunk(text: DataView, start: number, row: number): number {
    const hexStart = isLiteralAt(text, start, HEX) ? start + 2 : start;
    if (this.isLastAddressAt(text, hexStart)) {
      this.columns.batch.chunk[row] = this.lastChunk;
      return hexStart + ADDRESS_DIGITS;
    }
    let p = this.hex(text, hexStart);
    if (p === hexStart || text.getUint8(p) > BLANK) {
      if (isLiteralAt(text, start, NO_ADDRESS)) {
        this.isChunkHidden = true;
        return wordEnd(text, start);
      }
      if (!isLiteralAt(text, start, NULL_ADDRESS)) return this.malformed(start, "not an address");
      this.high = 0;
      this.low = 0;
      p = wordEnd(text, start);
    }
    this.lastChunk = this.columns.chunkTable.of(this.high, this.low);
    this.columns.batch.chunk[row] = this.lastChunk;
    const { lastAddress } = this;
    this.hasLastAddress = p === hexStart + ADDRESS_DIGITS;
    if (!this.hasLastAddress) return p;
    for (let i = 0; i < 4; i++) lastAddress[i] = text.getInt32(hexStart + i * 4, true);
    return p;
  }

  /** The address that was read last stands at `start`: most events are of the same chunk as the one before. */
  private isLastAddressAt(text: DataView, start: number): boolean {
    const { lastAddress } = this;
    if (!this.hasLastAddress) return false;
    for (let i = 0; i < 4; i++) if (text.getInt32(start + i * 4, true) !== lastAddress[i]) return false;
    return text.getUint8(start + ADDRESS_DIGITS) <= BLANK;
  }

  /** Up to 16 hexadecimal digits into `high` and `low`; where they end. */
  private hex(text: DataView, start: number): number {
    let high = 0;
    let low = 0;
    let p = start;
    for (const end = start + 16; p < end; p++) {
      const digit = hexDigit(text.getUint8(p));
      if (digit < 0) break;
      high = (high << 4) | (low >>> 28);
      low = (low << 4) | digit;
    }
    this.high = high;
    this.low = low;
    return p;
  }

  /** Decimal, or hexadecimal after 0x; numbers beyond 2^31 - 1 stand as that. Where it ends, or MALFORMED. */
  private number(text: DataView, start: number, field: number, row: number): number {
    let digits = start;
    let p = start;
    let value = 0;
    for (; ; p++) {
      const digit = text.getUint8(p) - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (p === start + 1 && isLiteralAt(text, start, HEX)) {
      digits = start + 2;
      p = this.hex(text, digits);
      value = this.high === 0 && this.low >= 0 ? this.low : MAX_INT32;
    }
    if (p === digits || text.getUint8(p) > BLANK) return this.malformed(start, "not a whole number");
    this.put(field, row, value > MAX_INT32 ? MAX_INT32 : value);
    return p;
  }

  private put(field: number, row: number, value: number): void {
    const { batch } = this.columns;
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
      default:
        batch.offBytes[row] = value;
    }
  }

  private skipUnknown(text: DataView, start: number): number {
    const end = wordEnd(text, start);
    let p = start;
    while (p < end && text.getUint8(p) !== EQUALS) p++;
    if (p === end || p === start) return this.malformed(start, "not a field");
    if (this.unknownAt < 0) this.unknownAt = start;
    return end;
  }

  private malformed(at: number, wrong: string): number {
    this.stoppedAt = at;
    this.wrong = wrong;
    return MALFORMED;
  }
}

/** Which of the event's fields stands at `start`; -1 for none. */
function fieldAt(text: DataView, start: number, event: TextEvent): number {
  return event.fields.findIndex((one) => isLiteralAt(text, start, one.key));
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
