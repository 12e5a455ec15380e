/** What a slab allocator tells the machine around it, as it happens. */

/** Called in the middle of an operation: a callee may count and queue, and does not call the allocator. */
export interface SlabEvents {
  /** A slab was made for `cache`. */
  pageGained(cache: number, nrPages: number): void;
  /** A slab of `cache` went back to the page allocator. */
  pageReleased(cache: number, nrPages: number): void;
  /** `fromCpu` made `toCpu` run something and waited for it. */
  ipi(fromCpu: number, toCpu: number): void;
}

/** Nobody listens. */
export const NO_SLAB_EVENTS: SlabEvents = { pageGained: () => {}, pageReleased: () => {}, ipi: () => {} };
