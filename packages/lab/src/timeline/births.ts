/**
 * When the areas that live at some position were taken: all births of a run, by area. An area's number is used again when
 * it is free; the birth that counts is the last one at or before the position.
 *
 *     area ---> its last birth ---> the one before ---> ...
 */

import { AreaTable, NOT_THERE } from "./area-table.ts";
import { countUpTo, IntColumn } from "./columns.ts";

/** No such area was taken up to there. */
export const NOT_BORN = NOT_THERE;

export class Births {
  private readonly last = new AreaTable();
  /** By birth, in their order: the same area's birth before; the position at which the area lives first. */
  private readonly before = new IntColumn();
  private readonly position = new IntColumn();

  /** @pre positions ascend */
  add(area: number, position: number): void {
    this.before.push(this.last.set(area, this.position.length));
    this.position.push(position);
  }

  /** Births at or before `position`. */
  nrUpTo(position: number): number {
    return countUpTo(this.position.rows(), this.position.length, position);
  }

  /** Number of the last of the area's births among the first `nrBirths`; NOT_BORN without one. */
  birthOf(area: number, nrBirths: number): number {
    let birth = this.last.get(area);
    while (birth >= nrBirths) birth = this.before.at(birth);
    return birth;
  }

  /** Position at which the birth's area lives first. */
  positionOf(birth: number): number {
    return this.position.at(birth);
  }
}
