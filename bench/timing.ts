/**
 * Timing of one piece of work: CPU time, and the third fastest of several runs. CPU time counts all threads of the
 * process, the compiler's too, so the work runs warm before it is counted.
 */

const COUNTED_RUNS = 8;
const QUOTED = 2;
const WARM_UP_SECONDS = 1.5;

/** CPU seconds of `work`, third fastest of eight warm runs (of one cold in a smoke run). */
export function cpuSeconds(work: () => void, smoke: boolean): number {
  const seconds: number[] = [];
  const once = () => {
    const before = process.cpuUsage();
    work();
    const used = process.cpuUsage(before);
    return (used.user + used.system) / 1e6;
  };
  for (let warm = 0; !smoke && warm < WARM_UP_SECONDS; ) warm += once();
  for (let run = 0; run < (smoke ? 1 : COUNTED_RUNS); run++) seconds.push(once());
  seconds.sort((a, b) => a - b);
  return seconds[Math.min(QUOTED, seconds.length - 1)] ?? 0;
}

/** Wall seconds of `work`, third fastest of eight runs (of one in a smoke run). */
export function wallSeconds(work: () => void, smoke: boolean): number {
  const seconds: number[] = [];
  for (let run = 0; run < (smoke ? 1 : COUNTED_RUNS); run++) {
    const before = process.hrtime.bigint();
    work();
    seconds.push(Number(process.hrtime.bigint() - before) / 1e9);
  }
  seconds.sort((a, b) => a - b);
  return seconds[Math.min(QUOTED, seconds.length - 1)] ?? 0;
}
