/**
 * A percpu allocator and its naive model side by side. Each request goes to both, and counts are compared after each;
 * anything that does not fit together throws. Areas are known by their index among the live ones.
 */

import {
  allocPercpu,
  allocReservedPercpu,
  areaChunk,
  areaOffBytes,
  balanceStep,
  balanceWorkRuns,
  beginBalanceWork,
  createPercpu,
  freePercpu,
  NEXT_ORDINAL,
  type Percpu,
  type PercpuConfig,
  printViolation,
  runBalanceWork,
  verifyPercpu,
} from "@ebb/model";
import { NaivePercpu } from "./naive-percpu.ts";
import { type Place, slowPlace } from "./slow-placement.ts";

const NO_SPACE = -3;

export class PercpuPair {
  readonly t: Percpu;
  readonly naive: NaivePercpu;
  /** Number and naive id of each live area. */
  private readonly areas: number[] = [];
  private readonly ids: number[] = [];
  private nextId = 1;

  constructor(config: PercpuConfig) {
    this.t = createPercpu(config);
    this.naive = new NaivePercpu(config.geometry);
    this.t.events = this.naive;
  }

  get nrLive(): number {
    return this.areas.length;
  }

  /** Answers what the allocator answered: an area, ILLEGAL or NO_SPACE. */
  alloc(sizeBytes: number, alignBytes: number, atomic: boolean, kind: number): number {
    const legal = isLegal(sizeBytes, alignBytes);
    const place = legal ? slowPlace(this.t, sizeBytes, alignBytes, atomic, kind) : undefined;
    const nextOrdinal = this.t.globals[NEXT_ORDINAL] ?? 0;
    const area = allocPercpu(this.t, sizeBytes, alignBytes, atomic, kind);
    if (legal) this.checkPlace(area, place, nextOrdinal, atomic);
    if (area === NO_SPACE && !atomic) throw new Error("a request that may sleep found no room");
    return this.served(area, sizeBytes, alignBytes, kind);
  }

  allocReserved(sizeBytes: number, alignBytes: number): number {
    return this.served(allocReservedPercpu(this.t, sizeBytes, alignBytes), sizeBytes, alignBytes, 0);
  }

  /** Frees the live area at `index`; the last one takes its place. */
  free(index: number): void {
    const area = this.areas[index] ?? -1;
    const id = this.ids[index] ?? -1;
    const lastArea = this.areas.pop() ?? -1;
    const lastId = this.ids.pop() ?? -1;
    if (index < this.areas.length) {
      this.areas[index] = lastArea;
      this.ids[index] = lastId;
    }
    this.naive.free(id);
    freePercpu(this.t, area);
    this.naive.checkCounts(this.t);
  }

  /** One step of the balance work, which begins when it does not run; false when it has ended. */
  balanceStep(): boolean {
    if (!balanceWorkRuns(this.t)) beginBalanceWork(this.t);
    const more = balanceStep(this.t);
    this.naive.checkCounts(this.t);
    return more;
  }

  /** The whole balance work, or what is left of it. */
  balance(): void {
    if (balanceWorkRuns(this.t)) while (balanceStep(this.t));
    else runBalanceWork(this.t);
    this.naive.checkCounts(this.t);
  }

  /** Throws unless the state is sound and every bit agrees with the naive model. */
  verify(): void {
    const violations = verifyPercpu(this.t);
    const [first] = violations;
    if (first !== undefined) throw new Error(`${violations.length} violations, first ${printViolation(first)}`);
    this.naive.checkMaps(this.t);
  }

  /** The area is where the slow search puts it; without a place there, in a new chunk or in one that was set aside. */
  private checkPlace(area: number, place: Place | undefined, nextOrdinal: number, atomic: boolean): void {
    const { t } = this;
    if (area < 0) {
      if (area !== NO_SPACE || place !== undefined) throw new Error("a request was refused that has a place");
      return;
    }
    const chunk = areaChunk(t, area);
    if (place !== undefined) {
      const offBytes = areaOffBytes(t, area);
      const wanted = place.firstGrain * 4;
      if (chunk !== place.chunk || offBytes !== wanted) {
        throw new Error(`an area went to row ${chunk} byte ${offBytes}, not to row ${place.chunk} byte ${wanted}`);
      }
    } else if (!t.policy.searchesSidelined && (atomic || t.ordinal[chunk] !== nextOrdinal)) {
      throw new Error("an area went where the slow search finds no place");
    }
  }

  private served(area: number, sizeBytes: number, alignBytes: number, kind: number): number {
    if (area >= 0) {
      const ordinal = this.t.ordinal[areaChunk(this.t, area)] ?? 0;
      this.naive.place(this.nextId, ordinal, areaOffBytes(this.t, area), sizeBytes, alignBytes, kind);
      this.areas.push(area);
      this.ids.push(this.nextId++);
    }
    this.naive.checkCounts(this.t);
    return area;
  }
}

/** What the kernel takes: 1 to 32768 bytes, alignments that are powers of two up to a page. */
function isLegal(sizeBytes: number, alignBytes: number): boolean {
  const align = Math.max(alignBytes, 4);
  return sizeBytes > 0 && sizeBytes <= 32768 && align <= 4096 && Number.isInteger(Math.log2(align));
}
