/** Where converted events go, whatever the format. */

import {
  EbbWriter,
  type EventBatch,
  type EventNames,
  type ImportTotals,
  type Problem,
  type RecordedText,
} from "@ebb/formats";
import type { OutputFile } from "./output-file.ts";

export interface EventOutput {
  /** The batch may be reused afterwards. */
  events(batch: EventBatch, names: EventNames): void;
  /** @param originNs what its time counts from, as in `EventNames` */
  text(text: RecordedText, originNs: bigint): void;
  problem(problem: Problem): void;
  /** All has come: the file is complete when this returns. */
  end(totals: ImportTotals): void;
}

/** An event file of ebb. */
export function ebbOutput(file: OutputFile, creator: string): EventOutput {
  return new EbbWriter((bytes) => file.write(bytes), creator);
}
