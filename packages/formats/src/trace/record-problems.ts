/** What can be wrong with binary records and the pages they stand in, as problems; a line is the number of a record. */

import type { Problem } from "../problem.ts";
import type { EventColumns } from "./event-columns.ts";

const ANEW = "copy or record the trace again";

export class RecordProblems {
  private readonly columns: EventColumns;

  constructor(columns: EventColumns) {
    this.columns = columns;
  }

  /** Records were lost before record `record`; how many, or 0 when the page does not say. */
  missed(file: string, record: number, cpu: number, nrRecords: number): void {
    this.columns.totals.nrLost += Math.max(1, nrRecords);
    this.add("missed", file, record, () => ({
      severity: "data-loss",
      message: `CPU ${cpu} lost ${nrRecords === 0 ? "an unknown number of" : nrRecords} events`,
      expected: "a recording without losses",
      found: nrRecords === 0 ? "a page that says so; at least one event is counted" : "a page that says so",
      toDo: "record with a larger buffer; results after this event are not certain",
    }));
  }

  /** A record says that events were lost. */
  lost(file: string, record: number, nrEvents: number): void {
    this.columns.totals.nrLost += nrEvents;
    this.add("lost", file, record, () => ({
      severity: "data-loss",
      message: `the recording lost ${nrEvents} events`,
      expected: "a recording without losses",
      found: "a record that says so",
      toDo: "record with a larger buffer (perf record -m); results after this event are not certain",
    }));
  }

  /** A page says that it holds more than it can; nothing of it is read. */
  badPage(file: string, record: number, pageOffsetBytes: number, lengthBytes: number): void {
    this.bad("page", file, record, () => ({
      severity: "error",
      message: `the page at byte ${pageOffsetBytes} is none of a ring buffer`,
      expected: "a length of records that fits into the page",
      found: `${lengthBytes} bytes`,
      toDo: `${ANEW}, with the header_page file of the kernel that recorded it`,
    }));
  }

  /** A record is none; the rest of its page is not read. */
  badRecord(file: string, record: number, pageOffsetBytes: number, found: string): void {
    this.bad("record", file, record, () => ({
      severity: "error",
      message: `a record of the page at byte ${pageOffsetBytes} is none; the rest of the page is not read`,
      expected: "records as header_event describes them",
      found,
      toDo: ANEW,
    }));
  }

  cutPage(file: string, record: number, nrBytes: number, pageBytes: number): void {
    this.bad("cut", file, record, () => ({
      severity: "data-loss",
      message: "the recording ends inside a page, which is not read",
      expected: `pages of ${pageBytes} bytes`,
      found: `${nrBytes} bytes`,
      toDo: ANEW,
    }));
  }

  badEvent(file: string, record: number, wrong: string): void {
    this.bad(wrong, file, record, () => ({
      severity: "error",
      message: wrong,
      expected: "records as the format files describe them",
      found: "another",
      toDo: "give the format files of the kernel that recorded it",
    }));
  }

  badTime(file: string, record: number, timeNs: number): void {
    this.bad("time", file, record, () => ({
      severity: "error",
      message: "a time too far from that of the first event",
      expected: "at most 104 days between two events",
      found: `${timeNs} ns after the first page`,
      toDo: ANEW,
    }));
  }

  private bad(sort: string, file: string, record: number, what: () => Omit<Problem, "file" | "line">): void {
    this.columns.totals.nrBad++;
    this.add(sort, file, record, what);
  }

  private add(sort: string, file: string, record: number, what: () => Omit<Problem, "file" | "line">): void {
    this.columns.problems.add(sort, file, record, what);
  }
}
