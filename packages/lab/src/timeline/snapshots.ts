/**
 * Snapshots of a run at some of its positions: the further apart the larger they are, so that taking them costs a share
 * of the run; and as many as memory allows. When there are too many, every other one goes, and from then on they are
 * taken half as often.
 */

import { countUpTo } from "./columns.ts";
import { type Packed, SnapshotPacker } from "./snapshot-packer.ts";

interface SnapshotLimits {
  /** Bytes of a snapshot that cost as much as some share of the event that leads to the next position. */
  readonly bytesPerPosition: number;
  readonly most: number;
  readonly mostBytes: number;
}

/** Positions between two snapshots, at least. */
const LEAST_APART = 512;

export class Snapshots<S> {
  private readonly limits: SnapshotLimits;
  private readonly packer = new SnapshotPacker<S>();
  private readonly positions: number[] = [];
  private readonly packed: Packed<S>[] = [];
  /** How many times further apart than their size asks for. */
  private apart = 1;
  private nextAt = 0;

  constructor(limits: SnapshotLimits) {
    this.limits = limits;
  }

  isDue(position: number): boolean {
    return position >= this.nextAt;
  }

  /** @pre positions ascend */
  add(position: number, snapshot: S): void {
    const packed = this.packer.pack(snapshot);
    this.positions.push(position);
    this.packed.push(packed);
    while (this.positions.length > 2 && this.isTooMuch()) this.thin();
    const { bytesPerPosition } = this.limits;
    this.nextAt = position + Math.max(LEAST_APART, packed.bytes / bytesPerPosition) * this.apart;
  }

  /** Bytes of all that is kept. */
  get bytes(): number {
    return this.packer.bytes;
  }

  /** Position of the last snapshot at or before `position`. */
  nearest(position: number): number {
    return this.positions[this.rowBefore(position)] ?? 0;
  }

  /** The last snapshot at or before `position`. @pre there is one */
  before(position: number): { readonly position: number; readonly snapshot: S } {
    const at = this.rowBefore(position);
    const packed = this.packed[at];
    if (packed === undefined) throw new Error("a run has a snapshot of its start");
    return { position: this.positions[at] ?? 0, snapshot: this.packer.unpack(packed) };
  }

  private rowBefore(position: number): number {
    return countUpTo(this.positions, this.positions.length, position) - 1;
  }

  private isTooMuch(): boolean {
    return this.positions.length > this.limits.most || this.packer.bytes > this.limits.mostBytes;
  }

  /** The first stays. */
  private thin(): void {
    this.apart *= 2;
    for (let at = this.positions.length - (this.positions.length % 2 === 0 ? 1 : 2); at > 0; at -= 2) {
      const [gone] = this.packed.splice(at, 1);
      this.positions.splice(at, 1);
      if (gone !== undefined) this.packer.drop(gone);
    }
  }
}
