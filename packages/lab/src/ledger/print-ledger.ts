/** The ledger as text of at most 100 columns: groups of dying cgroups, what brings how much back, advice. */

import {
  MAX_MEMCG_ID,
  PIN_ANON,
  PIN_CACHE_COPY,
  PIN_CHILD,
  PIN_FILE,
  PIN_KERNEL_PAGE,
  PIN_SHMEM,
  PIN_SLAB_PAGE,
  PIN_SOCKET,
  PIN_STOCK,
  PIN_SWAP,
  PIN_WORK,
  PIN_WRITEBACK,
} from "@ebb/model";
import { alignTable, count } from "../experiment/print-comparison.ts";
import { adviceFor } from "./advice.ts";
import type { DyingGroup, FileCounts, HeldBytes, Ledger, MemcgIds } from "./ledger.ts";
import { type MeasuredReturn, memoryOf, type Returns } from "./measure.ts";

const KB = 1024;
const NS_PER_SECOND = 1e9;
/** Groups shown one by one; the others are added up in a line. */
const MAX_GROUPS = 8;
const MAX_TASKS = 3;
const MAX_CACHES = 4;
/** From here on digits stand in threes. */
const GROUPED_FROM = 10_000;
const WIDTH = 100;
const INDENT = "  ";
/** Below the head of a group. */
const LABEL_WIDTH = 19;

const AREAS_NOTE: readonly string[] = [
  `${INDENT}areas: percpu areas in use. Percpu falls by the pages that they leave wholly free and the policy`,
  `${INDENT}gives back; it is what counts, with Slab and pages, as memory that comes back.`,
];

/** The ledger, a newline at the end of each line. */
export function printLedger(ledger: Ledger): string {
  const lines = [...heading(ledger)];
  for (const group of ledger.groups.slice(0, MAX_GROUPS)) lines.push(...groupLines(group, ledger.nrCpus));
  lines.push(...restLines(ledger.groups.slice(MAX_GROUPS)));
  lines.push(idLine(ledger.ids));
  if (ledger.returns !== undefined) lines.push(...returnLines(ledger.returns));
  const advice = adviceFor(ledger.groups);
  if (advice.length > 0) lines.push("what makes each kind of pin go:");
  const width = Math.max(0, ...advice.map(([pin]) => pin.length)) + 2;
  for (const [pin, text] of advice) lines.push(...wrapped(INDENT + pin.padEnd(width), text));
  return lines.map((line) => `${line}\n`).join("");
}

function heading({ nrDying, nrTakenAway, held }: Ledger): readonly string[] {
  const taken = `${count(nrTakenAway, "memory controller")} taken from online cgroups`;
  const who = [
    ...(nrDying > 0 ? [`${digits(nrDying)} dying cgroup${nrDying === 1 ? "" : "s"}`] : []),
    ...(nrTakenAway > 0 ? [taken] : []),
  ];
  if (who.length === 0) return ["no cgroup is dying"];
  const verb = nrDying + nrTakenAway === 1 ? "holds" : "hold";
  return wrapped("", `${who.join(" and ")} ${verb} ${kb(held.percpu + held.slab + held.pages)}: ${heldWords(held)}`);
}

function heldWords(held: HeldBytes): string {
  const swap = held.swap > 0 ? `; ${kb(held.swap)} in swap` : "";
  return `percpu ${kb(held.percpu)}, slab ${kb(held.slab)}, pages ${kb(held.pages)}${swap}`;
}

function groupLines(group: DyingGroup, nrCpus: number): readonly string[] {
  const { nrCgroups, percpuBytesPerCpu, held } = group;
  const pins = pinWords(group);
  const none = group.stage === "killed" ? "nothing yet: its references are being killed" : "nothing any more";
  const perCpu = percpuBytesPerCpu === 0 ? "" : ` (${percpuBytesPerCpu} bytes x ${count(nrCpus, "CPU")})`;
  const swap = held.swap > 0 ? `, ${kb(held.swap)} in swap` : "";
  const each = nrCgroups > 1 ? "each holds" : "holds";
  const words = `percpu ${kb(held.percpu)}${perCpu}, slab ${kb(held.slab)}, pages ${kb(held.pages)}${swap}`;
  return [
    ...wrapped(INDENT, `${digits(nrCgroups)} x ${pathWords(group)}, ${ageWords(group)}`),
    ...(pins.length === 0
      ? labelled("pinned by", none)
      : pins.flatMap((pin, i) => labelled(i > 0 ? "" : "pinned by", pin))),
    ...labelled(each, words),
  ];
}

function labelled(label: string, text: string): readonly string[] {
  return wrapped(`${INDENT.repeat(3)}${label}`.padEnd(LABEL_WIDTH), text);
}

/** `/a/1 … 1000`: names below one parent are said once. */
function pathWords({ firstPath, lastPath, nrCgroups }: DyingGroup): string {
  if (nrCgroups === 1) return firstPath;
  const parent = firstPath.slice(0, firstPath.lastIndexOf("/") + 1);
  const name = lastPath.slice(parent.length);
  return `${firstPath} … ${lastPath.startsWith(parent) && !name.includes("/") ? name : lastPath}`;
}

function ageWords({ youngestNs, oldestNs }: DyingGroup): string {
  if (youngestNs === undefined || oldestNs === undefined) return "online; its memory controller was taken away";
  const [young, old] = [youngestNs, oldestNs].map((ns) => (ns / NS_PER_SECOND).toFixed(1));
  return young === old ? `removed ${old} s ago` : `removed ${young} to ${old} s ago`;
}

/** A line for each kind of reference. */
function pinWords(group: DyingGroup): readonly string[] {
  const { pins, nrCgroups, swapped } = group;
  const each = nrCgroups > 1 ? " each" : "";
  const n = (kind: number) => pins[kind] ?? 0;
  const lines: (readonly [kind: number, words: () => string])[] = [
    [PIN_ANON, () => `${count(n(PIN_ANON), "anonymous page")}${each} of ${taskWords(group, group.nrAnonTasks)}`],
    [PIN_FILE, () => `${count(n(PIN_FILE), "page")} of page cache${each} in ${fileWords(group.file)}`],
    [PIN_SHMEM, () => `${count(n(PIN_SHMEM), "shmem page")}${each} in ${fileWords(group.shmem)}, in memory alone`],
    [PIN_SWAP, () => `${count(n(PIN_SWAP), "swap slot")}${each} of ${swapWords(group, swapped)}`],
    [PIN_SLAB_PAGE, () => `${count(n(PIN_SLAB_PAGE), "slab page")}${each} of ${copyWords(group)}`],
    [PIN_CACHE_COPY, () => `${copyWords(group)}${each}`],
    [
      PIN_KERNEL_PAGE,
      () => `${count(n(PIN_KERNEL_PAGE), "kernel page")}${each} of ${taskWords(group, group.nrKernelTasks)}`,
    ],
    [PIN_SOCKET, () => count(n(PIN_SOCKET), "socket") + each],
    [PIN_WRITEBACK, () => count(n(PIN_WRITEBACK), "writeback structure") + each],
    [PIN_STOCK, () => `${count(n(PIN_STOCK), "page")} in the charge stock of CPUs${each}`],
    [PIN_WORK, () => `${count(n(PIN_WORK), "piece")} of deferred work${each}`],
    [PIN_CHILD, () => count(n(PIN_CHILD), "dying child memcg") + each],
  ];
  return lines.filter(([kind]) => n(kind) > 0).map(([, words]) => words());
}

function fileWords({ nrPages, nrFiles, nrLocked, nrDirty }: FileCounts): string {
  const notes = [
    ...(nrLocked > 0 ? [`${nrLocked === nrPages ? "" : `${nrLocked} `}mlocked`] : []),
    ...(nrDirty > 0 ? [`${nrDirty === nrPages ? "" : `${nrDirty} `}dirty`] : []),
  ];
  return `${count(nrFiles, "file")}${notes.length === 0 ? "" : ` (${notes.join(", ")})`}`;
}

/** Tasks by number, and which they are and where: `1 task: pid 305, now in /`. */
function taskWords({ tasks, nrCgroups }: DyingGroup, nrTasks: number): string {
  const shown = tasks.slice(0, MAX_TASKS).map(({ pid, path }) => `pid ${pid}, now in ${path}`);
  if (tasks.length > MAX_TASKS) shown.push(`${tasks.length - MAX_TASKS} more`);
  return `${count(nrTasks, "task")}${nrCgroups > 1 ? " each" : ""}: ${shown.join("; ")}`;
}

function swapWords(group: DyingGroup, { nrFiles, nrTasks }: DyingGroup["swapped"]): string {
  const parts = [...(nrFiles > 0 ? [count(nrFiles, "file")] : []), ...(nrTasks > 0 ? [taskWords(group, nrTasks)] : [])];
  return parts.join(" and ");
}

function copyWords({ nrCopies, liveObjects }: DyingGroup): string {
  const copies = nrCopies === 1 ? "1 cache copy" : `${nrCopies} cache copies`;
  if (liveObjects.length === 0) return `${copies} without a live object`;
  const shown = liveObjects.slice(0, MAX_CACHES).map(([cache, n]) => `${cache} ${n}`);
  if (liveObjects.length > MAX_CACHES) shown.push(`${liveObjects.length - MAX_CACHES} more caches`);
  return `${copies}; live objects: ${shown.join(", ")}`;
}

/** What the groups that are not shown come to. */
function restLines(groups: readonly DyingGroup[]): readonly string[] {
  if (groups.length === 0) return [];
  const nrCgroups = groups.reduce((sum, group) => sum + group.nrCgroups, 0);
  const bytes = groups.reduce((sum, { nrCgroups: n, held }) => sum + n * (held.percpu + held.slab + held.pages), 0);
  return [`${INDENT}${digits(nrCgroups)} more in ${count(groups.length, "smaller group")}: ${kb(bytes)}`];
}

function idLine({ nrLeft, nrOnline, nrDying }: MemcgIds): string {
  const who = `the root, ${digits(nrOnline)} online and ${digits(nrDying)} dying`;
  return `memcg ids: ${digits(nrLeft)} of ${digits(MAX_MEMCG_ID)} left; taken by ${who}`;
}

function returnLines({ waitNs, byItself, actions, withoutEffect }: Returns): readonly string[] {
  const wait = `${waitNs / NS_PER_SECOND} s`;
  const isOver = byItself.nrDyingAfter === 0;
  const shown = isOver ? [] : actions;
  const rows: (readonly [title: string, result: MeasuredReturn])[] = [
    ["by itself", byItself],
    ...shown.map((action) => [action.title, action] as const),
  ];
  const withSwap = rows.some(([, { returned }]) => returned.swap !== 0);
  const table = alignTable([
    ["", "dying", "Percpu", "areas", "Slab", "pages", ...(withSwap ? ["swap"] : []), "comes back"],
    ...rows.map(([title, result]) => [INDENT + title, ...returnCells(result, withSwap)]),
  ]);
  return [
    `what would come back, in kB: measured on a copy, ${wait} of virtual time later`,
    ...table.trimEnd().split("\n"),
    ...(rows.some(([, { returned }]) => returned.areas !== returned.percpu) ? AREAS_NOTE : []),
    ...(isOver || withoutEffect.length === 0 ? [] : wrapped(`${INDENT}nothing from: `, withoutEffect.join("; "))),
  ];
}

function returnCells({ nrDyingBefore, nrDyingAfter, returned }: MeasuredReturn, withSwap: boolean): readonly string[] {
  const { percpu, areas, slab, pages, swap } = returned;
  const changes = [percpu, areas, slab, pages, ...(withSwap ? [swap] : [])].map((back) => signed(-back));
  return [`${nrDyingBefore} -> ${nrDyingAfter}`, ...changes, digits(memoryOf(returned))];
}

/** The text behind `head`, further lines below its beginning. */
function wrapped(head: string, text: string): readonly string[] {
  const lines: string[] = [];
  let line = head;
  for (const word of text.split(" ")) {
    const isFirst = line.length === head.length;
    if (!isFirst && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = " ".repeat(head.length) + word;
    } else line += isFirst ? word : ` ${word}`;
  }
  return [...lines, line];
}

/** kB with one place where they are few; digits in threes where they are many. */
function kb(bytes: number): string {
  const value = bytes / KB;
  if (value >= 1000 || Number.isInteger(value)) return `${digits(Math.round(value))} kB`;
  return `${value.toFixed(1)} kB`;
}

function signed(n: number): string {
  return n > 0 ? `+${digits(n)}` : digits(n);
}

function digits(n: number): string {
  const text = String(Math.abs(n));
  const grouped = Math.abs(n) < GROUPED_FROM ? text : text.replace(/\B(?=(?:\d{3})+$)/g, " ");
  return n < 0 ? `-${grouped}` : grouped;
}
