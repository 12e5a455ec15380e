/** Pages of a ring buffer made by hand, for a kernel whose event formats are the recorded ones of 6.18. */

import { fixtureFolder, readFixture } from "./fixtures.ts";

const FOLDER = fixtureFolder("traces/formats");
const FORMATS = readFixture(FOLDER, "6.18-raw.formats.txt") ?? "";

/** events/header_page and events/header_event of that kernel. */
export const HEADER_PAGE = readFixture(FOLDER, "6.18-raw.header_page.txt") ?? "";
export const HEADER_EVENT = readFixture(FOLDER, "6.18-raw.header_event.txt") ?? "";
/** Names of its percpu events. */
export const PERCPU_EVENTS = [...FORMATS.matchAll(/^name: (percpu_\w+)$/gm)].map(([, name]) => name ?? "");

const PAGE_BYTES = 4096;
const DATA_AT = 16;
const MISSED = 0x80000000;
const FREE_BYTES = 32;

/** A free: all it takes to tell one event from another. */
interface MadeFree {
  readonly timeNs: bigint;
  readonly pid: number;
  readonly offBytes: number;
}

/** A page with these events, in order of time; `missed` says that some were lost before it. */
export function rawPage(frees: readonly MadeFree[], missed = false): Buffer {
  const bytes = Buffer.alloc(PAGE_BYTES);
  const startNs = frees[0]?.timeNs ?? 0n;
  bytes.writeBigUInt64LE(startNs, 0);
  let at = DATA_AT;
  let lastNs = startNs;
  for (const free of frees) {
    // Words of data in the lowest five bits, then the time since the record before.
    bytes.writeUInt32LE(FREE_BYTES / 4 + Number(free.timeNs - lastNs) * 32, at);
    writeFree(bytes, at + 4, free);
    at += 4 + FREE_BYTES;
    lastNs = free.timeNs;
  }
  bytes.writeUInt32LE(at - DATA_AT + (missed ? MISSED : 0), 8);
  return bytes;
}

/** A record of `percpu_free_percpu`, its fields where the format puts them. */
function writeFree(bytes: Buffer, at: number, { pid, offBytes }: MadeFree): void {
  const id = Number(/ID: (\d+)/.exec(eventFormat("percpu_free_percpu"))?.[1]);
  bytes.writeUInt16LE(id, at);
  bytes.writeInt32LE(pid, at + 4);
  bytes.writeBigUInt64LE(0xffffe8ffffc00000n, at + 8);
  bytes.writeInt32LE(offBytes, at + 16);
}

/** The format file of one event. */
export function eventFormat(name: string): string {
  const start = FORMATS.indexOf(`name: ${name}\n`);
  const next = FORMATS.indexOf("name: ", start + 1);
  return start < 0 ? "" : FORMATS.slice(start, next < 0 ? undefined : next);
}
