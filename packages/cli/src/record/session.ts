/** The course of a recording: snapshots at its start, now and then, and at its end; the buffers read all the time. */

import type { ImportTotals } from "@ebb/formats";
import type { HostRecorder } from "@ebb/host";
import { Progress } from "../progress.ts";
import { ChildCommand, type CommandEnd } from "./child-command.ts";
import type { RecordingFile } from "./recording-file.ts";
import { StopSignals } from "./stop-signals.ts";
import { Waking } from "./waking.ts";

export interface SessionRequest {
  /** Between snapshots; 0 for none but the first and the last. */
  readonly intervalSeconds: number;
  /** Empty for none. */
  readonly command: readonly string[];
  /** Undefined for no limit. */
  readonly seconds: number | undefined;
  /** Goes on that long after the command. */
  readonly afterSeconds: number;
}

export interface SessionEnd {
  /** Of this recording alone. */
  readonly totals: ImportTotals;
  readonly seconds: number;
  readonly nrSnapshots: number;
  readonly command: CommandEnd | undefined;
}

/** Between two readings of the buffers: 4 MB are full in that time only with a million events a second on one CPU. */
const TURN_MS = 50;
/** What was read is in the file after that time at most. */
const FLUSH_MS = 1000;

/** Records from a recorder that has begun; at the end the host is as it was, and the file has all there was. */
export async function runSession(
  request: SessionRequest,
  recorder: HostRecorder,
  file: RecordingFile,
): Promise<SessionEnd> {
  const waking = new Waking();
  const signals = new StopSignals(waking.wake, () => recorder.abandon());
  try {
    return await new Session(request, recorder, file).run(waking, signals);
  } finally {
    recorder.abandon();
    signals.ignore();
  }
}

class Session {
  readonly #request: SessionRequest;
  readonly #recorder: HostRecorder;
  readonly #file: RecordingFile;
  readonly #progress = new Progress(1);
  readonly #startMs = performance.now();
  #nextFlushMs = FLUSH_MS;
  #nextSnapshotMs: number;
  #commandEndMs: number | undefined;
  #nrSnapshots = 0;

  constructor(request: SessionRequest, recorder: HostRecorder, file: RecordingFile) {
    this.#request = request;
    this.#recorder = recorder;
    this.#file = file;
    this.#nextSnapshotMs = request.intervalSeconds * 1000;
  }

  async run(waking: Waking, signals: StopSignals): Promise<SessionEnd> {
    this.#snapshot("start");
    const { command } = this.#request;
    const child = command.length === 0 ? undefined : new ChildCommand(command, waking.wake);
    while (!signals.isAsked && !this.#isOver(child) && this.#file.failure === undefined) {
      await waking.pause(TURN_MS);
      this.#turn();
    }
    child?.terminate();
    this.#snapshot("end");
    const totals = this.#recorder.stop();
    this.#file.end(totals);
    this.#progress.clear();
    return { totals, seconds: this.#nowMs() / 1000, nrSnapshots: this.#nrSnapshots, command: child?.ended };
  }

  #nowMs(): number {
    return performance.now() - this.#startMs;
  }

  #isOver(child: ChildCommand | undefined): boolean {
    const { seconds, afterSeconds } = this.#request;
    const nowMs = this.#nowMs();
    if (child?.ended !== undefined) this.#commandEndMs ??= nowMs;
    if (seconds !== undefined && nowMs >= seconds * 1000) return true;
    return this.#commandEndMs !== undefined && nowMs >= this.#commandEndMs + afterSeconds * 1000;
  }

  #turn(): void {
    this.#recorder.turn();
    const nowMs = this.#nowMs();
    const { intervalSeconds } = this.#request;
    if (intervalSeconds > 0 && nowMs >= this.#nextSnapshotMs) {
      this.#snapshot(String(this.#nrSnapshots));
      this.#nextSnapshotMs = nowMs + intervalSeconds * 1000;
    }
    if (nowMs >= this.#nextFlushMs) {
      this.#file.flush(this.#recorder.totals);
      this.#nextFlushMs = nowMs + FLUSH_MS;
    }
    this.#progress.tick(() => {
      const { nrEvents, nrLost } = this.#recorder.totals;
      return `${nrEvents} events, ${nrLost} lost, ${(nowMs / 1000).toFixed(0)} s`;
    });
  }

  #snapshot(stage: string): void {
    this.#recorder.snapshot(stage);
    this.#nrSnapshots++;
  }
}
