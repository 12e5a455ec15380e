/**
 * The requests of a recording as they were made of an allocator, and the runs of its balance work, as columns: what is
 * needed to make them again.
 */

import { freePercpu, type Percpu, runBalanceWork } from "@ebb/model";
import { allocAsRecorded } from "../replay/policy-run.ts";
import { ByteColumn, countUpTo, FloatColumn, IntColumn } from "./columns.ts";

/** Kinds of entries; a request for an area is `ALLOC` plus its FLAG_... */
const FREE = 0;
const BALANCE = 1;
const MARK = 2;
const ALLOC = 4;

type RequestKind = "alloc" | "free" | "balance" | "mark";
const KINDS: readonly RequestKind[] = ["free", "balance", "mark"];

export class RequestLog {
  readonly timeNs = new FloatColumn();
  private readonly kind = new ByteColumn();
  /** Bytes asked for; the area freed; number of a mark's text. */
  private readonly subject = new IntColumn();
  private readonly alignBytes = new IntColumn();

  get length(): number {
    return this.kind.length;
  }

  allocated(timeNs: number, sizeBytes: number, alignBytes: number, flags: number): void {
    this.add(timeNs, ALLOC + flags, sizeBytes, alignBytes);
  }

  freed(timeNs: number, area: number): void {
    this.add(timeNs, FREE, area, 0);
  }

  balanced(timeNs: number): void {
    this.add(timeNs, BALANCE, 0, 0);
  }

  marked(timeNs: number, text: number): void {
    this.add(timeNs, MARK, text, 0);
  }

  /** Makes an entry again. */
  again(t: Percpu, entry: number): void {
    const kind = this.kind.at(entry);
    const subject = this.subject.at(entry);
    if (kind >= ALLOC) allocAsRecorded(t, subject, this.alignBytes.at(entry), kind - ALLOC);
    else if (kind === FREE) freePercpu(t, subject);
    else if (kind === BALANCE) runBalanceWork(t);
  }

  /** What an entry is, and its subject: bytes asked for, the area freed, number of a mark's text. */
  entry(entry: number): readonly [what: RequestKind, subject: number] {
    const kind = this.kind.at(entry);
    return [kind >= ALLOC ? "alloc" : (KINDS[kind] ?? "mark"), this.subject.at(entry)];
  }

  /** Entries at or before the time. */
  nrUpTo(timeNs: number): number {
    return countUpTo(this.timeNs.rows(), this.length, timeNs);
  }

  private add(timeNs: number, kind: number, subject: number, alignBytes: number): void {
    this.timeNs.push(timeNs);
    this.kind.push(kind);
    this.subject.push(subject);
    this.alignBytes.push(alignBytes);
  }
}
