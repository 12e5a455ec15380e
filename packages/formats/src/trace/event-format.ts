/**
 * The `format` files of tracefs: where the fields of an event stand in its record. Their text also stands in trace.dat
 * and perf.data.
 *
 *   name: percpu_free_percpu
 *   ID: 644
 *   format:
 *   	field:int common_pid;	offset:4;	size:4;	signed:1;
 *   	field:__data_loc char[] path;	offset:24;	size:4;	signed:0;
 *   print fmt: "base_addr=%p off=%d ptr=%p", REC->base_addr, REC->off, REC->ptr
 *
 * Source: the files of 6.18 (fixtures/traces/formats), Documentation/trace/events.rst, section 2.
 */

export interface EventField {
  readonly name: string;
  readonly offsetBytes: number;
  readonly sizeBytes: number;
  /** The field holds where its bytes stand: from the record's start, or from the field's own end. */
  readonly location: "inside" | "fromStart" | "fromField";
}

export interface EventFormat {
  readonly name: string;
  readonly id: number;
  readonly fields: readonly EventField[];
  readonly printFormat: string;
}

const FIELD = /^\s*field:\s*(.*?);\s*offset:(\d+);\s*size:(\d+);/;
const LAST_WORD = /([A-Za-z_][A-Za-z0-9_]*)(?:\[[^\]]*\])?$/;

/** The formats in `text`: the files of several events may stand one after the other. */
export function parseEventFormats(text: string): readonly EventFormat[] {
  const formats: EventFormat[] = [];
  for (const part of text.split(/^(?=name: )/m)) {
    const name = /^name: (\S+)/.exec(part)?.[1];
    const id = /^ID: (\d+)/m.exec(part)?.[1];
    if (name === undefined || id === undefined) continue;
    const printFormat = /^print fmt: (.*)/ms.exec(part)?.[1] ?? "";
    formats.push({ name, id: Number(id), fields: parseFields(part), printFormat });
  }
  return formats;
}

/** The `field:` lines of a text; header_page is made of them too. */
export function parseFields(text: string): readonly EventField[] {
  const fields: EventField[] = [];
  for (const line of text.split("\n")) {
    const match = FIELD.exec(line);
    const declaration = match?.[1] ?? "";
    const name = LAST_WORD.exec(declaration)?.[1];
    if (match === null || name === undefined) continue;
    const location = declaration.startsWith("__data_loc ")
      ? "fromStart"
      : declaration.startsWith("__rel_loc ")
        ? "fromField"
        : "inside";
    fields.push({ name, offsetBytes: Number(match[2]), sizeBytes: Number(match[3]), location });
  }
  return fields;
}
