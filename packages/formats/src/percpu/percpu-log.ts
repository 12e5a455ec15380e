/**
 * What the kernel log says of the percpu allocator's layout at boot.
 *
 *   Linux version 6.1.192 …
 *   setup_percpu: NR_CPUS:128 nr_cpumask_bits:2 nr_cpu_ids:2 nr_node_ids:1
 *   percpu: Embedded 51 pages/cpu s171496 r8192 d29208 u1048576
 *   pcpu-alloc: s171496 r8192 d29208 u1048576 alloc=1*2097152
 *
 * Source: recorded logs of 5.4 and 6.1 (fixtures/real-kernels).
 */

export interface PercpuLog {
  /** As after "Linux version"; "" when the log does not say. */
  readonly release: string;
  /** Undefined where the log does not say. */
  readonly nrCpus: number | undefined;
  readonly nrNodes: number | undefined;
  readonly layout: PercpuLogLayout | undefined;
}

interface PercpuLogLayout {
  readonly staticBytes: number;
  readonly reservedBytes: number;
  readonly dynamicBytes: number;
  readonly unitBytes: number;
  /** Size of one allocation of units, from the `pcpu-alloc:` line; undefined without it. */
  readonly allocBytes: number | undefined;
}

const RELEASE = /\bLinux version (\d\S*)/;
const SETUP = /\bnr_cpu_ids:(\d+) nr_node_ids:(\d+)/;
const LAYOUT = /\bs(\d+) r(\d+) d(\d+) u(\d+)(?: alloc=\d+\*(\d+))?/;

/** Looks through a kernel log, or any text that has its lines in it. */
export function parsePercpuLog(text: string): PercpuLog {
  let layout: PercpuLogLayout | undefined;
  for (const row of text.split("\n")) {
    if (!/\b(?:percpu: Embedded|percpu: \d+ |pcpu-alloc:)/.test(row)) continue;
    const found = LAYOUT.exec(row);
    if (found === null || (layout !== undefined && found[5] === undefined)) continue;
    const [, staticBytes, reservedBytes, dynamicBytes, unitBytes] = found.map(Number);
    layout = {
      staticBytes: staticBytes ?? 0,
      reservedBytes: reservedBytes ?? 0,
      dynamicBytes: dynamicBytes ?? 0,
      unitBytes: unitBytes ?? 0,
      allocBytes: found[5] === undefined ? undefined : Number(found[5]),
    };
  }
  const setup = SETUP.exec(text);
  return {
    release: RELEASE.exec(text)?.[1] ?? "",
    nrCpus: setup === null ? undefined : Number(setup[1]),
    nrNodes: setup === null ? undefined : Number(setup[2]),
    layout,
  };
}

/** `Percpu:` in kB by NAME, of a text with a copy of meminfo under each heading `== stage NAME …`. */
export function percpuOfStages(text: string): ReadonlyMap<string, number> {
  const kb = new Map<string, number>();
  let name = "";
  for (const row of text.split("\n")) {
    if (row.startsWith("== ")) name = /^== stage (\S+)/.exec(row)?.[1] ?? "";
    const found = /^Percpu: +(\d+) kB$/.exec(row)?.[1];
    if (found !== undefined && name !== "") kb.set(name, Number(found));
  }
  return kb;
}
