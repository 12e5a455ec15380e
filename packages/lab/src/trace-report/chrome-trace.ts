/**
 * The timeline of a recording as counters in Chrome's trace event format, which Perfetto reads: bytes, areas, pages and
 * chunks, with the recording's marks.
 */

import { PAGE_BYTES } from "@ebb/model";
import type { MomentFigures } from "./collector.ts";
import type { TraceReport } from "./report-session.ts";

const NS_PER_US = 1000;

export function chromeTrace(report: TraceReport): string {
  const { collected, nrCpus, traceName } = report;
  const copies = Math.max(1, nrCpus);
  const counter = (name: string, timeNs: number, value: number) => ({
    ph: "C",
    pid: 1,
    name,
    ts: timeNs / NS_PER_US,
    args: { [name]: value },
  });
  const counters = (timeNs: number, figures: MomentFigures) => [
    counter("bytes in areas", timeNs, figures.usedBytes * copies),
    counter("bytes of their pages", timeNs, figures.nrPages * PAGE_BYTES * copies),
    counter("areas", timeNs, figures.nrAreas),
    counter("chunks with areas", timeNs, figures.nrChunks),
  ];
  const traceEvents = [
    { ph: "M", pid: 1, name: "process_name", args: { name: `percpu memory of ${traceName}` } },
    ...collected.samples.kept.flatMap(({ timeNs, figures }) => counters(timeNs, figures)),
    ...collected.marks.map(({ text, timeNs }) => ({
      ph: "i",
      pid: 1,
      tid: 1,
      s: "g",
      name: text,
      ts: timeNs / NS_PER_US,
    })),
  ];
  return `${JSON.stringify({ displayTimeUnit: "ms", traceEvents })}\n`;
}
