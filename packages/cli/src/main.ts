/** The command `ebb`: reads arguments, runs one command, sets the exit code. */

import { ExitCode, run, type StricliProcess } from "@stricli/core";
import { ebbApplication } from "./application.ts";
import { EXIT_FINDING, EXIT_USAGE, isOutputClosed, outputFailure, watchStreams, writeError } from "./output.ts";

/** Put in by the bundler, from package.json. */
declare const EBB_VERSION: string;

watchStreams();
// stricli leaves its own code there; a command that ran leaves it to the process.
const stricli: StricliProcess = { stdout: process.stdout, stderr: process.stderr, env: process.env };
await run(ebbApplication(EBB_VERSION), process.argv.slice(2), { process: stricli });
process.exitCode = exitCode(Number(stricli.exitCode ?? 0) || Number(process.exitCode ?? 0));

/** stricli has negative codes for each way of being called wrongly; scripts get one. */
function exitCode(code: number): number {
  const failure = outputFailure();
  if (failure !== undefined) {
    writeError(`ebb: error: standard output failed: ${failure}\n`);
    return EXIT_FINDING;
  }
  // A reader that has seen enough is no error.
  if (isOutputClosed()) return 0;
  if (code === ExitCode.InternalError) return EXIT_FINDING;
  return code < 0 ? EXIT_USAGE : code;
}
