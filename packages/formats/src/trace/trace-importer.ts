/** The importer for an input, recognised by its first bytes and not by its name. */

import type { EventSink, Importer } from "./events.ts";
import { createTextImporter } from "./text-importer.ts";

interface TraceImportOptions {
  /** What messages call the (first) input. */
  readonly file: string;
}

/** Reads a recorded trace: text of tracefs, trace-cmd report or perf script. */
export function createTraceImporter(options: TraceImportOptions, sink: EventSink): Importer {
  return createTextImporter(options.file, sink);
}
