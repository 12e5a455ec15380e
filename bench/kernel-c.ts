/**
 * Operations per second of CPU time that Linux 6.1's allocator core reaches on the large goldens, compiled in user space
 * (gcc 12 -O2, output off, a page backend that only counts), on one core of a 2-core AMD EPYC virtual machine. Where a
 * range was published its middle stands here. Source: the project's collection of published and measured figures.
 */
export const KERNEL_C_MILLION_OPS: readonly (readonly [golden: string, millionOpsPerSecond: number])[] = [
  ["700-churn-small-1e5", 10.3],
  ["701-churn-mixed-1e5", 3.45],
  ["702-churn-page-1e5", 3.9],
  ["703-churn-align-1e5", 3.65],
  ["710-churn-bimodal-2e5", 5.0],
  ["720-churn-mixed-2e5", 3.45],
  ["730-churn-fifo-5e5", 10.3],
  ["800-memcg-11000-u2", 8.9],
  ["800-memcg-11000-u8", 12.2],
  ["800-memcg-11000-u32", 12.1],
  ["800-memcg-11000-u128", 10.8],
];
