/** One side's model: runs what it is asked to, tells how far it is, and answers questions about any instant. */

import type { Problem } from "@ebb/formats";
import {
  environmentOf,
  printFindings,
  type ScriptTimeline,
  type ScriptTimelineRun,
  startScriptTimeline,
  type Timeline,
} from "@ebb/lab";
import { toByteString } from "../byte-strings.ts";
import {
  type InstantWanted,
  type OpenRequest,
  PROTOCOL_VERSION,
  type Question,
  type RunRequest,
  type SentFile,
  type SideAnswer,
  type SideRequest,
} from "../protocol.ts";
import { sentMachineOptions } from "../sent-machine.ts";
import { openTrace, recordingBytes } from "./trace-session.ts";

/** Between two messages of progress: often enough to see it move. Drawing curves takes time from the model. */
const PROGRESS_EVERY_MS = 250;
const CURVES_EVERY_MS = 1000;

type Send = (answer: SideAnswer) => void;

/** Stands in event files that the page writes. */
const CREATOR = "ebb page";
const version = PROTOCOL_VERSION;

export class SideSession {
  readonly #send: Send;
  #timeline: Timeline | undefined = undefined;
  /** Position that the timeline was asked for last. */
  #position = -1;
  /** Those of the recording. */
  #files: readonly SentFile[] = [];
  /** Commands of the script so far. */
  #nrCommands = 0;

  constructor(send: Send) {
    this.#send = send;
  }

  take(request: SideRequest): void {
    switch (request.kind) {
      case "run":
        this.#run(request);
        break;
      case "open":
        void this.#openTrace(request);
        break;
      default:
        if (this.#timeline !== undefined) this.#answer(request, this.#timeline);
    }
  }

  /** A fault of ours has ended what was being done. */
  failed(what: string): void {
    const problem: Problem = {
      severity: "error",
      file: "ebb",
      line: 0,
      message: "a fault of ebb itself",
      expected: "",
      found: toByteString(what),
      toDo: "run it again; if that does not help, tell the project, with the script or the trace",
    };
    this.#tell([problem], true);
  }

  #run(request: RunRequest): void {
    const run = this.#started(request);
    if ("severity" in run) {
      this.#tell([run], true);
      return;
    }
    const timeline = this.#runToEnd(run);
    if (timeline.isFull) this.#tell([givenUp(request.scriptName, timeline.nrEvents)]);
    const { scriptName, status, endNs, findings, deadlocked, readings, stderr } = timeline.run;
    this.#say({
      version,
      kind: "ran",
      run: { scriptName, status, endNs, findings, deadlocked, readings },
      complaints: stderr + printFindings(timeline.run),
    });
    this.#open(timeline);
  }

  #started({ machine, scriptName, source, env: given }: RunRequest): ScriptTimelineRun | Problem {
    const options = sentMachineOptions(machine);
    if ("severity" in options) return options;
    const env = environmentOf(given);
    if ("severity" in env) return env;
    return startScriptTimeline({
      machine: options,
      source,
      name: scriptName,
      args: [],
      env,
      stdout: () => undefined,
      onProgress: (nrCommands) => {
        this.#nrCommands = nrCommands;
      },
      onReading: (reading) => this.#say({ version, kind: "reading", reading }),
    });
  }

  #runToEnd(run: ScriptTimelineRun): ScriptTimeline {
    let curvesMs = performance.now() + CURVES_EVERY_MS;
    for (;;) {
      const untilMs = performance.now() + PROGRESS_EVERY_MS;
      const timeline = run.advance(() => performance.now() < untilMs);
      if (timeline !== undefined) return timeline;
      const { timeNs, curves } = run.progress();
      const nrDone = this.#nrCommands;
      const hasCurves = performance.now() >= curvesMs;
      if (hasCurves) curvesMs += CURVES_EVERY_MS;
      const shown = hasCurves ? curves() : undefined;
      this.#say({ version, kind: "progress", nrDone, what: "commands", timeNs, curves: shown });
    }
  }

  async #openTrace(request: OpenRequest): Promise<void> {
    this.#files = request.files;
    let nextMs = performance.now() + PROGRESS_EVERY_MS;
    const { timeline, problems, nrMore } = await openTrace(request, (nrDone, { timeNs, curves }) => {
      const nowMs = performance.now();
      if (nowMs < nextMs) return;
      nextMs = nowMs + CURVES_EVERY_MS;
      this.#say({ version, kind: "progress", nrDone, what: "events", timeNs, curves: curves() });
    });
    if (problems.length > 0) {
      this.#tell(problems, timeline === undefined, nrMore);
    }
    if (timeline !== undefined) this.#open(timeline);
  }

  async #sendRecording(id: number): Promise<void> {
    this.#say({ version, kind: "recording", id, bytes: await recordingBytes(this.#files, CREATOR) });
  }

  #open(timeline: Timeline): void {
    this.#timeline = timeline;
    const { title, policy, nrEvents, endNs, curves } = timeline;
    this.#say({ version, kind: "opened", timeline: { title, policy, nrEvents, endNs, curves } });
  }

  #answer(question: Question, timeline: Timeline): void {
    const { id } = question;
    switch (question.kind) {
      case "view":
        this.#say({ version, kind: "view", id, view: this.#viewAt(timeline, question.at) });
        break;
      case "areas":
        if (question.position !== this.#position) this.#viewAt(timeline, question);
        this.#say({ ...question, areas: timeline.areasOf(question.chunkRow) });
        break;
      case "recording":
        void this.#sendRecording(id);
        break;
    }
  }

  #viewAt(timeline: Timeline, at: InstantWanted) {
    const view = timeline.viewAt("position" in at ? at.position : timeline.positionAt(at.timeNs));
    this.#position = view.position;
    return view;
  }

  #tell(problems: readonly Problem[], isEnd = false, nrMore = 0): void {
    this.#say({ version, kind: "problems", problems, nrMore, isEnd });
  }

  #say(answer: SideAnswer): void {
    this.#send(answer);
  }
}

function givenUp(file: string, nrCalls: number): Problem {
  return {
    severity: "data-loss",
    file,
    line: 0,
    message: `the script was given up after ${nrCalls} calls of the machine: what is written down of them fills the tab`,
    expected: "a script that ends before",
    found: "one that went on",
    toDo: "make it shorter, or run it with `ebb run`, which writes nothing down",
  };
}
