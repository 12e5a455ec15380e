/** What can be wrong with a line of a text trace, as problems. */

import type { Problem } from "../problem.ts";
import type { EventColumns } from "./event-columns.ts";
import { MAX_LINE_BYTES } from "./text-constants.ts";
import type { TextEvent } from "./text-events.ts";
import { latin1, wordEnd } from "./text-scan.ts";

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

  lost(nrEvents: number, text: DataView, start: number, end: number): void {
    this.columns.totals.nrLost += nrEvents;
    this.add("lost", () => ({
      severity: "data-loss",
      message: `the recording lost ${nrEvents} events`,
      expected: "a recording without losses",
      found: quoted(text, start, end),
      toDo: "record with a larger buffer; results after this line are not certain",
    }));
  }

  notALine(text: DataView, start: number, end: number): void {
    this.add("not a line", () => ({
      severity: "error",
      message: "not a line of a trace",
      expected: "TASK-PID [CPU] FLAGS SECONDS: EVENT: FIELDS, as tracefs, trace-cmd report or perf script print it",
      found: quoted(text, start, end),
      toDo: `${ANEW}; of perf: perf script -F comm,pid,cpu,time,event,trace`,
    }));
  }

  malformed(event: TextEvent, wrong: string, text: DataView, at: number, end: number): void {
    this.add(`${event.name}: ${wrong}`, () => ({
      severity: "error",
      message: `${event.name}: ${wrong}`,
      expected: formOf(event),
      found: quoted(text, at, end),
      toDo: ANEW,
    }));
  }

  missing(event: TextEvent, found: number, text: DataView, start: number, end: number): void {
    const absent = event.fields.filter((one) => ((event.required & ~found) >>> one.field) & 1).map((one) => one.name);
    this.add(`${event.name} has no ${absent.join(" ")}`, () => ({
      severity: "error",
      message: `${event.name} has no ${absent.join(", ")}`,
      expected: formOf(event),
      found: quoted(text, start, end),
      toDo: ANEW,
    }));
  }

  unknownField(event: TextEvent, text: DataView, start: number, end: number): void {
    const name = quoted(text, start, wordEnd(text, start)).replace(/=.*/, "");
    this.add(`${event.name} has ${name}`, () => ({
      severity: "info",
      message: `${event.name} has a field ${name}, which is not read`,
      expected: formOf(event),
      found: quoted(text, start, end),
      toDo: "nothing: the event is read without it",
    }));
  }

  hiddenChunk(event: TextEvent, text: DataView, start: number, end: number): void {
    this.add("hidden", () => ({
      severity: "data-loss",
      message: `${event.name} does not tell its chunk`,
      expected: "base_addr=ADDRESS, plain or hashed",
      found: quoted(text, start, end),
      toDo: "boot with no_hash_pointers (or debug_boot_weak_hash): this early, the kernel has no hash yet",
    }));
  }

  severalBuffers(text: DataView, start: number, end: number): void {
    const name = end > start ? quoted(text, start, end) : "the kernel's own";
    this.add("buffers", () => ({
      severity: "error",
      message: `percpu events of several buffers (here ${name}): each event may be there twice`,
      expected: "percpu events of one buffer",
      found: name,
      toDo: "print one buffer: trace-cmd report -B NAME",
    }));
  }

  noTime(text: DataView, start: number, end: number): void {
    this.add("time", () => ({
      severity: "error",
      message: "a time too far from that of the first event",
      expected: "at most 104 days between two events",
      found: quoted(text, start, end),
      toDo: ANEW,
    }));
  }

  tooLong(text: DataView, start: number): void {
    this.add("too long", () => ({
      severity: "error",
      message: `a line longer than ${MAX_LINE_BYTES} bytes`,
      expected: "lines of a text trace",
      found: `${quoted(text, start, start + MAX_QUOTED)}…`,
      toDo: "give a trace: this looks like something else",
    }));
  }

  cutOff(text: DataView, end: number): void {
    this.add("cut off", () => ({
      severity: "data-loss",
      message: "the trace ends inside a line, which is not read",
      expected: "a newline at the end",
      found: quoted(text, 0, end),
      toDo: ANEW,
    }));
  }

  private add(sort: string, what: () => What): void {
    this.columns.problems.add(sort, this.columns.file, this.line, what);
  }
}

function formOf(event: TextEvent): string {
  return event.fields.map((one) => `${one.name}=…`).join(" ");
}

/** The bytes as one line of printable characters. */
function quoted(text: DataView, start: number, end: number): string {
  return latin1(text, start, Math.min(end, start + MAX_QUOTED)).replace(/[^ -~]/g, "?");
}
