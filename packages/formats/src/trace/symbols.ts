/**
 * Symbols of a kernel by address, from the text of /proc/kallsyms: what `call_site` is in a record becomes what the
 * kernel prints for it, without the symbol's length.
 *
 *   ffffffff81382c50 t mm_init
 *   ffffffffc0a01000 t xfs_trans_alloc	[xfs]
 */

import { hex64 } from "./long-table.ts";

const LINE = /^([0-9a-f]{8,16}) \S (\S+)/gm;
/** A caller further from a symbol than any function is long stands in none that is known. */
const MAX_OFFSET_BYTES = 0x100000;

export class Symbols {
  /** Ascending; the first of several names of an address is kept. */
  private readonly addresses: readonly bigint[];
  private readonly names: readonly string[];

  constructor(kallsyms: string) {
    const all: { readonly address: bigint; readonly name: string }[] = [];
    for (const [, digits, name] of kallsyms.matchAll(LINE)) {
      const address = BigInt(`0x${digits}`);
      // A reader who may not see addresses gets zeros.
      if (address !== 0n) all.push({ address, name: name ?? "" });
    }
    all.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : 0));
    const first = all.filter((one, i) => all[i - 1]?.address !== one.address);
    this.addresses = first.map((one) => one.address);
    this.names = first.map((one) => one.name);
  }

  /** `symbol+0xoff`, or the address as the kernel prints one without symbol. */
  at(high: number, low: number): string {
    const address = BigInt(`0x${hex64(high, low)}`);
    let from = 0;
    let to = this.addresses.length;
    while (from < to) {
      const middle = Math.floor((from + to) / 2);
      if ((this.addresses[middle] ?? 0n) <= address) from = middle + 1;
      else to = middle;
    }
    const start = this.addresses[from - 1];
    if (start === undefined || address - start > MAX_OFFSET_BYTES) return `0x${hex64(high, low)}`;
    return `${this.names[from - 1]}+0x${(address - start).toString(16)}`;
  }
}
