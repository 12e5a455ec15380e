/**
 * Slabs and object numbers against themselves: what holds for either allocator. Where each free object is, and which
 * list a slab is on, is the allocator's to verify.
 *
 * In a violation `page` is the slab's row, NO_PAGE for the whole pool.
 */

import { expectEqual, NO_ORDINAL, NO_PAGE, type Violation } from "../violation.ts";
import { NO_OBJECT, NO_SLAB, type SlabPool } from "./pool.ts";

/** Each object number is of one slab or waits for one; each object of a slab knows it. Violations are added to `out`. */
export function verifySlabPool(p: SlabPool, out: Violation[]): void {
  const isTaken = new Uint8Array(p.nrObjectNumbers);
  let nrTaken = 0;
  for (let slab = 0; slab < p.slabs.nrRows; slab++) {
    if (p.slabs.used[slab] === 1) nrTaken += verifySlab(p, slab, isTaken, out);
  }
  for (let nrObjects = 0; nrObjects < p.spareHead.length; nrObjects++) {
    for (let first = p.spareHead[nrObjects]; first !== NO_OBJECT; first = p.nextFree[first]) {
      if (isTaken[first] === 1) break;
      isTaken.fill(1, first, first + nrObjects);
      nrTaken += nrObjects;
      let nrStrays = 0;
      for (let object = first; object < first + nrObjects; object++) if (p.slabOf[object] !== NO_SLAB) nrStrays++;
      expectEqual(out, "a spare object number is of no slab", NO_ORDINAL, NO_PAGE, 0, nrStrays);
    }
  }
  expectEqual(out, "each object number is of one slab or spare", NO_ORDINAL, NO_PAGE, p.nrObjectNumbers, nrTaken);
}

function verifySlab(p: SlabPool, slab: number, isTaken: Uint8Array, out: Violation[]): number {
  const first = p.slabs.firstObject[slab];
  const end = first + p.slabs.nrObjects[slab];
  let nrOwn = 0;
  let nrFree = 0;
  for (let object = first; object < end; object++) {
    if (p.slabOf[object] === slab && isTaken[object] === 0) nrOwn++;
    isTaken[object] = 1;
  }
  expectEqual(out, "the objects of a slab know it", NO_ORDINAL, slab, end - first, nrOwn);
  for (
    let object = p.slabs.freeHead[slab];
    object !== NO_OBJECT && nrFree <= end - first;
    object = p.nextFree[object]
  ) {
    const isOwn = object >= first && object < end && p.isAllocated[object] === 0;
    expectEqual(out, "a free object of a slab lies in it and nobody holds it", NO_ORDINAL, slab, 1, isOwn ? 1 : 0);
    if (!isOwn) break;
    nrFree++;
  }
  expectEqual(
    out,
    "a slab's objects in use are those off its list",
    NO_ORDINAL,
    slab,
    end - first - nrFree,
    p.slabs.nrInUse[slab],
  );
  return nrOwn;
}
