/**
 * Opens a recording as a timeline. Files with texts of the host are known by the endings of their names, as beside a trace
 * for the command (beside-texts.ts of formats); all others are parts of the recording.
 */

import {
  besidePlace,
  besideText,
  EbbWriter,
  type EventNames,
  type ImportTotals,
  type Problem,
  type RecordedText,
} from "@ebb/formats";
import { policyNamed, type TraceTimeline, TraceTimelineSession } from "@ebb/lab";
import { toByteString } from "../byte-strings.ts";
import type { OpenRequest, SentFile } from "../protocol.ts";
import { readRecording } from "./read-recording.ts";

/** Problems told one by one; of the rest only their number. */
const MAX_PROBLEMS = 20;
/** Nothing is known but what comes with the recording. */
const NOTHING_BESIDE = { stats: [], log: undefined, before: undefined, nrCpus: undefined, percpuKb: new Map() };

interface OpenedTrace {
  /** Undefined when there is none: the problems say why. */
  readonly timeline: TraceTimeline | undefined;
  readonly problems: readonly Problem[];
  readonly nrMore: number;
}

/** @param progress called now and then with the events read so far, and how far the timeline is */
export async function openTrace(
  { files, policy: asked }: OpenRequest,
  progress: (nrEvents: number, at: ReturnType<TraceTimelineSession["progress"]>) => void,
): Promise<OpenedTrace> {
  const policy = asked === undefined ? undefined : policyNamed(asked);
  if (policy !== undefined && "severity" in policy) return failed(policy);
  const parts = partsOf(files);
  const session = new TraceTimelineSession({ traceName: namesOf(parts), ...NOTHING_BESIDE }, policy);
  for (const text of await textsOf(files)) session.text(text);
  const problems: Problem[] = [];
  let nrProblems = 0;
  let nrEvents = 0;
  let isWanted = true;
  const totals = await readRecording(parts, {
    opened: (names) => session.opened(names),
    batch(batch) {
      if (isWanted) isWanted = session.batch(batch);
      nrEvents += batch.nr;
      if (isWanted) progress(nrEvents, session.progress());
    },
    text: (text) => session.text(text),
    problem(problem) {
      session.problem(problem);
      if (nrProblems++ < MAX_PROBLEMS) problems.push(problem);
    },
  });
  const nrMore = Math.max(0, nrProblems - MAX_PROBLEMS);
  if ("severity" in totals) return { timeline: undefined, problems: [...problems, totals], nrMore };
  const timeline = session.end(totals);
  if (typeof timeline !== "string") {
    if (timeline.nrLeftOut > 0) problems.push(tooLong(parts, timeline.nrLeftOut));
    return { timeline, problems, nrMore };
  }
  return { timeline: undefined, problems: [...problems, cannotOpen(parts, totals, timeline)], nrMore };
}

/** The recording as one event file; undefined when it cannot be read. */
export async function recordingBytes(files: readonly SentFile[], creator: string): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array<ArrayBuffer>[] = [];
  const writer = new EbbWriter((bytes) => pieces.push(new Uint8Array(bytes)), creator);
  let names: EventNames = { names: [], chunks: [], originNs: 0n };
  for (const text of await textsOf(files)) writer.text(text, 0n);
  const totals = await readRecording(partsOf(files), {
    opened(of) {
      names = of;
      return true;
    },
    batch: (batch) => writer.events(batch, names),
    text: (text) => writer.text(text, names.originNs),
    problem: (problem) => writer.problem(problem),
  });
  if ("severity" in totals) return undefined;
  writer.end(totals);
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

function partsOf(files: readonly SentFile[]): readonly SentFile[] {
  return files.filter(({ name }) => placeOf(name) === undefined);
}

function namesOf(files: readonly SentFile[]): string {
  return files.map(({ name }) => name).join(" ");
}

async function textsOf(files: readonly SentFile[]): Promise<readonly RecordedText[]> {
  const texts: RecordedText[] = [];
  for (const { name, content } of files) {
    const place = placeOf(name);
    const text = place === undefined ? undefined : besideText(place, toByteString(await content.text()));
    if (text !== undefined) texts.push(text);
  }
  return texts;
}

/** What the name says that is in it; undefined for a part of the recording. */
function placeOf(name: string): ReturnType<typeof besidePlace> {
  for (let dot = name.indexOf("."); dot >= 0; dot = name.indexOf(".", dot + 1)) {
    const place = besidePlace(name.slice(dot + 1));
    if (place !== undefined) return place;
  }
  return undefined;
}

function failed(problem: Problem): OpenedTrace {
  return { timeline: undefined, problems: [problem], nrMore: 0 };
}

function tooLong(files: readonly SentFile[], nrLeftOut: number): Problem {
  return {
    severity: "data-loss",
    file: namesOf(files),
    line: 0,
    message: `the last ${nrLeftOut} events are left out: what is written down of the others fills the tab`,
    expected: "a shorter recording",
    found: "",
    toDo: "use `ebb replay` for the whole of it",
  };
}

function cannotOpen(files: readonly SentFile[], { nrEvents }: ImportTotals, why: string): Problem {
  const file = namesOf(files);
  if (nrEvents === 0) {
    return {
      severity: "error",
      file,
      line: 0,
      message: "no percpu events in it",
      expected: "a bash script, or a recording with percpu events",
      found: "a file with neither",
      toDo: "record with `ebb record`, or see `ebb serve --help`",
    };
  }
  return {
    severity: "error",
    file,
    line: 0,
    message: "the trace cannot be replayed",
    expected: "events, and a percpu_stats or a kernel log with `percpu: Embedded …` of the same machine",
    found: why,
    toDo: "drop PREFIX.percpu_stats.NAME.txt or PREFIX.dmesg.txt together with it, or a .ebb file that has them",
  };
}
