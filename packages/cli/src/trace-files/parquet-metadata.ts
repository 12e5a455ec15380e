/** What a Parquet file of ours says about its recording as a whole; whatever another program left there is passed over. */

import type { ImportTotals, Problem } from "@ebb/formats";
import type { FileMetaData } from "hyparquet";
import { META_PROBLEMS, META_TOTALS } from "./parquet-columns.ts";

/** The value of a key; "" when there is none. */
export function metadataValue(metadata: FileMetaData, key: string): string {
  return metadata.key_value_metadata?.find((pair) => pair.key === key)?.value ?? "";
}

/** What the recording had beside events. */
export function storedTotals(metadata: FileMetaData): Partial<ImportTotals> {
  const stored = parsed(metadataValue(metadata, META_TOTALS));
  const count = (name: string) => {
    const value = Reflect.get(Object(stored), name);
    return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : 0;
  };
  return { nrOther: count("nrOther"), nrForeign: count("nrForeign"), nrBad: count("nrBad"), nrLost: count("nrLost") };
}

/** Problems of the import that the file was made from. */
export function storedProblems(metadata: FileMetaData): readonly Problem[] {
  const stored = parsed(metadataValue(metadata, META_PROBLEMS));
  return Array.isArray(stored) ? stored.filter(isProblem) : [];
}

function isProblem(value: unknown): value is Problem {
  const part = (name: string): unknown => Reflect.get(Object(value), name);
  const texts = ["file", "message", "expected", "found", "toDo"];
  return (
    ["info", "data-loss", "error"].includes(String(part("severity"))) &&
    Number.isSafeInteger(part("line")) &&
    texts.every((name) => typeof part(name) === "string")
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Of another program: nothing that we wrote.
    return undefined;
  }
}
