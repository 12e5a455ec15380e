/** The text of /proc/slabinfo and memory.kmem.slabinfo, both ways. Source: recorded slabinfo of 5.4 and 6.1. */

/** @public One cache: the columns of its line in their order. */
export interface SlabinfoRow {
  readonly name: string;
  readonly activeObjects: number;
  readonly objects: number;
  readonly sizeBytes: number;
  readonly objectsPerSlab: number;
  readonly pagesPerSlab: number;
  readonly limit: number;
  readonly batchcount: number;
  readonly shared: number;
  readonly activeSlabs: number;
  readonly slabs: number;
  readonly sharedAvailable: number;
}

const HEAD =
  "slabinfo - version: 2.1\n" +
  "# name            <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab> : tunables <limit> <batchcount> " +
  "<sharedfactor> : slabdata <active_slabs> <num_slabs> <sharedavail>\n";

export function printSlabinfo(rows: readonly SlabinfoRow[]): string {
  return HEAD + rows.map(printRow).join("");
}

function printRow(r: SlabinfoRow): string {
  const columns = (values: readonly number[], widths: readonly number[]) =>
    values.map((value, i) => ` ${String(value).padStart(widths[i] ?? 0)}`).join("");
  const sizes = [r.activeObjects, r.objects, r.sizeBytes, r.objectsPerSlab, r.pagesPerSlab];
  const tunables = columns([r.limit, r.batchcount, r.shared], [4, 4, 4]);
  const slabs = columns([r.activeSlabs, r.slabs, r.sharedAvailable], [6, 6, 6]);
  return `${r.name.padEnd(17)}${columns(sizes, [6, 6, 6, 4, 4])} : tunables${tunables} : slabdata${slabs}\n`;
}

const ROW =
  /^(\S+) +(\d+) +(\d+) +(\d+) +(\d+) +(\d+) +: tunables +(\d+) +(\d+) +(\d+) +: slabdata +(\d+) +(\d+) +(\d+)$/;

/** The caches of a text that looks like /proc/slabinfo; lines that are none are passed over. */
export function parseSlabinfo(text: string): readonly SlabinfoRow[] {
  const rows: SlabinfoRow[] = [];
  for (const line of text.split("\n")) {
    const found = ROW.exec(line.trimEnd());
    if (found === null) continue;
    const at = (i: number) => Number(found[i]);
    rows.push({
      name: found[1] ?? "",
      activeObjects: at(2),
      objects: at(3),
      sizeBytes: at(4),
      objectsPerSlab: at(5),
      pagesPerSlab: at(6),
      limit: at(7),
      batchcount: at(8),
      shared: at(9),
      activeSlabs: at(10),
      slabs: at(11),
      sharedAvailable: at(12),
    });
  }
  return rows;
}
