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
  /** Of the chunk that the kernel keeps for its modules' static variables. */
  readonly isReserved: boolean;
}

/** As an event has it. */
interface Request {
  readonly callSite: number;
  readonly sizeBytes: number;
  readonly alignBytes: number;
  /** Number of the flags' names, or NOT_RECORDED. */
  readonly gfp: number;
  readonly isReserved: boolean;
}

/** More than any alignment, and than any size, of a request that is served. */
const ALIGNS = 65_536;
const SIZES = 65_536;

export class RequestKinds {
  readonly all: RequestKind[] = [];
  private readonly numbers = new Map<string | number, number>();

  of(request: Request, { names }: EventNames): number {
    const key = keyOf(request);
    const known = this.numbers.get(key);
    if (known !== undefined) return known;
    this.numbers.set(key, this.all.length);
    const { callSite, sizeBytes, alignBytes, gfp, isReserved } = request;
    const isAccounted = gfp === NOT_RECORDED ? undefined : (names[gfp] ?? "").includes("ACCOUNT");
    return this.all.push({ callSite, sizeBytes, alignBytes, isAccounted, isReserved }) - 1;
  }
}

/** A number where one holds it all. */
function keyOf({ callSite, sizeBytes, alignBytes, gfp, isReserved }: Request): string | number {
  const isSmall = callSite < 2047 && gfp < 255 && sizeBytes < SIZES && alignBytes < ALIGNS && !isReserved;
  if (!isSmall) return `${callSite} ${sizeBytes} ${alignBytes} ${gfp} ${isReserved}`;
  return ((callSite + 1) * 256 + gfp + 1) * SIZES * ALIGNS + sizeBytes * ALIGNS + alignBytes;
}
