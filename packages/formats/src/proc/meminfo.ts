/** The text of /proc/meminfo. */

type MeminfoRows = readonly (readonly [name: string, kb: number])[];

/** `Name:` padded to 16, the value right-aligned in 8, ` kB`. */
export function printMeminfo(rows: MeminfoRows): string {
  return rows.map(([name, kb]) => `${`${name}:`.padEnd(16)}${String(kb).padStart(8)} kB\n`).join("");
}

/** Value of a row in a text that looks like /proc/meminfo, kB; undefined when it has no such row. */
export function meminfoValueKb(text: string, name: string): number | undefined {
  for (const row of text.split("\n")) {
    if (!row.startsWith(`${name}:`)) continue;
    const words = row
      .slice(name.length + 1)
      .trim()
      .split(" ");
    if (words.length === 2 && words[1] === "kB" && /^[0-9]+$/.test(words[0] ?? "")) return Number(words[0]);
  }
  return undefined;
}
