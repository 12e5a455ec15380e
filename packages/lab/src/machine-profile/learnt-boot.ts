/** What lives in the chunks before a recording's first memcg, as a machine profile has it. */

import type { BootAreas } from "@ebb/model";
import type { RequestKind } from "../learn/request-kinds.ts";
import type { BootEvent } from "../learn/sequence-watch.ts";

/** Areas of the reserved chunk are no part of it. */
export function learntBoot(events: readonly BootEvent[], kinds: readonly RequestKind[]): BootAreas {
  const pattern: [sizeBytes: number, alignBytes: number, count: number][] = [];
  const freed: (readonly [taken: number, area: number])[] = [];
  const numbers = new Map<number, number>();
  for (const { isFree, area, request } of events) {
    const kind = kinds[request];
    if (kind === undefined || kind.isReserved) continue;
    if (isFree) {
      const number = numbers.get(area);
      if (number !== undefined) freed.push([numbers.size, number]);
      continue;
    }
    numbers.set(area, numbers.size);
    const last = pattern.at(-1);
    if (last !== undefined && last[0] === kind.sizeBytes && last[1] === kind.alignBytes) last[2]++;
    else pattern.push([kind.sizeBytes, kind.alignBytes, 1]);
  }
  return { repeats: 1, pattern, freed };
}
