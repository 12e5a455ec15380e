/**
 * How a page of the kernel's ring buffer is laid out, from the text of events/header_page and events/header_event.
 *
 *   page:   timestamp (8) | commit (4 or 8) | records …                     commit: bytes of records, and two marks
 *   record: type_len (5 bits), time_delta (27 bits) | array or data
 *
 *   type_len 1 … 28   data of 4 * type_len bytes
 *            0        array[0] is the length of data, itself included
 *            29       padding: to the end of the page if time_delta is 0, else array[0] bytes follow
 *            30       array[0] * 2^27 + time_delta ns are added to the time
 *            31       array[0] * 2^27 + time_delta is the time
 *
 * Source: the two files of 6.18 and recordings (fixtures/traces/formats); trace-cmd.dat.v6(5), CPU DATA. The marks of
 * commit (bit 31: records were lost before this page; bit 30: how many stands behind the last record) are read off a
 * recording that lost records.
 */

import { parseFields } from "./event-format.ts";

export interface PageFormat {
  readonly pageBytes: number;
  readonly timeOffsetBytes: number;
  readonly commitOffsetBytes: number;
  /** 4 or 8: also the size of the kernel's longs and pointers. */
  readonly commitSizeBytes: number;
  readonly dataOffsetBytes: number;
  readonly typePadding: number;
  readonly typeTimeExtend: number;
  readonly typeTimeStamp: number;
  readonly typeDataMax: number;
}

/** Sub-buffers may be several pages; more than this is none. */
const MAX_PAGE_BYTES = 1_048_576;

/** undefined when the texts do not say it all, or say what is not understood. */
export function parsePageFormat(headerPage: string, headerEvent: string): PageFormat | undefined {
  const fields = new Map(parseFields(headerPage).map((field) => [field.name, field]));
  const time = fields.get("timestamp");
  const commit = fields.get("commit");
  const data = fields.get("data");
  const bits = (name: string) => Number(new RegExp(`\\b${name}\\s*:\\s*(\\d+) bits`).exec(headerEvent)?.[1] ?? -1);
  const type = (name: string) => Number(new RegExp(`\\b${name}\\s*: type == (\\d+)`).exec(headerEvent)?.[1] ?? -1);
  const typeDataMax = Number(/data max type_len\s*==\s*(\d+)/.exec(headerEvent)?.[1] ?? -1);
  if (time?.sizeBytes !== 8 || commit === undefined || data === undefined) return undefined;
  if (commit.sizeBytes !== 4 && commit.sizeBytes !== 8) return undefined;
  if (bits("type_len") !== 5 || bits("time_delta") !== 27 || bits("array") !== 32) return undefined;
  const format: PageFormat = {
    pageBytes: data.offsetBytes + data.sizeBytes,
    timeOffsetBytes: time.offsetBytes,
    commitOffsetBytes: commit.offsetBytes,
    commitSizeBytes: commit.sizeBytes,
    dataOffsetBytes: data.offsetBytes,
    typePadding: type("padding"),
    typeTimeExtend: type("time_extend"),
    typeTimeStamp: type("time_stamp"),
    typeDataMax,
  };
  const types = [typeDataMax, format.typePadding, format.typeTimeExtend, format.typeTimeStamp];
  const known = types.every((one) => one > 0 && one < 32) && new Set(types).size === types.length;
  const fits = [time, commit].every((one) => one.offsetBytes + one.sizeBytes <= data.offsetBytes);
  const aligned = [time, commit, data].every((one) => one.offsetBytes % 4 === 0);
  return known && fits && aligned ? withPageBytes(format, format.pageBytes) : undefined;
}

/** The same with pages of another size; undefined for one that no page has. */
export function withPageBytes(format: PageFormat, pageBytes: number): PageFormat | undefined {
  const isOne = pageBytes % 4 === 0 && pageBytes >= format.dataOffsetBytes + 8 && pageBytes <= MAX_PAGE_BYTES;
  return isOne ? { ...format, pageBytes } : undefined;
}
