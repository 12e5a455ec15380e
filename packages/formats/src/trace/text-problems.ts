/** What can be wrong with a line of a text trace, as problems. */

import type { Problem } from "../problem.ts";
import type { EventColumns } from "./event-columns.ts";
import { latin1 } from "./name-table.ts";
import type { TextEvent } from "./text-events.ts";
import { MAX_LINE_BYTES } from "./text-lines.ts";

/** Characters of a line that a message quotes. */
const MAX_QUOTED = 200;
const ANEW = "copy or record the trace again";

type What = Omit<Problem, "file" | "line">;

export class TextProblems {
  private readonly columns: EventColumns;
  /** Line the problems are of. */
  line = 0;

  constructor(columns: EventColumns) {
    this.columns = columns;
  }

  lost(nrEvents: number, bytes: Uint8Array, start: number, end: number): void {
    this.columns.totals.nrLost += nrEvents;
    this.add("lost", () => ({
      severity: "data-loss",
      message: `the recording lost ${nrEvents} events`,
      expected: "a recording without losses",
      found: quoted(bytes, start, end),
      toDo: "record with a larger buffer; results after this line are not certain",
    }));
  }

  notALine(bytes: Uint8Array, start: number, end: number): void {
    this.add("not a line", () => ({
      severity: "error",
      message: "not a line of a trace",
      expected: "TASK-PID [CPU] FLAGS SECONDS: EVENT: FIELDS, as tracefs, trace-cmd report or perf script print it",
      found: quoted(bytes, start, end),
      toDo: `${ANEW}; of perf: perf script -F comm,pid,cpu,time,event,trace`,
    }));
  }

  malformed(event: TextEvent, wrong: string, bytes: Uint8Array, at: number, end: number): void {
    this.add(`${event.name}: ${wrong}`, () => ({
      severity: "error",
      message: `${event.name}: ${wrong}`,
      expected: formOf(event),
      found: quoted(bytes, at, end),
      toDo: ANEW,
    }));
  }

  missing(event: TextEvent, found: number, bytes: Uint8Array, start: number, end: number): void {
    const absent = event.fields.filter((one) => ((event.required & ~found) >>> one.field) & 1).map(nameOf);
    this.add(`${event.name} has no ${absent.join(" ")}`, () => ({
      severity: "error",
      message: `${event.name} has no ${absent.join(", ")}`,
      expected: formOf(event),
      found: quoted(bytes, start, end),
      toDo: ANEW,
    }));
  }

  unknownField(event: TextEvent, bytes: Uint8Array, start: number, end: number): void {
    const name = quoted(bytes, start, bytes.indexOf(0x3d, start));
    this.add(`${event.name} has ${name}`, () => ({
      severity: "info",
      message: `${event.name} has a field ${name}, which is not read`,
      expected: formOf(event),
      found: quoted(bytes, start, end),
      toDo: "nothing: the event is read without it",
    }));
  }

  hiddenChunk(event: TextEvent, bytes: Uint8Array, start: number, end: number): void {
    this.add("hidden", () => ({
      severity: "data-loss",
      message: `${event.name} does not tell its chunk`,
      expected: "base_addr=ADDRESS, plain or hashed",
      found: quoted(bytes, start, end),
      toDo: "boot with no_hash_pointers (or debug_boot_weak_hash): this early, the kernel has no hash yet",
    }));
  }

  noTime(bytes: Uint8Array, start: number, end: number): void {
    this.add("time", () => ({
      severity: "error",
      message: "a time too far from that of the first event",
      expected: "at most 104 days between two events",
      found: quoted(bytes, start, end),
      toDo: ANEW,
    }));
  }

  tooLong(bytes: Uint8Array, start: number): void {
    this.add("too long", () => ({
      severity: "error",
      message: `a line longer than ${MAX_LINE_BYTES} bytes`,
      expected: "lines of a text trace",
      found: `${quoted(bytes, start, start + MAX_QUOTED)}…`,
      toDo: "give a trace: this looks like something else",
    }));
  }

  cutOff(bytes: Uint8Array, end: number): void {
    this.add("cut off", () => ({
      severity: "data-loss",
      message: "the trace ends inside a line, which is not read",
      expected: "a newline at the end",
      found: quoted(bytes, 0, end),
      toDo: ANEW,
    }));
  }

  private add(sort: string, what: () => What): void {
    this.columns.problems.add(sort, this.columns.file, this.line, what);
  }
}

function formOf(event: TextEvent): string {
  return event.fields.map((one) => `${nameOf(one)}=…`).join(" ");
}

function nameOf(field: TextEvent["fields"][number]): string {
  return latin1(field.key, 0, field.key.length - 1);
}

/** The bytes as one line of printable characters. */
function quoted(bytes: Uint8Array, start: number, end: number): string {
  return latin1(bytes, start, Math.min(end, start + MAX_QUOTED)).replace(/[^ -~]/g, "?");
}
