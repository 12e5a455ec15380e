/** /proc/PID/stat, as proc(5) has it. */

/** Its fields from the state on: the name before them may hold spaces and brackets. */
export function fieldsBehindName(stat: string): readonly string[] {
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}
