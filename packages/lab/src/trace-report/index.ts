/** Reports on recorded traces. */

export { chromeTrace } from "./chrome-trace.ts";
export { folded } from "./folded.ts";
export { pprof } from "./pprof.ts";
export { printTraceReport } from "./print-report.ts";
export { reportCsv } from "./report-csv.ts";
export { reportJson } from "./report-json.ts";
export { ReportSession } from "./report-session.ts";
export { speedscope } from "./speedscope.ts";
