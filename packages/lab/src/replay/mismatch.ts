/** What a check says of an event at which the model and the recording part, and nothing explains it. */

import { EVENT_ALLOC, type EventNames } from "@ebb/formats";
import { explainPlace } from "./place-map.ts";
import type { Trouble } from "./repair.ts";
import {
  NO_SUCH_AREA,
  NOT_REFUSED,
  NOT_SERVED,
  OTHER_CHUNK,
  OTHER_PAGES,
  OTHER_PLACE,
  type Place,
  type Replayed,
} from "./replayed.ts";
import { eventText } from "./swap.ts";

export interface Mismatch {
  readonly line: number;
  /** What the recording says. */
  readonly recorded: string;
  /** What the model answers instead. */
  readonly ours: string;
  /** Both chunks around both places, as text; "" but for the first mismatch. */
  readonly map: string;
}

const ANSWERS: ReadonlyMap<number, string> = new Map([
  [NOT_SERVED, "the request finds no place"],
  [NOT_REFUSED, "the request is served"],
  [NO_SUCH_AREA, "no area lives there"],
  [OTHER_CHUNK, "the balance work has no reason to destroy this chunk now"],
  [OTHER_PAGES, "the balance work does something else now"],
]);

/** @pre the replay stands just before the event */
export function mismatchOf(
  replayed: Replayed,
  names: EventNames,
  { n, answer, place }: Trouble,
  withMap: boolean,
): Mismatch {
  const { log } = replayed;
  const i = log.row(n);
  const isAlloc = log.kind[i] === EVENT_ALLOC;
  return {
    line: log.line[i] ?? 0,
    recorded: eventText(log, names, n),
    ours: answer === OTHER_PLACE ? placeText(replayed, names, place) : (ANSWERS.get(answer) ?? ""),
    map: withMap && isAlloc ? explainPlace(replayed, names, n, place) : "",
  };
}

function placeText({ t }: Replayed, names: EventNames, place: Place): string {
  const chunk = names.chunks[place.chunk] ?? `c${t.ordinal[place.row]}, which the recording does not have`;
  return `at ${place.offBytes} of ${chunk}`;
}
