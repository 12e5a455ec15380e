/** The events of a script's timeline in words. */

import { type CallArgument, cgroupPath, deferredEventName, type Machine } from "@ebb/model";
import { callName, DEFERRED_CALL } from "@ebb/shell";

type Words = (m: Machine, args: readonly CallArgument[]) => string;

const path = (m: Machine, row: CallArgument | undefined) => cgroupPath(m.cgroups, Number(row));
const taskOf =
  (what: string): Words =>
  (_, [pid]) =>
    `task ${pid} ${what}`;

/** What the calls do that need more words than their name; with the machine as it is after them. */
const WORDS: ReadonlyMap<string, Words> = new Map<string, Words>([
  [DEFERRED_CALL, (_, [code]) => `deferred: ${deferredEventName(Number(code))}`],
  ["mkdir", (m, [parent, name]) => `mkdir ${path(m, parent) === "/" ? "" : path(m, parent)}/${name}`],
  ["rmdir", (m, [row]) => `rmdir ${path(m, row)}`],
  ["subtree control", (m, [row, enable]) => `${enable === true ? "+" : "-"}memory in subtree of ${path(m, row)}`],
  ["attach", (m, [pid, row]) => `task ${pid} moves to ${path(m, row)}`],
  ["fork", taskOf("forks")],
  ["exec", taskOf("starts a program")],
  ["exit", taskOf("ends")],
  ["return", taskOf("returns from a call")],
  ["CPU online", (_, [cpu, online]) => `CPU ${cpu} goes ${online === true ? "online" : "offline"}`],
]);

/** What a call did, in words. */
export function eventWords(m: Machine, code: number, args: readonly CallArgument[]): string {
  const name = callName(code);
  return WORDS.get(name)?.(m, args) ?? name;
}
