/** How smoothly the page's map of 1,000 chunks of 256 pages moves, drawn by software. */

import { measureFrames } from "../../packages/web/demo/measure-frames.ts";
import { openDemo } from "../../packages/web/demo/open-demo.ts";

const FRAMES_PER_SECOND_MIN = 50;
const VIEWPORT = { width: 1280, height: 800 };
const MAPS: readonly (readonly [name: string, query: string])[] = [
  ["one map", "?chunks=1000&pages=256&cgroups=11000&only-a"],
  ["A and B", "?chunks=1000&pages=256&cgroups=11000"],
];
/** Other work on the machine takes frames away and never adds any: the best run is the page's own. */
const NR_RUNS = 3;

/** Prints a row for each run; whether the best of each movement is fast enough. */
export async function runFrames(print: (row: string) => void): Promise<boolean> {
  const demo = await openDemo();
  let ok = true;
  try {
    for (const [name, query] of MAPS) {
      const page = await demo.open(query, { viewport: VIEWPORT });
      for (const movement of ["zoom", "pan"] as const) {
        let best = 0;
        for (let run = 0; run < NR_RUNS; run++) {
          const { framesPerSecond, slowMs, busyMs } = await measureFrames(page, movement);
          best = Math.max(best, framesPerSecond);
          const times = `1 in 20 above ${slowMs.toFixed(1)} ms, thread busy ${busyMs.toFixed(1)} ms a frame`;
          print(`frames: ${name}, ${movement}: ${framesPerSecond.toFixed(1)} frames/s, ${times}`);
        }
        ok = ok && best >= FRAMES_PER_SECOND_MIN;
      }
      await page.close();
    }
  } finally {
    await demo.close();
  }
  return ok;
}
