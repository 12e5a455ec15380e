/**
 * Recorded traces as the user names them: files or standard input, packed or not, several as one trace. What each is,
 * its bytes tell. Of a file that stands as it is, no more is read than is needed; a packed one is unpacked as it is read.
 *
 * Pages of `trace_pipe_raw` come in a file for each CPU, and what describes them stands beside:
 *
 *   PREFIX.cpu0.bin  PREFIX.cpu1.bin …        the pages, packed or not; files of pages in a row are merged by time
 *   PREFIX.header_page.txt  PREFIX.header_event.txt  PREFIX.formats.txt      of events/ of the kernel that recorded
 *   PREFIX.kallsyms.txt  PREFIX.saved_cmdlines.txt                           names of callers and tasks, if there
 */

import { existsSync } from "node:fs";
import {
  createTraceImporter,
  type EventNames,
  type EventSink,
  type ImportTotals,
  type RawImportOptions,
  type TraceImporter,
} from "@ebb/formats";
import { inputProblem, readInput } from "../input.ts";
import { toByteString } from "../output.ts";
import { OpenTrace } from "./open-trace.ts";
import { decompress } from "./unpack.ts";

export interface TraceInputOptions {
  /** Path of a kallsyms, for recordings that have none. */
  readonly kallsyms?: string | undefined;
  /** Only this buffer of a trace.dat; "" is the kernel's own. */
  readonly buffer?: string | undefined;
  /** The inputs, in their order, where they have been opened already to see what they are. */
  readonly opened?: readonly OpenTrace[];
}

/** A trace that can be read once. */
interface TraceInput {
  readonly names: EventNames;
  readonly totals: ImportTotals;
  /** Reads all inputs; what goes wrong becomes a problem of the sink. */
  read(): Promise<void>;
}

const CPU_OF_NAME = /\.?cpu(\d+)(?:\.[^/]*)?$/;

/** The inputs of the command line as one trace, in their order. `-` is standard input. */
export function openTraces(paths: readonly string[], options: TraceInputOptions, sink: EventSink): TraceInput {
  const kallsyms = options.kallsyms === undefined ? undefined : readInput(options.kallsyms);
  if (kallsyms !== undefined && "severity" in kallsyms) sink.problem(kallsyms);
  const importer = createTraceImporter(
    {
      file: nameOf(paths[0] ?? ""),
      decompress,
      buffer: options.buffer,
      kallsyms: kallsyms !== undefined && "text" in kallsyms ? kallsyms.text : undefined,
    },
    sink,
  );
  const inputs = new TraceInputs(paths, options.opened ?? [], importer, sink);
  return { names: importer.names, totals: importer.totals, read: () => inputs.read() };
}

class TraceInputs {
  private readonly paths: readonly string[];
  private readonly opened: readonly OpenTrace[];
  private readonly importer: TraceImporter;
  private readonly sink: EventSink;
  private place = -1;
  /** The input at `place`. */
  private current: OpenTrace | undefined;

  constructor(paths: readonly string[], opened: readonly OpenTrace[], importer: TraceImporter, sink: EventSink) {
    this.paths = paths;
    this.opened = opened;
    this.importer = importer;
    this.sink = sink;
  }

  async read(): Promise<void> {
    await this.openNext();
    while (this.place < this.paths.length) {
      const { current } = this;
      if (current?.form === "pages") await this.readPages(current);
      else {
        if (current !== undefined) await this.guarded(current.path, () => this.readOne(current));
        current?.close();
        await this.openNext();
      }
      if (this.place < this.paths.length) this.importer.nextInput(nameOf(this.paths[this.place] ?? ""));
    }
    this.importer.end();
  }

  private async openNext(): Promise<void> {
    this.place++;
    this.current = undefined;
    const path = this.paths[this.place];
    if (path === undefined) return;
    await this.guarded(path, async () => {
      this.current = this.opened[this.place] ?? (await OpenTrace.open(path));
    });
  }

  private async readOne(trace: OpenTrace): Promise<void> {
    const source = trace.source();
    if (source !== undefined) {
      this.importer.readSource(source);
      return;
    }
    for (let piece = await trace.next(); piece !== undefined; piece = await trace.next()) this.importer.push(piece);
  }

  /** The pages of this input and of those that follow. */
  private async readPages(first: OpenTrace): Promise<void> {
    const traces = [first];
    for (await this.openNext(); this.current?.form === "pages"; await this.openNext()) traces.push(this.current);
    const cpus = traces.map(({ path }, i) => ({ cpu: Number(CPU_OF_NAME.exec(path)?.[1] ?? i), file: nameOf(path) }));
    const texts = this.textsBeside(first.path);
    const pages = texts && this.importer.readPages({ ...texts, cpus });
    for (let wanted = pages?.wanted; pages !== undefined && wanted !== undefined; wanted = pages.wanted) {
      const trace = traces[wanted];
      let piece: Uint8Array | undefined;
      if (trace !== undefined) {
        await this.guarded(trace.path, async () => {
          piece = await trace.next();
        });
      }
      if (piece === undefined) pages.endWanted();
      else pages.push(piece);
    }
    for (const trace of traces) trace.close();
  }

  private textsBeside(path: string): Omit<RawImportOptions, "cpus"> | undefined {
    const prefix = path.replace(CPU_OF_NAME, "");
    const pathOf = (name: string) => `${prefix}${prefix === "" || prefix.endsWith("/") ? "" : "."}${name}.txt`;
    const read = (name: string) => {
      const input = readInput(pathOf(name));
      if ("text" in input) return input.text;
      this.sink.problem({ ...input, expected: "what describes the pages, beside them; or no file of pages" });
      return undefined;
    };
    const optional = (name: string) => (existsSync(pathOf(name)) ? read(name) : undefined);
    const [headerPage, headerEvent, formats] = [read("header_page"), read("header_event"), read("formats")];
    if (headerPage === undefined || headerEvent === undefined || formats === undefined) return undefined;
    const kallsyms = optional("kallsyms");
    const savedCmdlines = optional("saved_cmdlines");
    return {
      headerPage,
      headerEvent,
      formats,
      ...(kallsyms === undefined ? {} : { kallsyms }),
      ...(savedCmdlines === undefined ? {} : { savedCmdlines }),
    };
  }

  /** What the system or an unpacker throws is a problem of the input. */
  private async guarded(path: string, body: () => Promise<void>): Promise<void> {
    try {
      await body();
    } catch (error) {
      // Those have codes; a fault of ours has none, and is not the input's.
      if (!(error instanceof Error && "code" in error)) throw error;
      this.sink.problem(inputProblem(nameOf(path), error));
    }
  }
}

function nameOf(path: string): string {
  return path === "-" ? "stdin" : toByteString(path);
}
