/**
 * Where the fields that matter stand in the records of one event, compiled from its format.
 */

import type { EventField, EventFormat } from "./event-format.ts";
import {
  EVENT_ALLOC,
  EVENT_ALLOC_FAIL,
  EVENT_BALANCE,
  EVENT_CGROUP_MKDIR,
  EVENT_CGROUP_RMDIR,
  EVENT_CREATE_CHUNK,
  EVENT_DEPOPULATE,
  EVENT_DESTROY_CHUNK,
  EVENT_FREE,
  EVENT_MARK,
  EVENT_POPULATE,
} from "./events.ts";
import { type FlagNames, parseFlagNames } from "./flag-names.ts";

/** Of `textOffsetBytes`. */
export const ABSENT = -1;

const WORD_BYTES = 4;
const NOWHERE: Place = { isAbsent: true, word: 0, shift: 0, mask: 0, highWord: 0, highMask: 0 };

/** Of events that are neither events to keep nor foreign. */
export const KIND_STACK = -1;

/**
 * Where a number stands, in a record seen as words of 4 bytes: its low 32 bits are `(words[word] >>> shift) & mask`, its
 * high ones `words[highWord] & highMask`.
 */
export interface Place {
  readonly isAbsent: boolean;
  readonly word: number;
  readonly shift: number;
  readonly mask: number;
  readonly highWord: number;
  readonly highMask: number;
}

export interface RecordLayout {
  readonly kind: number;
  /** Type of the records. */
  readonly id: number;
  readonly name: string;
  /** Names of fields that records of this kind must have and the format does not. */
  readonly missing: readonly string[];
  /** Shortest record that holds all fields. */
  readonly nrWords: number;
  readonly pid: Place;
  readonly chunk: Place;
  /** Of a probe event, the first page. */
  readonly off: Place;
  /** Of a probe event, the end of the pages. */
  readonly size: Place;
  readonly align: Place;
  readonly reserved: Place;
  readonly atomic: Place;
  readonly callSite: Place;
  readonly gfp: Place;
  readonly gfpNames: FlagNames | undefined;
  /** Text that stands in the record up to its end; its offset, or ABSENT. */
  readonly textOffsetBytes: number;
  /** Text that stands elsewhere: in the low half of a word its offset, in the high half its length. */
  readonly path: Place;
  /** What the offset of a path is counted from. */
  readonly pathOriginBytes: number;
}

/** Kind of an event's records, and the fields that they must have. */
const KINDS: ReadonlyMap<string, readonly [kind: number, required: readonly string[]]> = new Map([
  ["percpu_alloc_percpu", [EVENT_ALLOC, ["reserved", "is_atomic", "size", "align", "base_addr", "off"]]],
  ["percpu_free_percpu", [EVENT_FREE, ["base_addr", "off"]]],
  ["percpu_alloc_percpu_fail", [EVENT_ALLOC_FAIL, ["reserved", "is_atomic", "size", "align"]]],
  ["percpu_create_chunk", [EVENT_CREATE_CHUNK, ["base_addr"]]],
  ["percpu_destroy_chunk", [EVENT_DESTROY_CHUNK, ["base_addr"]]],
  ["balance", [EVENT_BALANCE, []]],
  ["pop", [EVENT_POPULATE, ["base", "start", "end"]]],
  ["depop", [EVENT_DEPOPULATE, ["base", "start", "end"]]],
  ["cgroup_mkdir", [EVENT_CGROUP_MKDIR, ["path"]]],
  ["cgroup_rmdir", [EVENT_CGROUP_RMDIR, ["path"]]],
  ["print", [EVENT_MARK, ["buf"]]],
  ["kernel_stack", [KIND_STACK, []]],
  ["user_stack", [KIND_STACK, []]],
]);

/** An event of that name is of use here. */
export function hasLayout(name: string): boolean {
  return KINDS.has(name);
}

/** undefined for an event that is of no use here. */
export function layoutOf(format: EventFormat): RecordLayout | undefined {
  const known = KINDS.get(format.name);
  if (known === undefined) return undefined;
  const [kind, required] = known;
  const fields = new Map(format.fields.map((field) => [field.name, field]));
  const place = (name: string) => placeOf(fields.get(name));
  const isProbe = kind === EVENT_POPULATE || kind === EVENT_DEPOPULATE;
  const text = fields.get("buf");
  const path = fields.get("path");
  const places = {
    pid: place("common_pid"),
    chunk: place(isProbe ? "base" : "base_addr"),
    off: place(isProbe ? "start" : "off"),
    size: place(isProbe ? "end" : "size"),
    align: place("align"),
    reserved: place("reserved"),
    atomic: place("is_atomic"),
    callSite: place("call_site"),
    gfp: place("gfp_flags"),
    path: path?.location === "inside" ? NOWHERE : placeOf(path),
  };
  const lastWord = Math.max(...Object.values(places).map((one) => Math.max(one.word, one.highWord)));
  return {
    kind,
    id: format.id,
    name: format.name,
    missing: ["common_pid", ...required].filter((name) => !isReadable(fields.get(name))),
    nrWords: Math.max(lastWord + 1, Math.ceil((text?.offsetBytes ?? 0) / 4)),
    ...places,
    gfpNames: parseFlagNames(format.printFormat, "gfp_flags"),
    textOffsetBytes: text?.offsetBytes ?? ABSENT,
    pathOriginBytes: path?.location === "fromField" ? path.offsetBytes + path.sizeBytes : 0,
  };
}

/** Where all records have the number of their event. */
export function typePlace(formats: readonly EventFormat[]): Place {
  return placeOf(formats[0]?.fields.find((field) => field.name === "common_type"));
}

/** Text that is in the record, a path that is told by where it stands, or a number. */
function isReadable(field: EventField | undefined): boolean {
  if (field?.name === "buf") return field.location === "inside";
  if (field?.name === "path" && (field.location === "inside" || field.sizeBytes !== 4)) return false;
  return !placeOf(field).isAbsent;
}

/** Nowhere for what is no number, or none of whole words or within one. */
function placeOf(field: EventField | undefined): Place {
  if (field === undefined) return NOWHERE;
  const { offsetBytes, sizeBytes } = field;
  const word = Math.floor(offsetBytes / WORD_BYTES);
  const within = offsetBytes % WORD_BYTES;
  if (sizeBytes === 8 && within === 0) {
    return { isAbsent: false, word, shift: 0, mask: -1, highWord: word + 1, highMask: -1 };
  }
  if (![1, 2, 4].includes(sizeBytes) || within + sizeBytes > WORD_BYTES) return NOWHERE;
  const mask = sizeBytes === WORD_BYTES ? -1 : (1 << (sizeBytes * 8)) - 1;
  return { isAbsent: false, word, shift: within * 8, mask, highWord: word, highMask: 0 };
}
