/**
 * Ranges of pages populated or depopulated, as the model shows them and as a probed recording tells them. Those of the
 * balance work come in one order in both; those of allocations stand before the allocation in a recording, and are
 * matched in any order.
 */

export interface PageEvent {
  /** Of the recording; NO_RECORDED_CHUNK when the model's chunk is none of the recording's. */
  readonly chunk: number;
  readonly from: number;
  readonly end: number;
  readonly isPopulated: boolean;
}

export interface PageEventsSaved {
  readonly ofWork: readonly PageEvent[];
  readonly made: readonly PageEvent[];
  readonly told: readonly PageEvent[];
}

export class PageEvents {
  /** What steps of the balance work have shown and was not taken yet. */
  private ofWork: PageEvent[] = [];
  /** Of allocations: shown by the model, and told by the recording, without the other. */
  private made: PageEvent[] = [];
  private told: PageEvent[] = [];

  workShowed(event: PageEvent): void {
    this.ofWork.push(event);
  }

  /** The first range of the work that was not taken yet. */
  takeOfWork(): PageEvent | undefined {
    return this.ofWork.shift();
  }

  /** Forgets what the work showed; answers how many ranges. */
  dropOfWork(): number {
    const nr = this.ofWork.length;
    this.ofWork = [];
    return nr;
  }

  /** An allocation of the model populated pages; true when the recording had told of it. */
  allocationShowed(event: PageEvent): boolean {
    return meet(this.told, this.made, event);
  }

  /** The recording tells of pages that an allocation populated; true when the model had shown them. */
  allocationTold(event: PageEvent): boolean {
    return meet(this.made, this.told, event);
  }

  save(): PageEventsSaved {
    return { ofWork: [...this.ofWork], made: [...this.made], told: [...this.told] };
  }

  restore(saved: PageEventsSaved): void {
    this.ofWork = [...saved.ofWork];
    this.made = [...saved.made];
    this.told = [...saved.told];
  }
}

export function isSameRange(a: PageEvent, b: PageEvent): boolean {
  return a.chunk === b.chunk && a.from === b.from && a.end === b.end && a.isPopulated === b.isPopulated;
}

/** Takes the counterpart of `event` out of `others`, or leaves it waiting in `own`. */
function meet(others: PageEvent[], own: PageEvent[], event: PageEvent): boolean {
  const at = others.findIndex((other) => isSameRange(other, event));
  if (at >= 0) others.splice(at, 1);
  else own.push(event);
  return at >= 0;
}
