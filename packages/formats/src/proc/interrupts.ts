/** The text of /proc/interrupts, as far as ebb counts interrupts. Source: recorded CAL lines of 5.4 and 6.1. */

/** @public One row: its short name, a count for each CPU, what it counts. */
export interface InterruptsRow {
  readonly name: string;
  readonly counts: readonly number[];
  readonly meaning: string;
}

/** @param cpus numbers of the CPUs, one for each column */
export function printInterrupts(cpus: readonly number[], rows: readonly InterruptsRow[]): string {
  const head = `${" ".repeat(11)}${cpus.map((cpu) => `CPU${String(cpu).padEnd(8)}`).join("")}\n`;
  const line = ({ name, counts, meaning }: InterruptsRow) =>
    `${name}: ${counts.map((count) => `${String(count).padStart(10)} `).join("")}  ${meaning}\n`;
  return head + rows.map(line).join("");
}
