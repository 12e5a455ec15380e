/**
 * The events of text traces: by name, with the fields each has. A field's number is its bit in the set of the fields
 * that were found.
 *
 * Source: recorded traces of 5.4, 6.1 and 6.18 (fixtures/traces).
 */

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
import { BLANK } from "./text-constants.ts";
import {
  BODY_FIELDS,
  BODY_PRINTED_TEXT,
  BODY_STACK,
  BODY_TEXT,
  FIELD_ALIGN,
  FIELD_ATOMIC,
  FIELD_CALL_SITE,
  FIELD_CHUNK,
  FIELD_END,
  FIELD_GFP,
  FIELD_OFF,
  FIELD_PATH,
  FIELD_RESERVED,
  FIELD_SIZE,
  FIELD_START,
  FIELD_UNUSED,
} from "./text-field-numbers.ts";
import { isLiteralAt, type Literal, literal } from "./text-scan.ts";

interface TextField {
  readonly field: number;
  readonly name: string;
  /** The name with "=". */
  readonly key: Literal;
}

export interface TextEvent {
  readonly name: string;
  /** The name with ":". */
  readonly title: Literal;
  readonly kind: number;
  readonly body: number;
  readonly fields: readonly TextField[];
  /** Set of the fields that must be there. */
  readonly required: number;
}

const NUMBERS: readonly (readonly [string, number])[] = [
  ["call_site", FIELD_CALL_SITE],
  ["caller", FIELD_UNUSED],
  ["reserved", FIELD_RESERVED],
  ["is_atomic", FIELD_ATOMIC],
  ["size", FIELD_SIZE],
  ["align", FIELD_ALIGN],
  ["base_addr", FIELD_CHUNK],
  ["off", FIELD_OFF],
  ["ptr", FIELD_UNUSED],
  ["bytes_alloc", FIELD_UNUSED],
  ["gfp_flags", FIELD_GFP],
  ["base", FIELD_CHUNK],
  ["start", FIELD_START],
  ["end", FIELD_END],
  ["root", FIELD_UNUSED],
  ["id", FIELD_UNUSED],
  ["level", FIELD_UNUSED],
  ["path", FIELD_PATH],
];

const FIELD_OF_NAME: ReadonlyMap<string, number> = new Map(NUMBERS);

/** Of the kernel log: allocations before event tracing is up, printed by an instrumented kernel. */
export const EARLY_ALLOC = event(
  "alloc",
  EVENT_ALLOC,
  "call_site? caller? reserved is_atomic size align base_addr off",
);
export const EARLY_FREE = event("free", EVENT_FREE, "call_site? caller? base_addr off");

const EVENTS: readonly TextEvent[] = [
  event(
    "percpu_alloc_percpu",
    EVENT_ALLOC,
    "call_site? reserved is_atomic size align base_addr off ptr? bytes_alloc? gfp_flags?",
  ),
  event("percpu_free_percpu", EVENT_FREE, "base_addr off ptr?"),
  event("percpu_alloc_percpu_fail", EVENT_ALLOC_FAIL, "reserved is_atomic size align"),
  event("percpu_create_chunk", EVENT_CREATE_CHUNK, "base_addr"),
  event("percpu_destroy_chunk", EVENT_DESTROY_CHUNK, "base_addr"),
  event("balance", EVENT_BALANCE, ""),
  event("pop", EVENT_POPULATE, "base start end"),
  event("depop", EVENT_DEPOPULATE, "base start end"),
  event("cgroup_mkdir", EVENT_CGROUP_MKDIR, "root? id? level? path"),
  event("cgroup_rmdir", EVENT_CGROUP_RMDIR, "root? id? level? path"),
  event("tracing_mark_write", EVENT_MARK, "", BODY_TEXT),
  event("print", EVENT_MARK, "", BODY_PRINTED_TEXT),
  event("kernel_stack", EVENT_MARK, "", BODY_STACK),
  event("user_stack", EVENT_MARK, "", BODY_STACK),
];

/** Probes are named by whoever sets them; what they probe is in the body: `(pcpu_balance_workfn+0x0/0x540) …`. */
const PROBED: readonly (readonly [string, string])[] = [
  ["(pcpu_balance_workfn+0x0", "balance"],
  ["(pcpu_chunk_populated+0x0", "pop"],
  ["(pcpu_chunk_depopulated+0x0", "depop"],
];

const PROBE_EVENTS = PROBED.map(([body, name]) => ({
  body: literal(body),
  event: EVENTS.find((one) => one.name === name),
}));

/** The event whose name stands at `start`, with a colon and a blank behind it; undefined for one of no use here. */
export function textEventAt(text: DataView, start: number): TextEvent | undefined {
  for (let i = 0; i < EVENTS.length; i++) {
    const event = EVENTS[i];
    if (event === undefined || !isLiteralAt(text, start, event.title)) continue;
    if (text.getUint8(start + event.title.nrBytes) <= BLANK) return event;
  }
  return undefined;
}

/** The event of a probe of a function that matters here, by the start of its body. */
export function probeEventAt(text: DataView, start: number): TextEvent | undefined {
  return PROBE_EVENTS.find((one) => isLiteralAt(text, start, one.body))?.event;
}

function event(name: string, kind: number, fields: string, body = BODY_FIELDS): TextEvent {
  let required = 0;
  const all: TextField[] = [];
  for (const word of fields.split(" ").filter((one) => one !== "")) {
    const optional = word.endsWith("?");
    const fieldName = optional ? word.slice(0, -1) : word;
    const field = FIELD_OF_NAME.get(fieldName) ?? FIELD_UNUSED;
    all.push({ field, name: fieldName, key: literal(`${fieldName}=`) });
    if (!optional) required |= 1 << field;
  }
  return { name, title: literal(`${name}:`), kind, body, fields: all, required };
}
