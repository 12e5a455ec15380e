/**
 * Timelines: what writing a run down adds to it, and how long it takes to go to any of its instants. By CPU time; the
 * first instants looked at are counted too, the compiler's part in them included.
 */

import { readFileSync } from "node:fs";
import type { EventBatch } from "@ebb/formats";
import {
  createScriptTimeline,
  machineOptions,
  runExperiment,
  type ScriptTimelineOptions,
  type Timeline,
  TraceTimelineSession,
} from "@ebb/lab";
import { percpuPolicy, percpuStats } from "@ebb/model";
import { MadeUpRecording } from "./made-up-recording.ts";

export interface TimelineSpeed {
  readonly of: string;
  readonly events: number;
  /** Of the run without and with the timeline; without is not measured of a trace. */
  readonly plainSeconds: number;
  readonly seconds: number;
  /** Going to an instant and seeing it, over `SEEKS` of them, ms. */
  readonly seekMedianMs: number;
  readonly seekMostMs: number;
  /** Of the process, resident at the end. */
  readonly mb: number;
  /** State hash at the end. */
  readonly stateHash: string;
}

const SCRIPT = "experiments/percpu-churn.sh";
const TRACE_EVENTS = 1_000_000;
const SMOKE_EVENTS = 30_000;
const SEEKS = 200;
const SMOKE_SEEKS = 10;
const RUNS = 3;
/** Steps of this share of the whole length come everywhere. */
const GOLDEN_SHARE = 0.6180339887498949;
const NOTHING_READ = { nrRead: 0, nrEvents: 0, nrOther: 0, nrForeign: 0, nrBad: 0, nrLost: 0 };

export const TIMELINES: readonly string[] = ["script", "trace"];

export function benchTimeline(of: string, smoke: boolean): TimelineSpeed {
  return of === "script" ? ofScript(smoke) : ofTrace(smoke ? SMOKE_EVENTS : TRACE_EVENTS, smoke);
}

/** The second fastest of three runs each, in turn. */
function ofScript(smoke: boolean): TimelineSpeed {
  const options = scriptOptions(smoke);
  const plain: number[] = [];
  const recorded: number[] = [];
  let timeline: Timeline | undefined;
  for (let run = 0; run < (smoke ? 1 : RUNS); run++) {
    plain.push(cpuMs(() => runExperiment(options)));
    recorded.push(
      cpuMs(() => {
        const made = createScriptTimeline(options);
        if ("severity" in made) throw new Error(made.message);
        timeline = made;
      }),
    );
  }
  if (timeline === undefined) throw new Error("nothing was run");
  const seconds = (of: readonly number[]) => middle(of) / 1000;
  return { of: SCRIPT, plainSeconds: seconds(plain), seconds: seconds(recorded), ...seeks(timeline, smoke) };
}

function scriptOptions(smoke: boolean): ScriptTimelineOptions {
  const machine = machineOptions({
    kernel: "5.12",
    policy: "vanilla",
    cpus: undefined,
    nodes: undefined,
    settings: [],
  });
  if ("severity" in machine) throw new Error(machine.message);
  const env = new Map(smoke ? [["KEEP", "30"]] : []);
  return { machine, source: readFileSync(SCRIPT, "latin1"), name: SCRIPT, args: [], env };
}

function ofTrace(nrEvents: number, smoke: boolean): TimelineSpeed {
  const policy = percpuPolicy("upstream");
  if (policy === undefined) throw new Error("no policy upstream");
  const made = new MadeUpRecording(policy);
  const stats = [{ name: "before", stats: percpuStats(made.t) }];
  const options = { traceName: "made-up", stats, log: undefined, before: [], nrCpus: 32, percpuKb: new Map() };
  const session = new TraceTimelineSession(options, policy);
  session.opened(made.names);
  let ms = 0;
  made.make(nrEvents, (batch: EventBatch) => {
    ms += cpuMs(() => session.batch(batch));
  });
  let timeline: Timeline | string = "";
  ms += cpuMs(() => {
    timeline = session.end({ ...NOTHING_READ, nrRead: made.nrEvents, nrEvents: made.nrEvents });
  });
  if (typeof timeline === "string") throw new Error(timeline);
  return { of: "made-up trace", plainSeconds: Number.NaN, seconds: ms / 1000, ...seeks(timeline, smoke) };
}

function seeks(timeline: Timeline, smoke: boolean) {
  const ms: number[] = [];
  for (let i = 1; i <= (smoke ? SMOKE_SEEKS : SEEKS); i++) {
    const position = Math.floor(((i * GOLDEN_SHARE) % 1) * (timeline.nrEvents + 1));
    ms.push(cpuMs(() => timeline.viewAt(position)));
  }
  return {
    events: timeline.nrEvents,
    seekMedianMs: middle(ms),
    seekMostMs: Math.max(...ms),
    mb: process.memoryUsage().rss / 1e6,
    stateHash: timeline.viewAt(timeline.nrEvents).hash,
  };
}

function middle(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function cpuMs(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const used = process.cpuUsage(before);
  return (used.user + used.system) / 1000;
}
