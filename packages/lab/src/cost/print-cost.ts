/** The cost of a memory cgroup as tables of at most 120 columns: by object, what comes on top, totals, notes. */

import { count } from "../experiment/print-comparison.ts";
import { addBytes, type CgroupCost, type CostBytes, type CostRow } from "./cost.ts";

const GAP = "  ";
const NOTHING = "-";
const KB = 1024;
const MB = 1_048_576;
/** From here on a size is said in MB. */
const MB_FROM = 10 * MB;
const CACHES_WIDTH = 46;

type Cells = readonly string[];

/** All of it, a newline at the end of each line. */
export function printCost(cost: CgroupCost): string {
  const sources = [...new Set(cost.rows.map(({ source }) => source))];
  const blocks = [
    heading(cost),
    percpuTable(cost, sources),
    slabTable(cost, sources),
    onTopTable(cost),
    totalsTable(cost),
    notes(cost),
    sourceLines(cost, sources),
  ];
  return blocks.filter((block) => block !== "").join("\n");
}

function heading({ profile, hierarchy, nrCpus, nrNodes, alive }: CgroupCost): string {
  const { numa, psi, bpf } = profile.config;
  const config = Object.entries({ NUMA: numa, PSI: psi, "cgroup BPF": bpf }).map(
    ([name, on]) => `${on ? "" : "no "}${name}`,
  );
  return (
    `One memory cgroup on ${profile.name}: ${count(nrCpus, "CPU")}, ${count(nrNodes, "node")}, hierarchy ${hierarchy}, ` +
    `${profile.slabAllocator}, ${config.join(", ")}\n${alive.percpuPerCpu} bytes of percpu memory per CPU, ` +
    `${alive.slab} bytes of slab: ${kb(alive.percpu + alive.slab)} in all\n`
  );
}

function percpuTable(cost: CgroupCost, sources: readonly string[]): string {
  const { alive, dying, early, nrCpus } = cost;
  const rows = cost.rows.filter(({ where }) => where === "percpu");
  const cells = (row: CostRow) => [row.what, String(row.sizeBytes), String(row.count), ...stateCells(row, sources)];
  const sums = [alive, dying, early].map(({ percpu }) => String(percpu));
  const [all = "", left = "", least = ""] = sums;
  return alignCells(
    [
      ["percpu area", "bytes per CPU", "x", `on ${count(nrCpus, "CPU")}`, "given back", "dying", "early"],
      ...rows.map(cells),
      ["sum", String(alive.percpuPerCpu), "", all, "", left, least],
    ],
    [0, 4],
  );
}

function slabTable({ rows, alive, dying, early }: CgroupCost, sources: readonly string[]): string {
  const cells = (row: CostRow) => [
    row.what,
    String(row.sizeBytes),
    `${row.cache} (${row.takenBytes})`,
    String(row.count),
    ...stateCells(row, sources),
  ];
  const [all = "", left = "", least = ""] = [alive, dying, early].map(({ slab }) => String(slab));
  return alignCells(
    [
      ["slab object", "sizeof", "taken from", "x", "bytes", "given back", "dying", "early"],
      ...rows.filter(({ where }) => where === "slab").map(cells),
      ["sum", "", "", "", all, "", left, least],
    ],
    [0, 2, 5],
  );
}

/** Bytes alive, when they come back, what is left of them, the number of the source. */
function stateCells(row: CostRow, sources: readonly string[]): Cells {
  const left = [row.dyingBytes, row.earlyBytes].map((bytes) => (bytes === 0 ? NOTHING : String(bytes)));
  return [String(row.aliveBytes), givenBack(row), ...left, `[${sources.indexOf(row.source) + 1}]`];
}

/** When an object comes back, in a word or two; the notes explain them. */
function givenBack({ freedBy, controller }: CostRow): string {
  switch (freedBy) {
    case "rmdir":
      return "rmdir";
    case "shrinker":
      return "shrinker";
    case "kill":
      return "kill";
    case "objcg":
      return "offline";
    case "css":
      return controller === "memory" ? "last pin" : "offline";
    case "cgroup":
      return "last pin";
    default:
      return freedBy satisfies never;
  }
}

/** What a cgroup makes on demand: copies of caches, a writeback structure. */
function onTopTable({ copies, writeback, nrCpus }: CgroupCost): string {
  if (copies.length === 0 && writeback === undefined) return "";
  const table: Cells[] = [["on top, each", "bytes per CPU", `on ${count(nrCpus, "CPU")}`, "slab", "both"]];
  for (const copy of copies) {
    const [first = "", ...rest] = wrapped(copy.caches.join(", "), CACHES_WIDTH);
    table.push([`copy of ${first}`, ...bytesCells(copy.bytes)], ...rest.map((line) => [`        ${line}`]));
  }
  if (writeback !== undefined) table.push(["writeback structure for a disk", ...bytesCells(writeback)]);
  return alignCells(table, [0]);
}

function bytesCells({ percpuPerCpu, percpu, slab }: CostBytes): Cells {
  return [percpuPerCpu, percpu, slab, percpu + slab].map(String);
}

/** Totals for many cgroups, all in the unit that suits the largest. */
function totalsTable(cost: CgroupCost): string {
  const { nrMemcgs, programCaches, programCopies } = cost;
  const states: [string, CostBytes][] = [];
  for (const [name, bytes] of [
    ["alive", cost.alive],
    ["dying, pinned", cost.dying],
    ["dying, with early release", cost.early],
  ] as const) {
    states.push([name, bytes]);
    if (programCaches.length > 0 && (bytes === cost.alive || copiesStay(cost))) {
      states.push([`  and ${programCaches.length} copies of caches`, addBytes(bytes, programCopies)]);
    }
  }
  const inMb = states.some(([, { percpu, slab }]) => (percpu + slab) * nrMemcgs >= MB_FROM);
  const total = (bytes: number) => (inMb ? mb(bytes * nrMemcgs) : kb(bytes * nrMemcgs));
  return alignCells(
    [
      [count(nrMemcgs, "memory cgroup"), "percpu", "slab", "both", "each"],
      ...states.map(([name, { percpu, slab }]) => [
        name,
        ...[percpu, slab, percpu + slab].map(total),
        kb(percpu + slab),
      ]),
    ],
    [0],
  );
}

/** Does a dying cgroup keep its copies of caches? */
function copiesStay({ profile }: CgroupCost): boolean {
  return profile.memcgRules.kernelObjects !== "reparented-copies";
}

function notes(cost: CgroupCost): string {
  const { nrCpus, nrUnits, profile, programCaches } = cost;
  const lines = [
    "possible CPUs and nodes count, online or not: `possible_cpus=` and room for hotplug decide",
    "given back: rmdir, at once; kill, a grace period later; offline, when nothing of it runs any more; last pin, when",
    "the last page, object or swap entry that names the memcg is gone. dying: between rmdir and then. early: dying, with",
    "the percpu statistics released at offline, as the mail of 2019 proposed; shrinker, when unused dentries are shrunk",
    "kB, MB: of 1024 and 1024 x 1024 bytes. Percpu: and Slab: of /proc/meminfo count whole pages, 1 to 3 % more",
  ];
  if (cost.nrNodes > 1 && !profile.config.numa) {
    lines.push("this kernel is built without NUMA and so has one node; numa=1 gives the sizes it has with more");
  }
  if (nrUnits !== nrCpus) lines.push(`Percpu: also counts units without a CPU: ${nrUnits} units for ${nrCpus} CPUs`);
  if (profile.memcgRules.kmemAccounting === "opt-in") {
    lines.push("copies of caches and kernel memory of tasks: only once a kmem limit was written");
  }
  if (programCaches.length > 0) {
    lines.push(
      copiesStay(cost)
        ? "copies of caches stay with a dying cgroup, empty or not"
        : "copies of caches go over to the parent at offline, and back to the system once they are empty",
      ...wrapped(`a program that writes one file makes these copies: ${programCaches.join(", ")}`, 112),
    );
  }
  return lines.map((line) => `${line}\n`).join("");
}

function sourceLines({ copiesSource }: CgroupCost, sources: readonly string[]): string {
  const lines = sources.map((source, i) => `[${i + 1}] ${source}\n`).join("");
  return copiesSource === "" ? lines : `${lines}copies: ${copiesSource}\n`;
}

/** Cells as lines: columns of `textColumns` to the left, figures to the right. */
function alignCells(table: readonly Cells[], textColumns: readonly number[]): string {
  const widths: number[] = [];
  for (const row of table) {
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  }
  const padded = (cell: string, i: number) =>
    textColumns.includes(i) ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0);
  return table.map((row) => `${row.map(padded).join(GAP).trimEnd()}\n`).join("");
}

/** A text in lines of at most `width`, broken at blanks. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}

function mb(bytes: number): string {
  return `${(bytes / MB).toFixed(1)} MB`;
}

function kb(bytes: number): string {
  return `${(bytes / KB).toFixed(1)} kB`;
}
