/**
 * Symbols of a kernel by address, from /proc/kallsyms: what `call_site` is in a record becomes what the kernel prints
 * for it, without the symbol's length.
 *
 *   ffffffff81382c50 t mm_init
 *   ffffffffc0a01000 t xfs_trans_alloc	[xfs]
 *
 * Addresses are numbers with sign, which are exact: those of a kernel stand near either end of the 64 bits.
 */

import { hex64 } from "./long-table.ts";
import { TWO_32 } from "./record-constants.ts";
import { BLANK, NEWLINE, TAB } from "./text-constants.ts";

/** A caller further from a symbol than any function is long stands in none that is known. */
const MAX_OFFSET_BYTES = 0x100000;
const FIRST_ROOM = 4096;

export class Symbols {
  private readonly text: Uint8Array;
  private nr = 0;
  private addresses = new Float64Array(FIRST_ROOM);
  /** Where each name starts in the text. */
  private starts = new Uint32Array(FIRST_ROOM);

  /** @param kallsyms text, one byte a character */
  constructor(kallsyms: Uint8Array | string) {
    this.text = typeof kallsyms === "string" ? Uint8Array.from(kallsyms, (one) => one.charCodeAt(0)) : kallsyms;
    const { text } = this;
    for (let at = 0; at < text.length; ) {
      let end = text.indexOf(NEWLINE, at);
      if (end < 0) end = text.length;
      this.readLine(at, end);
      at = end + 1;
    }
    this.sort();
  }

  /** `symbol+0xoff`, or the address as the kernel prints one without symbol. */
  at(high: number, low: number): string {
    const address = (high | 0) * TWO_32 + (low >>> 0);
    let from = 0;
    let to = this.nr;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.addresses[middle] ?? 0) <= address) from = middle + 1;
      else to = middle;
    }
    // Of several names of an address, the first.
    let place = from - 1;
    const start = this.addresses[place] ?? Number.NEGATIVE_INFINITY;
    if (address - start > MAX_OFFSET_BYTES) return `0x${hex64(high, low)}`;
    while (place > 0 && this.addresses[place - 1] === start) place--;
    return `${this.nameAt(this.starts[place] ?? 0)}+0x${(address - start).toString(16)}`;
  }

  private readLine(start: number, end: number): void {
    let high = 0;
    let low = 0;
    let p = start;
    for (; p < end; p++) {
      const byte = this.text[p] ?? 0;
      const digit = byte <= 57 ? byte - 48 : (byte | 32) - 87;
      if (digit < 0 || digit > 15) break;
      high = (high << 4) | (low >>> 28);
      low = (low << 4) | digit;
    }
    // Who may not see addresses gets zeros.
    const isSymbol = p > start && this.text[p] === BLANK && this.text[p + 2] === BLANK && p + 3 < end;
    if (isSymbol && (high !== 0 || low !== 0)) this.add(high * TWO_32 + (low >>> 0), p + 3);
  }

  private add(address: number, nameStart: number): void {
    if (this.nr === this.addresses.length) {
      const addresses = new Float64Array(this.nr * 2);
      const starts = new Uint32Array(this.nr * 2);
      addresses.set(this.addresses);
      starts.set(this.starts);
      this.addresses = addresses;
      this.starts = starts;
    }
    this.addresses[this.nr] = address;
    this.starts[this.nr] = nameStart;
    this.nr++;
  }

  /** By address, then as they stood: modules come behind the kernel in an order of their own. */
  private sort(): void {
    const { addresses, starts, nr } = this;
    let isSorted = true;
    for (let i = 1; i < nr && isSorted; i++) isSorted = (addresses[i - 1] ?? 0) <= (addresses[i] ?? 0);
    if (isSorted) return;
    const order = Uint32Array.from({ length: nr }, (_, i) => i);
    order.sort((a, b) => (addresses[a] ?? 0) - (addresses[b] ?? 0) || a - b);
    this.addresses = Float64Array.from(order, (i) => addresses[i] ?? 0);
    this.starts = Uint32Array.from(order, (i) => starts[i] ?? 0);
  }

  private nameAt(start: number): string {
    let name = "";
    for (let p = start; p < this.text.length; p++) {
      const byte = this.text[p] ?? 0;
      if (byte === NEWLINE || byte === TAB || byte === BLANK) break;
      name += String.fromCharCode(byte);
    }
    return name;
  }
}
