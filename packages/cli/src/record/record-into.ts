/** Records the host into a file until a command ends, a time has passed or a signal comes. */

import { type Problem, printProblem } from "@ebb/formats";
import { HostRecorder } from "@ebb/host";
import { toByteString, writeError } from "../output.ts";
import { outputProblem } from "../trace-files/output-file.ts";
import { RecordingFile } from "./recording-file.ts";
import { runSession, type SessionEnd, type SessionRequest } from "./session.ts";

interface RecordRequest extends SessionRequest {
  readonly out: string;
  readonly append: boolean;
  readonly root: string;
  readonly bufferKb: number | undefined;
  readonly cgroups: readonly string[];
}

/** What was recorded. */
export interface Recording extends SessionEnd {
  /** Name of the file, a byte string. */
  readonly out: string;
  readonly nrBytes: number;
  /** Problems told, of any severity but information. */
  readonly nrProblems: number;
}

/** Records; or says why it cannot, and then nothing has changed. */
export async function recordInto(request: RecordRequest): Promise<Recording | Problem> {
  let nrProblems = 0;
  const tell = (problem: Problem) => {
    if (problem.severity !== "info") nrProblems++;
    writeError(`${printProblem(problem)}\n`);
  };
  const file = request.append ? RecordingFile.open(request.out, request.root, tell) : RecordingFile.create(request.out);
  if (!(file instanceof RecordingFile)) return file;
  const { writer } = file;
  const recorder = await HostRecorder.start(
    { ...request, pid: process.pid },
    {
      events: (batch, names) => writer.events(batch, names),
      text: (text, originNs) => writer.text(text, originNs),
      problem(problem) {
        writer.problem(problem);
        tell(problem);
      },
    },
  );
  if (!(recorder instanceof HostRecorder)) {
    file.discard();
    return recorder;
  }
  const end = await runSession(request, recorder, file);
  if (end.command !== undefined && end.command.status === undefined) {
    file.discard();
    return noCommand(request.command, end.command.said);
  }
  file.close();
  if (file.failure !== undefined) return outputProblem(request.out, file.failure);
  return { ...end, out: toByteString(request.out), nrBytes: file.nrBytes, nrProblems };
}

function noCommand(words: readonly string[], found: string): Problem {
  return {
    severity: "error",
    file: toByteString(words[0] ?? ""),
    line: 0,
    message: "the command could not be run",
    expected: "a program on the PATH",
    found,
    toDo: "put it after --, as in ebb record -o churn.ebb -- bash churn.sh; nothing was kept",
  };
}
