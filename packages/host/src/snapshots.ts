/** What is kept of the host beside its events: once at the start, and each time a snapshot is taken. */

import { closeSync, constants, openSync, readSync } from "node:fs";
import { join } from "node:path";
import type { RecordedText } from "@ebb/formats";
import { readText } from "./host-files.ts";
import { mountPoint } from "./mounts.ts";

/** What the kernel is and runs on; does not change while it runs. */
const ONCE = [
  "proc/version",
  "proc/cmdline",
  "sys/devices/system/cpu/possible",
  "sys/devices/system/cpu/online",
  "sys/devices/system/node/possible",
];

/** Differs after each start of the host: what was recorded before is of other addresses and times. */
export const BOOT_ID = "/proc/sys/kernel/random/boot_id";

/** Its memory. */
const EACH_TIME = ["proc/meminfo", "proc/slabinfo", "proc/cgroups"];

const KERNEL_LOG = "dev/kmsg";
/** The rows of the log that tell how percpu memory is laid out. */
const PERCPU_ROW = /percpu|pcpu-alloc|^Linux version /;
const MAX_LOG_RECORDS = 100_000;
const LOG_RECORD_BYTES = 8192;

/** Where the host's files are, and which of its cgroups are looked at. */
interface SnapshotPlaces {
  readonly root: string;
  readonly debugfs: string | undefined;
  /** Folders of cgroups whose cgroup.stat is kept beside the root's. */
  readonly cgroups: readonly string[];
}

/**
 * Texts that are kept once; files that the kernel does not have are left out.
 *
 * @param root folder below which proc, sys and dev are
 */
export function lastingTexts(root: string): readonly RecordedText[] {
  const paths = [...ONCE, BOOT_ID.slice(1)];
  const texts: (RecordedText | undefined)[] = paths.map((path) => textOf(`/${path}`, join(root, path), "", undefined));
  const log = percpuLog(join(root, KERNEL_LOG));
  if (log !== "") texts.push({ key: `/${KERNEL_LOG}`, stage: "", timeNs: undefined, text: log });
  return texts.filter((text) => text !== undefined);
}

/**
 * Texts of a snapshot, in the order in which they were read.
 *
 * @param nowNs asked as each text is read: ns since the first event
 */
export function snapshotTexts(places: SnapshotPlaces, stage: string, nowNs: () => number): readonly RecordedText[] {
  const { root, debugfs, cgroups } = places;
  const files: (readonly [key: string, path: string])[] = EACH_TIME.map((path) => [`/${path}`, join(root, path)]);
  if (debugfs !== undefined) files.unshift(["/sys/kernel/debug/percpu_stats", join(debugfs, "percpu_stats")]);
  const hierarchy = mountPoint(root, "cgroup2");
  for (const folder of [...(hierarchy === undefined ? [] : [hierarchy]), ...cgroups]) {
    const path = join(folder, "cgroup.stat");
    files.push([root === "/" ? path : path.slice(root.length), path]);
  }
  return files.map(([key, path]) => textOf(key, path, stage, nowNs())).filter((text) => text !== undefined);
}

function textOf(key: string, path: string, stage: string, timeNs: number | undefined): RecordedText | undefined {
  const text = readText(path);
  return text === undefined ? undefined : { key, stage, timeNs, text };
}

/** The rows on percpu memory that the kernel log still has. */
function percpuLog(path: string): string {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch {
    // No log for us: the geometry stands in percpu_stats too.
    return "";
  }
  const bytes = Buffer.alloc(LOG_RECORD_BYTES);
  let rows = "";
  for (let i = 0; i < MAX_LOG_RECORDS; i++) {
    const record = nextRecord(fd, bytes);
    if (record === undefined) break;
    // Priority, number, time and flags stand before the row; what belongs to it stands in rows of its own behind.
    const row = /^\d+,\d+,(\d+),[^;]*;([^\n]*)/.exec(record);
    if (row !== null && PERCPU_ROW.test(row[2] ?? "")) rows += `[${seconds(Number(row[1]))}] ${row[2]}\n`;
  }
  closeSync(fd);
  return rows;
}

/** One record of the log; undefined when there are no more, "" for one that was overwritten. */
function nextRecord(fd: number, bytes: Buffer): string | undefined {
  try {
    const nr = readSync(fd, bytes);
    return nr === 0 ? undefined : bytes.toString("latin1", 0, nr);
  } catch (error) {
    // EPIPE: the record has been overwritten; the next one can be read. EAGAIN: that was all.
    return error instanceof Error && "code" in error && error.code === "EPIPE" ? "" : undefined;
  }
}

/** As dmesg prints it. */
function seconds(us: number): string {
  return (us / 1e6).toFixed(6).padStart(12);
}
