/**
 * Who asked for an area: the caller as recorded, and the size, since some kernels record only the outermost allocation
 * function. Each pair is an owner with a number, in the order of first appearance.
 */

import { type EventNames, NOT_RECORDED } from "@ebb/formats";

/** More than any request has bytes. */
const SIZES = 65_536;

interface Owner {
  /** Number of its name, or NOT_RECORDED. */
  readonly callSite: number;
  readonly sizeBytes: number;
}

export class Owners {
  readonly all: Owner[] = [];
  private readonly numbers = new Map<number, number>();

  of(callSite: number, sizeBytes: number): number {
    const key = (callSite + 1) * SIZES + sizeBytes;
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.all.length);
    return this.all.push({ callSite, sizeBytes }) - 1;
  }

  /** `css_rstat_init+0x10d, 128 B`; where no caller was recorded, the size alone. */
  name(owner: number, names: EventNames): string {
    const { callSite = NOT_RECORDED, sizeBytes = 0 } = this.all[owner] ?? {};
    const caller = names.names[callSite];
    return caller === undefined ? `${sizeBytes} B` : `${caller}, ${sizeBytes} B`;
  }
}
