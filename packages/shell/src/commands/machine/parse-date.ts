/** The dates `date -d` and `touch -d` read, in UTC: `@N`, ISO dates, `now`, and offsets such as `2 hours ago`. */

import { daysFromCivil, momentOf } from "../support/strftime.ts";

export interface WallTime {
  readonly seconds: number;
  readonly ns: number;
}

const UNIT_SECONDS: ReadonlyMap<string, number> = new Map([
  ["sec", 1],
  ["second", 1],
  ["min", 60],
  ["minute", 60],
  ["hour", 3600],
  ["day", 86_400],
  ["week", 604_800],
  ["fortnight", 1_209_600],
]);

const NAMED_DAYS: ReadonlyMap<string, number> = new Map([
  ["now", 0],
  ["today", 0],
  ["yesterday", -86_400],
  ["tomorrow", 86_400],
]);

/** @param seconds  now, seconds since 1970; `ns` the rest of it */
export function parseDate(text: string, seconds: number, ns: number): WallTime | undefined {
  const trimmed = text.trim().toLowerCase();
  const epoch = /^@(-?\d+)(?:\.(\d{1,9})\d*)?$/.exec(trimmed);
  if (epoch !== null) return { seconds: Number(epoch[1]), ns: Number((epoch[2] ?? "").padEnd(9, "0")) };
  let rest = trimmed;
  let base: WallTime = { seconds, ns };
  const absolute =
    /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?(?: *(?:z|utc|gmt|\+00:?00))?/.exec(
      rest,
    );
  if (absolute !== null) {
    const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = ""] = absolute;
    const days = daysFromCivil(Number(year), Number(month), Number(day));
    if (Number(month) > 12 || Number(day) > 31 || Number(hour) > 23 || Number(minute) > 59) return undefined;
    const inDay = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
    base = { seconds: days * 86_400 + inDay, ns: Number(fraction.padEnd(9, "0")) };
    rest = rest.slice(absolute[0].length);
  }
  const clock = /^(\d{1,2}):(\d{2})(?::(\d{2}))?(?= |$)/.exec(rest);
  if (clock !== null) {
    const inDay = Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3] ?? "0");
    base = { seconds: Math.floor(base.seconds / 86_400) * 86_400 + inDay, ns: 0 };
    rest = rest.slice(clock[0].length);
  }
  return addOffsets(rest, base);
}

function addOffsets(text: string, base: WallTime): WallTime | undefined {
  let { seconds } = base;
  let rest = text.trim();
  while (rest !== "") {
    const named = /^(now|today|yesterday|tomorrow)\b/.exec(rest);
    const offset =
      /^(?:([-+]?\d+)|next|last|a) *(sec|second|min|minute|hour|day|week|fortnight|month|year)s?( +ago)?\b/.exec(rest);
    if (named !== null) seconds += NAMED_DAYS.get(named[1] ?? "") ?? 0;
    else if (offset !== null) {
      const count =
        (offset[1] === undefined ? (rest.startsWith("last") ? -1 : 1) : Number(offset[1])) *
        (offset[3] === undefined ? 1 : -1);
      seconds = addUnit(seconds, count, offset[2] ?? "");
    } else return undefined;
    rest = rest.slice((named ?? offset)?.[0].length ?? 0).trim();
  }
  return { seconds, ns: base.ns };
}

function addUnit(seconds: number, count: number, unit: string): number {
  const fixed = UNIT_SECONDS.get(unit);
  if (fixed !== undefined) return seconds + count * fixed;
  const moment = momentOf(seconds, 0);
  const months = moment.year * 12 + moment.month + count * (unit === "year" ? 12 : 1);
  const days = daysFromCivil(Math.floor(months / 12), (months % 12) + 1, 1) + moment.day - 1;
  return days * 86_400 + moment.hour * 3600 + moment.minute * 60 + moment.second;
}
