/**
 * Kinds of request: who asked, for how much, how aligned, and whether the memory is charged to a memcg. Each has a number,
 * in the order of first appearance; what a cgroup takes is a sequence of these numbers.
 */

import { type EventNames, NOT_RECORDED } from "@ebb/formats";

export interface RequestKind {
  /** Number of the caller's name, or NOT_RECORDED. */
  readonly callSite: number;
  readonly sizeBytes: number;
  readonly alignBytes: number;
  /** Undefined where the recording does not tell. */
  readonly isAccounted: boolean | undefined;
}

/** More than any alignment, and than any size, of a request that is served. */
const ALIGNS = 65_536;
const SIZES = 65_536;

export class RequestKinds {
  readonly all: RequestKind[] = [];
  private readonly numbers = new Map<string | number, number>();
  private readonly accounted = new Map<number, boolean>();

  of(callSite: number, sizeBytes: number, alignBytes: number, gfp: number, names: EventNames): number {
    const key = this.keyOf(callSite, sizeBytes, alignBytes, gfp);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.all.length);
    const isAccounted = gfp === NOT_RECORDED ? undefined : this.isAccounted(gfp, names);
    return this.all.push({ callSite, sizeBytes, alignBytes, isAccounted }) - 1;
  }

  /** A number where one holds it all. */
  private keyOf(callSite: number, sizeBytes: number, alignBytes: number, gfp: number): string | number {
    const isSmall = callSite < 2048 && gfp < 255 && sizeBytes < SIZES && alignBytes < ALIGNS;
    if (!isSmall) return `${callSite} ${sizeBytes} ${alignBytes} ${gfp}`;
    return ((callSite + 1) * 256 + gfp + 1) * SIZES * ALIGNS + sizeBytes * ALIGNS + alignBytes;
  }

  private isAccounted(gfp: number, { names }: EventNames): boolean {
    const known = this.accounted.get(gfp);
    if (known !== undefined) return known;
    const is = (names[gfp] ?? "").includes("ACCOUNT");
    this.accounted.set(gfp, is);
    return is;
  }
}
